// SPDX-License-Identifier: MIT
/* A subscription of the kernel's, and what is mapped from it. */
#include "kstate_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEVICE		"/dev/kstate"
#define NEW_MODE	0666

static int open_device(uint32_t permissions)
{
	int fd = open(DEVICE, (permissions & KSTATE_WRITE ? O_RDWR : O_RDONLY) | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	/* It is pages that are not there by this name. */
	return errno == ENOENT ? -ENODEV : -errno;
}

int handle_ioctl(const struct kstate_handle *handle, unsigned long command, void *argument)
{
	return ioctl(handle->fd, command, argument) ? -errno : 0;
}

static int subscribe(struct kstate_handle *handle)
{
	struct kstate_subscribe wanted = {.permissions = handle->permissions, .mode = NEW_MODE};

	memcpy(wanted.name, handle->name, sizeof(wanted.name));
	return handle_ioctl(handle, KSTATE_IOC_SUBSCRIBE, &wanted);
}

/* The thread's own, which is the page's. */
static void note_netns(struct kstate_handle *handle)
{
	struct stat status;

	if (stat("/proc/thread-self/ns/net", &status))
		return;
	handle->netns_device = status.st_dev;
	handle->netns_inode = status.st_ino;
}

static int map_slots(struct kstate_handle *handle)
{
	/* All of it at once, so that readers never stop to have it brought. */
	void *map = mmap(NULL, KSTATE_MAP_SIZE, PROT_READ, MAP_SHARED | MAP_POPULATE, handle->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	handle->map = map;
	return 0;
}

static void close_handle(struct kstate_handle *handle)
{
	if (handle->live)
		munmap(handle->live, KSTATE_SIZE_MAX);
	if (handle->map)
		munmap((void *)handle->map, KSTATE_MAP_SIZE);
	if (handle->fd >= 0)
		close(handle->fd);
	pthread_mutex_destroy(&handle->lock);
	free(handle);
}

int handle_open(struct kstate_handle **opened, const char *name, uint32_t permissions)
{
	struct kstate_handle *handle = calloc(1, sizeof(*handle));
	int err;

	if (!handle)
		return -ENOMEM;
	pthread_mutex_init(&handle->lock, NULL);
	handle->users = 1;
	handle->permissions = permissions;
	strncpy(handle->name, name, KSTATE_NAME_MAX);
	note_netns(handle);
	handle->fd = open_device(permissions);
	err = handle->fd < 0 ? handle->fd : subscribe(handle);
	if (!err)
		err = map_slots(handle);
	if (err)
		close_handle(handle);
	else
		*opened = handle;
	return err;
}

struct kstate_handle *handle_get(struct kstate_handle *handle)
{
	atomic_fetch_add(&handle->users, 1);
	return handle;
}

void handle_put(struct kstate_handle *handle)
{
	if (atomic_fetch_sub(&handle->users, 1) == 1)
		close_handle(handle);
}

void *handle_live(struct kstate_handle *handle)
{
	void *live;

	if (!handle->live) {
		live = mmap(NULL, KSTATE_SIZE_MAX, PROT_READ, MAP_SHARED | MAP_POPULATE, handle->fd, KSTATE_LIVE_OFFSET);
		handle->live = live == MAP_FAILED ? NULL : live;
	}
	return handle->live;
}

uint32_t permissions_of(uint32_t permissions)
{
	if (permissions & ~(uint32_t)(KSTATE_READ | KSTATE_WRITE))
		return 0;
	return permissions & KSTATE_WRITE ? KSTATE_READ | KSTATE_WRITE : permissions;
}

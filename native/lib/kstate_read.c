// SPDX-License-Identifier: MIT
/*
 * Reading pages as memory: no system call, and no write that another could see.
 *
 * A version lies in one of several slots, and its slot's sequence is the version for as long as all of it is there. Who
 * finds it so before and after copying has copied that version. Otherwise a writer has gone through all slots meanwhile;
 * after two such tries the kernel is asked, so that no writer can hold up a reader for longer.
 */
#include "kstate_handle.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TRIES		2
#define NANOSECONDS	1000000000U

static const struct kstate_slot *slot_of(const struct kstate_map *map, uint64_t version)
{
	return &map->slots[version % KSTATE_SLOTS];
}

static const void *data_of(const struct kstate_map *map, uint64_t version)
{
	return (const unsigned char *)map + (1 + version % KSTATE_SLOTS) * KSTATE_SIZE_MAX;
}

/* Returns 0; -EAGAIN where a writer was faster; -EMSGSIZE with the size, where there is too little room. */
static int try_read(const struct kstate_map *map, void *data, size_t *size, uint64_t *version)
{
	uint64_t now = __atomic_load_n(&map->version, __ATOMIC_ACQUIRE);
	const struct kstate_slot *slot = slot_of(map, now);
	size_t room = *size;
	size_t bytes;

	if (__atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) != now)
		return -EAGAIN;
	bytes = __atomic_load_n(&slot->size, __ATOMIC_RELAXED);
	if (bytes <= room)
		memcpy(data, data_of(map, now), bytes);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (__atomic_load_n(&slot->sequence, __ATOMIC_RELAXED) != now)
		return -EAGAIN;
	*size = bytes;
	*version = now;
	return bytes <= room ? 0 : -EMSGSIZE;
}

static bool is_removed(const struct kstate_handle *handle)
{
	return __atomic_load_n(&handle->map->removed, __ATOMIC_RELAXED);
}

/* Into room for any page: where it is too large for the caller's, that is told with its size. */
static int ask(const struct kstate_handle *handle, void *data, size_t *size, uint64_t *version)
{
	unsigned char copy[KSTATE_SIZE_MAX];
	struct kstate_data told = {.address = (uintptr_t)copy, .size = sizeof(copy)};
	int err = handle_ioctl(handle, KSTATE_IOC_READ, &told);
	size_t room = *size;

	if (err)
		return err;
	*version = told.version;
	*size = told.size;
	if (told.size > room)
		return -EMSGSIZE;
	memcpy(data, copy, told.size);
	return 0;
}

int handle_read(const struct kstate_handle *handle, void *data, size_t *size, uint64_t *version)
{
	if (is_removed(handle))
		return -EIDRM;
	for (int i = 0; i < TRIES; i++) {
		int err = try_read(handle->map, data, size, version);

		if (err != -EAGAIN)
			return err;
	}
	return ask(handle, data, size, version);
}

/* --- with a rate --- */

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * NANOSECONDS + (uint64_t)time.tv_nsec;
}

int handle_set_rate(struct kstate_handle *handle, uint64_t interval)
{
	int err = handle_ioctl(handle, KSTATE_IOC_RATE, &(__u64){interval});

	if (err)
		return err;
	pthread_mutex_lock(&handle->lock);
	handle->interval = interval;
	handle->until = 0;
	pthread_mutex_unlock(&handle->lock);
	return 0;
}

/*
 * The kernel goes by a clock that began at another moment: what it tells may be due here only later, and must not be missed
 * where it is the last.
 */
int handle_acknowledge(struct kstate_handle *handle, uint64_t *version)
{
	struct pollfd file = {.fd = handle->fd, .events = POLLIN};

	if (poll(&file, 1, 0) <= 0)
		return -EAGAIN;
	if (read(handle->fd, version, sizeof(*version)) < 0)
		return -errno;
	pthread_mutex_lock(&handle->lock);
	handle->until = 0;
	pthread_mutex_unlock(&handle->lock);
	return 0;
}

/* Shows the newest version, if it is time to. The lock is held. */
static int refresh(struct kstate_handle *handle)
{
	uint64_t time = now();
	int err;

	if (is_removed(handle))
		return -EIDRM;
	if (time < handle->until)
		return 0;
	handle->size = sizeof(handle->shown);
	err = handle_read(handle, handle->shown, &handle->size, &handle->version);
	if (!err)
		handle->until = time + handle->interval;
	return err;
}

static int read_shown(struct kstate_handle *handle, void *data, size_t *size, uint64_t *version)
{
	int err = refresh(handle);
	size_t room = *size;

	if (err)
		return err;
	*size = handle->size;
	*version = handle->version;
	if (room < handle->size)
		return -EMSGSIZE;
	memcpy(data, handle->shown, handle->size);
	return 0;
}

int handle_read_paced(struct kstate_handle *handle, void *data, size_t *size, uint64_t *version)
{
	int err;

	if (!__atomic_load_n(&handle->interval, __ATOMIC_RELAXED))
		return handle_read(handle, data, size, version);
	pthread_mutex_lock(&handle->lock);
	err = read_shown(handle, data, size, version);
	pthread_mutex_unlock(&handle->lock);
	return err;
}

int kstate_read(kstate_state_p state, void *data, size_t *size, uint64_t *version)
{
	uint64_t unwanted;

	if (!kstate_state_is_subscribed(state) || !data || !size)
		return -EINVAL;
	return handle_read_paced(state->handle, data, size, version ? version : &unwanted);
}

/* --- several --- */

static bool share_netns(const struct kstate_handle *one, const struct kstate_handle *other)
{
	return one->netns_inode && one->netns_inode == other->netns_inode && one->netns_device == other->netns_device;
}

/* Whether they are known to be different pages of one namespace. */
static bool are_together(const struct kstate_view *views, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct kstate_handle *handle = views[i].state->handle;

		if (!share_netns(views[0].state->handle, handle))
			return false;
		for (unsigned int j = 0; j < i; j++)
			if (!strcmp(views[j].state->handle->name, handle->name))
				return false;
	}
	return true;
}

/* Whether a page has been at a version since it was read, with no commit begun that others may have been part of. */
static bool is_still(const struct kstate_map *map, uint64_t version)
{
	uint64_t next = __atomic_load_n(&slot_of(map, version + 1)->sequence, __ATOMIC_ACQUIRE);

	return next != KSTATE_SEQUENCE_BUSY && next != version + 1 &&
	       __atomic_load_n(&map->version, __ATOMIC_ACQUIRE) == version;
}

/* Returns as try_read(). Sizes are the callers' rooms until all have been read. */
static int try_read_many(struct kstate_view *views, unsigned int count, size_t *sizes)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct kstate_handle *handle = views[i].state->handle;
		int err;

		sizes[i] = views[i].size;
		err = is_removed(handle) ? -EIDRM : try_read(handle->map, views[i].data, &sizes[i], &views[i].version);
		if (err)
			return err;
	}
	for (unsigned int i = 0; i < count; i++)
		if (!is_still(views[i].state->handle->map, views[i].version))
			return -EAGAIN;
	return 0;
}

static uint32_t room_of(size_t size)
{
	return size < KSTATE_SIZE_MAX ? (uint32_t)size : KSTATE_SIZE_MAX;
}

static int ask_many(struct kstate_view *views, unsigned int count, size_t *sizes)
{
	struct kstate_part parts[KSTATE_MANY_MAX] = {0};
	struct kstate_many many = {.parts = (uintptr_t)parts, .count = count};
	int err;

	for (unsigned int i = 0; i < count; i++) {
		parts[i].file = views[i].state->handle->fd;
		parts[i].data.address = (uintptr_t)views[i].data;
		parts[i].data.size = room_of(views[i].size);
	}
	err = handle_ioctl(views[0].state->handle, KSTATE_IOC_READ_MANY, &many);
	for (unsigned int i = 0; i < count && !err; i++) {
		sizes[i] = parts[i].data.size;
		views[i].version = parts[i].data.version;
	}
	return err;
}

static bool are_readable(const struct kstate_view *views, unsigned int count)
{
	if (!views || !count || count > KSTATE_MANY_MAX)
		return false;
	for (unsigned int i = 0; i < count; i++)
		if (!kstate_state_is_subscribed(views[i].state) || !views[i].data)
			return false;
	return true;
}

int kstate_read_many(struct kstate_view *views, unsigned int count)
{
	size_t sizes[KSTATE_MANY_MAX];
	int err = -EAGAIN;

	if (!are_readable(views, count))
		return -EINVAL;
	/* Which of them may not be, the kernel knows. */
	for (int i = 0; i < TRIES && err == -EAGAIN && are_together(views, count); i++)
		err = try_read_many(views, count, sizes);
	if (err == -EAGAIN)
		err = ask_many(views, count, sizes);
	for (unsigned int i = 0; i < count && !err; i++)
		views[i].size = sizes[i];
	return err;
}

// SPDX-License-Identifier: MIT
/* Pages in files. The kernel writes; the caller's rights open, and see to it that the name is on disk, too. */
#include "kstate_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEW_MODE	0666

/* Of the file that a name leads to, whatever links there are on the way. Returns -1 where it may not be read. */
static int open_folder(const char *filename)
{
	char *path = realpath(filename, NULL);
	int fd = path ? open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	free(path);
	return fd;
}

/* The entry of a file that may have been made just now; with all else on its file system where that is the only way. */
static int sync_name(const char *filename, int fd)
{
	int folder = open_folder(filename);
	int err = 0;

	if (folder < 0)
		return syncfs(fd) ? -errno : 0;
	if (fsync(folder) && errno != EINVAL)
		err = -errno;
	close(folder);
	return err;
}

int kstate_set_persistent(kstate_state_p state, const char *filename)
{
	int err;
	int fd;

	if (!kstate_state_is_subscribed(state) || !filename)
		return -EINVAL;
	/* A FIFO in its place would wait for somebody at the other end. */
	fd = open(filename, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, NEW_MODE);
	if (fd < 0)
		return -errno;
	/* Once the page is persistent others may be promised that it is found under that name, whatever becomes of us. */
	err = sync_name(filename, fd);
	if (!err)
		err = handle_ioctl(state->handle, KSTATE_IOC_PERSIST, &(__s32){fd});
	close(fd);
	return err;
}

int kstate_sync(kstate_state_p state, uint64_t version)
{
	return kstate_state_is_subscribed(state) ? handle_ioctl(state->handle, KSTATE_IOC_SYNC, &(__u64){version}) : -EINVAL;
}

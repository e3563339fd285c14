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

/* The entry of a file that was made just now, which is where links lead. */
static int sync_folder(const char *filename)
{
	char *path = realpath(filename, NULL);
	int err = 0;
	int fd;

	/* gone already, or out of reach: so is its folder */
	if (!path)
		return errno == ENOMEM ? -ENOMEM : 0;
	fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* A folder that may be passed but not read is none of ours to sync. */
	if (fd >= 0 && fsync(fd) && errno != EINVAL)
		err = -errno;
	if (fd >= 0)
		close(fd);
	free(path);
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
	err = handle_ioctl(state->handle, KSTATE_IOC_PERSIST, &(__s32){fd});
	close(fd);
	return err ? err : sync_folder(filename);
}

int kstate_sync(kstate_state_p state, uint64_t version)
{
	return kstate_state_is_subscribed(state) ? handle_ioctl(state->handle, KSTATE_IOC_SYNC, &(__u64){version}) : -EINVAL;
}

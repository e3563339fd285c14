/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_NETNS_H
#define LUNATIK_NETNS_H

#include "lunatik.h"

#include <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A network namespace, held open. */
struct netns {
	int fd;
	dev_t device;
	ino_t inode;
};

/* Find a namespace by what a caller names it; NULL is the calling thread's own. Returns 0 or a negative errno. */
int netns_open(struct netns *netns, const char *where, struct lunatik_error *error);
void netns_close(struct netns *netns);

/*
 * Do something in the namespace: in another thread, unless the caller is there already. Returns 0, or a negative errno
 * where it was not done.
 */
int netns_call(const struct netns *netns, void (*work)(void *context), void *context, struct lunatik_error *error);

/* A generic netlink socket in the namespace; or a negative errno. */
int netns_socket(const struct netns *netns, struct lunatik_error *error);

#ifdef __cplusplus
}
#endif

#endif /* LUNATIK_NETNS_H */

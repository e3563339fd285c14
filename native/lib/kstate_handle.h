/* SPDX-License-Identifier: MIT */
#ifndef KSTATE_HANDLE_H
#define KSTATE_HANDLE_H

#include "kstate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include <linux/kstate.h>

/*
 * A subscription: its descriptor, and what is mapped from it. The state has a reference, and so has each transaction that
 * is active, which may outlive it.
 */
struct kstate_handle {
	atomic_uint users;
	int fd;
	uint32_t permissions;
	const struct kstate_map *map;
	void *live; /* mapped when it is first asked for */
	/* Of the network namespace's file; 0 where there is no proc to see it in. */
	dev_t netns_device;
	ino_t netns_inode;
	char name[KSTATE_NAME_MAX + 1];
	/* What is shown between two moments of a rate, and until when; the lock is of all below. */
	pthread_mutex_t lock;
	uint64_t interval;
	uint64_t until;
	uint64_t version;
	size_t size;
	unsigned char shown[KSTATE_SIZE_MAX];
};

struct kstate_state {
	uint32_t id;
	struct kstate_handle *handle; /* NULL while not subscribed */
};

/* Subscribe. Returns 0 or a negative errno. */
int handle_open(struct kstate_handle **handle, const char *name, uint32_t permissions);
struct kstate_handle *handle_get(struct kstate_handle *handle);
void handle_put(struct kstate_handle *handle);

/* The live copy, or NULL. */
void *handle_live(struct kstate_handle *handle);

int handle_ioctl(const struct kstate_handle *handle, unsigned long command, void *argument);

/* What kstate.h says of kstate_set_rate(). */
int handle_set_rate(struct kstate_handle *handle, uint64_t interval);

/* What kstate.h says of kstate_acknowledge(). */
int handle_acknowledge(struct kstate_handle *handle, uint64_t *version);

/* A consistent copy of the newest version; or of the one that the handle's rate shows. */
int handle_read(const struct kstate_handle *handle, void *data, size_t *size, uint64_t *version);
int handle_read_paced(struct kstate_handle *handle, void *data, size_t *size, uint64_t *version);

/* Permissions with what they imply; 0 where they are none or unknown. */
uint32_t permissions_of(uint32_t permissions);

bool name_is_valid(const char *name);

/* Print what is the same in the descriptions of states and transactions. */
void print_permissions(FILE *stream, uint32_t permissions);

#endif /* KSTATE_HANDLE_H */

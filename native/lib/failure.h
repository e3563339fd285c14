/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_FAILURE_H
#define LUNATIK_FAILURE_H

#include "lunatik.h"

#include <linux/netlink.h>

struct request;

/* The greatest errno that the kernel has; what it says of more is no errno. */
#define FAILURE_CODE_MAX 4095

/* The story of a call that was given nothing to work on, and so has no place for one. */
extern const struct lunatik_error failure_of_nothing;

/* Forget what went wrong before, and say what is being done now. */
void failure_clear(struct lunatik_error *error, const char *operation);

/* Note an errno in our own words, or in the C library's where format is NULL. Returns -code. */
int failure_set(struct lunatik_error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Hand on what went wrong, to a caller who gets NULL, in errno as well. Returns NULL. */
void *failure_give(struct lunatik_error *to, const struct lunatik_error *error);

/*
 * Note what an NLMSG_ERROR or NLMSG_DONE says of the request that it answers: the errno, and the extended ack behind
 * it. Returns 0, or the errno, negative.
 */
int failure_from_ack(struct lunatik_error *error, const struct nlmsghdr *ack, const struct request *request);

#endif /* LUNATIK_FAILURE_H */

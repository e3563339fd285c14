/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_LISTING_H
#define LUNATIK_LISTING_H

#include <stddef.h>

struct attribute_set;
struct channel;

/* What a dump lists: an array of structs, to be freed, which begin with their names. */
struct listing {
	const struct attribute_set *set;
	size_t size;		/* of one */
	const char *what;	/* they are, in words */
	void *items;		/* NULL where there is none */
	size_t count;
	size_t room;
};

/* Starts the request for the dump. 0 or a negative errno, noted. */
typedef int listing_begin(void *context);

/*
 * Take all of it, as of one moment, in the order of the names. 0; or a negative errno, noted, and nothing is listed: -EAGAIN
 * where it changed each time that it was read.
 */
int listing_take(struct listing *listing, struct channel *channel, listing_begin *begin, void *context);

#endif /* LUNATIK_LISTING_H */

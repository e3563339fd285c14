// SPDX-License-Identifier: MIT
/* Dumps, read until one is of a single moment. */
#include "listing.h"
#include "attributes.h"
#include "channel.h"
#include "failure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A namespace in which things come and go without a pause must not keep its reader for ever. */
#define ATTEMPTS	16

static int take_listed(const struct nlmsghdr *message, void *into)
{
	struct listing *listing = into;
	char *item;

	if (listing->count == listing->room) {
		size_t room = listing->room ? 2 * listing->room : 16;
		void *items = reallocarray(listing->items, room, listing->size);

		if (!items)
			return -ENOMEM;
		listing->items = items;
		listing->room = room;
	}
	item = (char *)listing->items + listing->count++ * listing->size;
	memset(item, 0, listing->size);
	return attributes_read(listing->set, message, item);
}

static int take_once(struct listing *listing, struct channel *channel, listing_begin *begin, void *context, bool *torn)
{
	int status = begin(context);

	listing->count = 0;
	return status ? status : channel_dump(channel, take_listed, listing, torn);
}

static int take_whole(struct listing *listing, struct channel *channel, listing_begin *begin, void *context)
{
	int attempt;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		bool torn = false;
		int status = take_once(listing, channel, begin, context, &torn);

		if (status || !torn)
			return status;
	}
	return failure_set(&channel->error, EAGAIN, "the %s changed each time that they were listed, %d times",
			   listing->what, ATTEMPTS);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int listing_take(struct listing *listing, struct channel *channel, listing_begin *begin, void *context)
{
	int status = take_whole(listing, channel, begin, context);

	if (status || !listing->count) {
		free(listing->items);
		listing->items = NULL;
		listing->count = 0;
	}
	if (listing->count > 1)
		qsort(listing->items, listing->count, listing->size, by_name);
	return status;
}

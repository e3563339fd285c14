/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_EVENTS_H
#define LUNATIK_EVENTS_H

#include <stdint.h>

struct attribute_set;
struct channel;

/* What a contract says of the events that come to its group. */
struct event_kind {
	const struct attribute_set *set;
	uint8_t command;
};

/* Have a channel, on which a request was begun, hear of its family's events. 0 or a negative errno, noted. */
int events_join(struct channel *channel);

/*
 * Take the next into a struct that is clear, before this time (clock.h). 0; or a negative errno, noted: -ETIMEDOUT and -EINTR
 * none came; -ENOBUFS some were lost, and it goes on; any other ends it, the next time too.
 */
int events_next(struct channel *channel, const struct event_kind *kind, uint64_t deadline, void *event);

#endif /* LUNATIK_EVENTS_H */

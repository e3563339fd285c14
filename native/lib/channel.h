/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_CHANNEL_H
#define LUNATIK_CHANNEL_H

#include "lunatik.h"
#include "request.h"

struct attribute_set;
struct contract;
struct mnl_socket;
struct netns;

/*
 * Each message of a dump is made in as much memory as the largest buffer was that its socket ever received into, but in
 * no more than 32 KiB and no less than a page with its administration holds. Many kernels clear all of that first: room
 * that is not needed costs a short answer more than everything else together.
 */
#define DATAGRAM_MOST	32768
#define DATAGRAM_LEAST	3776

/* What the kernel sends at once. */
struct datagram {
	const struct nlmsghdr *next;
	int left;
	char bytes[DATAGRAM_MOST] __attribute__((aligned(8)));
};

/*
 * A netlink socket, the request on it, and what was received last. It opens when it is first needed, and again after
 * something went wrong that leaves unread answers behind.
 */
struct channel {
	const struct netns *netns;
	const struct contract *contract;	/* of the family that is spoken to */
	struct mnl_socket *socket;	/* NULL while it is closed */
	uint16_t family;		/* 0 until it is looked up */
	uint32_t sequence;
	struct lunatik_error error;
	struct request request;
	size_t room;			/* what of a datagram's bytes is received into */
	struct datagram datagram;
};

void channel_init(struct channel *channel, const struct netns *netns, const struct contract *contract);
void channel_close(struct channel *channel);

/* Open it, if need be, and start a request to the family; an error is noted for this operation. 0 or negative errno. */
int channel_begin(struct channel *channel, const char *operation, const struct attribute_set *set, uint8_t command,
		  uint16_t flags);

/* Send the request. 0 or a negative errno, noted. */
int channel_send(struct channel *channel);

/* Send the request, and at its end one more attribute, whose value, of less than 64 KiB, stays where it is. */
int channel_send_tail(struct channel *channel, uint16_t type, const void *bytes, size_t size);

/* Receive a datagram. 0 or a negative errno, which is not noted. */
int channel_receive(struct channel *channel);

/* Receive one that the kernel has sent by itself, before this time (clock.h). As above, or -ETIMEDOUT. */
int channel_receive_until(struct channel *channel, uint64_t deadline);

/* The next message received; NULL after the last. */
const struct nlmsghdr *channel_next_any(struct channel *channel);

/* The same of those that answer the request. */
const struct nlmsghdr *channel_next(struct channel *channel);

/* Note what an NLMSG_ERROR or NLMSG_DONE says. 0, or the errno, negative. */
int channel_verdict(struct channel *channel, const struct nlmsghdr *message);

/* Note that an answer is nonsense, and close the socket: whatever else it has to say there, nobody will read it. */
int channel_not_understood(struct channel *channel);

/* Note that the socket itself failed, and close it. Returns -code. */
int channel_broke(struct channel *channel, int code);

/* Takes a message of the family. 0 or a negative errno. */
typedef int channel_take(const struct nlmsghdr *message, void *context);

/*
 * Send the request and wait for its answer: one message of the family where take is given, or else an ack, for which
 * the request has to have asked.
 */
int channel_exchange(struct channel *channel, channel_take *take, void *context);

/* The second half of that. */
int channel_answer(struct channel *channel, channel_take *take, void *context);

/* Send the request for a dump, and take all of it. *torn says that it is not of one moment. */
int channel_dump(struct channel *channel, channel_take *take, void *context, bool *torn);

#endif /* LUNATIK_CHANNEL_H */

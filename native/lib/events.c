// SPDX-License-Identifier: MIT
/* Events of a family, sent to its multicast group: a channel that is in that group, and asks for nothing more. */
#include "events.h"
#include "attributes.h"
#include "channel.h"
#include "failure.h"
#include "family.h"

#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>

#include <libmnl/libmnl.h>

int events_join(struct channel *channel)
{
	uint32_t group;
	int status = family_look_up_events(channel, &group);

	if (status)
		return status;
	if (mnl_socket_setsockopt(channel->socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return failure_set(&channel->error, errno, "cannot join the group of events: %s",
				   strerrordesc_np(errno));
	return 0;
}

/* Out of what was received: 1 with an event, 0 without, or a negative errno. */
static int take_received(struct channel *channel, const struct event_kind *kind, void *event)
{
	const struct nlmsghdr *header;

	while ((header = channel_next_any(channel))) {
		const struct genlmsghdr *generic = mnl_nlmsg_get_payload(header);

		if (header->nlmsg_type != channel->family ||
		    mnl_nlmsg_get_payload_len(header) < sizeof(*generic) || generic->cmd != kind->command)
			continue;
		return attributes_read(kind->set, header, event) ? channel_not_understood(channel) : 1;
	}
	return 0;
}

static int receive(struct channel *channel, uint64_t deadline)
{
	int status = channel_receive_until(channel, deadline);

	switch (status) {
	case 0:
		return 0;
	case -ETIMEDOUT:
	case -EINTR:
		return failure_set(&channel->error, -status, "no event came");
	case -ENOBUFS:
		return failure_set(&channel->error, ENOBUFS, "events were lost: they came faster than they were taken");
	default:
		return channel_broke(channel, -status);
	}
}

int events_next(struct channel *channel, const struct event_kind *kind, uint64_t deadline, void *event)
{
	/* A socket that broke is in the group no more. */
	if (!channel->socket)
		return -channel->error.code;
	failure_clear(&channel->error, "event");
	for (;;) {
		int status = take_received(channel, kind, event);

		if (!status)
			status = receive(channel, deadline);
		if (status)
			return status < 0 ? status : 0;
	}
}

// SPDX-License-Identifier: MIT
/* Events: what happens to the states of a namespace, sent to a multicast group. */
#include "attributes.h"
#include "clock.h"
#include "failure.h"
#include "family.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

#include <libmnl/libmnl.h>

struct lunatik_monitor {
	struct lunatik_session *session;
	struct channel channel;
};

static int join(struct channel *channel)
{
	/* Any request will do: beginning one opens the socket. */
	int status = channel_begin(channel, "event", &info_attributes, LUNATIK_CMD_INFO, 0);
	uint32_t group;

	if (!status)
		status = family_look_up_events(channel, &group);
	if (status)
		return status;
	if (mnl_socket_setsockopt(channel->socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return failure_set(&channel->error, errno, "cannot join the group of events: %s",
				   strerrordesc_np(errno));
	return 0;
}

struct lunatik_monitor *lunatik_monitor_open(struct lunatik_session *session)
{
	struct lunatik_monitor *monitor;
	struct lunatik_error *error;

	if (!session)
		return failure_give(NULL, &failure_of_nothing);
	error = &session->control.error;
	failure_clear(error, "event");
	monitor = calloc(1, sizeof(*monitor));
	if (!monitor) {
		failure_set(error, ENOMEM, NULL);
		return failure_give(NULL, error);
	}
	monitor->session = session_get(session);
	channel_init(&monitor->channel, &session->netns);
	monitor->channel.family = session->control.family;
	if (join(&monitor->channel)) {
		*error = monitor->channel.error;
		lunatik_monitor_close(monitor);
		return failure_give(NULL, error);
	}
	return monitor;
}

void lunatik_monitor_close(struct lunatik_monitor *monitor)
{
	if (!monitor)
		return;
	channel_close(&monitor->channel);
	session_put(monitor->session);
	free(monitor);
}

int lunatik_monitor_fd(const struct lunatik_monitor *monitor)
{
	return monitor && monitor->channel.socket ? mnl_socket_get_fd(monitor->channel.socket) : -1;
}

const struct lunatik_error *lunatik_monitor_error(const struct lunatik_monitor *monitor)
{
	return monitor ? &monitor->channel.error : &failure_of_nothing;
}

/* Out of what was received: 1 with an event, 0 without, or a negative errno. */
static int take_received(struct channel *channel, struct lunatik_event *event)
{
	const struct nlmsghdr *header;

	while ((header = channel_next_any(channel))) {
		const struct genlmsghdr *generic = mnl_nlmsg_get_payload(header);

		if (header->nlmsg_type != channel->family ||
		    mnl_nlmsg_get_payload_len(header) < sizeof(*generic) || generic->cmd != LUNATIK_CMD_EVENT)
			continue;
		return attributes_read(&event_attributes, header, event) ? channel_not_understood(channel) : 1;
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

static int refuse_nowhere(struct lunatik_monitor *monitor)
{
	if (!monitor)
		return -EINVAL;
	failure_clear(&monitor->channel.error, "event");
	return failure_set(&monitor->channel.error, EINVAL, "there is nowhere to put the event: NULL was given");
}

int lunatik_monitor_next(struct lunatik_monitor *monitor, uint64_t timeout, struct lunatik_event *event)
{
	struct channel *channel;
	uint64_t deadline = clock_after(timeout);

	if (!monitor || !event)
		return refuse_nowhere(monitor);
	channel = &monitor->channel;
	*event = (struct lunatik_event){ 0 };
	/* A socket that broke is in the group no more. */
	if (!channel->socket)
		return -channel->error.code;
	failure_clear(&channel->error, "event");
	for (;;) {
		int status = take_received(channel, event);

		if (!status)
			status = receive(channel, deadline);
		if (status)
			return status < 0 ? status : 0;
	}
}

// SPDX-License-Identifier: MIT
/* Events: what happens to the states of a namespace, sent to a multicast group. */
#include "clock.h"
#include "events.h"
#include "failure.h"
#include "lunatik_contract.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>

#include <libmnl/libmnl.h>

struct lunatik_monitor {
	struct lunatik_session *session;
	struct channel channel;
};

static const struct event_kind kind = { &event_attributes, LUNATIK_CMD_EVENT };

static int join(struct channel *channel)
{
	/* Any request will do: beginning one opens the socket. */
	int status = channel_begin(channel, "event", &info_attributes, LUNATIK_CMD_INFO, 0);

	return status ? status : events_join(channel);
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
	channel_init(&monitor->channel, &session->netns, &lunatik_contract);
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

static int refuse_nowhere(struct lunatik_monitor *monitor)
{
	if (!monitor)
		return -EINVAL;
	failure_clear(&monitor->channel.error, "event");
	return failure_set(&monitor->channel.error, EINVAL, "there is nowhere to put the event: NULL was given");
}

int lunatik_monitor_next(struct lunatik_monitor *monitor, uint64_t timeout, struct lunatik_event *event)
{
	uint64_t deadline = clock_after(timeout);

	if (!monitor || !event)
		return refuse_nowhere(monitor);
	*event = (struct lunatik_event){ 0 };
	return events_next(&monitor->channel, &kind, deadline, event);
}

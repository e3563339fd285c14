// SPDX-License-Identifier: MIT
/*
 * Monitors: a socket in the group of events.
 *
 * It needs the session's namespace to be opened, and nothing of the session once it is: a socket that broke is not opened
 * again, since what it would have heard meanwhile is lost. So either may be closed first.
 */
#include "clock.h"
#include "events.h"
#include "failure.h"
#include "kstate_contract.h"
#include "kstate_session.h"

#include <errno.h>
#include <stdlib.h>

#include <libmnl/libmnl.h>

#include <linux/kstate.h>

struct kstate_monitor {
	struct channel channel;
	struct kstate_error told;
};

static const struct event_kind kind = {&page_event_attributes, KSTATE_CMD_EVENT};

static int join(struct channel *channel)
{
	/* Any request will do: beginning one opens the socket. */
	int status = channel_begin(channel, "event", &page_attributes, KSTATE_CMD_LIST, 0);

	if (!status)
		status = events_join(channel);
	channel->netns = NULL;
	return status;
}

struct kstate_monitor *kstate_monitor_open(struct kstate_session *session)
{
	struct kstate_monitor *monitor;
	struct lunatik_error *error;

	if (!session)
		return failure_give(NULL, &failure_of_nothing);
	error = &session->channel.error;
	failure_clear(error, "event");
	monitor = calloc(1, sizeof(*monitor));
	if (!monitor) {
		failure_set(error, ENOMEM, NULL);
		return failure_give(NULL, error);
	}
	channel_init(&monitor->channel, &session->netns, &kstate_contract);
	monitor->channel.family = session->channel.family;
	if (join(&monitor->channel)) {
		*error = monitor->channel.error;
		kstate_monitor_close(monitor);
		return failure_give(NULL, error);
	}
	return monitor;
}

void kstate_monitor_close(struct kstate_monitor *monitor)
{
	if (!monitor)
		return;
	channel_close(&monitor->channel);
	free(monitor);
}

int kstate_monitor_fd(const struct kstate_monitor *monitor)
{
	return monitor && monitor->channel.socket ? mnl_socket_get_fd(monitor->channel.socket) : -1;
}

const struct kstate_error *kstate_monitor_error(struct kstate_monitor *monitor)
{
	if (!monitor)
		return kstate_session_error(NULL);
	error_tell(&monitor->told, &monitor->channel.error);
	return &monitor->told;
}

int kstate_monitor_next(struct kstate_monitor *monitor, uint64_t timeout, struct kstate_event *event)
{
	uint64_t deadline = clock_after(timeout);

	if (!monitor)
		return -EINVAL;
	if (!event) {
		failure_clear(&monitor->channel.error, "event");
		return failure_set(&monitor->channel.error, EINVAL, "there is nowhere to put the event: NULL was given");
	}
	*event = (struct kstate_event){0};
	return events_next(&monitor->channel, &kind, deadline, event);
}

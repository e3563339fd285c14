// SPDX-License-Identifier: MIT
/*
 * A session: a namespace and a socket in it for control.
 *
 * It owns both; the channels of its runs, receivers and monitors borrow the namespace, and so have to be closed before
 * it. To the kernel the control socket is the session: handles go with it, and the other sockets name it by its token.
 */
#include "session.h"
#include "attributes.h"
#include "failure.h"
#include "family.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int session_begin(struct lunatik_session *session, const char *operation, const struct attribute_set *set,
		  uint8_t command, uint16_t flags)
{
	/* Had it broken, its handles would have gone with it. */
	if (!session->control.socket)
		session->token = 0;
	return channel_begin(&session->control, operation, set, command, flags);
}

void session_sign(struct lunatik_session *session, struct request *request, uint16_t type)
{
	uint64_t token = session->token;

	if (token)
		request_u64(request, type, token);
}

static int session_open(struct lunatik_session *session, const char *netns)
{
	struct lunatik_error *error = &session->control.error;
	int status;

	failure_clear(error, "open");
	status = netns_open(&session->netns, netns, error);
	if (status)
		return status;
	/* Any request will do: beginning one opens the socket and finds the family. */
	return session_begin(session, "open", &info_attributes, LUNATIK_CMD_INFO, 0);
}

struct lunatik_session *lunatik_open(const char *netns, struct lunatik_error *error)
{
	struct lunatik_session *session = calloc(1, sizeof(*session));
	struct lunatik_error unread;

	if (!error)
		error = &unread;
	failure_clear(error, "open");
	if (!session) {
		failure_set(error, ENOMEM, NULL);
		return NULL;
	}
	session->netns.fd = -1;
	channel_init(&session->control, &session->netns);
	channel_init(&session->abort, &session->netns);
	pthread_mutex_init(&session->abort_lock, NULL);
	if (session_open(session, netns)) {
		*error = session->control.error;
		lunatik_close(session);
		return NULL;
	}
	return session;
}

void lunatik_close(struct lunatik_session *session)
{
	if (!session)
		return;
	channel_close(&session->abort);
	channel_close(&session->control);
	netns_close(&session->netns);
	pthread_mutex_destroy(&session->abort_lock);
	free(session);
}

uint64_t lunatik_netns(const struct lunatik_session *session)
{
	return session->netns.inode;
}

const struct lunatik_error *lunatik_session_error(const struct lunatik_session *session)
{
	return &session->control.error;
}

static int take_info(const struct nlmsghdr *message, void *into)
{
	return attributes_read(&info_attributes, message, into);
}

int lunatik_getinfo(struct lunatik_session *session, struct lunatik_info *info)
{
	int status = session_begin(session, "info", &info_attributes, LUNATIK_CMD_INFO, 0);

	memset(info, 0, sizeof(*info));
	return status ? status : channel_exchange(&session->control, take_info, info);
}

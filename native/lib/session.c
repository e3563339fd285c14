// SPDX-License-Identifier: MIT
/*
 * A session: a namespace and a socket in it for control.
 *
 * It owns both. To the kernel the control socket is the session: handles go with it, and the other sockets name it by its
 * token. It is closed with lunatik_close(), whoever else still refers to the rest.
 */
#include "session.h"
#include "failure.h"
#include "family.h"
#include "lunatik_contract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

int session_begin(struct lunatik_session *session, const char *operation, const struct attribute_set *set,
		  uint8_t command, uint16_t flags)
{
	if (!session)
		return -EINVAL;
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
	struct lunatik_error failed;

	if (error)
		failure_clear(error, "open");
	if (!session) {
		failure_clear(&failed, "open");
		failure_set(&failed, ENOMEM, NULL);
		return failure_give(error, &failed);
	}
	session->references = 1;
	session->netns.fd = -1;
	channel_init(&session->control, &session->netns, &lunatik_contract);
	channel_init(&session->abort, &session->netns, &lunatik_contract);
	pthread_mutex_init(&session->abort_lock, NULL);
	if (session_open(session, netns)) {
		failed = session->control.error;
		lunatik_close(session);
		return failure_give(error, &failed);
	}
	return session;
}

struct lunatik_session *session_get(struct lunatik_session *session)
{
	session->references++;
	return session;
}

void session_put(struct lunatik_session *session)
{
	if (--session->references)
		return;
	channel_close(&session->abort);
	netns_close(&session->netns);
	pthread_mutex_destroy(&session->abort_lock);
	free(session);
}

void lunatik_close(struct lunatik_session *session)
{
	if (!session)
		return;
	channel_close(&session->control);
	session->token = 0;
	session_put(session);
}

uint64_t lunatik_netns(const struct lunatik_session *session)
{
	return session ? session->netns.inode : 0;
}

int lunatik_session_fd(const struct lunatik_session *session)
{
	return session && session->control.socket ? mnl_socket_get_fd(session->control.socket) : -1;
}

const struct lunatik_error *lunatik_session_error(const struct lunatik_session *session)
{
	return session ? &session->control.error : &failure_of_nothing;
}

static int take_info(const struct nlmsghdr *message, void *into)
{
	return attributes_read(&info_attributes, message, into);
}

int lunatik_getinfo(struct lunatik_session *session, struct lunatik_info *info)
{
	int status = session_begin(session, "info", &info_attributes, LUNATIK_CMD_INFO, 0);

	if (status)
		return status;
	if (!info)
		return failure_set(&session->control.error, EINVAL, "info is NULL");
	memset(info, 0, sizeof(*info));
	return channel_exchange(&session->control, take_info, info);
}

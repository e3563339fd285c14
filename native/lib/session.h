/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_SESSION_H
#define LUNATIK_SESSION_H

#include "channel.h"
#include "netns.h"

#include <pthread.h>

struct lunatik_session {
	struct netns netns;
	struct channel control;
	/* Of the control socket, once it has a handle, else 0. Runs are in threads of their own. */
	_Atomic uint64_t token;
	/* Aborts come from any thread, so they go another way than what the session's own thread is doing. */
	pthread_mutex_t abort_lock;
	struct channel abort;
};

/* Start a request on the control socket. As channel_begin(). */
int session_begin(struct lunatik_session *session, const char *operation, const struct attribute_set *set,
		  uint8_t command, uint16_t flags);

/* Have a request count as the session's, on whatever socket it goes. */
void session_sign(struct lunatik_session *session, struct request *request, uint16_t type);

#endif /* LUNATIK_SESSION_H */

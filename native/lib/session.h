/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_SESSION_H
#define LUNATIK_SESSION_H

#include "channel.h"
#include "netns.h"

#include <pthread.h>

/*
 * Its owner refers to it, and so does each run, receiver and monitor: they borrow the namespace, the token and the abort
 * channel, and may be closed after it, in the order in which a collector of garbage finds them.
 */
struct lunatik_session {
	_Atomic unsigned int references;
	struct netns netns;
	struct channel control;
	/* Of the control socket, once it has a handle, else 0. Runs are in threads of their own. */
	_Atomic uint64_t token;
	/* Aborts come from any thread, so they go another way than what the session's own thread is doing. */
	pthread_mutex_t abort_lock;
	struct channel abort;
};

/* One more reference; one less, with the last of which it goes. */
struct lunatik_session *session_get(struct lunatik_session *session);
void session_put(struct lunatik_session *session);

/* Start a request on the control socket. As channel_begin(), and -EINVAL where there is no session. */
int session_begin(struct lunatik_session *session, const char *operation, const struct attribute_set *set,
		  uint8_t command, uint16_t flags);

/* Have a request count as the session's, on whatever socket it goes. */
void session_sign(struct lunatik_session *session, struct request *request, uint16_t type);

#endif /* LUNATIK_SESSION_H */

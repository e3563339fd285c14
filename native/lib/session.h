/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_SESSION_H
#define LUNATIK_SESSION_H

#include "channel.h"
#include "netns.h"

#include <pthread.h>

struct lunatik_session {
	struct netns netns;
	struct channel control;
	/* Aborts come from any thread, so they go another way than what the session's own thread is doing. */
	pthread_mutex_t abort_lock;
	struct channel abort;
};

#endif /* LUNATIK_SESSION_H */

/* SPDX-License-Identifier: MIT */
#ifndef KSTATE_SESSION_H
#define KSTATE_SESSION_H

#include "channel.h"
#include "kstate.h"
#include "netns.h"

struct kstate_session {
	struct netns netns;
	struct channel channel;
	struct kstate_error told; /* what kstate_session_error() has said */
};

/* Tell a failure as kstate.h has it. */
void error_tell(struct kstate_error *to, const struct lunatik_error *error);

#endif /* KSTATE_SESSION_H */

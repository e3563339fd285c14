/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_EVENTS_H
#define _LUNATIK_EVENTS_H

#include <uapi/linux/lunatik.h>

struct lunatik_net;
struct lunatik_state;

void lunatik_event(const struct lunatik_state *state, enum lunatik_event_type type, int status);
void lunatik_event_refused(struct lunatik_net *ns, const char *name, int err);

#endif /* _LUNATIK_EVENTS_H */

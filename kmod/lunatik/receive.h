/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_RECEIVE_H
#define _LUNATIK_RECEIVE_H

#include <linux/types.h>

struct lunatik_state;

bool lunatik_receive_send(struct lunatik_state *state, const void *bytes, size_t size);
void lunatik_receive_closed(struct lunatik_state *state, u32 port);

#endif /* _LUNATIK_RECEIVE_H */

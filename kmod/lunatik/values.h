/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_VALUES_H
#define _LUNATIK_VALUES_H

struct lua_State;
struct lunatik_sink;

int lunatik_values_encode(struct lua_State *L, int count, struct lunatik_sink *sink,
			  struct lunatik_sink *message);
void lunatik_values_encode_error(struct lua_State *L, struct lunatik_sink *sink);

#endif /* _LUNATIK_VALUES_H */

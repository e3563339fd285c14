/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_LIBRARY_H
#define _LUNATIK_LIBRARY_H

struct lua_State;

void lunatik_library_open(struct lua_State *L);

#endif /* _LUNATIK_LIBRARY_H */

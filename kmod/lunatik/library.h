/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_LIBRARY_H
#define _LUNATIK_LIBRARY_H

struct lua_State;

struct luaL_Reg;

void lunatik_library_open(struct lua_State *L);
void lunatik_library_name(struct lua_State *L);
void lunatik_set_harmless(struct lua_State *L, const struct luaL_Reg *entries);

#endif /* _LUNATIK_LIBRARY_H */

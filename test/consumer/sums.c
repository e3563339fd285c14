// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The part of the library that computes with floats. Compiled with SSE, so called by Lua, or by
 * what Lua calls, and nowhere else.
 */
#include "lua.h"
#include "lauxlib.h"

#include "consumer.h"

/* mean(...): of one number and more */
static int sums_mean(lua_State *L)
{
	int i, count = lua_gettop(L);
	lua_Number sum = 0;

	luaL_checkany(L, 1);
	for (i = 1; i <= count; i++)
		sum += luaL_checknumber(L, i);
	lua_pushnumber(L, sum / count);
	return 1;
}

/* scaled(number[, by]) */
static int sums_scaled(lua_State *L)
{
	lua_pushnumber(L, luaL_checknumber(L, 1) * luaL_optnumber(L, 2, 0.5));
	return 1;
}

static const luaL_Reg sums[] = {
	{ "mean", sums_mean },
	{ "scaled", sums_scaled },
	{ }
};

int consumer_open_sums(lua_State *L)
{
	luaL_newlib(L, sums);
	return 1;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What scripts get by require("consumer"): a little of everything that a library does.
 */
#include <linux/kernel.h>

#include "lua.h"
#include "lauxlib.h"

#include "consumer.h"

#define COUNTER	"consumer.counter"

struct counter {
	lua_Integer value;
};

/* add(a, b): integers */
static int library_add(lua_State *L)
{
	lua_pushinteger(L, luaL_checkinteger(L, 1) + luaL_checkinteger(L, 2));
	return 1;
}

/* join(separator, ...): strings, any bytes */
static int library_join(lua_State *L)
{
	int i, count = lua_gettop(L);
	luaL_Buffer buffer;
	size_t size;

	luaL_checkstring(L, 1);
	luaL_buffinit(L, &buffer);
	for (i = 2; i <= count; i++) {
		const char *part = luaL_checklstring(L, i, &size);

		if (i > 2) {
			lua_pushvalue(L, 1);
			luaL_addvalue(&buffer);
		}
		luaL_addlstring(&buffer, part, size);
	}
	luaL_pushresult(&buffer);
	return 1;
}

/* each(count, function): a table of what the function returns for 1 to count */
static int library_each(lua_State *L)
{
	lua_Integer i, count = luaL_checkinteger(L, 1);

	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_createtable(L, 0, 0);
	for (i = 1; i <= count; i++) {
		lua_pushvalue(L, 2);
		lua_pushinteger(L, i);
		lua_call(L, 1, 1);
		lua_rawseti(L, -2, i);
	}
	return 1;
}

/* fail(text) */
static int library_fail(lua_State *L)
{
	return luaL_error(L, "consumer fails: %s", luaL_optstring(L, 1, "for no reason"));
}

/* state(): the name of the state that this runs in */
static int library_state(lua_State *L)
{
	lua_pushstring(L, lunatik_statename(lunatik_getenv(L)));
	return 1;
}

/* verdict("accept" | "drop"): its number */
static int library_verdict(lua_State *L)
{
	static const char *const verdicts[] = { "drop", "accept", NULL };

	lua_pushinteger(L, luaL_checkoption(L, 1, "accept", verdicts));
	return 1;
}

/* counter([start]) */
static int library_counter(lua_State *L)
{
	lua_Integer start = luaL_optinteger(L, 1, 0);
	struct counter *counter = lua_newuserdatauv(L, sizeof(*counter), 0);

	counter->value = start;
	luaL_setmetatable(L, COUNTER);
	return 1;
}

/* counter:increment([by]): itself */
static int counter_increment(lua_State *L)
{
	struct counter *counter = luaL_checkudata(L, 1, COUNTER);

	counter->value += luaL_optinteger(L, 2, 1);
	lua_settop(L, 1);
	return 1;
}

static int counter_value(lua_State *L)
{
	struct counter *counter = luaL_checkudata(L, 1, COUNTER);

	lua_pushinteger(L, counter->value);
	return 1;
}

static const luaL_Reg library[] = {
	{ "add", library_add },
	{ "join", library_join },
	{ "each", library_each },
	{ "fail", library_fail },
	{ "state", library_state },
	{ "verdict", library_verdict },
	{ "counter", library_counter },
	{ }
};

static const luaL_Reg methods[] = {
	{ "increment", counter_increment },
	{ "value", counter_value },
	{ }
};

/* Without floats, and so without luaL_newlib(). */
int consumer_library_open(lua_State *L)
{
	luaL_newmetatable(L, COUNTER);
	luaL_newlibtable(L, methods);
	luaL_setfuncs(L, methods, 0);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);

	luaL_newlibtable(L, library);
	luaL_setfuncs(L, library, 0);
	consumer_open_sums(L);
	lua_setfield(L, -2, "sums");
	return 1;
}

/* A library that cannot be opened. */
int consumer_library_fail(lua_State *L)
{
	return luaL_error(L, "the library does not open");
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Functions that lunatik_run() runs. In the turn of a machine: nothing sleeps, and no lock or
 * reference is held where Lua is called, as that may not return.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "lua.h"
#include "lauxlib.h"

#include "consumer.h"

static void tell(struct consumer_call *call, lua_State *L, int index)
{
	strscpy(call->text, luaL_tolstring(L, index, NULL), call->room);
}

/* Values go onto the stack and come back, by way of a table and of a global variable. */
static int run_values(lua_State *L, void *data)
{
	lua_Integer sum = 0;
	int i;

	lua_createtable(L, 3, 0);
	for (i = 1; i <= 3; i++) {
		lua_pushinteger(L, i * 100);
		lua_seti(L, -2, i);
	}
	lua_setglobal(L, "consumed");
	lua_getglobal(L, "consumed");
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		sum += lua_tointeger(L, -1);
		lua_pop(L, 1);
	}
	lua_pushfstring(L, "%s of %d make %I", luaL_typename(L, -1), (int)lua_rawlen(L, -1),
			(LUAI_UACINT)sum);
	tell(data, L, -1);
	return 0;
}

static int run_top(lua_State *L, void *data)
{
	struct consumer_call *call = data;

	snprintf(call->text, call->room, "%d", lua_gettop(L));
	/* what is left here is the API's to clear away */
	lua_pushinteger(L, 1);
	return 0;
}

static int run_global(lua_State *L, void *data)
{
	struct consumer_call *call = data;

	lua_getglobal(L, call->argument);
	tell(call, L, -1);
	return 0;
}

static int run_call(lua_State *L, void *data)
{
	struct consumer_call *call = data;

	lua_getglobal(L, call->argument);
	lua_pushinteger(L, 20);
	lua_pushinteger(L, 22);
	lua_call(L, 2, 1);
	tell(call, L, -1);
	return 0;
}

static int run_pcall(lua_State *L, void *data)
{
	struct consumer_call *call = data;

	lua_getglobal(L, call->argument);
	if (lua_pcall(L, 0, 1, 0) == LUA_OK)
		return -EUCLEAN;
	tell(call, L, -1);
	return 0;
}

static int run_fail(lua_State *L, void *data)
{
	struct consumer_call *call = data;

	return luaL_error(L, "%s, %d times", call->argument, 42);
}

static int run_errno(lua_State *L, void *data)
{
	return -EIO;
}

static int run_env(lua_State *L, void *data)
{
	struct consumer_call *call = data;

	strscpy(call->text, lunatik_getenv(L) == call->state ? "same" : "another", call->room);
	return 0;
}

/* For ever: but Lua looks at the clock whenever it is called. */
static int run_spin(lua_State *L, void *data)
{
	for (;;) {
		lua_pushinteger(L, 1);
		lua_settop(L, 0);
	}
	return 0;
}

static int run_hoard(lua_State *L, void *data)
{
	lua_createtable(L, 0, 0);
	for (;;) {
		lua_newuserdatauv(L, 1000, 0);
		lua_seti(L, -2, luaL_len(L, -2) + 1);
	}
	return 0;
}

static int run_sums(lua_State *L, void *data)
{
	lua_pushcfunction(L, consumer_open_sums);
	lua_call(L, 0, 1);
	lua_getfield(L, -1, "mean");
	lua_pushinteger(L, 3);
	lua_pushinteger(L, 4);
	lua_call(L, 2, 1);
	tell(data, L, -1);
	return 0;
}

static int nothing(lua_State *L, void *data)
{
	return 0;
}

/* A run within a run would wait for itself. */
static int run_nested(lua_State *L, void *data)
{
	struct consumer_call *call = data;

	snprintf(call->text, call->room, "%d", lunatik_run(call->state, nothing, NULL, NULL));
	return 0;
}

static const struct {
	const char *name;
	consumer_function function;
} functions[] = {
	{ "values", run_values },
	{ "top", run_top },
	{ "global", run_global },
	{ "call", run_call },
	{ "pcall", run_pcall },
	{ "fail", run_fail },
	{ "errno", run_errno },
	{ "env", run_env },
	{ "spin", run_spin },
	{ "hoard", run_hoard },
	{ "sums", run_sums },
	{ "nested", run_nested },
};

consumer_function consumer_find_function(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(functions[i].name, name))
			return functions[i].function;
	return NULL;
}

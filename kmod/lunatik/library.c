// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What a script finds in a state: stock libraries, less what a kernel does not have, and `lunatik`.
 *
 * Finalizers in Lua are refused. Lua runs them with hooks off, in the middle of whatever allocated
 * memory, so one that loops could not be ended; and a state that is torn down runs none.
 * To-be-closed variables do the same job where a script can see it.
 *
 * Context: in the machine's turn.
 */
#include <linux/kern_levels.h>
#include <linux/kernel.h>
#include <linux/lunatik.h>
#include <linux/string.h>
#include <uapi/linux/lunatik.h>

#include "lua.h"
#include "lauxlib.h"
#include "ltable.h"
#include "lualib.h"
#include "lua/libc/clock.h"

#include "libraries.h"
#include "library.h"
#include "outside.h"
#include "receive.h"
#include "sink.h"
#include "turn.h"
#include "vm.h"

/* Those of the base library, with ours instead of some, and the libraries' own. */
#define GLOBALS		32

/* print(...): to whoever runs the chunk. */
static int library_print(lua_State *L)
{
	struct lunatik_sink *output = lunatik_vm_of(L)->output;
	int count = lua_gettop(L);
	size_t size;
	const char *s;
	int i;

	for (i = 1; i <= count; i++) {
		s = luaL_tolstring(L, i, &size);
		if (i > 1)
			lunatik_sink_write(output, "\t", 1);
		lunatik_sink_write(output, s, size);
		lua_pop(L, 1);
	}
	lunatik_sink_write(output, "\n", 1);
	return 0;
}

/* setmetatable(table, metatable), as stock but for __gc. */
static int library_setmetatable(lua_State *L)
{
	int type = lua_type(L, 2);

	luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
	luaL_checktype(L, 1, LUA_TTABLE);
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "cannot change a protected metatable");
	if (type == LUA_TTABLE) {
		lua_pushliteral(L, "__gc");
		if (lua_rawget(L, 2) != LUA_TNIL)
			return luaL_error(L, "finalizers (__gc) are not run in the kernel");
	}
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

/* The chunk itself is a coroutine, which a script should not notice. */
static int library_yield(lua_State *L)
{
	if (L == lunatik_vm_of(L)->chunk)
		return luaL_error(L, "attempt to yield from outside a coroutine");
	return lua_yield(L, lua_gettop(L));
}

static int library_running(lua_State *L)
{
	struct lunatik_vm *vm = lunatik_vm_of(L);

	lua_pushthread(L);
	lua_pushboolean(L, L == vm->chunk);
	vm->is_spent |= L == vm->chunk;
	return 2;
}

static int library_isyieldable(lua_State *L)
{
	lua_State *thread = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;

	lua_pushboolean(L, thread != lunatik_vm_of(L)->chunk && lua_isyieldable(thread));
	return 1;
}

static int library_time(lua_State *L)
{
	if (!lua_isnoneornil(L, 1))
		return luaL_error(L, "os.time takes no table in the kernel");
	lua_pushinteger(L, lua_libc_time(NULL));
	return 1;
}

/* os.clock(): seconds that this run has had. */
static int library_clock(lua_State *L)
{
	lua_pushnumber(L, (lua_Number)lunatik_turn_clock(lunatik_vm_of(L)) / NSEC_PER_SEC);
	return 1;
}

static int library_maxalloc(lua_State *L)
{
	lua_pushinteger(L, READ_ONCE(lunatik_vm_of(L)->arena.maxalloc));
	return 1;
}

static int library_curralloc(lua_State *L)
{
	lua_pushinteger(L, lunatik_vm_of(L)->arena.curralloc);
	return 1;
}

/* lunatik.send(data): to user space. True, or nil and why not. */
static int library_send(lua_State *L)
{
	size_t size;
	const char *data = luaL_checklstring(L, 1, &size);

	luaL_argcheck(L, size <= LUNATIK_DATA_MAX, 1, "a message has at most 32 KiB");
	if (lunatik_receive_send(lunatik_getenv(L), data, size)) {
		lua_pushboolean(L, true);
		return 1;
	}
	lua_pushnil(L);
	lua_pushliteral(L, "there is no room for it in the queue");
	return 2;
}

/* lunatik.log(level, text): to the kernel's log. */
static int library_log(lua_State *L)
{
	/* in the order of the kernel's levels, from LOGLEVEL_ERR on */
	static const char *const levels[] = { "err", "warning", "notice", "info", "debug", NULL };
	int level = LOGLEVEL_ERR + luaL_checkoption(L, 1, NULL, levels);
	size_t size;
	const char *text = luaL_checklstring(L, 2, &size);
	struct lunatik_vm *vm = lunatik_vm_of(L);

	lunatik_turn_leave(vm);
	lunatik_outside_log(vm->name, level, text, size);
	lunatik_turn_enter(vm);
	return 0;
}

/* require(name): a library of another module. */
static int library_require(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	lunatik_opener open;
	int err;

	lua_settop(L, 1);
	lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_getfield(L, 2, name);
	if (lua_toboolean(L, -1))
		return 1;
	err = lunatik_libraries_find(lunatik_vm_of(L), name, &open);
	if (err == -ENOMEM)
		return luaL_error(L, "not enough memory for the library '%s'", name);
	if (err)
		return luaL_error(L, "no library '%s' is registered in the kernel", name);
	luaL_requiref(L, name, open, 0);
	return 1;
}

static const luaL_Reg stock[] = {
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
	{ LUA_DBLIBNAME, luaopen_debug },
	{ }
};

static const luaL_Reg base[] = {
	{ "print", library_print },
	{ "require", library_require },
	{ "setmetatable", library_setmetatable },
	{ "dofile", NULL },
	{ "loadfile", NULL },
	{ }
};

static const luaL_Reg coroutines[] = {
	{ "yield", library_yield },
	{ "running", library_running },
	{ "isyieldable", library_isyieldable },
	{ }
};

static const luaL_Reg os[] = {
	{ "time", library_time },
	{ "clock", library_clock },
	{ }
};

static const luaL_Reg lunatik[] = {
	{ "maxalloc", library_maxalloc },
	{ "curralloc", library_curralloc },
	{ "send", library_send },
	{ "log", library_log },
	{ }
};

/*
 * In place of luaL_setfuncs() in ldblib.c, see luaconf.h: of `debug`, what looks and does not
 * touch.
 */
void lunatik_set_harmless(lua_State *L, const luaL_Reg *entries)
{
	static const char *const harmless[] = { "traceback", "getinfo" };

	for (; entries->name; entries++) {
		if (match_string(harmless, ARRAY_SIZE(harmless), entries->name) < 0)
			continue;
		lua_pushcfunction(L, entries->func);
		lua_setfield(L, -2, entries->name);
	}
}

/* Room for all globals at once: growing to it would take longer than filling it. */
static void reserve_globals(lua_State *L)
{
	lua_pushglobaltable(L);
	luaH_resize(L, (Table *)lua_topointer(L, -1), 0, GLOBALS);
	lua_pop(L, 1);
}

/* With room for the name and the namespace, which come by lunatik_library_name(). */
static void open_lunatik(lua_State *L)
{
	luaL_newlib(L, lunatik);
	lua_pushliteral(L, "");
	lua_setfield(L, -2, "name");
	lua_pushinteger(L, 0);
	lua_setfield(L, -2, "netns");
	lua_setglobal(L, "lunatik");
}

/* Replaces entries of the library on top, and takes away those that are NULL. */
static void amend(lua_State *L, const luaL_Reg *entries)
{
	for (; entries->name; entries++) {
		if (entries->func)
			lua_pushcfunction(L, entries->func);
		else
			lua_pushnil(L);
		lua_setfield(L, -2, entries->name);
	}
	lua_pop(L, 1);
}

/**
 * lunatik_library_open - furnish a new machine
 * @L: its main thread, in a protected call
 */
void lunatik_library_open(struct lua_State *L)
{
	const luaL_Reg *lib;

	reserve_globals(L);
	luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
	amend(L, base);
	for (lib = stock; lib->name; lib++) {
		luaL_requiref(L, lib->name, lib->func, 1);
		lua_pop(L, 1);
	}
	lua_getglobal(L, LUA_COLIBNAME);
	amend(L, coroutines);
	lua_getglobal(L, LUA_STRLIBNAME);
	lua_pushnil(L);
	lua_setfield(L, -2, "dump");
	lua_pop(L, 1);
	luaL_newlib(L, os);
	lua_setglobal(L, LUA_OSLIBNAME);
	open_lunatik(L);
}

/**
 * lunatik_library_name - set lunatik.name and lunatik.netns
 * @L: the main thread of a machine that is furnished, in a protected call
 */
void lunatik_library_name(struct lua_State *L)
{
	struct lunatik_vm *vm = lunatik_vm_of(L);

	lua_getglobal(L, "lunatik");
	lua_pushstring(L, vm->name);
	lua_setfield(L, -2, "name");
	lua_pushinteger(L, vm->netns);
	lua_setfield(L, -2, "netns");
	lua_pop(L, 1);
}

// SPDX-License-Identifier: MIT
/*
 * What kmod/lunatik does for Lua, as far as it has a part in whether a chunk compiles: memory that is
 * counted as arena.c counts it, the libraries whose names are strings already, and a thread for the
 * chunk as vm.c makes one. Time, the stack and secrets have none.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "lua.h"
#include "lauxlib.h"
#include "lobject.h"
#include "ltable.h"
#include "lualib.h"
#include "libc/clock.h"

#include "machine.h"

/* library.c has room for as many globals */
#define GLOBALS 32

/* --- what luaconf.h and the C library in kmod/lua ask for --- */

long lunatik_gc_threshold(void *vm, long held, long threshold)
{
	const struct machine *machine = vm;
	long half_way = held + ((long)machine->maxalloc - held) / 2;

	return threshold < half_way ? threshold : half_way;
}

unsigned int lunatik_seed(void)
{
	return 0;
}

unsigned int lunatik_makeseed(struct lua_State *L)
{
	(void)L;
	return lunatik_seed();
}

const void *lunatik_disguise(const void *pointer)
{
	return pointer;
}

/* Of `debug`, library.c leaves two functions; a chunk that is only compiled calls neither. */
void lunatik_set_harmless(struct lua_State *L, const struct luaL_Reg *entries);
void lunatik_set_harmless(struct lua_State *L, const struct luaL_Reg *entries)
{
	(void)L, (void)entries;
}

/* An error outside of any protected call: a mistake in this file. */
void lua_libc_abort(void);
void lua_libc_abort(void)
{
	abort();
}

long lua_libc_time(long *t)
{
	if (t)
		*t = 0;
	return 0;
}

long lua_libc_clock(void)
{
	return 0;
}

/* --- a machine --- */

/* As lunatik_arena_realloc(): the limit is on what Lua asked for, and shrinking never fails. */
static void *allocate(void *data, void *block, size_t old, size_t new)
{
	struct machine *machine = data;
	size_t room = machine->maxalloc > machine->held ? machine->maxalloc - machine->held : 0;
	void *result = NULL;

	if (!block)
		old = 0;
	if (new > old && new - old > room)
		return NULL;
	if (new == 0)
		free(block);
	else
		result = realloc(block, new);
	if (result || new == 0)
		machine->held += new - old;
	return result;
}

static const luaL_Reg libraries[] = {
	{ LUA_GNAME, luaopen_base },
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
	{ LUA_DBLIBNAME, luaopen_debug },
};

static int furnish(lua_State *L)
{
	lua_gc(L, LUA_GCSTOP);
	lua_pushglobaltable(L);
	luaH_resize(L, (Table *)lua_topointer(L, -1), 0, GLOBALS);
	for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++)
		luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
	lua_gc(L, LUA_GCRESTART);
	return 0;
}

static int make_thread(lua_State *L)
{
	lua_newthread(L);
	return 1;
}

static bool machine_open(struct machine *machine)
{
	lua_State *L = lua_newstate(allocate, machine);

	if (!L)
		return false;
	lua_pushcfunction(L, furnish);
	if (lua_pcall(L, 0, 0, 0) != LUA_OK)
		return false;
	/* what the module's own functions and names take besides */
	machine->held = NEW_STATE_HOLDS;
	lua_pushcfunction(L, make_thread);
	if (lua_pcall(L, 0, 1, 0) != LUA_OK)
		return false;
	machine->thread = lua_tothread(L, -1);
	return true;
}

struct piece {
	const char *text;
	size_t size;
};

static const char *read_piece(lua_State *L, void *data, size_t *size)
{
	struct piece *piece = data;
	const char *text = piece->text;

	(void)L;
	*size = piece->size;
	piece->text = NULL;
	piece->size = 0;
	return text;
}

int machine_load(struct machine *machine, const char *chunk, size_t size, const char *name,
		 size_t maxalloc)
{
	struct piece piece = { .text = chunk, .size = size };

	machine->held = 0;
	machine->maxalloc = maxalloc;
	machine->thread = NULL;
	if (!machine_open(machine))
		return LUA_ERRMEM;
	return lua_load(machine->thread, read_piece, &piece, name, "t");
}

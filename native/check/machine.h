/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_CHECK_MACHINE_H
#define LUNATIK_CHECK_MACHINE_H

#include <stddef.h>

struct lua_State;

/**
 * struct machine - a Lua machine as a new state of the module's has it
 * @held: bytes that Lua asked for and holds, as the module counts them
 * @maxalloc: what @held never exceeds
 * @thread: what chunks are loaded in
 */
struct machine {
	size_t held;
	size_t maxalloc;
	struct lua_State *thread;
};

/*
 * What a new state holds, in bytes, to the nearest kibibyte: its libraries, and its name. The module
 * tells it as `curralloc`, and a test compares.
 */
#define NEW_STATE_HOLDS 14140

/**
 * machine_load - make a machine and compile a chunk in it
 * @machine: to be; what is in it stays until the process ends
 * @chunk: Lua text
 * @size: its bytes
 * @name: what error texts call it, with Lua's mark
 * @maxalloc: bytes that Lua may hold
 *
 * Return: as of lua_load(); the function, or the message, is on top of the thread's stack. LUA_ERRMEM,
 * without one, where @maxalloc is not even enough for a machine.
 */
int machine_load(struct machine *machine, const char *chunk, size_t size, const char *name,
		 size_t maxalloc);

#endif

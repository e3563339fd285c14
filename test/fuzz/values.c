// SPDX-License-Identifier: MIT
/*
 * The Lua binding's reader of values under libFuzzer: whatever bytes the kernel might send as what a chunk returns, they
 * are values, as many as are said, or refused; and memory that ends in the middle is an error of Lua's.
 */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

/* More than any input needs that is not a lie about its size. */
#define MEMORY_MOST	(4 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
	size_t held;
};

struct input {
	const uint8_t *bytes;
	size_t size;
};

static void *allocate(void *ud, void *block, size_t old, size_t new)
{
	struct memory *memory = ud;
	void *moved;

	if (!block)
		old = 0;
	if (!new) {
		free(block);
		memory->held -= old;
		return NULL;
	}
	if (new > old && memory->held + new - old > MEMORY_MOST)
		return NULL;
	moved = realloc(block, new);
	if (moved)
		memory->held += new - old;
	return moved;
}

static int push(lua_State *L)
{
	const struct input *input = lua_touserdata(L, 1);
	const char *refusal;
	int count = -1;

	lua_settop(L, 0);
	refusal = values_push(L, input->bytes, input->size, &count);
	if (refusal ? !*refusal : lua_gettop(L) != count)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory memory = { 0 };
	struct input input = { data, size };
	lua_State *L = lua_newstate(allocate, &memory);
	int status;

	if (!L)
		abort();
	lua_pushcfunction(L, push);
	lua_pushlightuserdata(L, &input);
	status = lua_pcall(L, 1, 0, 0);
	if (status != LUA_OK && status != LUA_ERRMEM)
		abort();
	lua_close(L);
	if (memory.held)
		abort();
	return 0;
}

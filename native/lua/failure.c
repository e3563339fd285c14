// SPDX-License-Identifier: MIT
/* A failure is nil, what went wrong in words, and the name of its errno, as io.open() has it with a number. */
#include "binding.h"

#include <string.h>

int failure_push(lua_State *L, const struct lunatik_error *error)
{
	return failure_push_words(L, error->code, error->message);
}

int failure_push_words(lua_State *L, int code, const char *words)
{
	const char *name = strerrorname_np(code);

	lua_pushnil(L);
	lua_pushstring(L, words);
	lua_pushstring(L, name ? name : "EUNKNOWN");
	return FAILURE;
}

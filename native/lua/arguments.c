// SPDX-License-Identifier: MIT
/* What scripts pass. A wrong type is an error, as anywhere in Lua; a value that will not do is told as a failure. */
#include "binding.h"

#include <errno.h>
#include <string.h>

const char *argument_text(lua_State *L, int argument)
{
	size_t size;
	const char *text = luaL_checklstring(L, argument, &size);

	if (strlen(text) == size)
		return text;
	failure_push_words(L, EINVAL, "a name has no zero bytes in it");
	return NULL;
}

uint64_t argument_time(lua_State *L, int argument)
{
	lua_Number seconds, most = (lua_Number)INT64_MAX;

	if (lua_isnoneornil(L, argument))
		return LUNATIK_DEFAULT;
	seconds = luaL_checknumber(L, argument);
	luaL_argcheck(L, seconds >= 0, argument, "seconds expected");
	return seconds * 1e6 < most ? (uint64_t)(seconds * 1e6) : INT64_MAX;
}

/* The names of lua-memory's types; what is in one of them, their own __tostring tells. */
static bool is_memory(lua_State *L, int argument)
{
	return luaL_testudata(L, argument, "char[]") || luaL_testudata(L, argument, "luamem_Ref");
}

const char *argument_bytes(lua_State *L, int argument, size_t *size)
{
	if (is_memory(L, argument) && luaL_callmeta(L, argument, "__tostring"))
		lua_replace(L, argument);
	return luaL_checklstring(L, argument, size);
}

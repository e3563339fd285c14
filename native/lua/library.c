// SPDX-License-Identifier: MIT
/* What require "lunatik" gives. */
#include "binding.h"

/* The limits of the module that is loaded; where none is, those that it has unless told otherwise. */
static void get_limits(struct lunatik_info *limits)
{
	struct lunatik_session *library = lunatik_open(NULL, NULL);
	struct lunatik_info info;

	*limits = (struct lunatik_info){
		.name_max = LUNATIK_NAME_MAX,
		.chunk_name_max = LUNATIK_CHUNK_NAME_MAX,
		.data_max = LUNATIK_DATA_MAX,
		.maxalloc = 1 << 20,
		.states_max = 65536,
	};
	if (library && !lunatik_getinfo(library, &info))
		*limits = info;
	lunatik_close(library);
}

static void set_constant(lua_State *L, const char *name, uint64_t value)
{
	lua_pushinteger(L, (lua_Integer)value);
	lua_setfield(L, -2, name);
}

static void set_constants(lua_State *L)
{
	struct lunatik_info limits;

	get_limits(&limits);
	set_constant(L, "datamaxsize", limits.data_max);
	set_constant(L, "defaultmaxallocbytes", limits.maxalloc);
	set_constant(L, "maxstates", limits.states_max);
	set_constant(L, "statenamemaxsize", limits.name_max);
	/* Without the mark that it is a name. */
	set_constant(L, "scriptnamemaxsize", limits.chunk_name_max - 1);
}

void type_define(lua_State *L, const char *type, const luaL_Reg *methods)
{
	luaL_newmetatable(L, type);
	luaL_setfuncs(L, methods, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}

/* Found by its name. */
__attribute__((visibility("default"))) int luaopen_lunatik(lua_State *L);

int luaopen_lunatik(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "session", session_open },
		{ NULL, NULL },
	};

	text_define(L);
	session_define(L);
	state_define(L);
	luaL_newlib(L, functions);
	set_constants(L);
	return 1;
}

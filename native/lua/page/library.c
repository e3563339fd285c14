// SPDX-License-Identifier: MIT
/* What require "page" gives. */
#include "page.h"
#include "view.h"

#include <lauxlib.h>

static void set_constant(lua_State *L, const char *name, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, name);
}

/* Found by its name. */
__attribute__((visibility("default"))) int luaopen_page(lua_State *L);

int luaopen_page(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "open", page_open },
		{ NULL, NULL },
	};

	page_define(L);
	update_define(L);
	lunatik_page_view_type(L);
	luaL_newlib(L, functions);
	set_constant(L, "maxsize", KSTATE_MAX_SIZE);
	set_constant(L, "namemaxsize", KSTATE_MAX_NAME_LEN);
	return 1;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * In place of ldump.c and lundump.c: Lua does not verify bytecode, and a bad
 * one reads and writes where it likes. Whatever mode a chunk is loaded with,
 * none gets in; and where none gets in, none needs to get out.
 */
#define LUA_CORE

#include "lprefix.h"

#include "lua.h"

#include "ldo.h"
#include "lobject.h"
#include "lundump.h"
#include "lzio.h"

LClosure *luaU_undump(lua_State *L, ZIO *Z, const char *name)
{
	(void)Z;
	if (*name == '@' || *name == '=')
		name++;
	else if (*name == LUA_SIGNATURE[0])
		name = "binary string";
	luaO_pushfstring(L, "%s: bytecode is not accepted", name);
	luaD_throw(L, LUA_ERRSYNTAX);
	return NULL;
}

/* string.dump and lua_dump see a writer that failed */
int luaU_dump(lua_State *L, const Proto *f, lua_Writer w, void *data, int strip)
{
	(void)L, (void)f, (void)w, (void)data, (void)strip;
	return 1;
}

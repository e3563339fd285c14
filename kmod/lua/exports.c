// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The part of Lua's C API that other modules get, for the libraries and functions of
 * <linux/lunatik.h>.
 *
 * Exported is what works on values: it takes them from the stack and leaves them there, keeps to
 * the machine's limits of memory, stack and time by itself, and raises errors where the run wants
 * to hear of them.
 *
 * Not exported is
 *  - what makes, ends or furnishes machines, and says what they allocate by, panic in and are
 *    hooked by: lua_newstate, lua_close, lua_atpanic, lua_setallocf, lua_getallocf, lua_sethook and
 *    its kin, lua_setwarnf, lua_gc, luaL_openlibs. Limits rest on these;
 *  - what brings in code: lua_load, lua_dump, luaL_load*. Lua does not check bytecode, and text
 *    that came by here would be unknown to audit and lockdown; lunatik_dostring() is the way;
 *  - what makes and switches threads: lua_newthread, lua_resume, lua_yieldk, lua_xmove,
 *    lua_closethread. The thread that runs is one that vm.c can suspend and end;
 *  - what reaches into functions and frames that are not the library's: lua_getlocal,
 *    lua_setupvalue, lua_getinfo and the rest of the debug interface. luaL_where, luaL_error and
 *    luaL_traceback tell what an error needs;
 *  - what tells addresses: lua_topointer, lua_tocfunction. luaL_tolstring disguises them;
 *  - luaL_ref and luaL_unref, whose numbers outlive what they stood for: lua_rawsetp() with an
 *    address of the library's own does the same; and luaL_requiref, as scripts ask for libraries
 *    by themselves (lunatik_register()).
 *
 * Those that take or return a lua_Number are for objects compiled with lunatik-float-cflags
 * (lunatik.mk): the compiler refuses the call elsewhere. luaL_newlib and luaL_checkversion are
 * among them; elsewhere luaL_newlibtable() and luaL_setfuncs() do.
 *
 * Context: the turn of a machine, on the thread that the caller was given. Any of these may raise
 * an error instead of returning.
 */
#include <linux/export.h>

#include "lua.h"
#include "lauxlib.h"

/* --- the stack --- */
EXPORT_SYMBOL_GPL(lua_absindex);
EXPORT_SYMBOL_GPL(lua_checkstack);
EXPORT_SYMBOL_GPL(lua_copy);
EXPORT_SYMBOL_GPL(lua_gettop);
EXPORT_SYMBOL_GPL(lua_pushvalue);
EXPORT_SYMBOL_GPL(lua_rotate);
EXPORT_SYMBOL_GPL(lua_settop);

/* --- from the stack to C --- */
EXPORT_SYMBOL_GPL(lua_iscfunction);
EXPORT_SYMBOL_GPL(lua_isinteger);
EXPORT_SYMBOL_GPL(lua_isnumber);
EXPORT_SYMBOL_GPL(lua_isstring);
EXPORT_SYMBOL_GPL(lua_isuserdata);
EXPORT_SYMBOL_GPL(lua_rawlen);
EXPORT_SYMBOL_GPL(lua_toboolean);
EXPORT_SYMBOL_GPL(lua_tointegerx);
EXPORT_SYMBOL_GPL(lua_tolstring);
EXPORT_SYMBOL_GPL(lua_tonumberx);		/* lua_Number */
EXPORT_SYMBOL_GPL(lua_touserdata);
EXPORT_SYMBOL_GPL(lua_type);
EXPORT_SYMBOL_GPL(lua_typename);

/* --- from C to the stack --- */
EXPORT_SYMBOL_GPL(lua_createtable);
EXPORT_SYMBOL_GPL(lua_newuserdatauv);
EXPORT_SYMBOL_GPL(lua_pushboolean);
EXPORT_SYMBOL_GPL(lua_pushcclosure);
EXPORT_SYMBOL_GPL(lua_pushfstring);
EXPORT_SYMBOL_GPL(lua_pushinteger);
EXPORT_SYMBOL_GPL(lua_pushlightuserdata);
EXPORT_SYMBOL_GPL(lua_pushlstring);
EXPORT_SYMBOL_GPL(lua_pushnil);
EXPORT_SYMBOL_GPL(lua_pushnumber);		/* lua_Number */
EXPORT_SYMBOL_GPL(lua_pushstring);
EXPORT_SYMBOL_GPL(lua_pushvfstring);
EXPORT_SYMBOL_GPL(lua_stringtonumber);

/* --- tables and userdata --- */
EXPORT_SYMBOL_GPL(lua_getfield);
EXPORT_SYMBOL_GPL(lua_getglobal);
EXPORT_SYMBOL_GPL(lua_geti);
EXPORT_SYMBOL_GPL(lua_getiuservalue);
EXPORT_SYMBOL_GPL(lua_getmetatable);
EXPORT_SYMBOL_GPL(lua_gettable);
EXPORT_SYMBOL_GPL(lua_next);
EXPORT_SYMBOL_GPL(lua_rawget);
EXPORT_SYMBOL_GPL(lua_rawgeti);
EXPORT_SYMBOL_GPL(lua_rawgetp);
EXPORT_SYMBOL_GPL(lua_rawset);
EXPORT_SYMBOL_GPL(lua_rawseti);
EXPORT_SYMBOL_GPL(lua_rawsetp);
EXPORT_SYMBOL_GPL(lua_setfield);
EXPORT_SYMBOL_GPL(lua_setglobal);
EXPORT_SYMBOL_GPL(lua_seti);
EXPORT_SYMBOL_GPL(lua_setiuservalue);
EXPORT_SYMBOL_GPL(lua_setmetatable);
EXPORT_SYMBOL_GPL(lua_settable);

/* --- operators --- */
EXPORT_SYMBOL_GPL(lua_arith);
EXPORT_SYMBOL_GPL(lua_compare);
EXPORT_SYMBOL_GPL(lua_concat);
EXPORT_SYMBOL_GPL(lua_len);
EXPORT_SYMBOL_GPL(lua_rawequal);

/* --- calls and errors --- */
EXPORT_SYMBOL_GPL(lua_callk);
EXPORT_SYMBOL_GPL(lua_closeslot);
EXPORT_SYMBOL_GPL(lua_error);
EXPORT_SYMBOL_GPL(lua_pcallk);
EXPORT_SYMBOL_GPL(lua_toclose);

/* --- the auxiliary library: arguments --- */
EXPORT_SYMBOL_GPL(luaL_argerror);
EXPORT_SYMBOL_GPL(luaL_checkany);
EXPORT_SYMBOL_GPL(luaL_checkinteger);
EXPORT_SYMBOL_GPL(luaL_checklstring);
EXPORT_SYMBOL_GPL(luaL_checknumber);		/* lua_Number */
EXPORT_SYMBOL_GPL(luaL_checkoption);
EXPORT_SYMBOL_GPL(luaL_checkstack);
EXPORT_SYMBOL_GPL(luaL_checktype);
EXPORT_SYMBOL_GPL(luaL_checkudata);
EXPORT_SYMBOL_GPL(luaL_optinteger);
EXPORT_SYMBOL_GPL(luaL_optlstring);
EXPORT_SYMBOL_GPL(luaL_optnumber);		/* lua_Number */
EXPORT_SYMBOL_GPL(luaL_testudata);
EXPORT_SYMBOL_GPL(luaL_typeerror);

/* --- libraries and types --- */
EXPORT_SYMBOL_GPL(luaL_callmeta);
EXPORT_SYMBOL_GPL(luaL_checkversion_);		/* lua_Number */
EXPORT_SYMBOL_GPL(luaL_getmetafield);
EXPORT_SYMBOL_GPL(luaL_getsubtable);
EXPORT_SYMBOL_GPL(luaL_newmetatable);
EXPORT_SYMBOL_GPL(luaL_setfuncs);
EXPORT_SYMBOL_GPL(luaL_setmetatable);

/* --- words --- */
EXPORT_SYMBOL_GPL(luaL_error);
EXPORT_SYMBOL_GPL(luaL_gsub);
EXPORT_SYMBOL_GPL(luaL_len);
EXPORT_SYMBOL_GPL(luaL_tolstring);
EXPORT_SYMBOL_GPL(luaL_traceback);
EXPORT_SYMBOL_GPL(luaL_where);

/* --- strings made piece by piece --- */
EXPORT_SYMBOL_GPL(luaL_addgsub);
EXPORT_SYMBOL_GPL(luaL_addlstring);
EXPORT_SYMBOL_GPL(luaL_addstring);
EXPORT_SYMBOL_GPL(luaL_addvalue);
EXPORT_SYMBOL_GPL(luaL_buffinit);
EXPORT_SYMBOL_GPL(luaL_buffinitsize);
EXPORT_SYMBOL_GPL(luaL_prepbuffsize);
EXPORT_SYMBOL_GPL(luaL_pushresult);
EXPORT_SYMBOL_GPL(luaL_pushresultsize);

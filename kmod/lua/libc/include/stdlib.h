/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_STDLIB_H
#define LUA_LIBC_STDLIB_H

#include <stddef.h>

#define abort	lua_libc_abort
#define strtod	lua_libc_strtod

/* the module's; does not return, see l_noret in freestanding.h */
void abort(void);

double strtod(const char *s, char **end);

#define abs(x)	__builtin_abs(x)

/*
 * States get their allocator from the module. luaL_newstate, which has its
 * own on top of these, always fails.
 */
#define realloc(p, size)	((void)(p), (void)(size), NULL)
#define free(p)			((void)(p))

#define getenv(name)		((void)(name), (char *)NULL)

#endif

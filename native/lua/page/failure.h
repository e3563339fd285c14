/* SPDX-License-Identifier: MIT */
#ifndef PAGE_FAILURE_H
#define PAGE_FAILURE_H

#include <lua.h>

/* Push a failure, a negative errno, and return how many values it is. The name is the page's. */
int failure_push(lua_State *L, const char *name, int err);

/* The same in words of its own. */
int failure_push_words(lua_State *L, const char *name, int err, const char *words);

#endif /* PAGE_FAILURE_H */

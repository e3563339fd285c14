/* SPDX-License-Identifier: MIT */
/*
 * A liblunatik for tests of the Lua binding: it talks to no kernel, keeps count of what is open, and says what it was told to.
 * Whatever it hands out is memory of its own, and of a call that is over, gone.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <lua.h>

/** kernel_reset() - nothing is open, and nothing to be said */
void kernel_reset(void);

/** kernel_left() - what was opened and not closed, in words; NULL for nothing */
const char *kernel_left(void);

/** kernel_open() - the global table `kernel`, for scripts to tell it what to say */
int kernel_open(lua_State *L);

#endif /* KERNEL_H */

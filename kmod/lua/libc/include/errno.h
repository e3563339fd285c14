/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_ERRNO_H
#define LUA_LIBC_ERRNO_H

#define EINVAL		22
#define ERANGE		34
#define EOVERFLOW	75

/*
 * States run side by side and nothing of Lua's looks at errno after a
 * function that sets it: each mention is a fresh zero that may be assigned.
 */
#define errno (((int [1]){ 0 })[0])

#endif

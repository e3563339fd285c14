/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* lauxlib.h names FILE and BUFSIZ; the module uses neither. */
#ifndef LUA_LIBC_KERNEL_STDIO_H
#define LUA_LIBC_KERNEL_STDIO_H

typedef struct lua_libc_file FILE;

#define BUFSIZ 16

#endif

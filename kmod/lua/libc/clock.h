/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The prototypes of <time.h> for a file that sees the kernel's headers. */
#ifndef LUA_LIBC_CLOCK_H
#define LUA_LIBC_CLOCK_H

long lua_libc_time(long *t);
long lua_libc_clock(void);

#endif

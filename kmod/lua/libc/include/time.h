/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_TIME_H
#define LUA_LIBC_TIME_H

#define CLOCKS_PER_SEC 1000000L

typedef long time_t;
typedef long clock_t;

time_t lua_libc_time(time_t *t);
clock_t lua_libc_clock(void);

#define time(t)	lua_libc_time(t)
#define clock()	lua_libc_clock()

#endif

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_SIGNAL_H
#define LUA_LIBC_SIGNAL_H

typedef int sig_atomic_t;

#endif

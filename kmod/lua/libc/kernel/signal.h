/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* lstate.h declares its `trap` with this. */
#ifndef LUA_LIBC_KERNEL_SIGNAL_H
#define LUA_LIBC_KERNEL_SIGNAL_H

typedef int sig_atomic_t;

#endif

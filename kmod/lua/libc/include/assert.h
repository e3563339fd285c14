/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_ASSERT_H
#define LUA_LIBC_ASSERT_H

#include <stdlib.h>

#define assert(c) ((c) ? (void)0 : abort())

#endif

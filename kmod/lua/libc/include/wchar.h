/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* printf's %lc and %ls, which nothing here uses, say EILSEQ. */
#ifndef LUA_LIBC_WCHAR_H
#define LUA_LIBC_WCHAR_H

#include <stddef.h>

#define wctomb(s, c)	((void)(s), (void)(c), -1)

#endif

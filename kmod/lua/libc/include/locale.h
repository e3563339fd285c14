/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_LOCALE_H
#define LUA_LIBC_LOCALE_H

struct lconv {
	char decimal_point[2];
};

#define localeconv() (&(struct lconv){ "." })

#endif

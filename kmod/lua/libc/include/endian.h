/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_ENDIAN_H
#define LUA_LIBC_ENDIAN_H

#define __LITTLE_ENDIAN	__ORDER_LITTLE_ENDIAN__
#define __BIG_ENDIAN	__ORDER_BIG_ENDIAN__
#define __BYTE_ORDER	__BYTE_ORDER__

#endif

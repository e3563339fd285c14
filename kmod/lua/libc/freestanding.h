/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Comes after the kernel's own forced includes, before any line of Lua or
 * musl: takes back the kernel's words that those sources use for themselves,
 * and gives them the few they expect from their own build.
 */
#ifndef LUA_LIBC_FREESTANDING_H
#define LUA_LIBC_FREESTANDING_H

/* linux/kconfig.h would make <endian.h> ambiguous */
#undef __BIG_ENDIAN
#undef __LITTLE_ENDIAN

#undef barrier
#undef current
#undef fallthrough
#undef inline
#undef likely
#undef unlikely
#undef weak

/* musl marks its internals; the module exports by list */
#define hidden

/*
 * objtool knows the kernel's own functions that never return and no others:
 * a caller that ends in one of ours would "fall through to next function".
 * Said to return, each is followed by an ordinary epilogue that never runs.
 */
#define l_noret void

#endif

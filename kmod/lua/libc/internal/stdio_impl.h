/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What musl's printf and strtod need of a FILE, which lives on the stack of
 * snprintf or strtod: a tenth of musl's own.
 */
#ifndef LUA_LIBC_STDIO_IMPL_H
#define LUA_LIBC_STDIO_IMPL_H

#include <stdint.h>
#include <stdio.h>

typedef int64_t off_t;

#define F_ERR 32

struct lua_libc_file {
	unsigned int flags;
	/* of wide characters, in musl up to 1.2.3 */
	int mode;
	unsigned char *buf;
	size_t buf_size;
	/* printf: the rest of the destination */
	unsigned char *wpos, *wend, *wbase;
	size_t (*write)(FILE *f, const unsigned char *s, size_t n);
	/* strtod: the rest of the text */
	unsigned char *rpos, *rend, *shend;
	off_t shlim, shcnt;
};

size_t lua_libc_fwritex(const void *s, size_t n, FILE *f);

#define __fwritex	lua_libc_fwritex

/* a destination is never in need of opening, and no one else's */
#define __towrite(f)	((void)(f), EOF)
#define FLOCK(f)	((void)(f))
#define FUNLOCK(f)	((void)(f))

/* the text ends with its NUL, never by running out */
#define __uflow(f)	((void)(f), EOF)

#endif

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * snprintf on musl's printf core, which writes straight into the caller's
 * buffer: the FILE it is given has that buffer for its own.
 */
#include <stdarg.h>
#include <string.h>

#include "stdio_impl.h"

size_t lua_libc_fwritex(const void *s, size_t n, FILE *f)
{
	size_t room = f->wend - f->wpos;
	size_t fits = n < room ? n : room;

	memcpy(f->wpos, s, fits);
	f->wpos += fits;
	/* what does not fit is counted by printf as if it had been written */
	return n;
}

int snprintf(char *s, size_t n, const char *fmt, ...)
{
	unsigned char nowhere;
	unsigned char *to = n ? (unsigned char *)s : &nowhere;
	FILE f = {
		.buf = to,
		.buf_size = n ? n : 1,
		.wpos = to,
		.wend = to + (n ? n - 1 : 0),
	};
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = vfprintf(&f, fmt, ap);
	va_end(ap);
	*f.wpos = '\0';
	return length;
}

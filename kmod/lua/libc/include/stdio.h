/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * There are no files. lauxlib's luaL_loadfilex and luaL_fileresult, and
 * ldblib's debug.debug, compile against these and fail, or see an empty file.
 */
#ifndef LUA_LIBC_STDIO_H
#define LUA_LIBC_STDIO_H

#include <stdarg.h>
#include <stddef.h>

typedef struct lua_libc_file FILE;

#define EOF	(-1)
/* luaL_loadfilex has a buffer of this size on the stack */
#define BUFSIZ	16

#define stdin	((FILE *)NULL)
#define stderr	((FILE *)NULL)

#define fopen(name, mode)	((void)(name), (FILE *)NULL)
#define freopen(name, mode, f)	((void)(name), (FILE *)NULL)
#define fread(to, size, n, f)	((void)(to), (size_t)0)
#define fgets(to, n, f)		((void)(to), (char *)NULL)

static inline int fclose(FILE *f) { return 0; }
static inline int feof(FILE *f) { return 1; }
static inline int getc(FILE *f) { return EOF; }
static inline int ferror(FILE *f) { return 0; }

#define snprintf	lua_libc_snprintf
#define vfprintf	lua_libc_vfprintf

int snprintf(char *s, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vfprintf(FILE *f, const char *fmt, va_list ap);

#endif

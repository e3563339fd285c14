/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* All of these are the kernel's own, exported under the same names. */
#ifndef LUA_LIBC_STRING_H
#define LUA_LIBC_STRING_H

#include <stddef.h>

void *memchr(const void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *s, int c, size_t n);
char *strchr(const char *s, int c);
int strcmp(const char *a, const char *b);
char *strcpy(char *to, const char *from);
size_t strlen(const char *s);
int strncmp(const char *a, const char *b, size_t n);
size_t strnlen(const char *s, size_t n);
char *strpbrk(const char *s, const char *accept);
size_t strspn(const char *s, const char *accept);
char *strstr(const char *s, const char *find);

#define strerror(error)	((void)(error), (char *)"no such thing in the kernel")

#endif

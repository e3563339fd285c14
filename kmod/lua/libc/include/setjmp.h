/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_SETJMP_H
#define LUA_LIBC_SETJMP_H

#define setjmp	lua_libc_setjmp
#define longjmp	lua_libc_longjmp

/* rbx rbp r12 r13 r14 r15 rsp rip */
typedef unsigned long jmp_buf[8];

int setjmp(jmp_buf env) __attribute__((returns_twice));
/* not marked as never returning: see l_noret in freestanding.h */
void longjmp(jmp_buf env, int val);

#endif

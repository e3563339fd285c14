/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUA_LIBC_SETJMP_H
#define LUA_LIBC_SETJMP_H

/* rbx rbp r12 r13 r14 r15 rsp rip */
typedef unsigned long jmp_buf[8];

#ifdef __KERNEL__

#define setjmp	lua_libc_setjmp
#define longjmp	lua_libc_longjmp

int setjmp(jmp_buf env) __attribute__((returns_twice));
/* not marked as never returning: see l_noret in freestanding.h */
void longjmp(jmp_buf env, int val);

#else

/* setjmp.S is the kernel's; these take five words of the eight, and give back 1 whatever they are told */
#define setjmp(env)		__builtin_setjmp((void **)(env))
#define longjmp(env, val)	__builtin_longjmp((void **)(env), 1)

#endif

#endif

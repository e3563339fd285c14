/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * setjmp and longjmp of integer state: what the ABI has a callee keep. No xmm
 * register is among it, nor may an error change MXCSR. longjmp's value must not
 * be 0; Lua's is always 1.
 *
 * longjmp returns on setjmp's behalf, by RET: that takes the kernel's return
 * thunk where there is one, and needs no ENDBR at the place it goes to. The
 * return address goes into its slot before the stack pointer does, so that an
 * unwinder coming from an NMI finds a whole frame on either side. The slot lies
 * below setjmp's caller, thus in what is being thrown away, and above us.
 */
#include <linux/linkage.h>
#include <asm/nospec-branch.h>

SYM_FUNC_START(lua_libc_setjmp)
	movq	%rbx, 0(%rdi)
	movq	%rbp, 8(%rdi)
	movq	%r12, 16(%rdi)
	movq	%r13, 24(%rdi)
	movq	%r14, 32(%rdi)
	movq	%r15, 40(%rdi)
	movq	%rsp, 48(%rdi)
	movq	(%rsp), %rdx
	movq	%rdx, 56(%rdi)
	xorl	%eax, %eax
	RET
SYM_FUNC_END(lua_libc_setjmp)

SYM_FUNC_START(lua_libc_longjmp)
	movl	%esi, %eax
	movq	48(%rdi), %rcx
	movq	56(%rdi), %rdx
	movq	%rdx, (%rcx)
	movq	0(%rdi), %rbx
	movq	16(%rdi), %r12
	movq	24(%rdi), %r13
	movq	32(%rdi), %r14
	movq	40(%rdi), %r15
	movq	8(%rdi), %rbp
	movq	48(%rdi), %rsp
	RET
SYM_FUNC_END(lua_libc_longjmp)

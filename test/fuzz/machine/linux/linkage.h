/* SPDX-License-Identifier: MIT */
#define SYM_FUNC_START(name)	.globl name; .type name, @function; name:
#define SYM_FUNC_END(name)	.size name, . - name
.section .note.GNU-stack, "", @progbits
.text

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Upstream's table of the interpreter's labels, in the section where objtool
 * looks for the targets of a computed goto. Without it the whole interpreter
 * has no unwind data. No include guard: this is the inside of a function.
 */
#define disptab __attribute__((__section__(".rodata..c_jump_table"))) disptab
#include "ljumptab_upstream.h"
#undef disptab

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Upstream's table of the interpreter's labels, in the section where the kernel's objtool looks for
 * the targets of a computed goto (lua.mk knows its name). Without it the whole interpreter has no
 * unwind data. No include guard: this is the inside of a function.
 */
#ifdef LUNATIK_JUMP_TABLE
#define disptab __attribute__((__section__(LUNATIK_JUMP_TABLE))) disptab
#endif
#include "ljumptab_upstream.h"
#undef disptab

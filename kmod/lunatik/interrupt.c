// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the timer does to the thread of Lua that it interrupted. A file of its own because it is
 * compiled without SSE: Lua's registers are live in the xmm registers here, and nobody saves them.
 */
#include "lstate.h"

#include "vm.h"
#include "turn.h"

/**
 * lunatik_arm - make the running thread come to its hook at its next instruction
 * @vm: the machine on this CPU
 *
 * Like lua_sethook() from a signal handler, for which Lua is made, but a constant amount of work:
 * the frame that runs, and the one below it for when the top one is C code. New frames look at
 * hookmask by themselves. Where this comes too early or too late by an instruction, as in the
 * middle of a call, the next one comes a slice later.
 *
 * Context: hard interrupt on the CPU that runs @vm, or the owner itself in its FPU section.
 */
void lunatik_arm(struct lunatik_vm *vm)
{
	lua_State *L = READ_ONCE(vm->running);
	CallInfo *ci;

	if (!L)
		return;
	L->hookcount = 1;
	L->hookmask = LUA_MASKCOUNT;
	/* none yet while the machine is being made */
	ci = READ_ONCE(L->ci);
	if (ci && !isLua(ci))
		ci = ci->previous;
	if (ci && isLua(ci))
		ci->u.l.trap = 1;
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_TURN_H
#define _LUNATIK_TURN_H

#include <linux/types.h>

struct lunatik_account;
struct lunatik_vm;

/* What lunatik_turn_yield() found when it came back. */
enum lunatik_turn {
	LUNATIK_TURN_GO_ON,
	LUNATIK_TURN_SUSPEND,	/* somebody waits: go back to the caller where that can be done */
	LUNATIK_TURN_STOP,	/* vm->stop says why */
};

void lunatik_turn_begin(struct lunatik_vm *vm);
void lunatik_turn_end(struct lunatik_vm *vm);
enum lunatik_turn lunatik_turn_yield(struct lunatik_vm *vm);
void lunatik_turn_stand_still(struct lunatik_vm *vm);
bool lunatik_turn_is_stuck(const struct lunatik_vm *vm);
bool lunatik_turn_is_over(struct lunatik_vm *vm);

void lunatik_turn_enter(struct lunatik_vm *vm);
bool lunatik_turn_leave(struct lunatik_vm *vm);
void lunatik_turn_work(struct lunatik_vm *vm, size_t size);
u64 lunatik_turn_clock(struct lunatik_vm *vm);
bool lunatik_turn_may_wait(void);
gfp_t lunatik_turn_gfp(void);
struct lunatik_vm *lunatik_turn_current(void);
void *lunatik_turn_page(struct lunatik_vm *vm, struct lunatik_account *account);

int lunatik_turn_init(void);
void lunatik_turn_exit(void);

/* in interrupt.c, which must not touch an xmm register */
void lunatik_arm(struct lunatik_vm *vm);

#endif /* _LUNATIK_TURN_H */

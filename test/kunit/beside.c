// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the files under test stand on: the module's own turn.c and pages.c, and in place of main.c,
 * state.c and vm.c, which would bring in all the rest, what they give to these files.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "lunatik/name.c"
#include "lunatik/pages.c"
#include "lunatik/params.h"
#include "lunatik/turn.c"
#include "lunatik/interrupt.c"

#include "beside.h"

unsigned long lunatik_maxqueue;
unsigned int lunatik_maxsessions;

unsigned int released;

void lunatik_state_release(struct lunatik_state *state)
{
	list_del_init(&state->held);
	state->holder = NULL;
	released++;
}

/* No machine of these tests is ever in a turn: there is nothing to pause, nor to copy in pieces. */
void lunatik_pause(void)
{
}

void *lunatik_copy(void *to, const void *from, size_t n)
{
	return memcpy(to, from, n);
}

MODULE_DESCRIPTION("KUnit tests of lunatik");
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the commands do: each verb is one function of lunatik's API, or two in the pattern that they
 * are made for. Answers are 0, or a negative errno, or what was found.
 *
 * References are held in slots. Commands that use one slot are given one after the other, but for
 * those that may meet a run in its state.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "consumer.h"

/* Room for the text of an error. */
#define WORDS	1024

static struct slot {
	lunatik_State *state;
	atomic_t references;
	struct lunatik_release release;
	char released[64];
} slots[8];

static struct lunatik_library second = {
	.owner = THIS_MODULE,
};

static struct slot *slot_of(struct consumer_command *command)
{
	return &slots[consumer_number(command->words[0]) % ARRAY_SIZE(slots)];
}

/* A state that is kept from going by a reference or by rcu_read_lock(). */
static void describe(struct consumer_command *command, lunatik_State *state)
{
	size_t maxalloc = lunatik_statemaxalloc(state);
	size_t curralloc = lunatik_statecurralloc(state);

	consumer_answer(command, "%s %zu %s%s", lunatik_statename(state), maxalloc,
			curralloc && curralloc <= maxalloc ? "" : "empty ",
			lunatik_stateisdead(state) ? "dead" : "alive");
}

/* --- by name --- */

static void tell_new(struct consumer_command *command, lunatik_State *state)
{
	/* without a reference it may have gone by now, so this is all there is to look at */
	consumer_answer(command, "%s", state ? "made" : "none");
}

static void do_newstate(struct consumer_command *command)
{
	tell_new(command, lunatik_newstate(command->words[0], consumer_number(command->words[1])));
}

static void do_netnewstate(struct consumer_command *command)
{
	tell_new(command, lunatik_netnewstate(command->words[0], consumer_number(command->words[1]),
					      consumer_net(command)));
}

static void do_close(struct consumer_command *command)
{
	consumer_answer(command, "%d", lunatik_close(command->words[0]));
}

static void do_netclose(struct consumer_command *command)
{
	consumer_answer(command, "%d",
			lunatik_netclosestate(command->words[0], consumer_net(command)));
}

static void tell_found(struct consumer_command *command, lunatik_State *state)
{
	if (state)
		describe(command, state);
	else
		consumer_answer(command, "none");
}

static void do_lookup(struct consumer_command *command)
{
	rcu_read_lock();
	tell_found(command, lunatik_statelookup(command->words[0]));
	rcu_read_unlock();
}

static void do_netlookup(struct consumer_command *command)
{
	rcu_read_lock();
	tell_found(command, lunatik_netstatelookup(command->words[0], consumer_net(command)));
	rcu_read_unlock();
}

/* --- references --- */

/* A slot that still holds another state is the test's mistake. */
static void take(struct consumer_command *command, lunatik_State *state)
{
	struct slot *slot = slot_of(command);

	if (IS_ERR_OR_NULL(state)) {
		consumer_answer(command, "%d", state ? PTR_ERR_OR_ZERO(state) : -ENOENT);
		return;
	}
	if (atomic_read(&slot->references)) {
		lunatik_putstate(state);
		consumer_answer(command, "%d", -EUCLEAN);
		return;
	}
	slot->state = state;
	atomic_set(&slot->references, 1);
	consumer_answer(command, "0");
}

static void do_netnewget(struct consumer_command *command)
{
	take(command, lunatik_netnewget(command->words[1], consumer_number(command->words[2]),
					consumer_net(command)));
}

static void do_netgetstate(struct consumer_command *command)
{
	take(command, lunatik_netgetstate(command->words[1], consumer_net(command)));
}

/* What look-ups are for: under RCU, taken if they are still there. */
static void do_lookupget(struct consumer_command *command)
{
	lunatik_State *state;

	rcu_read_lock();
	state = lunatik_netstatelookup(command->words[1], consumer_net(command));
	if (state && !lunatik_getstate(state))
		state = NULL;
	rcu_read_unlock();
	take(command, state);
}

static void do_getstate(struct consumer_command *command)
{
	unsigned long wanted = consumer_number(command->words[1]), got = 0;
	struct slot *slot = slot_of(command);

	while (got < wanted && lunatik_getstate(slot->state))
		got++;
	atomic_add(got, &slot->references);
	consumer_answer(command, "%lu", got);
}

/* More than were taken may be asked for, while something else keeps the state. */
static void do_putstate(struct consumer_command *command)
{
	unsigned long wanted = consumer_number(command->words[1]), put = 0;
	struct slot *slot = slot_of(command);

	while (put < wanted && lunatik_putstate(slot->state)) {
		put++;
		atomic_dec(&slot->references);
	}
	consumer_answer(command, "%lu", put);
}

static void do_show(struct consumer_command *command)
{
	describe(command, slot_of(command)->state);
}

/* Whether it is that of the command. */
static void do_statenet(struct consumer_command *command)
{
	struct net *net;

	rcu_read_lock();
	net = lunatik_statenet(slot_of(command)->state);
	consumer_answer(command, "%s", !net ? "none" :
			net == consumer_net(command) ? "same" : "another");
	rcu_read_unlock();
}

static void note_release(struct lunatik_release *release, lunatik_State *state)
{
	struct slot *slot = container_of(release, struct slot, release);

	might_sleep();
	strscpy(slot->released, lunatik_statename(state), sizeof(slot->released));
}

static void do_onrelease(struct consumer_command *command)
{
	struct slot *slot = slot_of(command);

	slot->released[0] = '\0';
	slot->release.release = note_release;
	slot->release.owner = THIS_MODULE;
	consumer_answer(command, "%d", lunatik_onrelease(slot->state, &slot->release));
}

static void do_released(struct consumer_command *command)
{
	struct slot *slot = slot_of(command);

	consumer_answer(command, "%s", slot->released[0] ? slot->released : "none");
}

/* --- running --- */

static void tell_run(struct consumer_command *command, int err, const char *text, const char *words)
{
	if (err)
		consumer_answer(command, "%d %s", err, words);
	else
		consumer_answer(command, "0 %s", text);
}

static struct lunatik_call *call_of(struct consumer_command *command, struct lunatik_call *call)
{
	const char *budget = command->words[1];

	if (!strcmp(budget, "-")) {
		*call->message = '\0';
		return NULL;
	}
	call->budget_us = strcmp(budget, "default") ? consumer_number(budget) :
						      LUNATIK_BUDGET_DEFAULT;
	call->wait_us = consumer_number(command->words[2]);
	return call;
}

static void run(struct consumer_command *command, struct lunatik_call *call)
{
	struct slot *slot = slot_of(command);
	consumer_function function = consumer_find_function(command->words[3]);
	struct consumer_call data = {
		.state = slot->state,
		.argument = command->words[4],
		.text = call->message + call->room,
		.room = WORDS - call->room,
	};
	int err;

	if (!function) {
		consumer_answer(command, "%d no such function", -EUCLEAN);
		return;
	}
	err = lunatik_run(slot->state, function, &data, call_of(command, call));
	tell_run(command, err, data.text, call->message);
}

static void do_run(struct consumer_command *command)
{
	char *text = kzalloc(WORDS, GFP_KERNEL);
	struct lunatik_call call = { .message = text, .room = WORDS / 2 };

	if (text)
		run(command, &call);
	kfree(text);
}

static void do_dostring(struct consumer_command *command)
{
	char *text = kzalloc(WORDS, GFP_KERNEL);
	struct lunatik_call call = { .message = text, .room = WORDS };
	const char *code = command->words[3];
	int err;

	if (!text)
		return;
	err = lunatik_dostring(slot_of(command)->state, code, strlen(code), "=consumer",
			       call_of(command, &call));
	tell_run(command, err, "", text);
	kfree(text);
}

/* --- libraries --- */

static void offer(struct consumer_command *command, int (*open)(struct lua_State *L))
{
	char *name = kstrdup(command->words[0], GFP_KERNEL);
	int err;

	second.name = name;
	second.open = open;
	err = name ? lunatik_register(&second) : -ENOMEM;
	if (err) {
		second.name = NULL;
		kfree(name);
	}
	consumer_answer(command, "%d", err);
}

static void do_register(struct consumer_command *command)
{
	offer(command, consumer_library_open);
}

static void do_register_failing(struct consumer_command *command)
{
	offer(command, consumer_library_fail);
}

static void unregister(void)
{
	if (!second.name)
		return;
	lunatik_unregister(&second);
	kfree(second.name);
	second.name = NULL;
}

static void do_unregister(struct consumer_command *command)
{
	unregister();
	consumer_answer(command, "0");
}

/* --- after a test --- */

/* Gives back whatever is held. */
void consumer_reset(void)
{
	int i;

	unregister();
	for (i = 0; i < ARRAY_SIZE(slots); i++)
		while (atomic_dec_if_positive(&slots[i].references) >= 0)
			lunatik_putstate(slots[i].state);
}

static void do_reset(struct consumer_command *command)
{
	consumer_reset();
	consumer_answer(command, "0");
}

const struct consumer_verb consumer_verbs[] = {
	{ "newstate", 2, false, do_newstate },			/* NAME MAXALLOC */
	{ "netnewstate", 2, false, do_netnewstate },
	{ "close", 1, false, do_close },			/* NAME */
	{ "netclosestate", 1, false, do_netclose },
	{ "statelookup", 1, true, do_lookup },			/* NAME */
	{ "netstatelookup", 1, true, do_netlookup },
	{ "netnewget", 3, false, do_netnewget },		/* SLOT NAME MAXALLOC */
	{ "netgetstate", 2, true, do_netgetstate },		/* SLOT NAME */
	{ "lookupget", 2, true, do_lookupget },			/* SLOT NAME */
	{ "getstate", 2, true, do_getstate },			/* SLOT COUNT */
	{ "putstate", 2, true, do_putstate },			/* SLOT COUNT */
	{ "show", 1, true, do_show },				/* SLOT */
	{ "statenet", 1, true, do_statenet },			/* SLOT */
	{ "onrelease", 1, false, do_onrelease },		/* SLOT */
	{ "released", 1, true, do_released },			/* SLOT */
	{ "run", 5, false, do_run },		/* SLOT BUDGET|default|- WAIT FUNCTION ARGUMENT */
	{ "dostring", 4, false, do_dostring },	/* SLOT BUDGET|default|- WAIT CODE */
	{ "register", 1, false, do_register },			/* NAME */
	{ "register-failing", 1, false, do_register_failing },
	{ "unregister", 0, false, do_unregister },
	{ "reset", 0, false, do_reset },
	{ }
};

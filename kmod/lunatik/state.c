// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A state's life.
 *
 * It is made whole, with its machine, before it is known; then it is found by name, and everybody
 * who works on it holds a reference. The first reference is the namespace's, given back by close or
 * by the end of the namespace. Close takes it only where it is the last, in one atomic step, so a
 * state that somebody holds is not changed by the attempt, and one that is closed cannot be found
 * any more: lunatik_state_find() takes no reference from zero.
 *
 * The last reference frees the machine at once, all its memory together, without running anything
 * of it. The structure itself waits for a grace period, as a look-up may still be reading its name.
 *
 * Locks. ns->change for names (net.c), ns->runs_lock for who runs and the counters (run.c).
 */
#include <linux/ctype.h>
#include <uapi/linux/lunatik.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "net.h"
#include "state.h"
#include "turn.h"

static bool name_starts(char c)
{
	return isalnum(c) || c == '_';
}

static bool name_goes_on(char c)
{
	return name_starts(c) || strchr(".-:@", c);
}

/**
 * lunatik_name_valid - whether a state may be called so
 * @name: ends with a NUL
 */
bool lunatik_name_valid(const char *name)
{
	size_t i;

	if (!name_starts(name[0]) || !isascii(name[0]))
		return false;
	for (i = 1; name[i]; i++)
		if (!isascii(name[i]) || !name_goes_on(name[i]))
			return false;
	return i <= LUNATIK_NAME_MAX;
}

static int state_open(struct lunatik_state *state)
{
	struct lunatik_vm *vm = &state->vm;
	int err;

	lunatik_turn_begin(vm);
	err = lunatik_vm_open(vm);
	lunatik_turn_end(vm);
	return err;
}

static struct lunatik_state *state_make(struct lunatik_net *ns, const char *name, u64 maxalloc)
{
	struct lunatik_state *state = kzalloc(sizeof(*state), GFP_KERNEL_ACCOUNT);

	if (!state)
		return NULL;
	strscpy(state->name, name, sizeof(state->name));
	state->namespace = ns;
	state->born = ktime_get();
	state->generation = 1;
	refcount_set(&state->users, 1);
	state->vm.name = state->name;
	state->vm.netns = ns->net->ns.inum;
	state->vm.deadline = KTIME_MAX;
	state->vm.suspend_after = KTIME_MAX;
	lunatik_arena_init(&state->vm.arena, &ns->memory, maxalloc);
	return state;
}

static void state_free(struct lunatik_state *state)
{
	char *script;

	lunatik_arena_destroy(&state->vm.arena);
	/* a listing may still be at the structure */
	spin_lock(&state->namespace->runs_lock);
	script = state->script;
	state->script = NULL;
	spin_unlock(&state->namespace->runs_lock);
	kfree(script);
	kfree_rcu(state, rcu);
}

static void say_why_not(int err, struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG(extack, "a state of that name exists");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "the namespace has as many states as it may have");
		break;
	case -EDQUOT:
		NL_SET_ERR_MSG(extack, "the namespace's states hold as much memory as they may");
		break;
	default:
		NL_SET_ERR_MSG(extack, "no memory for a state");
	}
}

/**
 * lunatik_state_new - make a state
 * @ns: in this namespace
 * @name: valid
 * @maxalloc: bytes, within the limits
 * @extack: told why not
 *
 * Context: process.
 * Return: the state, referenced for the caller too; or -EEXIST, -ENOSPC, -EDQUOT, -ENOMEM.
 */
struct lunatik_state *lunatik_state_new(struct lunatik_net *ns, const char *name, u64 maxalloc,
					struct netlink_ext_ack *extack)
{
	struct lunatik_state *state;
	int err;

	err = -EEXIST;
	state = lunatik_state_find(ns, name);
	if (state) {
		lunatik_state_put(state);
		goto out;
	}
	err = -ENOMEM;
	state = state_make(ns, name, maxalloc);
	if (!state)
		goto out;
	err = state_open(state);
	if (err) {
		if (atomic64_read(&ns->memory.held) + (s64)LUNATIK_MAXALLOC_MIN > ns->memory.max)
			err = -EDQUOT;
		goto out_free;
	}
	refcount_inc(&state->users);
	err = lunatik_net_add(ns, state);
	if (err)
		goto out_free;
	return state;

out_free:
	state_free(state);
out:
	say_why_not(err, extack);
	return ERR_PTR(err);
}

/**
 * lunatik_state_find - look a state up and keep it
 * @ns: in this namespace
 * @name: ends with a NUL
 *
 * Context: any that may use RCU.
 * Return: the state, for lunatik_state_put(); NULL where there is none.
 */
struct lunatik_state *lunatik_state_find(struct lunatik_net *ns, const char *name)
{
	struct lunatik_state *state;

	rcu_read_lock();
	state = rhashtable_lookup(&ns->names, name, lunatik_names);
	if (state && !refcount_inc_not_zero(&state->users))
		state = NULL;
	rcu_read_unlock();
	return state;
}

/**
 * lunatik_state_put - give a reference back
 * @state: not to be used afterwards
 *
 * Context: process.
 */
void lunatik_state_put(struct lunatik_state *state)
{
	if (refcount_dec_and_test(&state->users))
		state_free(state);
}

/**
 * lunatik_state_close - close a state by name
 * @ns: in this namespace
 * @name: valid
 * @extack: told why not
 *
 * Context: process.
 * Return: 0; -ENOENT; -EBUSY where anybody holds a reference, and then nothing is changed.
 */
int lunatik_state_close(struct lunatik_net *ns, const char *name, struct netlink_ext_ack *extack)
{
	struct lunatik_state *state;
	int err;

	mutex_lock(&ns->change);
	/* removal holds the mutex too, so what is found here cannot go */
	state = rhashtable_lookup_fast(&ns->names, name, lunatik_names);
	if (!state) {
		NL_SET_ERR_MSG(extack, "no such state");
		err = -ENOENT;
		goto out_unlock;
	}
	if (!refcount_dec_if_one(&state->users)) {
		NL_SET_ERR_MSG(extack, "state is in use");
		err = -EBUSY;
		goto out_unlock;
	}
	lunatik_net_remove(ns, state);
	mutex_unlock(&ns->change);
	state_free(state);
	return 0;

out_unlock:
	mutex_unlock(&ns->change);
	return err;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The states of a network namespace: by name, and in order.
 *
 * Life. A lunatik_net is made with its namespace and referenced by it and by each state, as a state
 * that another module holds outlives its namespace, and its memory is summed here. Sockets of user
 * space keep their namespace alive, and with it all that their runs and sessions use; so when a
 * namespace goes, what remains is the namespace's own reference of each state, and perhaps other
 * modules'. Those are asked to stop what they run, and nobody waits for it.
 *
 * Locks. Readers use RCU; what they find may be looked at until the end of their section, and kept
 * by a reference. Changes of names hold `change`, a mutex, as they allocate. It nests outside of
 * everything and is never held while Lua runs. `lock` is a spinlock of process context, for who
 * runs, who holds and what is counted; innermost but for a state's queue.
 */
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "events.h"
#include "params.h"
#include "net.h"
#include "run.h"
#include "session.h"
#include "state.h"

/* What net_generic() has of a namespace. */
struct net_slot {
	struct lunatik_net *ns;
};

static unsigned int net_id __read_mostly;

static u32 hash_name(const void *name, u32 len, u32 seed)
{
	return jhash(name, strlen(name), seed);
}

static u32 hash_state(const void *data, u32 len, u32 seed)
{
	const struct lunatik_state *state = data;

	return hash_name(state->name, 0, seed);
}

static int compare_name(struct rhashtable_compare_arg *arg, const void *data)
{
	const struct lunatik_state *state = data;

	return strcmp(state->name, arg->key);
}

static const struct rhashtable_params names_params = {
	.head_offset = offsetof(struct lunatik_state, node),
	.hashfn = hash_name,
	.obj_hashfn = hash_state,
	.obj_cmpfn = compare_name,
	.automatic_shrinking = true,
};

/**
 * lunatik_net - ours of a namespace
 * @net: alive
 */
struct lunatik_net *lunatik_net(struct net *net)
{
	const struct net_slot *slot = net_generic(net, net_id);

	return slot->ns;
}

/* Context: any; of somebody who has a reference. */
void lunatik_net_get(struct lunatik_net *ns)
{
	refcount_inc(&ns->users);
}

/* Context: any. */
void lunatik_net_put(struct lunatik_net *ns)
{
	if (!refcount_dec_and_test(&ns->users))
		return;
	WARN_ON_ONCE(atomic64_read(&ns->memory.held));
	kfree(ns);
}

/**
 * lunatik_net_lookup - the state of a name
 * @ns: where
 * @name: ends with a NUL
 *
 * Context: under RCU, or with @ns->change held; good for as long.
 * Return: the state; NULL where there is none.
 */
struct lunatik_state *lunatik_net_lookup(struct lunatik_net *ns, const char *name)
{
	return rhashtable_lookup(&ns->names, name, names_params);
}

/**
 * lunatik_net_add - make a state known
 * @ns: where
 * @state: complete, with the namespace's reference
 *
 * Context: process.
 * Return: 0; -EEXIST; -ENOSPC for more than maxstates; -ESHUTDOWN; -ENOMEM.
 */
int lunatik_net_add(struct lunatik_net *ns, struct lunatik_state *state)
{
	int err;

	mutex_lock(&ns->change);
	err = -ESHUTDOWN;
	if (ns->dead)
		goto out_unlock;
	err = -ENOSPC;
	if (ns->count >= lunatik_maxstates)
		goto out_unlock;
	err = xa_alloc_cyclic(&ns->ids, &state->id, NULL, xa_limit_32b, &ns->next_id, GFP_KERNEL);
	if (err < 0)
		goto out_unlock;
	err = rhashtable_lookup_insert_key(&ns->names, state->name, &state->node,
					   names_params);
	if (err)
		goto out_erase;
	xa_store(&ns->ids, state->id, state, GFP_KERNEL);	/* the slot is there already */
	ns->count++;
	WRITE_ONCE(ns->sequence, ns->sequence + 1);
	/* before anybody can close it */
	lunatik_event(state, LUNATIK_EVENT_TYPE_CREATED, 0);
	mutex_unlock(&ns->change);
	return 0;

out_erase:
	xa_erase(&ns->ids, state->id);
out_unlock:
	mutex_unlock(&ns->change);
	return err;
}

/**
 * lunatik_net_remove - make a state unknown
 * @ns: where it is
 * @state: it; the namespace's reference stays the caller's to drop
 *
 * Context: with @ns->change held, or nobody else left.
 */
void lunatik_net_remove(struct lunatik_net *ns, struct lunatik_state *state)
{
	rhashtable_remove_fast(&ns->names, &state->node, names_params);
	xa_erase(&ns->ids, state->id);
	ns->count--;
	WRITE_ONCE(ns->sequence, ns->sequence + 1);
}

static int __net_init net_begin(struct net *net)
{
	struct net_slot *slot = net_generic(net, net_id);
	struct lunatik_net *ns = kzalloc(sizeof(*ns), GFP_KERNEL_ACCOUNT);
	int err;

	if (!ns)
		return -ENOMEM;
	ns->net = net;
	refcount_set(&ns->users, 1);
	xa_init_flags(&ns->ids, XA_FLAGS_ALLOC);
	mutex_init(&ns->change);
	spin_lock_init(&ns->lock);
	INIT_LIST_HEAD(&ns->runs);
	ns->memory.max = min_t(u64, lunatik_maxmemory, S64_MAX / 2);
	err = rhashtable_init(&ns->names, &names_params);
	if (err) {
		kfree(ns);
		return err;
	}
	slot->ns = ns;
	return 0;
}

/* From here on nothing starts; a grace period later, which is the core's, nobody uses ns->net. */
static void __net_exit net_stop(struct net *net)
{
	struct lunatik_net *ns = lunatik_net(net);

	mutex_lock(&ns->change);
	WRITE_ONCE(ns->dead, true);
	mutex_unlock(&ns->change);
}

static void __net_exit net_end(struct net *net)
{
	struct lunatik_net *ns = lunatik_net(net);
	struct lunatik_state *state;
	unsigned long id;

	lunatik_session_end_all(ns);
	xa_for_each(&ns->ids, id, state) {
		lunatik_net_remove(ns, state);
		lunatik_state_bury(state);
		cond_resched();
	}
	rhashtable_destroy(&ns->names);
	xa_destroy(&ns->ids);
	lunatik_net_put(ns);
}

static struct pernet_operations net_ops = {
	.init = net_begin,
	.pre_exit = net_stop,
	.exit = net_end,
	.id = &net_id,
	.size = sizeof(struct net_slot),
};

int lunatik_net_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void lunatik_net_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The states of a network namespace: by name, and in order.
 *
 * Life. A lunatik_net is part of its namespace (net_generic). Sockets of user space keep their
 * namespace alive, and with it all that their runs use, so when a namespace goes nobody runs
 * anything in it: what remains is the namespace's own reference of each state.
 *
 * Locks. Readers use RCU; what they find they keep by lunatik_state_find(). Changes hold `change`,
 * a mutex, as they allocate. It nests outside of everything and is never held while Lua runs.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "params.h"
#include "net.h"
#include "state.h"

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

const struct rhashtable_params lunatik_names = {
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
	return net_generic(net, net_id);
}

/**
 * lunatik_net_add - make a state known
 * @ns: where
 * @state: complete, with the namespace's reference
 *
 * Context: process.
 * Return: 0; -EEXIST; -ENOSPC for more than maxstates; -ENOMEM.
 */
int lunatik_net_add(struct lunatik_net *ns, struct lunatik_state *state)
{
	int err;

	mutex_lock(&ns->change);
	err = -ENOSPC;
	if (ns->count >= lunatik_maxstates)
		goto out_unlock;
	err = xa_alloc_cyclic(&ns->ids, &state->id, NULL, xa_limit_32b, &ns->next_id, GFP_KERNEL);
	if (err < 0)
		goto out_unlock;
	err = rhashtable_lookup_insert_key(&ns->names, state->name, &state->node,
					   lunatik_names);
	if (err)
		goto out_erase;
	xa_store(&ns->ids, state->id, state, GFP_KERNEL);	/* the slot is there already */
	ns->count++;
	WRITE_ONCE(ns->sequence, ns->sequence + 1);
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
	rhashtable_remove_fast(&ns->names, &state->node, lunatik_names);
	xa_erase(&ns->ids, state->id);
	ns->count--;
	WRITE_ONCE(ns->sequence, ns->sequence + 1);
}

static int __net_init net_begin(struct net *net)
{
	struct lunatik_net *ns = lunatik_net(net);

	ns->net = net;
	xa_init_flags(&ns->ids, XA_FLAGS_ALLOC);
	mutex_init(&ns->change);
	INIT_LIST_HEAD(&ns->runs);
	spin_lock_init(&ns->runs_lock);
	ns->memory.max = min_t(u64, lunatik_maxmemory, S64_MAX / 2);
	return rhashtable_init(&ns->names, &lunatik_names);
}

static void __net_exit net_end(struct net *net)
{
	struct lunatik_net *ns = lunatik_net(net);
	struct lunatik_state *state;
	unsigned long id;

	xa_for_each(&ns->ids, id, state) {
		lunatik_net_remove(ns, state);
		lunatik_state_put(state);
		cond_resched();
	}
	WARN_ON_ONCE(!list_empty(&ns->runs));
	rhashtable_destroy(&ns->names);
	xa_destroy(&ns->ids);
	WARN_ON_ONCE(atomic64_read(&ns->memory.held));
}

static struct pernet_operations net_ops = {
	.init = net_begin,
	.exit = net_end,
	.id = &net_id,
	.size = sizeof(struct lunatik_net),
};

int lunatik_net_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void lunatik_net_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}

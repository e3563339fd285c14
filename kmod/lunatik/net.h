/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_NET_H
#define _LUNATIK_NET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "account.h"

struct lunatik_state;
struct net;

#define LUNATIK_SESSION_BUCKETS	64

/**
 * struct lunatik_net - the states of one network namespace
 * @net: it, while not @dead
 * @dead: the namespace is going, or gone; nothing starts any more
 * @users: the namespace's, and one of each state
 * @names: states by name; RCU to read, @change to write
 * @ids: states in the order they were made; likewise
 * @next_id: where xa_alloc_cyclic() goes on
 * @change: held over each change of both
 * @sequence: counts those changes, for consistent dumps
 * @count: how many states there are
 * @memory: that they hold, and what else is kept for user space
 * @lock: of all below, and of what state.h and run.h put under it
 * @runs: that user space makes here
 * @sessions: by port
 * @session_count: how many there are
 */
struct lunatik_net {
	struct net *net;
	bool dead;
	refcount_t users;
	struct rhashtable names;
	struct xarray ids;
	u32 next_id;
	struct mutex change;
	unsigned int sequence;
	unsigned int count;
	struct lunatik_account memory;

	spinlock_t lock;
	struct list_head runs;
	struct hlist_head sessions[LUNATIK_SESSION_BUCKETS];
	unsigned int session_count;
};

struct lunatik_net *lunatik_net(struct net *net);
void lunatik_net_get(struct lunatik_net *ns);
void lunatik_net_put(struct lunatik_net *ns);
int lunatik_net_add(struct lunatik_net *ns, struct lunatik_state *state);
void lunatik_net_remove(struct lunatik_net *ns, struct lunatik_state *state);
struct lunatik_state *lunatik_net_lookup(struct lunatik_net *ns, const char *name);
int lunatik_net_init(void);
void lunatik_net_exit(void);

#endif /* _LUNATIK_NET_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_NET_H
#define _LUNATIK_NET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "account.h"

struct lunatik_state;
struct net;

/**
 * struct lunatik_net - the states of one network namespace
 * @net: it
 * @names: states by name; RCU to read, @change to write
 * @ids: states in the order they were made; likewise
 * @next_id: where xa_alloc_cyclic() goes on
 * @change: held over each change of both
 * @sequence: counts those changes, for consistent dumps
 * @count: how many states there are
 * @memory: that they hold
 * @runs: chunks that user space runs here
 * @runs_lock: of @runs, and of who runs in each state; see run.c
 */
struct lunatik_net {
	struct net *net;
	struct rhashtable names;
	struct xarray ids;
	u32 next_id;
	struct mutex change;
	unsigned int sequence;
	unsigned int count;
	struct lunatik_account memory;
	struct list_head runs;
	spinlock_t runs_lock;
};

extern const struct rhashtable_params lunatik_names;

struct lunatik_net *lunatik_net(struct net *net);
int lunatik_net_add(struct lunatik_net *ns, struct lunatik_state *state);
void lunatik_net_remove(struct lunatik_net *ns, struct lunatik_state *state);
int lunatik_net_init(void);
void lunatik_net_exit(void);

#endif /* _LUNATIK_NET_H */

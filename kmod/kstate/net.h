/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_NET_H
#define _KSTATE_NET_H

#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "lunatik/account.h"

struct kstate_page;
struct net;

/**
 * struct kstate_net - the pages of one network namespace
 * @net: it, while not @dead
 * @dead: the namespace is going, or gone; nothing is made any more
 * @users: the namespace's, and one of each page and of each open file
 * @names: pages by name
 * @ids: pages in the order they were made
 * @next_id: where xa_alloc_cyclic() goes on
 * @change: held over each look at and change of both, and of who is subscribed; of process context
 *	and softirq
 * @sequence: counts changes of both, for consistent dumps
 * @count: how many pages there are
 * @memory: that pages and subscriptions hold
 * @many: held by who holds the locks of several pages
 */
struct kstate_net {
	struct net *net;
	bool dead;
	refcount_t users;
	struct rhashtable names;
	struct xarray ids;
	u32 next_id;
	spinlock_t change;
	unsigned int sequence;
	unsigned int count;
	struct lunatik_account memory;
	spinlock_t many;
};

struct kstate_net *kstate_net(struct net *net);
void kstate_net_get(struct kstate_net *ns);
void kstate_net_put(struct kstate_net *ns);
struct kstate_page *kstate_net_lookup(struct kstate_net *ns, const char *name);
int kstate_net_reserve(struct kstate_net *ns, struct kstate_page *page, gfp_t gfp);
void kstate_net_unreserve(struct kstate_net *ns, const struct kstate_page *page);
int kstate_net_add(struct kstate_net *ns, struct kstate_page *page);
void kstate_net_remove(struct kstate_net *ns, struct kstate_page *page);
struct kstate_page *kstate_net_next(struct kstate_net *ns, unsigned long *id);
int kstate_net_init(void);
void kstate_net_exit(void);

#endif /* _KSTATE_NET_H */

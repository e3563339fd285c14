// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The pages of a network namespace: by name, and in order.
 *
 * Life. A kstate_net is made with its namespace and referenced by it, by each page and by each open
 * file. Files do not keep their namespace alive: when it goes, its pages are marked removed and
 * forgotten, whoever is subscribed is woken and refused from then on, and what they have mapped
 * stays theirs, as it is, until they let go of it.
 *
 * Locks. `change` is a spinlock that softirqs take, too, as other modules open and close pages
 * there (api.c); who has it may look up names, and change them, and count subscribers. So what
 * takes time is done without it: a page is made before, with its place in the order, and freed
 * afterwards; and who goes through all pages takes it for each anew. What the table of names needs
 * when it grows it gets from its own worker. It nests inside of a subscription's `begin` and of a
 * page's `persist`, and outside of the pages' locks; no memory of user space is touched under it,
 * and no file. Commits never take it. `many` is another; only under it does anybody hold the locks
 * of two pages, so their order is nobody's concern.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "events.h"
#include "net.h"
#include "page.h"
#include "params.h"

/* What net_generic() has of a namespace. */
struct net_slot {
	struct kstate_net *ns;
};

static unsigned int net_id __read_mostly;

static u32 hash_name(const void *name, u32 len, u32 seed)
{
	return jhash(name, strlen(name), seed);
}

static u32 hash_page(const void *data, u32 len, u32 seed)
{
	const struct kstate_page *page = data;

	return hash_name(page->name, 0, seed);
}

static int compare_name(struct rhashtable_compare_arg *arg, const void *data)
{
	const struct kstate_page *page = data;

	return strcmp(page->name, arg->key);
}

static const struct rhashtable_params names_params = {
	.head_offset = offsetof(struct kstate_page, node),
	.hashfn = hash_name,
	.obj_hashfn = hash_page,
	.obj_cmpfn = compare_name,
	.automatic_shrinking = true,
};

/**
 * kstate_net - ours of a namespace
 * @net: alive
 */
struct kstate_net *kstate_net(struct net *net)
{
	const struct net_slot *slot = net_generic(net, net_id);

	return slot->ns;
}

/* Context: any; of somebody who has a reference, or while the namespace is alive. */
void kstate_net_get(struct kstate_net *ns)
{
	refcount_inc(&ns->users);
}

/* Context: any. */
void kstate_net_put(struct kstate_net *ns)
{
	if (!refcount_dec_and_test(&ns->users))
		return;
	WARN_ON_ONCE(atomic64_read(&ns->memory.held));
	kfree(ns);
}

/**
 * kstate_net_lookup - the page of a name
 * @ns: where
 * @name: ends with a NUL
 *
 * Context: with @ns->change held; good for as long.
 * Return: the page; NULL where there is none, as in a namespace that is dead.
 */
struct kstate_page *kstate_net_lookup(struct kstate_net *ns, const char *name)
{
	lockdep_assert_held(&ns->change);
	if (ns->dead)
		return NULL;
	return rhashtable_lookup_fast(&ns->names, name, names_params);
}

/**
 * kstate_net_reserve - a place in the order for a page
 * @ns: where
 * @page: that is being made
 * @gfp: how memory is asked for
 *
 * Context: as @gfp says, without locks.
 * Return: 0; -ENOMEM.
 */
int kstate_net_reserve(struct kstate_net *ns, struct kstate_page *page, gfp_t gfp)
{
	/* 1 is no failure: ids begin anew */
	return min(xa_alloc_cyclic_bh(&ns->ids, &page->id, NULL, xa_limit_32b, &ns->next_id, gfp),
		   0);
}

/* Of a page that was not added. Context: any. */
void kstate_net_unreserve(struct kstate_net *ns, const struct kstate_page *page)
{
	xa_erase_bh(&ns->ids, page->id);
}

/**
 * kstate_net_add - make a page known
 * @ns: where
 * @page: complete, of a name that is not known; its reference goes to the namespace
 *
 * Context: with @ns->change held.
 * Return: 0; -ENOSPC for more than maxpages; -ESHUTDOWN; -ENOMEM.
 */
int kstate_net_add(struct kstate_net *ns, struct kstate_page *page)
{
	int err;

	lockdep_assert_held(&ns->change);
	if (ns->dead)
		return -ESHUTDOWN;
	if (ns->count >= READ_ONCE(kstate_maxpages))
		return -ENOSPC;
	err = rhashtable_insert_fast(&ns->names, &page->node, names_params);
	/* full, until a worker has made it larger */
	if (err == -EBUSY)
		err = -ENOMEM;
	if (err)
		return err;
	xa_store_bh(&ns->ids, page->id, page, GFP_NOWAIT);	/* the slot is there already */
	ns->count++;
	WRITE_ONCE(ns->sequence, ns->sequence + 1);
	kstate_event(page, KSTATE_EVENT_TYPE_CREATED, 0);
	return 0;
}

/**
 * kstate_net_remove - make a page unknown, and end its use
 * @ns: where it is
 * @page: it; the namespace's reference becomes the caller's, to be put without the lock
 *
 * Context: with @ns->change held.
 */
void kstate_net_remove(struct kstate_net *ns, struct kstate_page *page)
{
	lockdep_assert_held(&ns->change);
	rhashtable_remove_fast(&ns->names, &page->node, names_params);
	xa_erase_bh(&ns->ids, page->id);
	ns->count--;
	WRITE_ONCE(ns->sequence, ns->sequence + 1);
	kstate_page_end(page);
	kstate_event(page, KSTATE_EVENT_TYPE_REMOVED, 0);
}

/**
 * kstate_net_next - the next page in the order in which they were made
 * @ns: where
 * @id: from which on; set to the page's
 *
 * Context: with @ns->change held; good for as long.
 * Return: the page; NULL where there are no more.
 */
struct kstate_page *kstate_net_next(struct kstate_net *ns, unsigned long *id)
{
	lockdep_assert_held(&ns->change);
	return xa_find(&ns->ids, id, ULONG_MAX, XA_PRESENT);
}

static int __net_init net_begin(struct net *net)
{
	struct net_slot *slot = net_generic(net, net_id);
	struct kstate_net *ns = kzalloc(sizeof(*ns), GFP_KERNEL_ACCOUNT);
	int err;

	if (!ns)
		return -ENOMEM;
	ns->net = net;
	refcount_set(&ns->users, 1);
	xa_init_flags(&ns->ids, XA_FLAGS_ALLOC | XA_FLAGS_LOCK_BH | XA_FLAGS_ACCOUNT);
	spin_lock_init(&ns->change);
	ns->sequence = 1;	/* to netlink 0 is none */
	spin_lock_init(&ns->many);
	ns->memory.max = min_t(u64, kstate_maxmemory, S64_MAX / 2);
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
	struct kstate_net *ns = kstate_net(net);

	spin_lock_bh(&ns->change);
	WRITE_ONCE(ns->dead, true);
	spin_unlock_bh(&ns->change);
}

/* Return: a page that there was, with the namespace's reference. */
static struct kstate_page *remove_first(struct kstate_net *ns)
{
	struct kstate_page *page;
	unsigned long id = 0;

	spin_lock_bh(&ns->change);
	page = kstate_net_next(ns, &id);
	if (page)
		kstate_net_remove(ns, page);
	spin_unlock_bh(&ns->change);
	return page;
}

/* Nobody looks into the tables of a dead namespace, so they can go before its last user. */
static void __net_exit net_end(struct net *net)
{
	struct kstate_net *ns = kstate_net(net);
	struct kstate_page *page;

	while ((page = remove_first(ns))) {
		kstate_page_put(page);
		cond_resched();
	}
	rhashtable_destroy(&ns->names);
	xa_destroy(&ns->ids);
	kstate_net_put(ns);
}

static struct pernet_operations net_ops = {
	.init = net_begin,
	.pre_exit = net_stop,
	.exit = net_end,
	.id = &net_id,
	.size = sizeof(struct net_slot),
};

int __init kstate_net_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void kstate_net_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Subscriptions: who has a page open, and what for.
 *
 * Life. A subscription is an open file, from open to release. It finds its page once, and keeps a
 * reference of it, whether the page is removed meanwhile or not. The last one to go takes the page
 * with it, unless that is pinned or persistent. Processes that die close their files, so nothing is
 * left of them.
 *
 * Rights are looked at when it begins, against the page's owner and mode, as those of a file are
 * when it is opened; handing over the descriptor hands them over, too.
 */
#include <linux/cred.h>
#include <linux/slab.h>
#include <uapi/linux/kstate.h>

#include "net.h"
#include "page.h"
#include "subscription.h"

#define SUBSCRIPTION_MEMORY	(sizeof(struct kstate_subscription) + KSTATE_SIZE_MAX)

/**
 * kstate_subscription_make - a subscription of nothing yet
 * @ns: where it is to be
 *
 * Context: process, in that namespace.
 * Return: it; -EDQUOT for more than maxmemory; -ENOMEM.
 */
struct kstate_subscription *kstate_subscription_make(struct kstate_net *ns)
{
	struct kstate_subscription *subscription;

	if (!lunatik_account_charge(&ns->memory, SUBSCRIPTION_MEMORY))
		return ERR_PTR(-EDQUOT);
	subscription = kzalloc(sizeof(*subscription), GFP_KERNEL_ACCOUNT);
	if (!subscription) {
		lunatik_account_discharge(&ns->memory, SUBSCRIPTION_MEMORY);
		return ERR_PTR(-ENOMEM);
	}
	mutex_init(&subscription->begin);
	init_waitqueue_head(&subscription->watch.wait);
	kstate_net_get(ns);
	subscription->ns = ns;
	return subscription;
}

/* Leaves the page, and removes it where nobody else has it. */
static void unsubscribe(struct kstate_subscription *subscription)
{
	struct kstate_page *page = subscription->page;
	struct kstate_net *ns = subscription->ns;

	kstate_watch_end(&subscription->watch);
	mutex_lock(&ns->change);
	if (!--page->subscribers && !page->pinned && !page->store && !page->removed)
		kstate_net_remove(ns, page);
	mutex_unlock(&ns->change);
	kstate_page_put(page);
}

/* Context: process; nobody uses it any more. */
void kstate_subscription_free(struct kstate_subscription *subscription)
{
	struct kstate_net *ns = subscription->ns;

	if (subscription->page)
		unsubscribe(subscription);
	kfree(subscription->staging);
	mutex_destroy(&subscription->begin);
	kfree(subscription);
	lunatik_account_discharge(&ns->memory, SUBSCRIPTION_MEMORY);
	kstate_net_put(ns);
}

/* As of a file: the first of owner, group and others that one is decides. */
static bool may_use(const struct kstate_page *page, bool writable)
{
	umode_t wanted = 0004 | (writable ? 0002 : 0);
	umode_t granted = page->mode;

	if (uid_eq(current_fsuid(), page->uid))
		granted >>= 6;
	else if (in_group_p(page->gid))
		granted >>= 3;
	return (granted & wanted) == wanted || capable(CAP_DAC_OVERRIDE);
}

/* The page of a name, made where a writer is the first. Context: ns->change held. */
static struct kstate_page *find_or_make(struct kstate_net *ns, const char *name, bool writable,
					umode_t mode)
{
	struct kstate_page *page = kstate_net_lookup(ns, name);
	int err;

	if (page)
		return may_use(page, writable) ? page : ERR_PTR(-EACCES);
	if (!writable)
		return ERR_PTR(-ENOENT);
	page = kstate_page_make(ns, name, mode);
	if (IS_ERR(page))
		return page;
	err = kstate_net_add(ns, page);
	if (!err)
		return page;
	kstate_page_put(page);
	return ERR_PTR(err);
}

/**
 * kstate_subscribe - make a subscription one of a page
 * @subscription: it
 * @name: valid
 * @writable: whether the page may be changed by it
 * @mode: of the page, where there is none yet
 *
 * Context: process.
 * Return: 0; -EBADFD where it is one already; -ENOENT to read a page that is not there; -EACCES;
 * -ENOSPC, -EDQUOT for more than maxpages, maxmemory; -ESHUTDOWN; -ENOMEM.
 */
int kstate_subscribe(struct kstate_subscription *subscription, const char *name, bool writable,
		     umode_t mode)
{
	struct kstate_net *ns = subscription->ns;
	struct kstate_page *page;
	int err = -EBADFD;

	mutex_lock(&subscription->begin);
	if (subscription->page)
		goto out_unlock;
	mutex_lock(&ns->change);
	page = find_or_make(ns, name, writable, mode);
	err = PTR_ERR_OR_ZERO(page);
	if (!err) {
		page->subscribers++;
		refcount_inc(&page->users);
	}
	mutex_unlock(&ns->change);
	if (err)
		goto out_unlock;
	kstate_watch_begin(&subscription->watch, page);
	subscription->writable = writable;
	/* with all that belongs to it */
	smp_store_release(&subscription->page, page);
out_unlock:
	mutex_unlock(&subscription->begin);
	return err;
}

/* Context: any. Return: the page, or NULL where there is none yet. */
struct kstate_page *kstate_subscription_page(const struct kstate_subscription *subscription)
{
	/* with all that kstate_subscribe() has put beside it */
	return smp_load_acquire(&subscription->page);
}

/**
 * kstate_subscription_delete - remove a page, which nobody else has
 * @subscription: of a page, writable
 *
 * Context: process.
 * Return: 0; -EBUSY where others are subscribed; -EIDRM where it is gone already.
 */
int kstate_subscription_delete(struct kstate_subscription *subscription)
{
	struct kstate_page *page = subscription->page;
	struct kstate_net *ns = subscription->ns;
	int err = 0;

	mutex_lock(&ns->change);
	if (page->removed)
		err = -EIDRM;
	else if (page->subscribers > 1)
		err = -EBUSY;
	else
		kstate_net_remove(ns, page);
	mutex_unlock(&ns->change);
	return err;
}

/**
 * kstate_staging_take - room for what comes from user space, or goes there
 * @subscription: that keeps one room for the next who wants it; several at once get their own
 *
 * Context: process.
 * Return: KSTATE_SIZE_MAX bytes, of any content; or NULL.
 */
void *kstate_staging_take(struct kstate_subscription *subscription)
{
	return xchg(&subscription->staging, NULL) ?: kmalloc(KSTATE_SIZE_MAX, GFP_KERNEL_ACCOUNT);
}

/* Context: process. */
void kstate_staging_give(struct kstate_subscription *subscription, void *staging)
{
	if (cmpxchg(&subscription->staging, NULL, staging))
		kfree(staging);
}

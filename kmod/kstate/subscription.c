// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Subscriptions: who has a page open, and what for.
 *
 * Life. A subscription is an open file, from open to release. It finds its page once, and is one of
 * its subscribers then, whether the page is removed meanwhile or not. Processes that die close
 * their files, so nothing is left of them.
 *
 * Rights are looked at when it begins, as those of a file are when it is opened; handing over the
 * descriptor hands them over, too.
 */
#include <linux/cred.h>
#include <linux/slab.h>
#include <uapi/linux/kstate.h>

#include "net.h"
#include "page.h"
#include "subscribers.h"
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

/* Context: process; nobody uses it any more. */
void kstate_subscription_free(struct kstate_subscription *subscription)
{
	struct kstate_net *ns = subscription->ns;

	if (subscription->page) {
		kstate_watch_end(&subscription->watch);
		kstate_subscribers_leave(subscription->page);
	}
	kfree(subscription->staging);
	mutex_destroy(&subscription->begin);
	kfree(subscription);
	lunatik_account_discharge(&ns->memory, SUBSCRIPTION_MEMORY);
	kstate_net_put(ns);
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
	const struct kstate_wish wish = {
		.name = name,
		.writable = writable,
		.mode = mode,
		.uid = current_fsuid(),
		.gid = current_fsgid(),
		.is_task = true,
		.gfp = GFP_KERNEL_ACCOUNT,
	};
	struct kstate_page *page;
	int err = -EBADFD;

	mutex_lock(&subscription->begin);
	if (subscription->page)
		goto out_unlock;
	page = kstate_subscribers_join(subscription->ns, &wish);
	err = PTR_ERR_OR_ZERO(page);
	if (err)
		goto out_unlock;
	kstate_watch_begin(&subscription->watch, page);
	subscription->writable = writable;
	/* with all that belongs to it */
	smp_store_release(&subscription->page, page);
	/* who waits for the file already was told of an error, and perhaps looks no more */
	wake_up_all(&subscription->watch.wait);
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

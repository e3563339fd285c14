// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Who is subscribed to a page: open files (subscription.c), and what other modules have open
 * (api.c).
 *
 * Life. A subscriber has a reference of its page, and is counted there. The last one to leave takes
 * the page with it, unless that is pinned or persistent.
 *
 * Rights are looked at by who joins, against the page's owner and mode.
 *
 * Context: process or softirq. The namespace's `change` is held while a page is found and joined or
 * left, and not while one is made or freed: that is done before, perhaps in vain, and afterwards.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>

#include "net.h"
#include "page.h"
#include "subscribers.h"

/*
 * As of a file: the first of owner, group and others that one is decides; and a capability of who
 * is over owner and group, as the user namespaces have it.
 */
static bool may_override(const struct kstate_page *page)
{
	struct user_namespace *users = current_user_ns();

	return kuid_has_mapping(users, page->uid) && kgid_has_mapping(users, page->gid) &&
	       ns_capable(users, CAP_DAC_OVERRIDE);
}

static bool may_use(const struct kstate_page *page, const struct kstate_wish *wish)
{
	umode_t wanted = 0004 | (wish->writable ? 0002 : 0);
	umode_t granted = page->mode;

	if (uid_eq(wish->uid, page->uid))
		granted >>= 6;
	else if (wish->is_task ? in_group_p(page->gid) : gid_eq(wish->gid, page->gid))
		granted >>= 3;
	return (granted & wanted) == wanted || (wish->is_task && may_override(page));
}

/* Context: ns->change held. */
static struct kstate_page *find_or_add(struct kstate_net *ns, const struct kstate_wish *wish,
				       struct kstate_page *made)
{
	struct kstate_page *page = kstate_net_lookup(ns, wish->name);
	int err;

	if (page && !may_use(page, wish))
		return ERR_PTR(-EACCES);
	if (!page && !made)
		return ERR_PTR(-ENOENT);
	if (!page) {
		err = kstate_net_add(ns, made);
		if (err)
			return ERR_PTR(err);
		page = made;
	}
	/* all of them are told of a change while its lock is held */
	if (page->subscribers == KSTATE_SUBSCRIBERS_MAX)
		return ERR_PTR(-EUSERS);
	page->subscribers++;
	refcount_inc(&page->users);
	return page;
}

/* @made: what becomes the page where there is none of that name; or NULL */
static struct kstate_page *join(struct kstate_net *ns, const struct kstate_wish *wish,
				struct kstate_page *made)
{
	struct kstate_page *page;

	spin_lock_bh(&ns->change);
	page = find_or_add(ns, wish, made);
	spin_unlock_bh(&ns->change);
	return page;
}

/**
 * kstate_subscribers_join - become a subscriber of a page, made where a writer is the first
 * @ns: where
 * @wish: what it is wanted for
 *
 * Context: process or softirq, as the wish's gfp says.
 * Return: the page, for kstate_subscribers_leave(); -ENOENT to read one that is not there; -EACCES;
 * -ENOSPC, -EDQUOT for more than maxpages, maxmemory; -EUSERS; -ESHUTDOWN; -ENOMEM.
 */
struct kstate_page *kstate_subscribers_join(struct kstate_net *ns, const struct kstate_wish *wish)
{
	struct kstate_page *page, *made;

	page = join(ns, wish, NULL);
	if (page != ERR_PTR(-ENOENT) || !wish->writable)
		return page;
	made = kstate_page_make(ns, wish);
	if (IS_ERR(made))
		return made;
	page = join(ns, wish, made);
	/* somebody else was faster, or it may not be */
	if (page != made)
		kstate_page_unmake(made);
	return page;
}

/**
 * kstate_subscribers_leave - be no subscriber any more
 * @page: joined; not to be used afterwards
 *
 * Context: process or softirq.
 */
void kstate_subscribers_leave(struct kstate_page *page)
{
	struct kstate_net *ns = page->ns;
	bool last;

	spin_lock_bh(&ns->change);
	last = !--page->subscribers && !page->pinned && !page->store && !page->removed;
	if (last)
		kstate_net_remove(ns, page);
	spin_unlock_bh(&ns->change);
	if (last)
		kstate_page_put(page);
	kstate_page_put(page);
}

/**
 * kstate_subscribers_delete - remove a page, which nobody else has
 * @page: joined, to change it; stays the caller's to leave
 *
 * Context: process or softirq.
 * Return: 0; -EBUSY where others are subscribed; -EIDRM where it is gone already.
 */
int kstate_subscribers_delete(struct kstate_page *page)
{
	struct kstate_net *ns = page->ns;
	int err = 0;

	spin_lock_bh(&ns->change);
	if (page->removed)
		err = -EIDRM;
	else if (page->subscribers > 1)
		err = -EBUSY;
	else
		kstate_net_remove(ns, page);
	spin_unlock_bh(&ns->change);
	if (!err)
		kstate_page_put(page);
	return err;
}

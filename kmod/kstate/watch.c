// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Telling subscriptions that a page has changed, no more often than they want to know.
 *
 * A writer is hardly slowed by who watches: a watch is told of a change once, and then left alone
 * until it has acknowledged one. All who wait at a subscription's file are woken then, and how many
 * those are is its owner's to say. The page's idle list has those that are to be told; a commit
 * takes each off it, and either shows the change or starts the timer that will. So commits in
 * between find an empty list, and whatever the timer shows is the newest there is when it comes:
 * the last change is always shown in the end.
 *
 * Life. A watch is part of its subscription, whose reference keeps the page. kstate_watch_end()
 * takes it off both lists under the page's lock; from then on no commit finds it, only its timer
 * may still run or start itself again, and hrtimer_cancel() waits for that. Nobody is in @wait
 * then: poll and read belong to calls on the open file, which is being released.
 *
 * The timer comes in softirq and takes the page's lock, which is why it is started, never
 * cancelled, under it.
 */
#include <linux/poll.h>
#include <linux/spinlock.h>

#include "page.h"
#include "watch.h"

/* One of those that want to be woken alone is enough. */
static void wake(struct kstate_watch *watch)
{
	wake_up_poll(&watch->wait, EPOLLIN | EPOLLRDNORM);
}

/* Context: the lock held. */
static void show(struct kstate_watch *watch, u64 now)
{
	WRITE_ONCE(watch->shown, watch->page->map->version);
	watch->next = now + watch->interval;
	wake(watch);
}

/* There is a change: show it, or start the timer that will. Context: the lock held. */
static void show_when_due(struct kstate_watch *watch)
{
	u64 now;

	if (!watch->interval) {
		wake(watch);
		return;
	}
	now = ktime_get_ns();
	if (now >= watch->next)
		show(watch, now);
	else
		hrtimer_start(&watch->timer, ns_to_ktime(watch->next), HRTIMER_MODE_ABS_SOFT);
}

static enum hrtimer_restart due(struct hrtimer *timer)
{
	struct kstate_watch *watch = container_of(timer, struct kstate_watch, timer);
	struct kstate_page *page = watch->page;

	spin_lock(&page->lock);
	/* the rate may have changed, and with it the time */
	if (page->map->version != watch->shown)
		show_when_due(watch);
	spin_unlock(&page->lock);
	return HRTIMER_NORESTART;
}

/**
 * kstate_watch_begin - watch a page
 * @watch: zeroed but for its wait queue
 * @page: what it already has counts as a change, unless that is nothing
 *
 * Context: process.
 */
void kstate_watch_begin(struct kstate_watch *watch, struct kstate_page *page)
{
	watch->page = page;
	hrtimer_init(&watch->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	watch->timer.function = due;
	INIT_LIST_HEAD(&watch->idle);
	spin_lock_bh(&page->lock);
	watch->shown = page->map->version;
	list_add(&watch->all, &page->watches);
	if (!watch->shown)
		list_add(&watch->idle, &page->idle);
	spin_unlock_bh(&page->lock);
}

/* Context: process; of a file that is being released. */
void kstate_watch_end(struct kstate_watch *watch)
{
	spin_lock_bh(&watch->page->lock);
	list_del(&watch->all);
	list_del_init(&watch->idle);
	spin_unlock_bh(&watch->page->lock);
	hrtimer_cancel(&watch->timer);
}

/* The page is no more. Context: the lock held. */
void kstate_watch_end_all(struct kstate_page *page)
{
	struct kstate_watch *watch;

	list_for_each_entry(watch, &page->watches, all)
		wake_up_all(&watch->wait);
}

/* A page has a new version. Context: the lock held. */
void kstate_watch_changed(struct kstate_page *page)
{
	struct kstate_watch *watch, *next;

	list_for_each_entry_safe(watch, next, &page->idle, idle) {
		list_del_init(&watch->idle);
		show_when_due(watch);
	}
}

static u64 visible(const struct kstate_watch *watch)
{
	return READ_ONCE(watch->interval) ? READ_ONCE(watch->shown) :
					    READ_ONCE(watch->page->map->version);
}

/* Whether a version is to be told. Context: any, for a look. */
bool kstate_watch_has_news(const struct kstate_watch *watch)
{
	return visible(watch) != READ_ONCE(watch->acknowledged);
}

/**
 * kstate_watch_acknowledge - be told of a version
 * @watch: whose
 * @version: set to it
 *
 * Context: process.
 * Return: whether there was one that had not been told.
 */
bool kstate_watch_acknowledge(struct kstate_watch *watch, u64 *version)
{
	struct kstate_page *page = watch->page;
	bool news;

	spin_lock_bh(&page->lock);
	news = kstate_watch_has_news(watch);
	if (news) {
		*version = visible(watch);
		WRITE_ONCE(watch->shown, *version);
		WRITE_ONCE(watch->acknowledged, *version);
		if (*version == page->map->version)
			list_add(&watch->idle, &page->idle);
		else
			show_when_due(watch);
	}
	spin_unlock_bh(&page->lock);
	return news;
}

/**
 * kstate_watch_pace - give a watch a rate
 * @watch: whose
 * @interval: nanoseconds between two changes that are shown; 0 is none
 *
 * Counts from now, when what there is may be seen.
 *
 * Context: process.
 */
void kstate_watch_pace(struct kstate_watch *watch, u64 interval)
{
	spin_lock_bh(&watch->page->lock);
	WRITE_ONCE(watch->interval, interval);
	show(watch, ktime_get_ns());
	spin_unlock_bh(&watch->page->lock);
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_WATCH_H
#define _KSTATE_WATCH_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/wait.h>

struct kstate_page;

/**
 * struct kstate_watch - what a subscription is shown of a page's changes
 * @page: it
 * @all: in the page's watches
 * @idle: in the page's idle ones; or empty, where there is a change that is not acknowledged yet
 * @wait: who waits for a change
 * @timer: shows a change that came too soon
 * @acknowledged: version that was told last
 * @shown: version that is to be told; of a watch without a rate it is the page's
 * @interval: nanoseconds between two that are shown; 0 is no rate
 * @next: when one may be shown, of the monotonic clock
 *
 * All but @wait and @timer are under the page's lock.
 */
struct kstate_watch {
	struct kstate_page *page;
	struct list_head all;
	struct list_head idle;
	wait_queue_head_t wait;
	struct hrtimer timer;
	u64 acknowledged;
	u64 shown;
	u64 interval;
	u64 next;
};

void kstate_watch_begin(struct kstate_watch *watch, struct kstate_page *page);
void kstate_watch_end(struct kstate_watch *watch);
void kstate_watch_end_all(struct kstate_page *page);
void kstate_watch_changed(struct kstate_page *page);
bool kstate_watch_has_news(const struct kstate_watch *watch);
bool kstate_watch_acknowledge(struct kstate_watch *watch, u64 *version);
void kstate_watch_pace(struct kstate_watch *watch, u64 interval);

#endif /* _KSTATE_WATCH_H */

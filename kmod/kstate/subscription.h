/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_SUBSCRIPTION_H
#define _KSTATE_SUBSCRIPTION_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "watch.h"

struct kstate_net;
struct kstate_page;

/**
 * struct kstate_subscription - what is behind an open file of /dev/kstate
 * @ns: the opener's; referenced
 * @begin: of who subscribes
 * @page: it, once subscribed, and for ever then; referenced
 * @writable: whether it may be changed
 * @watch: of @page
 * @staging: KSTATE_SIZE_MAX bytes that nobody is using; or NULL
 */
struct kstate_subscription {
	struct kstate_net *ns;
	struct mutex begin;
	struct kstate_page *page;
	bool writable;
	struct kstate_watch watch;
	void *staging;
};

struct kstate_subscription *kstate_subscription_make(struct kstate_net *ns);
void kstate_subscription_free(struct kstate_subscription *subscription);
int kstate_subscribe(struct kstate_subscription *subscription, const char *name, bool writable,
		     umode_t mode);
struct kstate_page *kstate_subscription_page(const struct kstate_subscription *subscription);
void *kstate_staging_take(struct kstate_subscription *subscription);
void kstate_staging_give(struct kstate_subscription *subscription, void *staging);

#endif /* _KSTATE_SUBSCRIPTION_H */

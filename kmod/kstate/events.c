// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The multicast group `events`: names and versions, never contents.
 *
 * Told under a lock, the namespace's `change` or the page's, so that what is heard of a page comes
 * in the order in which it happened; hence without waiting for memory. Who listens and misses one
 * is told so by netlink. Nothing is made where nobody listens.
 */
#include <linux/ktime.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "events.h"
#include "net.h"
#include "netlink.h"
#include "page.h"

/* Nanoseconds between two announcements of a page. */
#define ANNOUNCE_INTERVAL	(NSEC_PER_SEC / 10)

/* More than put_event() takes. */
#define EVENT_SIZE	(GENL_HDRLEN + nla_total_size(KSTATE_NAME_MAX + 1) + 64)

static int put_event(struct sk_buff *skb, const struct kstate_page *page,
		     enum kstate_event_type type, u32 passed_over)
{
	void *header = genlmsg_put(skb, 0, 0, &kstate_family, 0, KSTATE_CMD_EVENT);

	if (!header ||
	    nla_put_u32(skb, KSTATE_A_EVENT_TYPE, type) ||
	    nla_put_string(skb, KSTATE_A_EVENT_NAME, page->name) ||
	    nla_put_u64_64bit(skb, KSTATE_A_EVENT_VERSION, READ_ONCE(page->map->version),
			      KSTATE_A_EVENT_PAD) ||
	    nla_put_u32(skb, KSTATE_A_EVENT_PASSED_OVER, passed_over))
		return -EMSGSIZE;
	genlmsg_end(skb, header);
	return 0;
}

/**
 * kstate_event - something happened to a page
 * @page: it
 * @type: what
 * @passed_over: announcements that were not made
 *
 * Context: any; a lock held that keeps the order.
 */
void kstate_event(const struct kstate_page *page, enum kstate_event_type type, u32 passed_over)
{
	const struct kstate_net *ns = page->ns;
	struct sk_buff *skb;

	/* dead namespaces have no sockets, and in a moment no ns->net */
	rcu_read_lock();
	if (READ_ONCE(ns->dead) || !genl_has_listeners(&kstate_family, ns->net, 0))
		goto out;
	skb = genlmsg_new(EVENT_SIZE, GFP_NOWAIT | __GFP_NOWARN);
	if (!skb || put_event(skb, page, type, passed_over)) {
		nlmsg_free(skb);
		genl_set_err(&kstate_family, ns->net, 0, 0, -ENOBUFS);
		goto out;
	}
	genlmsg_multicast_netns(&kstate_family, ns->net, skb, 0, 0, GFP_NOWAIT | __GFP_NOWARN);
out:
	rcu_read_unlock();
}

/**
 * kstate_announce - tell of a commit, unless one of this page was told a moment ago
 * @page: it
 *
 * Context: the page's lock held.
 */
void kstate_announce(struct kstate_page *page)
{
	u64 now = ktime_get_ns();

	if (now < page->announce_next) {
		page->passed_over++;
		return;
	}
	kstate_event(page, KSTATE_EVENT_TYPE_COMMITTED, page->passed_over);
	page->passed_over = 0;
	page->announce_next = now + ANNOUNCE_INTERVAL;
}

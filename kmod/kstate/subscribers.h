/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_SUBSCRIBERS_H
#define _KSTATE_SUBSCRIBERS_H

struct kstate_net;
struct kstate_page;
struct kstate_wish;

struct kstate_page *kstate_subscribers_join(struct kstate_net *ns, const struct kstate_wish *wish);
void kstate_subscribers_leave(struct kstate_page *page);
int kstate_subscribers_delete(struct kstate_page *page);

#endif /* _KSTATE_SUBSCRIBERS_H */

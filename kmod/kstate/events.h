/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_EVENTS_H
#define _KSTATE_EVENTS_H

#include <uapi/linux/kstate.h>

struct kstate_page;

void kstate_event(const struct kstate_page *page, enum kstate_event_type type, u32 passed_over);
void kstate_announce(struct kstate_page *page);

#endif /* _KSTATE_EVENTS_H */

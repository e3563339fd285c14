/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_STORE_H
#define _KSTATE_STORE_H

#include <linux/types.h>

struct file;
struct kstate_page;

int kstate_store_begin(struct kstate_page *page, const struct file *file);
void kstate_store_free(struct kstate_page *page);
void kstate_store_changed(struct kstate_page *page);
void kstate_store_end(struct kstate_page *page);
int kstate_store_wait(struct kstate_page *page, u64 version);

#endif /* _KSTATE_STORE_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_COMMIT_H
#define _KSTATE_COMMIT_H

#include <linux/types.h>

struct kstate_page;

/**
 * struct kstate_change - what is to be done to a page, or is read of it
 * @page: it; a reference is held
 * @data: in the kernel; NULL where the version is only compared
 * @version: that is expected, and then that the page has; or was read
 * @size: of @data, or was read
 * @announce: whether to tell of it
 * @if_different: whether to leave a page that has just that @data as it is
 */
struct kstate_change {
	struct kstate_page *page;
	void *data;
	u64 version;
	u32 size;
	bool announce;
	bool if_different;
};

int kstate_commit(struct kstate_change *changes, unsigned int count);
int kstate_look(struct kstate_change *looks, unsigned int count);

#endif /* _KSTATE_COMMIT_H */

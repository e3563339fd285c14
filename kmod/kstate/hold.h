/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_HOLD_H
#define _KSTATE_HOLD_H

#include <linux/path.h>
#include <linux/types.h>

/**
 * struct kstate_hold - a file that is held for long
 * @path: of it
 * @own: its mount is nobody else's
 */
struct kstate_hold {
	struct path path;
	bool own;
};

int kstate_hold_take(struct kstate_hold *hold, const struct path *path);
void kstate_hold_end(struct kstate_hold *hold);

#endif /* _KSTATE_HOLD_H */

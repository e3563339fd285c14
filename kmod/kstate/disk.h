/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_DISK_H
#define _KSTATE_DISK_H

#include <linux/list.h>
#include <linux/types.h>

struct inode;
struct kstate_disk;
struct workqueue_struct;

/**
 * struct kstate_place - a file that a page is kept in
 * @disk: the file system that it is on
 * @node: in that one's places
 * @ends: it will be left, and who wants the file may wait for that
 * @inode: of the file; for comparison only, once the place was left
 */
struct kstate_place {
	struct kstate_disk *disk;
	struct list_head node;
	bool ends;
	const struct inode *inode;
};

int kstate_place_take(struct kstate_place *place, const struct inode *inode);
void kstate_place_end(struct kstate_place *place);
void kstate_place_leave(struct kstate_place *place);
struct workqueue_struct *kstate_place_queue(const struct kstate_place *place);
int kstate_disk_init(void);
void kstate_disk_exit(void);

#endif /* _KSTATE_DISK_H */

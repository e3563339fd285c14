/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_DISK_H
#define _KSTATE_DISK_H

#include <linux/list.h>
#include <linux/types.h>

struct file;
struct inode;
struct kstate_disk;
struct workqueue_struct;

/**
 * struct kstate_place - a file that a page is kept in
 * @disk: the file system that it is on, as the user has it who opened it
 * @node: in the list of all
 * @ends: set when it will be left, and who wants the file may wait for that
 * @inode: of the file; for comparison only, once the place was left
 */
struct kstate_place {
	struct kstate_disk *disk;
	struct list_head node;
	const bool *ends;
	const struct inode *inode;
};

int kstate_place_take(struct kstate_place *place, const struct file *file, const bool *ends);
void kstate_place_leave(struct kstate_place *place);
struct workqueue_struct *kstate_place_queue(const struct kstate_place *place);
int kstate_disk_init(void);
void kstate_disk_exit(void);

#endif /* _KSTATE_DISK_H */

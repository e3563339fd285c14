// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The file systems that pages are kept on, each with a work queue of its own, by which files there
 * are written. One that hangs has all the workers of its queue, some threads that nobody else
 * waits for; pages on others are written as ever.
 *
 * Life. A disk is made with its first place, and ends after its last was left. Who leaves that may
 * be a work in the very queue, which cannot wait for itself: so it is a work of `ends` that takes
 * the queue away. What has a place pins the file, and so a super block is not another's meanwhile.
 *
 * Locks. `disks` is of both lists, and of `left`. Context: process.
 */
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "disk.h"

/* Writes of one file system at a time; a journal takes several together. */
#define WRITERS		16

/**
 * struct kstate_disk - a file system
 * @node: in disks_list
 * @super: which
 * @places: of pages
 * @queue: writes them
 * @end: takes all that away
 */
struct kstate_disk {
	struct list_head node;
	const struct super_block *super;
	struct list_head places;
	struct workqueue_struct *queue;
	struct work_struct end;
};

static LIST_HEAD(disks_list);
static DEFINE_MUTEX(disks);
static struct workqueue_struct *ends;

/* Counts the places that were left, for who waits for one. */
static unsigned int left;
static DECLARE_WAIT_QUEUE_HEAD(leaving);

/* Waits for the work that left the last place. */
static void end(struct work_struct *work)
{
	struct kstate_disk *disk = container_of(work, struct kstate_disk, end);

	destroy_workqueue(disk->queue);
	kfree(disk);
}

/* Context: disks held. */
static struct kstate_disk *find(const struct super_block *super)
{
	struct kstate_disk *disk;

	list_for_each_entry(disk, &disks_list, node)
		if (disk->super == super)
			return disk;
	return NULL;
}

/* Context: disks held. */
static struct kstate_disk *make(const struct super_block *super)
{
	struct kstate_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL_ACCOUNT);

	if (!disk)
		return NULL;
	disk->queue = alloc_workqueue("kstate", WQ_UNBOUND | WQ_FREEZABLE, WRITERS);
	if (!disk->queue) {
		kfree(disk);
		return NULL;
	}
	disk->super = super;
	INIT_LIST_HEAD(&disk->places);
	INIT_WORK(&disk->end, end);
	list_add(&disk->node, &disks_list);
	return disk;
}

/* Who has a file. Context: disks held. */
static const struct kstate_place *taken(const struct kstate_disk *disk, const struct inode *inode)
{
	const struct kstate_place *place;

	list_for_each_entry(place, &disk->places, node)
		if (place->inode == inode)
			return place;
	return NULL;
}

/* Return: 0; -EBUSY where it is somebody's, and -EAGAIN where not for long; -ENOMEM. */
static int take(struct kstate_place *place, const struct inode *inode)
{
	struct kstate_disk *disk = find(inode->i_sb) ?: make(inode->i_sb);
	const struct kstate_place *other;

	lockdep_assert_held(&disks);
	if (!disk)
		return -ENOMEM;
	other = taken(disk, inode);
	if (other)
		return READ_ONCE(other->ends) ? -EAGAIN : -EBUSY;
	place->disk = disk;
	place->inode = inode;
	list_add(&place->node, &disk->places);
	return 0;
}

/**
 * kstate_place_take - let a file be one page's, and nobody else's
 * @place: zeroed; set to what it is
 * @inode: of the file, pinned by the caller until it leaves the place
 *
 * Waits for who is about to leave it, as long as the file system takes to write the last version.
 *
 * Return: 0; -EBUSY where it is somebody's; -ENOMEM; -ERESTARTSYS to die.
 */
int kstate_place_take(struct kstate_place *place, const struct inode *inode)
{
	unsigned int before;
	int err;

	for (;;) {
		mutex_lock(&disks);
		err = take(place, inode);
		before = left;
		mutex_unlock(&disks);
		if (err != -EAGAIN)
			return err;
		err = wait_event_killable(leaving, READ_ONCE(left) != before);
		if (err)
			return err;
	}
}

/* The file is given back soon. Context: any. */
void kstate_place_end(struct kstate_place *place)
{
	WRITE_ONCE(place->ends, true);
}

/* Gives a file back. The place's queue goes on until the work returns that calls this. */
void kstate_place_leave(struct kstate_place *place)
{
	struct kstate_disk *disk = place->disk;

	mutex_lock(&disks);
	list_del(&place->node);
	WRITE_ONCE(left, left + 1);
	if (list_empty(&disk->places)) {
		list_del(&disk->node);
		queue_work(ends, &disk->end);
	}
	mutex_unlock(&disks);
	wake_up_all(&leaving);
}

/* What writes the file. Context: any, before the place is left. */
struct workqueue_struct *kstate_place_queue(const struct kstate_place *place)
{
	return place->disk->queue;
}

int __init kstate_disk_init(void)
{
	ends = alloc_workqueue("kstate_end", WQ_UNBOUND, 0);
	return ends ? 0 : -ENOMEM;
}

/* Returns when the last work of the last disk has. */
void kstate_disk_exit(void)
{
	destroy_workqueue(ends);
}

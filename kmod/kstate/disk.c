// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The file systems that pages are kept on, as each user has them: with a work queue of their own,
 * by which the files are written that he has opened there. One that hangs has all the workers of
 * its queues, some threads that nobody else waits for; pages on others are written as ever. A user
 * can have files hang, too, while he writes to them from memory that never comes: those that he has
 * opened for pages have no workers but his own.
 *
 * Who is in a user namespace is any number of users, and mounts any number of file systems that
 * hang. All of those are one disk, of who made the outermost user namespace; or of that itself,
 * where it was root, who makes them for others.
 *
 * Life. A disk is made before its first place is taken, and ends after its last was left: `users`
 * are the places, and those that are being taken. Who leaves the last may be a work in the very
 * queue, which cannot wait for itself: so it is a work of `ends` that takes the queue away. What
 * has a place pins the file, and so a super block is not another's meanwhile; it has the page, too,
 * in which is said whether it will be left.
 *
 * Locks. `disks` is of both lists, of `users`, and of `left`; each work that leaves a place wants
 * it, so nothing is made under it. Context: process.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "disk.h"

/* Writes of one disk at a time; a journal takes several together. */
#define WRITERS		16

/**
 * struct owner - a user, as far as one is not another's
 * @space: outermost user namespace, that root has made; compared only
 * @uid: where there is none; else INVALID_UID
 */
struct owner {
	const struct user_namespace *space;
	kuid_t uid;
};

/**
 * struct kstate_disk - a file system, as a user has it
 * @node: in disks_list
 * @super: which; NULL for all that are mounted in user namespaces
 * @owner: who
 * @users: of it
 * @queue: writes the files
 * @end: takes all that away
 */
struct kstate_disk {
	struct list_head node;
	const struct super_block *super;
	struct owner owner;
	unsigned int users;
	struct workqueue_struct *queue;
	struct work_struct end;
};

static LIST_HEAD(disks_list);
static LIST_HEAD(places);
static DEFINE_MUTEX(disks);
static struct workqueue_struct *ends;

/* Counts the places that were left, for who waits for one. */
static unsigned int left;
static DECLARE_WAIT_QUEUE_HEAD(leaving);

/* --- who has them --- */

/* @uid: in @space */
static struct owner owner_of(const struct user_namespace *space, kuid_t uid)
{
	if (space == &init_user_ns)
		return (struct owner){.uid = uid};
	while (space->parent != &init_user_ns)
		space = space->parent;
	if (uid_eq(space->owner, GLOBAL_ROOT_UID))
		return (struct owner){.space = space, .uid = INVALID_UID};
	return (struct owner){.uid = space->owner};
}

static bool is_same(struct owner a, struct owner b)
{
	return a.space == b.space && uid_eq(a.uid, b.uid);
}

/* --- disks --- */

static void unmake(struct kstate_disk *disk)
{
	destroy_workqueue(disk->queue);
	kfree(disk);
}

/* Waits for the work that left the last place. */
static void end(struct work_struct *work)
{
	unmake(container_of(work, struct kstate_disk, end));
}

static struct kstate_disk *make(const struct super_block *super, struct owner owner)
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
	disk->owner = owner;
	INIT_WORK(&disk->end, end);
	return disk;
}

/* Context: disks held. */
static struct kstate_disk *find(const struct super_block *super, struct owner owner)
{
	struct kstate_disk *disk;

	list_for_each_entry(disk, &disks_list, node)
		if (disk->super == super && is_same(disk->owner, owner))
			return disk;
	return NULL;
}

/* @made: what becomes the disk where there is none; or NULL */
static struct kstate_disk *join(const struct super_block *super, struct owner owner,
				struct kstate_disk *made)
{
	struct kstate_disk *disk;

	mutex_lock(&disks);
	disk = find(super, owner);
	if (!disk && made) {
		disk = made;
		list_add(&disk->node, &disks_list);
	}
	if (disk)
		disk->users++;
	mutex_unlock(&disks);
	return disk;
}

/* Return: it, for leave(); NULL where there is no memory. */
static struct kstate_disk *find_or_make(const struct super_block *super, struct owner owner)
{
	struct kstate_disk *made, *disk = join(super, owner, NULL);

	if (disk)
		return disk;
	made = make(super, owner);
	if (!made)
		return NULL;
	disk = join(super, owner, made);
	/* somebody else was faster */
	if (disk != made)
		unmake(made);
	return disk;
}

/* Context: disks held. */
static void leave(struct kstate_disk *disk)
{
	lockdep_assert_held(&disks);
	if (--disk->users)
		return;
	list_del(&disk->node);
	queue_work(ends, &disk->end);
}

/* --- places on them --- */

/* Who has a file. Context: disks held. */
static const struct kstate_place *taken(const struct inode *inode)
{
	const struct kstate_place *place;

	list_for_each_entry(place, &places, node)
		if (place->inode == inode)
			return place;
	return NULL;
}

/* Return: 0; -EBUSY where it is somebody's, and -EAGAIN where not for long. */
static int take(struct kstate_place *place)
{
	const struct kstate_place *other = taken(place->inode);

	lockdep_assert_held(&disks);
	if (other)
		return READ_ONCE(*other->ends) ? -EAGAIN : -EBUSY;
	list_add(&place->node, &places);
	return 0;
}

static int wait_and_take(struct kstate_place *place)
{
	unsigned int before;
	int err;

	for (;;) {
		mutex_lock(&disks);
		err = take(place);
		before = left;
		mutex_unlock(&disks);
		if (err != -EAGAIN)
			return err;
		err = wait_event_interruptible(leaving, READ_ONCE(left) != before);
		if (err)
			return err;
	}
}

/* What user namespaces the file is of stay as long as it does. */
static struct kstate_disk *disk_for(const struct file *file)
{
	const struct super_block *super = file_inode(file)->i_sb;
	const struct user_namespace *mounter = super->s_user_ns;
	const struct cred *opener = file->f_cred;

	if (mounter != &init_user_ns)
		return find_or_make(NULL, owner_of(mounter, mounter->owner));
	return find_or_make(super, owner_of(opener->user_ns, opener->fsuid));
}

/**
 * kstate_place_take - let a file be one page's, and nobody else's
 * @place: set to what it is
 * @file: it, pinned by the caller until it leaves the place, and written as who opened it may
 * @ends: set when it will be left; there as long as the place is
 *
 * Waits for who is about to leave it, as long as the file system takes to write the last version.
 *
 * Return: 0; -EBUSY where it is somebody's; -ENOMEM; -ERESTARTSYS.
 */
int kstate_place_take(struct kstate_place *place, const struct file *file, const bool *ends)
{
	int err;

	place->inode = file_inode(file);
	place->ends = ends;
	place->disk = disk_for(file);
	if (!place->disk)
		return -ENOMEM;
	err = wait_and_take(place);
	if (!err)
		return 0;
	mutex_lock(&disks);
	leave(place->disk);
	mutex_unlock(&disks);
	return err;
}

/* Gives a file back. The place's queue goes on until the work returns that calls this. */
void kstate_place_leave(struct kstate_place *place)
{
	mutex_lock(&disks);
	list_del(&place->node);
	WRITE_ONCE(left, left + 1);
	leave(place->disk);
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

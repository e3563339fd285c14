// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The copy of a page in a file.
 *
 * The file has two records, written in turn, each with a serial number and a checksum of all of it,
 * and on disk before the other is touched. Whenever the power goes, one of them is whole, and the
 * one of the higher serial number is the newest that was promised, or newer. Where the power goes
 * before anything was promised, the first may have its length already and no content, as file
 * systems enter the one in their journals and not the other: such a file is as good as empty.
 *
 * Names are not followed: who removes the file, or puts another in its place, has the page go on
 * in the one that it had. Nobody would load that again, so nothing is promised of it.
 *
 * It is a work queue of the kernel's that writes, not a process: a page outlives processes, and one
 * that had to be there would be one more to look after, with rights of its own; the file's are
 * those of who opened it. Commits only start a delayed work, and so many become one write. The
 * queue is unbound, so that a file system that hangs has one of its workers, and no lock that
 * anybody else wants: commits, reads and other pages go on, and only who waits for that page's file
 * waits.
 *
 * Life. A store is made once for its page and freed with it. A work that is queued or running holds
 * a reference of the page. The store holds the file, and the module, as its work may be running
 * when nothing else is left; kstate_store_exit() waits for the last of those to return.
 *
 * Locks. The page's `persist` is held while a file is read for it. `stores` is of the list by which
 * two pages are kept from one file; a spinlock, as a page may be freed in a softirq; innermost.
 * What a store is doing belongs to its work, which the queue never runs twice at a time, but for
 * `stored`, `failures` and `error`, that are looked at by who waits.
 */
#include <crypto/sha2.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/linux/kstate.h>

#include "net.h"
#include "page.h"
#include "store.h"

/* From a change to its being written: those between are written with it. */
#define DELAY		(HZ / 10)
/* From a write that failed to the next try. */
#define DELAY_FAILED	HZ

#define MAGIC		0x3165746174736bULL	/* kstate1 */

/**
 * struct record - what is in the file
 * @magic: MAGIC
 * @serial: of records, from 1
 * @version: of the page
 * @size: of the page
 * @reserved: 0
 * @sum: SHA-256 of the whole record with zeroes here
 * @data: with zeroes behind @size
 */
struct record {
	__le64 magic;
	__le64 serial;
	__le64 version;
	__le32 size;
	__le32 reserved;
	u8 sum[SHA256_DIGEST_SIZE];
	u8 data[KSTATE_SIZE_MAX];
};

/* Bytes from one record to the next: no block of a disk has parts of both. */
#define STRIDE		8192

/**
 * struct kstate_store - a page's copy in a file
 * @page: it
 * @file: where
 * @node: in stores
 * @work: writes
 * @serial: of the last record
 * @turn: which record is next, 0 or 1
 * @stored: version that is on disk
 * @failures: tries that failed
 * @error: of the last of those
 * @wait: who waits for one of the three
 * @record: what is written or read
 */
struct kstate_store {
	struct kstate_page *page;
	struct file *file;
	struct list_head node;
	struct delayed_work work;
	u64 serial;
	unsigned int turn;
	u64 stored;
	unsigned int failures;
	int error;
	wait_queue_head_t wait;
	struct record record;
};

static struct workqueue_struct *writers;
static LIST_HEAD(stores_list);
static DEFINE_SPINLOCK(stores);

/* --- records --- */

static void seal(struct record *record)
{
	memset(record->sum, 0, sizeof(record->sum));
	sha256((u8 *)record, sizeof(*record), record->sum);
}

static bool is_sound(struct record *record)
{
	u8 sum[SHA256_DIGEST_SIZE];

	memcpy(sum, record->sum, sizeof(sum));
	seal(record);
	return !memcmp(sum, record->sum, sizeof(sum)) && le64_to_cpu(record->magic) == MAGIC &&
	       record->version && le32_to_cpu(record->size) - 1 < KSTATE_SIZE_MAX;
}

/* Return: 1 for a record that is whole, 0 for none; -EINTR and the like where it was not read. */
static int read_record(struct file *file, unsigned int turn, struct record *record)
{
	loff_t place = turn * STRIDE;
	ssize_t size = kernel_read(file, record, sizeof(*record), &place);

	if (size < 0)
		return size;
	return size == sizeof(*record) && is_sound(record);
}

static int write_record(struct kstate_store *store)
{
	loff_t place = store->turn * STRIDE;
	ssize_t size = kernel_write(store->file, &store->record, sizeof(store->record), &place);

	if (size < 0)
		return size;
	if (size != sizeof(store->record))
		return -ENOSPC;
	return vfs_fsync(store->file, 0);
}

/* --- writing --- */

static void queue(struct kstate_store *store, unsigned long delay)
{
	refcount_inc(&store->page->users);
	if (!queue_delayed_work(writers, &store->work, delay))
		refcount_dec(&store->page->users);
}

/* Return: the version, which is put into the record. */
static u64 take(struct kstate_store *store)
{
	struct kstate_page *page = store->page;
	struct record *record = &store->record;
	u64 version;

	memset(record, 0, sizeof(*record));
	spin_lock_bh(&page->lock);
	version = page->map->version;
	record->size = cpu_to_le32(kstate_page_size(page));
	kstate_page_copy(page, record->data);
	spin_unlock_bh(&page->lock);
	record->magic = cpu_to_le64(MAGIC);
	record->version = cpu_to_le64(version);
	record->serial = cpu_to_le64(store->serial + 1);
	seal(record);
	return version;
}

/* A record that was not written is written again, over itself: the other one is whole. */
static void write_newest(struct kstate_store *store)
{
	u64 version = take(store);
	int err;

	if (version == store->stored)
		return;
	err = write_record(store);
	if (err) {
		WRITE_ONCE(store->error, err);
		WRITE_ONCE(store->failures, store->failures + 1);
		if (!READ_ONCE(store->page->removed))
			queue(store, DELAY_FAILED);
	} else {
		store->serial++;
		store->turn ^= 1;
		WRITE_ONCE(store->stored, version);
	}
	wake_up_all(&store->wait);
}

static void work(struct work_struct *work)
{
	struct kstate_store *store = container_of(to_delayed_work(work), struct kstate_store, work);
	struct kstate_page *page = store->page;

	write_newest(store);
	/* perhaps the last, and with it the store */
	kstate_page_put(page);
}

/* A page has a new version. Context: its lock held. */
void kstate_store_changed(struct kstate_page *page)
{
	if (page->store)
		queue(page->store, DELAY);
}

static bool is_over(const struct kstate_store *store, u64 version, unsigned int failures)
{
	return READ_ONCE(store->stored) >= version || READ_ONCE(store->failures) != failures;
}

/* What is on disk is found there, as long as the file has a name. */
static int promise(const struct kstate_store *store)
{
	return READ_ONCE(file_inode(store->file)->i_nlink) ? 0 : -ENOENT;
}

/**
 * kstate_store_wait - wait until a version is on disk
 * @page: whose
 * @version: which; 0 is the newest
 *
 * Context: process.
 * Return: 0; -EINVAL for a page that is not persistent, or a version that there is not; what the
 * file system said, where a try failed meanwhile; -ENOENT where the file has no name any more;
 * -ERESTARTSYS.
 */
int kstate_store_wait(struct kstate_page *page, u64 version)
{
	struct kstate_store *store = READ_ONCE(page->store);
	u64 newest = READ_ONCE(page->map->version);
	unsigned int failures;
	int err;

	if (!store || version > newest)
		return -EINVAL;
	version = version ?: newest;
	failures = READ_ONCE(store->failures);
	if (READ_ONCE(store->stored) >= version)
		return promise(store);
	/* at once: one that is queued for later has a reference that is one too many then */
	refcount_inc(&page->users);
	if (mod_delayed_work(writers, &store->work, 0))
		refcount_dec(&page->users);
	err = wait_event_interruptible(store->wait, is_over(store, version, failures));
	if (err)
		return err;
	return READ_ONCE(store->stored) >= version ? promise(store) : READ_ONCE(store->error);
}

/* --- the beginning, the end --- */

/* Whether a file is of a kind that a copy can be kept in. */
static int check_file(const struct file *file)
{
	const struct file_operations *ops = file->f_op;

	if (!S_ISREG(file_inode(file)->i_mode) || file->f_flags & (O_APPEND | O_DIRECT))
		return -EINVAL;
	/* those that the kernel itself cannot read and write, as of proc */
	if (!ops->read_iter || ops->read || !ops->write_iter || ops->write)
		return -EINVAL;
	if ((file->f_mode & (FMODE_READ | FMODE_WRITE)) != (FMODE_READ | FMODE_WRITE))
		return -EBADF;
	return 0;
}

/* Return: whether there is nothing but zeroes in a file, and no more of them than records take. */
static bool is_blank(struct file *file, struct record *room)
{
	loff_t place = 0;
	ssize_t size;

	do {
		size = kernel_read(file, room, sizeof(*room), &place);
		if (size < 0 || memchr_inv(room, 0, size) || place > STRIDE + sizeof(*room))
			return false;
	} while (size);
	return true;
}

/* Reads the newest whole record. Return: 1; 0 for an empty file; -EBADMSG for what is neither. */
static int load(struct kstate_store *store, struct record *other)
{
	int first = read_record(store->file, 0, &store->record);
	int second = first < 0 ? first : read_record(store->file, 1, other);

	if (second < 0)
		return second;
	if (!first && !second)
		return is_blank(store->file, other) ? 0 : -EBADMSG;
	store->turn = 1;
	if (!first || (second &&
		       le64_to_cpu(other->serial) > le64_to_cpu(store->record.serial))) {
		store->turn = 0;
		memcpy(&store->record, other, sizeof(*other));
	}
	store->serial = le64_to_cpu(store->record.serial);
	return 1;
}

static bool is_taken(const struct file *file)
{
	const struct kstate_store *store;

	list_for_each_entry(store, &stores_list, node)
		if (file_inode(store->file) == file_inode(file))
			return true;
	return false;
}

/* No other page will have the file. */
static int claim(struct kstate_store *store)
{
	int err = -EBUSY;

	spin_lock_bh(&stores);
	if (!is_taken(store->file)) {
		list_add(&store->node, &stores_list);
		err = 0;
	}
	spin_unlock_bh(&stores);
	return err;
}

/* Context: any. */
static void free_store(struct kstate_store *store)
{
	spin_lock_bh(&stores);
	list_del(&store->node);
	spin_unlock_bh(&stores);
	fput(store->file);
	kfree(store);
	module_put(THIS_MODULE);
}

/* Return: a store of the file, that no page has yet, with what it holds in its record. */
static struct kstate_store *make(struct file *file, int *loaded)
{
	struct kstate_store *store = kzalloc(sizeof(*store), GFP_KERNEL_ACCOUNT);
	struct record *other = kmalloc(sizeof(*other), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!store || !other)
		goto out_free;
	INIT_DELAYED_WORK(&store->work, work);
	init_waitqueue_head(&store->wait);
	store->file = file;
	err = claim(store);
	if (err)
		goto out_free;
	/* the caller's file holds it, too */
	__module_get(THIS_MODULE);
	get_file(file);
	*loaded = load(store, other);
	kfree(other);
	if (*loaded >= 0)
		return store;
	free_store(store);
	return ERR_PTR(*loaded);

out_free:
	kfree(other);
	kfree(store);
	return ERR_PTR(err);
}

/* Gives the store to its page, and the page what is there, or the file what the page has. */
static int attach(struct kstate_page *page, struct kstate_store *store, bool loaded)
{
	const struct record *record = &store->record;
	int err = 0;

	spin_lock_bh(&page->ns->change);
	spin_lock(&page->lock);
	if (page->removed) {
		err = -EIDRM;
		goto out_unlock;
	}
	store->page = page;
	if (loaded && !page->map->version) {
		store->stored = le64_to_cpu(record->version);
		kstate_page_restore(page, store->stored, record->data, le32_to_cpu(record->size));
	}
	page->store = store;
	if (page->map->version != store->stored)
		kstate_store_changed(page);
out_unlock:
	spin_unlock(&page->lock);
	spin_unlock_bh(&page->ns->change);
	return err;
}

/**
 * kstate_store_begin - keep a copy of a page in a file from now on
 * @page: it
 * @file: where
 *
 * Context: process; takes as long as the file system takes to read it.
 * Return: 0, also where it is kept there already; -EEXIST where it is in another; -EBUSY where the
 * file is another page's; -EBADMSG where something else is in it; -EINVAL, -EBADF where it is not
 * a file for that; -EIDRM; -EINTR; -ENOMEM; what the file system says.
 */
int kstate_store_begin(struct kstate_page *page, struct file *file)
{
	struct kstate_store *store;
	int loaded;
	int err = check_file(file);

	if (err)
		return err;
	err = mutex_lock_killable(&page->persist);
	if (err)
		return err;
	if (page->store) {
		err = file_inode(page->store->file) == file_inode(file) ? 0 : -EEXIST;
		goto out_unlock;
	}
	store = make(file, &loaded);
	err = PTR_ERR_OR_ZERO(store);
	if (err)
		goto out_unlock;
	err = attach(page, store, loaded);
	if (err)
		free_store(store);
out_unlock:
	mutex_unlock(&page->persist);
	return err;
}

/* With its page, which nobody has any more. Context: any. */
void kstate_store_free(struct kstate_page *page)
{
	if (page->store)
		free_store(page->store);
}

int __init kstate_store_init(void)
{
	writers = alloc_workqueue("kstate", WQ_UNBOUND | WQ_FREEZABLE, WQ_UNBOUND_MAX_ACTIVE);
	return writers ? 0 : -ENOMEM;
}

void kstate_store_exit(void)
{
	destroy_workqueue(writers);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The copy of a page in a file (record.c), which follows the page.
 *
 * Names are not followed: who removes the file, or puts another in its place, has the page go on
 * in the one that it had. Once that has no name at all nobody can load it again, and nothing is
 * promised of it.
 *
 * It is a work queue of the kernel's that writes, not a process: a page outlives processes, and one
 * that had to be there would be one more to look after. Commits only start a delayed work, and so
 * many become one write. Each file system has a queue of its own for each user (disk.c), and no
 * lock is held over a write that anybody else wants: where one hangs, commits, reads and other
 * pages go on, and only who waits for that page's file waits.
 *
 * Each write opens the file anew, with the credentials of who opened the one that it was told by:
 * what others do with that one, its flags and its errors, is theirs; nothing is written that who
 * has them could not open and write then; and between two writes nothing keeps its file system
 * from becoming read-only.
 *
 * Life. A store is made once for its page, holds the file and the module, and belongs to its work,
 * which has a reference of the page while it is queued or running. When the page is removed the
 * work is queued for a last time: it writes what is newest, if it can, and lets go of the file. To
 * close one may take as long as anything else on a file system, so nobody but the work does it. The
 * memory stays until the page is freed, which may be in a softirq. How the file is held, so that it
 * does not hold the page's namespace in turn, is told in hold.c. What its pages take in memory is
 * charged to the cgroup of who made the page persistent, as if he had written them.
 *
 * Locks. The page's `persist` is held while a file is read for it, `lock` while its store is looked
 * at by anybody but the work: the page is not removed then, or was when the store still had its
 * file. What a store is doing belongs to its work, which the queue never runs twice at a time, but
 * for `stored`, `lost`, `failures` and `error`, that are looked at by who waits.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/memcontrol.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/linux/kstate.h>

#include "disk.h"
#include "hold.h"
#include "net.h"
#include "page.h"
#include "record.h"
#include "store.h"

/* From a change to its being written: those between are written with it. */
#define DELAY		(HZ / 10)
/* From a write that failed to the next try. */
#define DELAY_FAILED	HZ
/* From a try that found the file leased to the next. */
#define DELAY_LEASED	(HZ / 10)
/* Nanoseconds for which that goes on: more than fs.lease-break-time is where nobody says. */
#define LEASE_MOST	(60 * NSEC_PER_SEC)

/**
 * struct kstate_store - a page's copy in a file
 * @page: it
 * @place: the file, which no other page has
 * @hold: of the file
 * @cred: of who opened it
 * @memcg: of who made the page persistent, charged with what is written
 * @named: whether it had a name in the beginning, as far as its file system tells
 * @permitted: whether its mode permitted in the beginning what is done with it
 * @over: the file was let go
 * @work: writes
 * @serial: of the last record
 * @turn: which record is next, 0 or 1
 * @leased: until when it may be leased, of the monotonic clock; 0 where it is not
 * @stored: version that is on disk
 * @lost: the file had lost its name then
 * @failures: tries that failed
 * @error: of the last of those
 * @wait: who waits for one of the three
 * @record: what is written or read
 */
struct kstate_store {
	struct kstate_page *page;
	struct kstate_place place;
	struct kstate_hold hold;
	const struct cred *cred;
	struct mem_cgroup *memcg;
	bool named;
	bool permitted;
	bool over;
	struct delayed_work work;
	u64 serial;
	unsigned int turn;
	u64 leased;
	u64 stored;
	bool lost;
	unsigned int failures;
	int error;
	wait_queue_head_t wait;
	struct kstate_record record;
};

/* --- the file --- */

/* Without waiting for who has a lease of it, and is told to give that up. */
static struct file *open_file(const struct kstate_store *store)
{
	struct file *file = dentry_open(&store->hold.path, O_RDWR | O_LARGEFILE | O_NONBLOCK,
					store->cred);

	/* who opens by name would look for that again */
	return file == ERR_PTR(-EOPENSTALE) ? ERR_PTR(-ESTALE) : file;
}

/* What opening by name asks. Context: with the store's credentials. */
static int check_permission(struct file *file)
{
	return file_permission(file, MAY_READ | MAY_WRITE);
}

/* NFS gives a file that was removed another name as long as it is held. */
static bool has_name(const struct kstate_store *store)
{
	const struct dentry *dentry = store->hold.path.dentry;
	unsigned int secret = READ_ONCE(dentry->d_flags) & DCACHE_NFSFS_RENAMED ? 1 : 0;

	return READ_ONCE(d_inode(dentry)->i_nlink) > secret;
}

static bool has_lost_name(const struct kstate_store *store)
{
	return store->named && !has_name(store);
}

/* Whether it had one once; a file that was made without may be given one. */
static bool had_name(const struct kstate_store *store)
{
	const struct dentry *dentry = store->hold.path.dentry;

	if (READ_ONCE(dentry->d_flags) & DCACHE_NFSFS_RENAMED)
		return true;
	return d_unlinked(dentry) && !(READ_ONCE(d_inode(dentry)->i_state) & I_LINKABLE);
}

/* Lets go of the file. Context: process; of the work, or before there is one. */
static void release(struct kstate_store *store)
{
	store->over = true;
	kstate_place_leave(&store->place);
	kstate_hold_end(&store->hold);
	mem_cgroup_put(store->memcg);
	put_cred(store->cred);
	module_put(THIS_MODULE);
}

/* --- writing --- */

/*
 * Context: any. The page's lock is held and the page not removed, or being so; or it is the work
 * itself that goes on.
 */
static void queue(struct kstate_store *store, unsigned long delay)
{
	refcount_inc(&store->page->users);
	if (!queue_delayed_work(kstate_place_queue(&store->place), &store->work, delay))
		refcount_dec(&store->page->users);
}

/* One that is queued for later has a reference that is one too many then. Context: as queue(). */
static void queue_now(struct kstate_store *store)
{
	refcount_inc(&store->page->users);
	if (mod_delayed_work(kstate_place_queue(&store->place), &store->work, 0))
		refcount_dec(&store->page->users);
}

/* Return: the version, which is put into the record. */
static u64 take(struct kstate_store *store)
{
	struct kstate_page *page = store->page;
	struct kstate_record *record = &store->record;
	u64 version;

	memset(record, 0, sizeof(*record));
	spin_lock_bh(&page->lock);
	version = page->map->version;
	record->size = cpu_to_le32(kstate_page_size(page));
	kstate_page_copy(page, record->data);
	spin_unlock_bh(&page->lock);
	record->version = cpu_to_le64(version);
	record->serial = cpu_to_le64(store->serial + 1);
	return version;
}

/* Context: a thread of the kernel's, which alone may close a file without delay. */
static int write_record(struct kstate_store *store)
{
	const struct cred *mine = override_creds(store->cred);
	struct mem_cgroup *charged = set_active_memcg(store->memcg);
	struct file *file = open_file(store);
	int err = PTR_ERR_OR_ZERO(file);

	if (!err) {
		if (store->permitted)
			err = check_permission(file);
		if (!err)
			err = kstate_record_write(file, &store->record, store->turn);
		__fput_sync(file);
	}
	set_active_memcg(charged);
	revert_creds(mine);
	return err;
}

/*
 * Whether a write has only to wait for who has a lease of the file. He was told to give it up, and
 * the kernel takes it from him in the end, but that may be long after, or never.
 */
static bool is_leased(struct kstate_store *store, int err)
{
	u64 now = ktime_get_ns();

	if (err != -EWOULDBLOCK)
		store->leased = 0;
	else if (!store->leased)
		store->leased = now + LEASE_MOST;
	return now < store->leased;
}

/*
 * A record that was not written is written again, over itself: the other one is whole.
 *
 * Return: 0; -EINPROGRESS where it has to wait, which is no failure; what was one.
 */
static int write_newest(struct kstate_store *store)
{
	u64 version = take(store);
	int err;

	if (version == store->stored)
		return 0;
	err = write_record(store);
	if (is_leased(store, err))
		return -EINPROGRESS;
	if (err) {
		WRITE_ONCE(store->error, err);
		/* who sees the one sees the other */
		smp_store_release(&store->failures, store->failures + 1);
	} else {
		store->serial++;
		store->turn ^= 1;
		WRITE_ONCE(store->lost, has_lost_name(store));
		/* likewise */
		smp_store_release(&store->stored, version);
	}
	wake_up_all(&store->wait);
	return err;
}

static void work(struct work_struct *work)
{
	struct kstate_store *store = container_of(to_delayed_work(work), struct kstate_store, work);
	struct kstate_page *page = store->page;
	/* looked at first: the version that is taken then is the last */
	bool last = READ_ONCE(page->removed);

	if (!store->over) {
		int err = write_newest(store);

		if (err == -EINPROGRESS)
			queue(store, DELAY_LEASED);
		else if (last)
			release(store);
		else if (err)
			queue(store, DELAY_FAILED);
	}
	/* perhaps the last, and with it the store */
	kstate_page_put(page);
}

/* A page has a new version. Context: its lock held. */
void kstate_store_changed(struct kstate_page *page)
{
	if (page->store)
		queue(page->store, DELAY);
}

/* A page is removed. Context: its lock held. */
void kstate_store_end(struct kstate_page *page)
{
	if (page->store)
		queue_now(page->store);
}

/* --- waiting --- */

/* What is on disk is found there again, unless the file has lost its name. */
static int promise(const struct kstate_store *store)
{
	return has_lost_name(store) ? -ENOENT : 0;
}

static bool is_stored(const struct kstate_store *store, u64 version)
{
	/* with what goes with it */
	return smp_load_acquire(&store->stored) >= version;
}

static bool is_over(const struct kstate_store *store, u64 version, unsigned int failures)
{
	/* with the error that goes with it */
	return is_stored(store, version) || smp_load_acquire(&store->failures) != failures;
}

/*
 * Begins to wait, unless it is there already.
 * Return: 1 where that is to be waited for; what the wait comes to.
 */
static int begin_wait(struct kstate_page *page, u64 *version, unsigned int *failures)
{
	struct kstate_store *store = page->store;

	lockdep_assert_held(&page->lock);
	if (page->removed)
		return -EIDRM;
	if (!store || *version > page->map->version)
		return -EINVAL;
	*version = *version ?: page->map->version;
	if (is_stored(store, *version))
		return promise(store);
	*failures = READ_ONCE(store->failures);
	queue_now(store);
	return 1;
}

/*
 * What a wait has come to; of a page that was removed meanwhile, what the last write did: the work
 * lets go of the file then, and is not asked whether it has done so.
 */
static int end_wait(struct kstate_page *page, u64 version)
{
	struct kstate_store *store = page->store;

	lockdep_assert_held(&page->lock);
	if (!is_stored(store, version))
		return READ_ONCE(store->error);
	if (!page->removed)
		return promise(store);
	return READ_ONCE(store->lost) ? -ENOENT : 0;
}

/**
 * kstate_store_wait - wait until a version is on disk
 * @page: whose
 * @version: which; 0 is the newest
 *
 * Context: process.
 * Return: 0; -EINVAL for a page that is not persistent, or a version that there is not; what the
 * file system said, where a try failed meanwhile; -EAGAIN where somebody keeps a lease of the
 * file; -EOVERFLOW where there are no more numbers; -ENOENT where the file was removed; -EIDRM;
 * -ERESTARTSYS.
 */
int kstate_store_wait(struct kstate_page *page, u64 version)
{
	unsigned int failures;
	int err;

	spin_lock_bh(&page->lock);
	err = begin_wait(page, &version, &failures);
	spin_unlock_bh(&page->lock);
	if (err <= 0)
		return err;
	err = wait_event_interruptible(page->store->wait,
				       is_over(page->store, version, failures));
	if (err)
		return err;
	spin_lock_bh(&page->lock);
	err = end_wait(page, version);
	spin_unlock_bh(&page->lock);
	return err;
}

/* --- the beginning, the end --- */

/*
 * Whether a file is of a kind that a copy can be kept in: none of those that stand for something
 * else, as of proc and sysfs; and open for all that is done with it.
 */
static int check_file(const struct file *file)
{
	const struct file_operations *ops = file->f_op;
	const struct inode *inode = file_inode(file);

	if (!S_ISREG(inode->i_mode) || file->f_flags & (O_APPEND | O_DIRECT))
		return -EINVAL;
	if (!ops->read_iter || ops->read || !ops->write_iter || ops->write || !ops->fsync ||
	    inode->i_sb->s_iflags & SB_I_NOEXEC)
		return -EINVAL;
	if ((file->f_mode & (FMODE_READ | FMODE_WRITE)) != (FMODE_READ | FMODE_WRITE))
		return -EBADF;
	return 0;
}

/*
 * Who makes a file may write what he has open then, whatever mode he gives it; so may whom he hands
 * the descriptor.
 */
static int look_at_mode(struct kstate_store *store, struct file *file)
{
	int err = check_permission(file);

	store->permitted = !err;
	return err == -EACCES ? 0 : err;
}

/* Context: with the store's credentials. */
static int load_with(struct kstate_store *store)
{
	struct file *file = open_file(store);
	int loaded;

	if (IS_ERR(file))
		return PTR_ERR(file);
	loaded = look_at_mode(store, file);
	if (!loaded)
		loaded = kstate_record_load(file, &store->record, &store->turn);
	fput(file);
	return loaded;
}

/* Return: 1 where there is a record; 0 for none; as kstate_record_load(). */
static int load(struct kstate_store *store)
{
	const struct cred *mine = override_creds(store->cred);
	int loaded = load_with(store);

	revert_creds(mine);
	if (loaded > 0)
		store->serial = le64_to_cpu(store->record.serial);
	return loaded;
}

static void free_store(struct kstate_store *store)
{
	lunatik_account_discharge(&store->page->ns->memory, sizeof(*store));
	kfree(store);
}

static struct kstate_store *allocate(struct kstate_page *page)
{
	struct kstate_store *store;

	if (!lunatik_account_charge(&page->ns->memory, sizeof(*store)))
		return ERR_PTR(-EDQUOT);
	store = kzalloc(sizeof(*store), GFP_KERNEL_ACCOUNT);
	if (!store) {
		lunatik_account_discharge(&page->ns->memory, sizeof(*store));
		return ERR_PTR(-ENOMEM);
	}
	store->page = page;
	INIT_DELAYED_WORK(&store->work, work);
	init_waitqueue_head(&store->wait);
	return store;
}

/* Whether something can be promised of the file, as long as it has a name. */
static int look_at_name(struct kstate_store *store)
{
	store->named = has_name(store);
	return store->named || !had_name(store) ? 0 : -ENOENT;
}

/* Return: a store of the file, that its page does not have yet. */
static struct kstate_store *make(struct kstate_page *page, const struct file *file)
{
	struct kstate_store *store = allocate(page);
	int err;

	if (IS_ERR(store))
		return store;
	err = kstate_hold_take(&store->hold, &file->f_path);
	if (err)
		goto out_free;
	err = kstate_place_take(&store->place, file, &page->removed);
	if (err)
		goto out_hold;
	store->cred = get_cred(file->f_cred);
	store->memcg = get_mem_cgroup_from_mm(current->mm);
	/* the caller's file holds it, too */
	__module_get(THIS_MODULE);
	return store;

out_hold:
	kstate_hold_end(&store->hold);
out_free:
	free_store(store);
	return ERR_PTR(err);
}

/* Gives the store to its page, and the page what is there, or the file what the page has. */
static int attach(struct kstate_page *page, struct kstate_store *store, bool loaded)
{
	const struct kstate_record *record = &store->record;
	int err = 0;

	spin_lock_bh(&page->ns->change);
	spin_lock(&page->lock);
	if (page->removed) {
		err = -EIDRM;
		goto out_unlock;
	}
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

/* Context: persist held. */
static int begin(struct kstate_page *page, const struct file *file)
{
	struct kstate_store *store;
	int err;

	if (READ_ONCE(page->removed))
		return -EIDRM;
	if (page->store)
		return page->store->place.inode == file_inode(file) ? 0 : -EEXIST;
	store = make(page, file);
	if (IS_ERR(store))
		return PTR_ERR(store);
	err = look_at_name(store) ?: load(store);
	if (err >= 0)
		err = attach(page, store, err);
	if (err) {
		release(store);
		free_store(store);
	}
	return err;
}

/**
 * kstate_store_begin - keep a copy of a page in a file from now on
 * @page: it
 * @file: where
 *
 * Context: process; takes as long as the file system takes to read it.
 * Return: 0, also where it is kept there already; -EEXIST where it is in another; -EBUSY where the
 * file is another page's, which is not being removed; -EBADMSG where something else is in it;
 * -EINVAL, -EBADF where it is not a file for that, or not mounted where the caller is; -ENOENT
 * where it was removed; -EIDRM; -EDQUOT; -EINTR, -ERESTARTSYS; -ENOMEM; what the file system says.
 */
int kstate_store_begin(struct kstate_page *page, const struct file *file)
{
	int err = check_file(file);

	if (err)
		return err;
	err = mutex_lock_interruptible(&page->persist);
	if (err)
		return err;
	err = begin(page, file);
	mutex_unlock(&page->persist);
	return err;
}

/* With its page, which nobody has any more. Context: any. */
void kstate_store_free(struct kstate_page *page)
{
	if (!page->store)
		return;
	WARN_ON_ONCE(!page->store->over);
	free_store(page->store);
}

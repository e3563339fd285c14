// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * /dev/kstate: the calls on an open file, which convert and check what user space says, and leave
 * the rest to the subscription.
 *
 * Life. The file owns its subscription, and a mapping holds its file, as does every call. Files
 * hold the module, so that it cannot be unloaded while anything is open or mapped.
 *
 * Mappings are read-only for good: neither mprotect() nor ptrace can make them otherwise, as they
 * may not become writable and are shared. Their memory comes page by page, when it is first looked
 * at, with a reference of its own.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <uapi/linux/kstate.h>

#include "batch.h"
#include "commit.h"
#include "device.h"
#include "lunatik/compat.h"
#include "net.h"
#include "page.h"
#include "params.h"
#include "store.h"
#include "subscribers.h"
#include "subscription.h"

static int device_open(struct inode *inode, struct file *file)
{
	struct kstate_subscription *subscription;

	subscription = kstate_subscription_make(kstate_net(current->nsproxy->net_ns));
	if (IS_ERR(subscription))
		return PTR_ERR(subscription);
	file->private_data = subscription;
	return nonseekable_open(inode, file);
}

static int device_release(struct inode *inode, struct file *file)
{
	kstate_subscription_free(file->private_data);
	return 0;
}

static bool is_removed(const struct kstate_subscription *subscription)
{
	return READ_ONCE(subscription->page->removed);
}

/* --- ioctl --- */

static long subscribe(struct file *file, const struct kstate_subscribe __user *argument)
{
	struct kstate_subscribe wanted;
	bool writable;

	if (copy_from_user(&wanted, argument, sizeof(wanted)))
		return -EFAULT;
	if (!wanted.permissions ||
	    wanted.permissions & ~(KSTATE_PERMIT_READ | KSTATE_PERMIT_WRITE) ||
	    wanted.mode & ~0777)
		return -EINVAL;
	if (!memchr(wanted.name, 0, sizeof(wanted.name)) || !kstate_name_valid(wanted.name))
		return -EINVAL;
	writable = wanted.permissions & KSTATE_PERMIT_WRITE;
	if (!(file->f_mode & FMODE_READ) || (writable && !(file->f_mode & FMODE_WRITE)))
		return -EACCES;
	return kstate_subscribe(file->private_data, wanted.name, writable,
				wanted.mode & ~current_umask());
}

static long commit(struct kstate_subscription *subscription,
		   const struct kstate_data __user *argument)
{
	struct kstate_change change = { .page = subscription->page };
	struct kstate_data data;
	long err = -EFAULT;

	if (copy_from_user(&data, argument, sizeof(data)))
		return -EFAULT;
	if (data.flags & ~KSTATE_ANNOUNCE)
		return -EINVAL;
	if (data.size > KSTATE_SIZE_MAX)
		return -EMSGSIZE;
	change.data = kstate_staging_take(subscription);
	if (!change.data)
		return -ENOMEM;
	change.version = data.version;
	change.size = data.size;
	change.announce = data.flags & KSTATE_ANNOUNCE;
	if (!copy_from_user(change.data, u64_to_user_ptr(data.address), data.size))
		err = kstate_commit(&change, 1);
	kstate_staging_give(subscription, change.data);
	return err;
}

static long read_page(struct kstate_subscription *subscription,
		      struct kstate_data __user *argument)
{
	struct kstate_change look = { .page = subscription->page };
	struct kstate_data data;
	long err;

	if (copy_from_user(&data, argument, sizeof(data)))
		return -EFAULT;
	if (data.flags)
		return -EINVAL;
	look.data = kstate_staging_take(subscription);
	if (!look.data)
		return -ENOMEM;
	look.size = data.size;
	err = kstate_look(&look, 1);
	data.version = look.version;
	data.size = look.size;
	if (!err && (copy_to_user(u64_to_user_ptr(data.address), look.data, look.size) ||
		     copy_to_user(argument, &data, sizeof(data))))
		err = -EFAULT;
	kstate_staging_give(subscription, look.data);
	return err;
}

static long resize(struct kstate_subscription *subscription, const u32 __user *argument)
{
	u32 size;

	if (get_user(size, argument))
		return -EFAULT;
	return kstate_page_resize(subscription->page, size);
}

static long pace(struct kstate_subscription *subscription, const u64 __user *argument)
{
	u64 interval;

	if (get_user(interval, argument))
		return -EFAULT;
	if (interval > KSTATE_INTERVAL_MAX)
		return -EINVAL;
	if (is_removed(subscription))
		return -EIDRM;
	kstate_watch_pace(&subscription->watch, interval);
	return 0;
}

static long persist(struct kstate_subscription *subscription, const s32 __user *argument)
{
	struct file *file;
	long err;
	s32 fd;

	if (get_user(fd, argument))
		return -EFAULT;
	file = fget(fd);
	if (!file)
		return -EBADF;
	err = kstate_store_begin(subscription->page, file);
	fput(file);
	return err;
}

static long synchronize(struct kstate_subscription *subscription, const u64 __user *argument)
{
	u64 version;

	if (get_user(version, argument))
		return -EFAULT;
	return kstate_store_wait(subscription->page, version);
}

/* Of a page that may be read. */
static long look_at(struct kstate_subscription *subscription, unsigned int command,
		    void __user *argument)
{
	switch (command) {
	case KSTATE_IOC_READ:
		return read_page(subscription, argument);
	case KSTATE_IOC_RATE:
		return pace(subscription, argument);
	case KSTATE_IOC_SYNC:
		return synchronize(subscription, argument);
	default:
		return -ENOTTY;
	}
}

/* Of a page that may be written. */
static long change(struct kstate_subscription *subscription, unsigned int command,
		   void __user *argument)
{
	if (!subscription->writable)
		return -EACCES;
	switch (command) {
	case KSTATE_IOC_COMMIT:
		return commit(subscription, argument);
	case KSTATE_IOC_RESIZE:
		return resize(subscription, argument);
	case KSTATE_IOC_PERSIST:
		return persist(subscription, argument);
	default:
		return kstate_subscribers_delete(subscription->page);
	}
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	struct kstate_subscription *subscription = file->private_data;
	void __user *argument = (void __user *)address;

	switch (command) {
	case KSTATE_IOC_SUBSCRIBE:
		return subscribe(file, argument);
	case KSTATE_IOC_COMMIT_MANY:
		return kstate_batch_commit(argument);
	case KSTATE_IOC_READ_MANY:
		return kstate_batch_read(argument);
	}
	if (!kstate_subscription_page(subscription))
		return -EBADFD;
	switch (command) {
	case KSTATE_IOC_COMMIT:
	case KSTATE_IOC_RESIZE:
	case KSTATE_IOC_PERSIST:
	case KSTATE_IOC_DELETE:
		return change(subscription, command, argument);
	default:
		return look_at(subscription, command, argument);
	}
}

/* --- waiting for changes --- */

static __poll_t device_poll(struct file *file, poll_table *table)
{
	struct kstate_subscription *subscription = file->private_data;

	poll_wait(file, &subscription->watch.wait, table);
	if (!kstate_subscription_page(subscription))
		return EPOLLERR;
	if (is_removed(subscription))
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP | EPOLLERR;
	return kstate_watch_has_news(&subscription->watch) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* The version, which is told once. */
static ssize_t device_read(struct file *file, char __user *buffer, size_t size, loff_t *position)
{
	struct kstate_subscription *subscription = file->private_data;
	struct kstate_watch *watch = &subscription->watch;
	u64 version;

	if (!kstate_subscription_page(subscription))
		return -EBADFD;
	if (size < sizeof(version))
		return -EINVAL;
	for (;;) {
		if (is_removed(subscription))
			return -EIDRM;
		if (kstate_watch_acknowledge(watch, &version))
			break;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(watch->wait, is_removed(subscription) ||
					     kstate_watch_has_news(watch)))
			return -ERESTARTSYS;
	}
	return copy_to_user(buffer, &version, sizeof(version)) ? -EFAULT : sizeof(version);
}

/* --- mappings --- */

static vm_fault_t mapping_fault(struct vm_fault *fault)
{
	const struct kstate_page *page = fault->vma->vm_private_data;

	if (fault->pgoff >= KSTATE_PAGES)
		return VM_FAULT_SIGBUS;
	fault->page = page->memory[fault->pgoff];
	get_page(fault->page);
	return 0;
}

static const struct vm_operations_struct slots_operations = {
	.fault = mapping_fault,
};

/* A mapping that is copied, split or moved. */
static void live_open(struct vm_area_struct *area)
{
	struct kstate_page *page = area->vm_private_data;

	atomic_inc(&page->live);
}

static void live_close(struct vm_area_struct *area)
{
	struct kstate_page *page = area->vm_private_data;

	atomic_dec(&page->live);
}

static const struct vm_operations_struct live_operations = {
	.open = live_open,
	.close = live_close,
	.fault = mapping_fault,
};

static int device_mmap(struct file *file, struct vm_area_struct *area)
{
	struct kstate_page *page = kstate_subscription_page(file->private_data);

	if (!page)
		return -EBADFD;
	if (area->vm_flags & (VM_WRITE | VM_EXEC))
		return -EACCES;
	/* of a file that was opened to read VM_SHARED is gone already */
	if (!(area->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (READ_ONCE(page->removed))
		return -EIDRM;
	vm_flags_clear(area, VM_MAYWRITE | VM_MAYEXEC);
	vm_flags_set(area, VM_DONTEXPAND);
	area->vm_private_data = page;
	if (!area->vm_pgoff && vma_pages(area) == KSTATE_MAP_PAGES) {
		area->vm_ops = &slots_operations;
		return 0;
	}
	if (area->vm_pgoff == KSTATE_MAP_PAGES && vma_pages(area) == 1) {
		area->vm_ops = &live_operations;
		kstate_page_live_begin(page);
		return 0;
	}
	return -EINVAL;
}

const struct file_operations kstate_device_operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.poll = device_poll,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = device_mmap,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kstate",
	.fops = &kstate_device_operations,
};

int __init kstate_device_init(void)
{
	device.mode = kstate_mode & 0666;
	return misc_register(&device);
}

void kstate_device_exit(void)
{
	misc_deregister(&device);
}

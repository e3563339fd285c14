// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Several pages in one call: what user space says of them, brought into the kernel whole before
 * anything is locked, and what they hold brought back when nothing is locked any more.
 *
 * A batch holds a reference of each file that it names, and by that the file's page, until it ends.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/kstate.h>

#include "batch.h"
#include "commit.h"
#include "device.h"
#include "page.h"
#include "subscription.h"

/**
 * struct batch - several pages
 * @count: of them
 * @address: of the parts, in user space
 * @parts: as user space has them
 * @changes: as the kernel does
 * @files: that are held
 * @room: KSTATE_SIZE_MAX bytes for each
 */
struct batch {
	unsigned int count;
	struct kstate_part __user *address;
	struct kstate_part parts[KSTATE_MANY_MAX];
	struct kstate_change changes[KSTATE_MANY_MAX];
	struct file *files[KSTATE_MANY_MAX];
	void *room;
};

static void end(struct batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->count && batch->files[i]; i++)
		fput(batch->files[i]);
	kvfree(batch->room);
	kfree(batch);
}

static bool is_repeated(const struct batch *batch, unsigned int i)
{
	unsigned int j;

	for (j = 0; j < i; j++)
		if (batch->changes[j].page == batch->changes[i].page)
			return true;
	return false;
}

/* Finds the page of a part. */
static int find(struct batch *batch, unsigned int i, bool writable)
{
	const struct kstate_subscription *subscription;
	const struct kstate_part *part = &batch->parts[i];

	if (part->reserved)
		return -EINVAL;
	batch->files[i] = fget(part->file);
	if (!batch->files[i])
		return -EBADF;
	if (batch->files[i]->f_op != &kstate_device_operations)
		return -EINVAL;
	subscription = batch->files[i]->private_data;
	batch->changes[i].page = kstate_subscription_page(subscription);
	if (!batch->changes[i].page)
		return -EBADFD;
	if (writable && !subscription->writable)
		return -EACCES;
	if (batch->changes[i].page->ns != batch->changes[0].page->ns)
		return -EXDEV;
	return is_repeated(batch, i) ? -EINVAL : 0;
}

static int copy_parts(struct batch *batch, const struct kstate_many __user *argument)
{
	struct kstate_many many;

	if (copy_from_user(&many, argument, sizeof(many)))
		return -EFAULT;
	if (!many.count || many.count > KSTATE_MANY_MAX || many.reserved)
		return -EINVAL;
	batch->address = u64_to_user_ptr(many.parts);
	if (copy_from_user(batch->parts, batch->address, many.count * sizeof(batch->parts[0])))
		return -EFAULT;
	batch->count = many.count;
	batch->room = kvmalloc_array(many.count, KSTATE_SIZE_MAX, GFP_KERNEL_ACCOUNT);
	return batch->room ? 0 : -ENOMEM;
}

static struct batch *begin(const struct kstate_many __user *argument, bool writable)
{
	struct batch *batch = kzalloc(sizeof(*batch), GFP_KERNEL_ACCOUNT);
	unsigned int i;
	int err;

	if (!batch)
		return ERR_PTR(-ENOMEM);
	err = copy_parts(batch, argument);
	for (i = 0; i < batch->count && !err; i++) {
		err = find(batch, i, writable);
		batch->changes[i].data = batch->room + i * KSTATE_SIZE_MAX;
	}
	if (!err)
		return batch;
	end(batch);
	return ERR_PTR(err);
}

/* Brings in what is to be committed to a page. */
static int bring(const struct kstate_data *data, struct kstate_change *change)
{
	if (data->flags & ~KSTATE_ANNOUNCE)
		return -EINVAL;
	change->version = data->version;
	change->announce = data->flags & KSTATE_ANNOUNCE;
	if (!data->address && !data->size) {
		change->data = NULL;
		return 0;
	}
	if (data->size > KSTATE_SIZE_MAX)
		return -EMSGSIZE;
	change->size = data->size;
	if (copy_from_user(change->data, u64_to_user_ptr(data->address), data->size))
		return -EFAULT;
	return 0;
}

/**
 * kstate_batch_commit - KSTATE_IOC_COMMIT_MANY
 * @argument: its argument
 *
 * Context: process.
 * Return: 0 or a refusal.
 */
int kstate_batch_commit(const struct kstate_many __user *argument)
{
	struct batch *batch = begin(argument, true);
	unsigned int i;
	int err = 0;

	if (IS_ERR(batch))
		return PTR_ERR(batch);
	for (i = 0; i < batch->count && !err; i++)
		err = bring(&batch->parts[i].data, &batch->changes[i]);
	if (!err)
		err = kstate_commit(batch->changes, batch->count);
	end(batch);
	return err;
}

/* Brings back what was read of a page. */
static int bring_back(const struct kstate_change *look, struct kstate_data *data)
{
	data->version = look->version;
	data->size = look->size;
	if (copy_to_user(u64_to_user_ptr(data->address), look->data, look->size))
		return -EFAULT;
	return 0;
}

static int bring_all_back(struct batch *batch)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < batch->count && !err; i++)
		err = bring_back(&batch->changes[i], &batch->parts[i].data);
	if (err)
		return err;
	if (copy_to_user(batch->address, batch->parts, batch->count * sizeof(batch->parts[0])))
		return -EFAULT;
	return 0;
}

/**
 * kstate_batch_read - KSTATE_IOC_READ_MANY
 * @argument: its argument
 *
 * Context: process.
 * Return: 0 or a refusal.
 */
int kstate_batch_read(const struct kstate_many __user *argument)
{
	struct batch *batch = begin(argument, false);
	unsigned int i;
	int err = 0;

	if (IS_ERR(batch))
		return PTR_ERR(batch);
	for (i = 0; i < batch->count; i++) {
		if (batch->parts[i].data.flags)
			err = -EINVAL;
		batch->changes[i].size = batch->parts[i].data.size;
	}
	if (!err)
		err = kstate_look(batch->changes, batch->count);
	if (!err)
		err = bring_all_back(batch);
	end(batch);
	return err;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The file that a page is kept in.
 *
 * It has two records, written in turn, each with a serial number and a checksum of all of it, and
 * on disk before the other is touched. Whenever the power goes, one of them is whole, and the one
 * of the higher serial number is the newest that was promised, or newer. Where the power goes
 * before anything was promised, the first may have its length already and no content, as file
 * systems enter the one in their journals and not the other: such a file is as good as empty.
 *
 * Whoever may write the file may put into it what he likes; what is taken for a record is one that
 * the module could have written, with numbers from which it can go on counting.
 *
 * Context: process; takes as long as the file system does.
 */
#define pr_fmt(format) KBUILD_MODNAME ": " format

#include <linux/bits.h>
#include <linux/fadvise.h>
#include <linux/fs.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "record.h"

#define MAGIC		0x3165746174736bULL	/* kstate1 */

/* Bytes from one record to the next: no block of a disk has parts of both. */
#define STRIDE		8192

/*
 * The last number of either kind: a million a second do not get there in a hundred years, and
 * whoever it is can tell it from its neighbours, also where numbers are doubles.
 */
#define COUNT_MOST	BIT_ULL(52)

static void seal(struct kstate_record *record)
{
	memset(record->sum, 0, sizeof(record->sum));
	sha256((u8 *)record, sizeof(*record), record->sum);
}

static bool is_count(__le64 number)
{
	return le64_to_cpu(number) - 1 < COUNT_MOST;
}

/* Whether its numbers are some that are given. */
static bool is_counted(const struct kstate_record *record)
{
	return is_count(record->serial) && is_count(record->version);
}

static bool is_sound(struct kstate_record *record)
{
	u8 sum[SHA256_DIGEST_SIZE];

	memcpy(sum, record->sum, sizeof(sum));
	seal(record);
	return !memcmp(sum, record->sum, sizeof(sum)) && le64_to_cpu(record->magic) == MAGIC &&
	       is_counted(record) && le32_to_cpu(record->size) - 1 < KSTATE_SIZE_MAX;
}

/*
 * A part of it is no record that is torn: before an error, and before who reads is killed, the file
 * system may give what it has.
 *
 * Return: 1 for a record that is whole, 0 for none; what the file system said.
 */
static int read_record(struct file *file, unsigned int turn, struct kstate_record *record)
{
	loff_t place = turn * STRIDE;
	size_t size = 0;
	ssize_t part;

	do {
		part = kernel_read(file, (u8 *)record + size, sizeof(*record) - size, &place);
		if (part < 0)
			return part;
		size += part;
	} while (part && size < sizeof(*record));
	return size == sizeof(*record) && is_sound(record);
}

/*
 * Return: 1 where there is nothing but zeroes, and no more of them than records take; 0 for
 * anything else; what the file system said.
 */
static int is_blank(struct file *file, struct kstate_record *room)
{
	loff_t place = 0;
	ssize_t size;

	do {
		size = kernel_read(file, room, sizeof(*room), &place);
		if (size < 0)
			return size;
		if (memchr_inv(room, 0, size) || place > STRIDE + sizeof(*room))
			return 0;
	} while (size);
	return 1;
}

/* A block that cannot be read is what a power cut may leave of the record that was written. */
static bool is_another_failure(int err)
{
	return err < 0 && err != -EIO;
}

/* Of a file without a whole record. */
static int load_none(struct file *file, struct kstate_record *room, int err)
{
	if (!err)
		err = is_blank(file, room);
	if (err < 0)
		return err;
	return err ? 0 : -EBADMSG;
}

/* With room for another record. */
static int load(struct file *file, struct kstate_record *record, struct kstate_record *other,
		unsigned int *turn)
{
	int first = read_record(file, 0, record);
	int second = read_record(file, 1, other);

	if (is_another_failure(first) || is_another_failure(second))
		return is_another_failure(first) ? first : second;
	if (first <= 0 && second <= 0)
		return load_none(file, other, first ?: second);
	/* not by its name, which may have lines of its own */
	if (first < 0 || second < 0)
		pr_warn_ratelimited("one of the records in inode %lu on %s cannot be read: the other one is taken, which may be older\n",
				    file_inode(file)->i_ino, file_inode(file)->i_sb->s_id);
	*turn = 1;
	if (first <= 0 || (second > 0 &&
			   le64_to_cpu(other->serial) > le64_to_cpu(record->serial))) {
		*turn = 0;
		memcpy(record, other, sizeof(*other));
	}
	return 1;
}

/*
 * Lets what is read come from the disk. Whoever wrote the file may not have waited for that; or
 * has, and was told of a failure, after which what is in memory only is taken for what is on disk.
 * To write it again would be no cure: the newest record may be the only one, and where the power
 * goes none is left.
 */
static int forget(struct file *file)
{
	return vfs_fsync(file, 0) ?: vfs_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
}

/**
 * kstate_record_load - find the newest whole record
 * @file: open to read and write
 * @record: set to it
 * @turn: set to which of the two is to be written next
 *
 * Return: 1, and it is on disk; 0 for a file that is empty, or as good as that; -EBADMSG where
 * something else is in it; -EINTR; -ENOMEM; what the file system says.
 */
int kstate_record_load(struct file *file, struct kstate_record *record, unsigned int *turn)
{
	struct kstate_record *other = kmalloc(sizeof(*other), GFP_KERNEL);
	int err;

	if (!other)
		return -ENOMEM;
	err = forget(file) ?: load(file, record, other, turn);
	kfree(other);
	return err;
}

/**
 * kstate_record_write - put a record into the file, and on disk
 * @file: open to write
 * @record: complete but for what makes a record of it
 * @turn: which of the two
 *
 * Return: 0; -EOVERFLOW where it would not be taken for one again; -ENOSPC; what the file system
 * says.
 */
int kstate_record_write(struct file *file, struct kstate_record *record, unsigned int turn)
{
	loff_t place = turn * STRIDE;
	ssize_t size;

	if (!is_counted(record))
		return -EOVERFLOW;
	record->magic = cpu_to_le64(MAGIC);
	seal(record);
	size = kernel_write(file, record, sizeof(*record), &place);
	if (size < 0)
		return size;
	if (size != sizeof(*record))
		return -ENOSPC;
	return vfs_fsync(file, 0);
}

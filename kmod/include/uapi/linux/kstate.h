/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * Pages, as user space sees them: /dev/kstate, whose every open file is one subscription; the
 * memory that is mapped from it; and the numbers of the generic netlink family "kstate", whose
 * contract is kmod/kstate.yaml.
 */
#ifndef _UAPI_LINUX_KSTATE_H
#define _UAPI_LINUX_KSTATE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KSTATE_NAME_MAX		247	/* bytes, without the NUL */
#define KSTATE_SIZE_MAX		4096	/* bytes of a page */
#define KSTATE_SLOTS		8
#define KSTATE_MANY_MAX		16	/* pages of one commit or read */
#define KSTATE_SUBSCRIBERS_MAX	4096	/* of a page */
#define KSTATE_INTERVAL_MAX	86400000000000ULL	/* nanoseconds of a rate: a day */

/*
 * What is mapped, read-only and shared: at offset 0, KSTATE_MAP_SIZE bytes, struct kstate_map in
 * the first 4096 and the data of the slots in 4096 each after it; at KSTATE_LIVE_OFFSET 4096 bytes
 * more, the live copy, which changes while it is looked at.
 *
 * Version v lies in slot v % KSTATE_SLOTS. To read it: `version` with acquire; the slot's
 * `sequence` with acquire, which must be that version; `size` and the data; a barrier for reads;
 * `sequence` again, which must be the same. Who fails twice asks by KSTATE_IOC_READ.
 *
 * To read several pages as of one moment: each like that; then, of each, the sequence of the slot
 * that version + 1 will lie in, with acquire, which must be neither KSTATE_SEQUENCE_BUSY nor
 * version + 1; and `version` with acquire, which must be the same. Pages of one commit are all
 * marked busy before the first is published.
 */
#define KSTATE_MAP_SIZE		36864	/* (1 + KSTATE_SLOTS) * 4096 */
#define KSTATE_LIVE_OFFSET	KSTATE_MAP_SIZE
#define KSTATE_SEQUENCE_BUSY	(~0ULL)
#define KSTATE_SEQUENCE_NEVER	(~0ULL - 1)	/* nothing has been in the slot */

struct kstate_slot {
	__u64 sequence;
	__u32 size;
	__u32 reserved[13];
};

struct kstate_map {
	__u64 version;		/* 0 is never written, all zeroes */
	__u32 removed;		/* 1 where the page was deleted, or its namespace is gone */
	__u32 reserved[13];
	struct kstate_slot slots[KSTATE_SLOTS];
};

#define KSTATE_PERMIT_READ	1
#define KSTATE_PERMIT_WRITE	2	/* read, too */

/**
 * struct kstate_subscribe - what a file is to be a subscription of
 * @permissions: KSTATE_PERMIT_*
 * @mode: of the page where this makes it; the process's umask is taken off
 * @name: ends with a NUL
 */
struct kstate_subscribe {
	__u32 permissions;
	__u32 mode;
	char name[KSTATE_NAME_MAX + 1];
};

/**
 * struct kstate_data - bytes of a page, to commit or to read
 * @version: to commit, the one that is replaced by the next; of what was read
 * @address: where they are, or are to be
 * @size: of the page; to read, how many there is place for
 * @flags: KSTATE_ANNOUNCE; none to read
 */
struct kstate_data {
	__u64 version;
	__u64 address;
	__u32 size;
	__u32 flags;
};

/**
 * struct kstate_part - one of several pages
 * @data: likewise; to commit with @address and @size 0, @version is only compared
 * @file: its subscription
 * @reserved: 0
 */
struct kstate_part {
	struct kstate_data data;
	__s32 file;
	__u32 reserved;
};

/**
 * struct kstate_many - several pages, of one namespace, none twice
 * @parts: address of as many struct kstate_part
 * @count: 1 to KSTATE_MANY_MAX
 * @reserved: 0
 */
struct kstate_many {
	__u64 parts;
	__u32 count;
	__u32 reserved;
};

#define KSTATE_ANNOUNCE		1	/* multicast name and version, when one is due */

/*
 * EBADFD     no subscription yet, or already one
 * EIDRM      the page was deleted, or its namespace is gone
 * ESTALE     somebody else has committed since @version
 * EMSGSIZE   a size that is not the page's; or, to read, less than it
 * EACCES     the page's mode, or the file's, or the subscription does not permit it
 * EUSERS     the page has KSTATE_SUBSCRIBERS_MAX of them
 * EBUSY      others are subscribed; the file is another page's already
 * EEXIST     the page is persistent, in another file
 * EBADMSG    the file holds no whole record, and is neither empty nor full of zeroes
 * EINVAL     what is wrong in itself; a file that is no regular one, or is not mounted in the mount
 *            namespace of the caller
 * ENOENT     there is no such page to read; the file, of which something is to be promised, was
 *            removed
 */
#define KSTATE_IOC_SUBSCRIBE	_IOW('p', 0xa0, struct kstate_subscribe)
#define KSTATE_IOC_COMMIT	_IOW('p', 0xa1, struct kstate_data)
#define KSTATE_IOC_COMMIT_MANY	_IOW('p', 0xa2, struct kstate_many)
#define KSTATE_IOC_READ		_IOWR('p', 0xa3, struct kstate_data)
#define KSTATE_IOC_READ_MANY	_IOW('p', 0xa4, struct kstate_many)
#define KSTATE_IOC_RESIZE	_IOW('p', 0xa5, __u32)
/* Nanoseconds between changes that poll shows; 0 is no limit. */
#define KSTATE_IOC_RATE		_IOW('p', 0xa6, __u64)
#define KSTATE_IOC_DELETE	_IO('p', 0xa7)
/*
 * Keep a copy in a file, which is open to read and write, for ever after; a page that was never
 * written begins as what is there.
 */
#define KSTATE_IOC_PERSIST	_IOW('p', 0xa8, __s32)
/* Wait until a version, or with 0 the newest, is in the file for good. */
#define KSTATE_IOC_SYNC		_IOW('p', 0xa9, __u64)

#define KSTATE_FAMILY_NAME	"kstate"
#define KSTATE_FAMILY_VERSION	1

#define KSTATE_PATTERN_MAX	255

#define KSTATE_MCGRP_EVENTS	"events"

enum kstate_event_type {
	KSTATE_EVENT_TYPE_CREATED,
	KSTATE_EVENT_TYPE_REMOVED,
	KSTATE_EVENT_TYPE_COMMITTED,
};

enum {
	KSTATE_A_PAGE_NAME = 1,
	KSTATE_A_PAGE_SIZE,
	KSTATE_A_PAGE_VERSION,
	KSTATE_A_PAGE_SUBSCRIBERS,
	KSTATE_A_PAGE_UID,
	KSTATE_A_PAGE_GID,
	KSTATE_A_PAGE_MODE,
	KSTATE_A_PAGE_PINNED,
	KSTATE_A_PAGE_MEMORY,
	KSTATE_A_PAGE_PATTERN,
	KSTATE_A_PAGE_PAD,
	KSTATE_A_PAGE_PERSISTENT,

	__KSTATE_A_PAGE_MAX,
	KSTATE_A_PAGE_MAX = (__KSTATE_A_PAGE_MAX - 1)
};

enum {
	KSTATE_A_EVENT_TYPE = 1,
	KSTATE_A_EVENT_NAME,
	KSTATE_A_EVENT_VERSION,
	KSTATE_A_EVENT_PASSED_OVER,
	KSTATE_A_EVENT_PAD,

	__KSTATE_A_EVENT_MAX,
	KSTATE_A_EVENT_MAX = (__KSTATE_A_EVENT_MAX - 1)
};

enum {
	KSTATE_CMD_CREATE = 1,
	KSTATE_CMD_DELETE,
	KSTATE_CMD_LIST,
	KSTATE_CMD_EVENT,

	__KSTATE_CMD_MAX,
	KSTATE_CMD_MAX = (__KSTATE_CMD_MAX - 1)
};

#endif /* _UAPI_LINUX_KSTATE_H */

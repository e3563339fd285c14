/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_PAGE_H
#define _KSTATE_PAGE_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <uapi/linux/kstate.h>

struct kstate_net;
struct kstate_store;

/* Of what is mapped: the header and the slots; and the live copy. */
#define KSTATE_MAP_PAGES	(1 + KSTATE_SLOTS)
#define KSTATE_PAGES		(KSTATE_MAP_PAGES + 1)

/**
 * struct kstate_page - a page
 * @ns: where it is; referenced
 * @name: ends with a NUL
 * @node: in @ns->names
 * @id: in @ns->ids
 * @users: the namespace's reference while the page is known, and the subscriptions'
 * @uid: owner
 * @gid: owner
 * @mode: permissions, as of files
 * @subscribers: under @ns->change
 * @pinned: stays without subscribers; under @ns->change
 * @persist: of who makes the page persistent, which may take a file system's time
 * @store: its copy in a file, once it has one; set under @persist, @ns->change and @lock
 * @lock: of all below; of process context and softirq
 * @map: the header, which all may read without @lock that can live with what it promises
 * @memory: all that is mapped
 * @removed: no more to be used
 * @live: mappings of the live copy; changed also without @lock, but from 0 only under it
 * @watches: of every subscription
 * @idle: those of them that are to be told of the next change
 * @announce_next: when a commit may be announced, of the monotonic clock
 * @passed_over: announcements that came sooner
 */
struct kstate_page {
	struct kstate_net *ns;
	char name[KSTATE_NAME_MAX + 1];
	struct rhash_head node;
	u32 id;
	refcount_t users;
	kuid_t uid;
	kgid_t gid;
	umode_t mode;
	unsigned int subscribers;
	bool pinned;
	struct mutex persist;
	struct kstate_store *store;

	spinlock_t lock;
	struct kstate_map *map;
	struct page *memory[KSTATE_PAGES];
	bool removed;
	atomic_t live;
	struct list_head watches;
	struct list_head idle;
	u64 announce_next;
	u32 passed_over;
};

/* Bytes that a page is charged with. */
#define KSTATE_PAGE_MEMORY	(sizeof(struct kstate_page) + KSTATE_PAGES * PAGE_SIZE)

/**
 * struct kstate_wish - what somebody wants a page for
 * @name: valid
 * @writable: to change it, and to make it where there is none
 * @mode: permissions of one that is made
 * @uid: who it is, and who owns what is made
 * @gid: likewise
 * @is_task: with the other groups and the capabilities of the current process
 * @gfp: how memory for what is made is asked for
 */
struct kstate_wish {
	const char *name;
	bool writable;
	umode_t mode;
	kuid_t uid;
	kgid_t gid;
	bool is_task;
	gfp_t gfp;
};

bool kstate_name_valid(const char *name);
struct kstate_page *kstate_page_make(struct kstate_net *ns, const struct kstate_wish *wish);
void kstate_page_unmake(struct kstate_page *page);
void kstate_page_put(struct kstate_page *page);
void kstate_page_end(struct kstate_page *page);
u32 kstate_page_size(const struct kstate_page *page);
void kstate_page_copy(const struct kstate_page *page, void *data);
bool kstate_page_has(const struct kstate_page *page, const void *data);
void kstate_page_mark(struct kstate_page *page);
void kstate_page_publish(struct kstate_page *page, const void *data, u32 size);
void kstate_page_restore(struct kstate_page *page, u64 version, const void *data, u32 size);
int kstate_page_resize(struct kstate_page *page, u32 size);
void kstate_page_live_begin(struct kstate_page *page);

#endif /* _KSTATE_PAGE_H */

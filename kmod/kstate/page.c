// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A page: its memory, and how a version is put into it.
 *
 * Life. A page is made by who subscribes first or pins it, with one reference, which becomes the
 * namespace's when the page is known there. Each subscription has one more. What user space has
 * mapped belongs to a file, and so to a subscription: the memory goes after the last mapping. The
 * last reference may go in a softirq, so nothing of what frees a page sleeps.
 *
 * Locks. `lock` is held over every change, and by who asks the kernel for a copy; the longest that
 * anybody holds it is to compare 4 KiB, to copy them twice, and to wake KSTATE_SUBSCRIBERS_MAX and
 * all who wait at the files of those. It disables softirqs, as they commit, too. Readers of mapped
 * memory hold nothing. They can tell by the slot's sequence whether what they copied was whole: it
 * says BUSY before the first byte of a slot changes, and the version after the last has. With
 * KSTATE_SLOTS slots that happens to a version only KSTATE_SLOTS - 1 commits after it.
 *
 * What is mapped has been zeroed, and holds what was committed, and nothing else of the kernel's.
 * User space never writes it, so the header is where the version and the sizes are kept.
 */
#include <linux/ctype.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "net.h"
#include "page.h"
#include "store.h"
#include "watch.h"

/**
 * kstate_name_valid - whether a page may be called so
 * @name: ends with a NUL
 *
 * Context: any.
 */
bool kstate_name_valid(const char *name)
{
	char before = '.';
	size_t i;

	for (i = 0; name[i]; i++) {
		if (i == KSTATE_NAME_MAX)
			return false;
		if (!(isascii(name[i]) && isalnum(name[i])) && (name[i] != '.' || before == '.'))
			return false;
		before = name[i];
	}
	return before != '.';
}

static struct kstate_slot *slot_of(const struct kstate_page *page, u64 version)
{
	return &page->map->slots[version % KSTATE_SLOTS];
}

static void *data_of(const struct kstate_page *page, u64 version)
{
	return page_address(page->memory[1 + version % KSTATE_SLOTS]);
}

static void *live_copy(const struct kstate_page *page)
{
	return page_address(page->memory[KSTATE_MAP_PAGES]);
}

static void free_memory(struct kstate_page *page)
{
	unsigned int i;

	for (i = 0; i < KSTATE_PAGES && page->memory[i]; i++)
		__free_page(page->memory[i]);
}

static int allocate_memory(struct kstate_page *page, gfp_t gfp)
{
	unsigned int i;

	BUILD_BUG_ON(PAGE_SIZE != KSTATE_SIZE_MAX);
	BUILD_BUG_ON(sizeof(struct kstate_map) > PAGE_SIZE);
	for (i = 0; i < KSTATE_PAGES; i++) {
		page->memory[i] = alloc_page(gfp | __GFP_ZERO);
		if (!page->memory[i]) {
			free_memory(page);
			return -ENOMEM;
		}
	}
	return 0;
}

static void begin_map(struct kstate_page *page)
{
	unsigned int i;

	page->map = page_address(page->memory[0]);
	for (i = 1; i < KSTATE_SLOTS; i++)
		page->map->slots[i].sequence = KSTATE_SEQUENCE_NEVER;
	page->map->slots[0].size = KSTATE_SIZE_MAX;
}

/**
 * kstate_page_make - a page, as yet unknown, full of zeroes, of the greatest size
 * @ns: where it is to be
 * @wish: of who makes it
 *
 * Context: as the wish's gfp says, without locks.
 * Return: it, for kstate_net_add() or kstate_page_unmake(); -EDQUOT for more than maxmemory;
 * -ENOMEM.
 */
struct kstate_page *kstate_page_make(struct kstate_net *ns, const struct kstate_wish *wish)
{
	struct kstate_page *page;
	int err = -ENOMEM;

	if (!lunatik_account_charge(&ns->memory, KSTATE_PAGE_MEMORY))
		return ERR_PTR(-EDQUOT);
	page = kzalloc(sizeof(*page), wish->gfp);
	if (!page)
		goto out_discharge;
	err = allocate_memory(page, wish->gfp);
	if (err)
		goto out_free;
	err = kstate_net_reserve(ns, page, wish->gfp);
	if (err)
		goto out_free_memory;
	begin_map(page);
	strscpy(page->name, wish->name, sizeof(page->name));
	refcount_set(&page->users, 1);
	page->uid = wish->uid;
	page->gid = wish->gid;
	page->mode = wish->mode & 0666;
	mutex_init(&page->persist);
	spin_lock_init(&page->lock);
	INIT_LIST_HEAD(&page->watches);
	INIT_LIST_HEAD(&page->idle);
	kstate_net_get(ns);
	page->ns = ns;
	return page;

out_free_memory:
	free_memory(page);
out_free:
	kfree(page);
out_discharge:
	lunatik_account_discharge(&ns->memory, KSTATE_PAGE_MEMORY);
	return ERR_PTR(err);
}

/* Of a page that nobody got to know. Context: any. */
void kstate_page_unmake(struct kstate_page *page)
{
	kstate_net_unreserve(page->ns, page);
	kstate_page_put(page);
}

/* Context: any, without the page's lock and its namespace's. */
void kstate_page_put(struct kstate_page *page)
{
	struct kstate_net *ns = page->ns;

	if (!refcount_dec_and_test(&page->users))
		return;
	WARN_ON_ONCE(!list_empty(&page->watches));
	kstate_store_free(page);
	free_memory(page);
	kfree(page);
	lunatik_account_discharge(&ns->memory, KSTATE_PAGE_MEMORY);
	kstate_net_put(ns);
}

/**
 * kstate_page_end - let nobody use a page any more, and wake who waits for it
 * @page: it
 *
 * Context: process or softirq.
 */
void kstate_page_end(struct kstate_page *page)
{
	spin_lock_bh(&page->lock);
	WRITE_ONCE(page->removed, true);
	WRITE_ONCE(page->map->removed, 1);
	kstate_watch_end_all(page);
	kstate_store_end(page);
	spin_unlock_bh(&page->lock);
}

/* Context: the lock held; or any, for a look. */
u32 kstate_page_size(const struct kstate_page *page)
{
	return READ_ONCE(slot_of(page, READ_ONCE(page->map->version))->size);
}

/**
 * kstate_page_copy - copy what is in a page
 * @page: it
 * @data: room for its size
 *
 * Context: the lock held.
 */
void kstate_page_copy(const struct kstate_page *page, void *data)
{
	lockdep_assert_held(&page->lock);
	memcpy(data, data_of(page, page->map->version), kstate_page_size(page));
}

/* Whether that is in a page already. Context: the lock held; @data is of its size. */
bool kstate_page_has(const struct kstate_page *page, const void *data)
{
	lockdep_assert_held(&page->lock);
	return !memcmp(data, data_of(page, page->map->version), kstate_page_size(page));
}

static void mark(struct kstate_page *page, u64 version)
{
	lockdep_assert_held(&page->lock);
	WRITE_ONCE(slot_of(page, version)->sequence, KSTATE_SEQUENCE_BUSY);
	/* before the data, and before what is published of another page */
	smp_wmb();
}

/* Into a slot that is marked; what is behind the data there is zero, as sizes only grow. */
static void publish(struct kstate_page *page, u64 version, const void *data, u32 size)
{
	struct kstate_slot *slot = slot_of(page, version);

	lockdep_assert_held(&page->lock);
	memcpy(data_of(page, version), data, size);
	WRITE_ONCE(slot->size, size);
	/* who finds the version there finds all of it */
	smp_store_release(&slot->sequence, version);
	/* who is sent there finds it */
	smp_store_release(&page->map->version, version);
	if (atomic_read(&page->live))
		memcpy(live_copy(page), data, size);
	kstate_watch_changed(page);
}

/**
 * kstate_page_mark - tell readers that the next version is coming
 * @page: it
 *
 * Context: the lock held, until the version is published. Of several pages that are published
 * together each is marked before the first is published.
 */
void kstate_page_mark(struct kstate_page *page)
{
	mark(page, page->map->version + 1);
}

/**
 * kstate_page_publish - give a page its next version
 * @page: marked
 * @data: what is in it
 * @size: of that
 *
 * Context: the lock held.
 */
void kstate_page_publish(struct kstate_page *page, const void *data, u32 size)
{
	publish(page, page->map->version + 1, data, size);
	kstate_store_changed(page);
}

/**
 * kstate_page_restore - give a page that was never written what it had in another life
 * @page: it
 * @version: of that, not 0
 * @data: what is in it
 * @size: of that
 *
 * Context: the lock held.
 */
void kstate_page_restore(struct kstate_page *page, u64 version, const void *data, u32 size)
{
	mark(page, version);
	publish(page, version, data, size);
}

/* Context: the lock held. */
static int resize(struct kstate_page *page, u32 size)
{
	u64 version = page->map->version;
	u32 now = kstate_page_size(page);

	if (page->removed)
		return -EIDRM;
	if (size < 1 || size > KSTATE_SIZE_MAX || (version && size < now))
		return -EINVAL;
	if (!version) {
		WRITE_ONCE(slot_of(page, 0)->size, size);
		return 0;
	}
	if (size == now)
		return 0;
	kstate_page_mark(page);
	kstate_page_publish(page, data_of(page, version), size);
	return 0;
}

/**
 * kstate_page_resize - change the size of a page
 * @page: it
 * @size: 1 to KSTATE_SIZE_MAX; once the page was written, no less than it has. A larger one is a
 *	version of its own, with zeroes at its end.
 *
 * Context: process or softirq.
 * Return: 0; -EINVAL; -EIDRM.
 */
int kstate_page_resize(struct kstate_page *page, u32 size)
{
	int err;

	spin_lock_bh(&page->lock);
	err = resize(page, size);
	spin_unlock_bh(&page->lock);
	return err;
}

/**
 * kstate_page_live_begin - keep the live copy up from now on
 * @page: it
 *
 * Context: process; each is ended by an atomic_dec() of @page->live.
 */
void kstate_page_live_begin(struct kstate_page *page)
{
	spin_lock_bh(&page->lock);
	atomic_inc(&page->live);
	kstate_page_copy(page, live_copy(page));
	spin_unlock_bh(&page->lock);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Commits, and consistent copies, of one page and of several.
 *
 * What is committed lies in the kernel's memory already, and a copy goes there: under the locks
 * nothing is allocated and no memory of user space is touched, so who holds one holds it for as
 * long as it takes to copy. Several pages are of one namespace and locked in the order in which
 * they came, under the namespace's `many`, whose holder is the only one to hold two.
 */
#include <linux/spinlock.h>

#include "commit.h"
#include "events.h"
#include "net.h"
#include "page.h"

static int check(const struct kstate_change *change)
{
	const struct kstate_page *page = change->page;

	if (page->removed)
		return -EIDRM;
	if (change->version != page->map->version)
		return -ESTALE;
	if (change->data && change->size != kstate_page_size(page))
		return -EMSGSIZE;
	return 0;
}

static int check_all(const struct kstate_change *changes, unsigned int count)
{
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		err = check(&changes[i]);
		if (err)
			return err;
	}
	return 0;
}

static bool is_to_be_published(const struct kstate_change *change)
{
	return change->data &&
	       !(change->if_different && kstate_page_has(change->page, change->data));
}

static void publish_all(struct kstate_change *changes, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (is_to_be_published(&changes[i])) {
			kstate_page_mark(changes[i].page);
			changes[i].version++;
		}
	for (i = 0; i < count; i++) {
		if (changes[i].version == changes[i].page->map->version)
			continue;
		kstate_page_publish(changes[i].page, changes[i].data, changes[i].size);
		if (changes[i].announce)
			kstate_announce(changes[i].page);
	}
}

/* sparse counts locks, and does not follow them through a loop */
static void lock_all(const struct kstate_change *changes, unsigned int count)
{
	struct kstate_net *ns = changes[0].page->ns;
	unsigned int i;

	if (count == 1) {
		spin_lock_bh(&changes[0].page->lock);
		__release(&changes[0].page->lock);
		return;
	}
	spin_lock_bh(&ns->many);
	for (i = 0; i < count; i++) {
		spin_lock_nest_lock(&changes[i].page->lock, &ns->many);
		__release(&changes[i].page->lock);
	}
	__release(&ns->many);
}

static void unlock_all(const struct kstate_change *changes, unsigned int count)
{
	struct kstate_net *ns = changes[0].page->ns;
	unsigned int i;

	if (count == 1) {
		__acquire(&changes[0].page->lock);
		spin_unlock_bh(&changes[0].page->lock);
		return;
	}
	__acquire(&ns->many);
	for (i = 0; i < count; i++) {
		__acquire(&changes[i].page->lock);
		spin_unlock(&changes[i].page->lock);
	}
	spin_unlock_bh(&ns->many);
}

/**
 * kstate_commit - give pages their next versions, all or none
 * @changes: of one namespace, no page twice
 * @count: of them, at least 1
 *
 * Context: process or softirq.
 * Return: 0; -ESTALE where a version is not the expected one; -EMSGSIZE where a size is not the
 * page's; -EIDRM for a page that was removed.
 */
int kstate_commit(struct kstate_change *changes, unsigned int count)
{
	int err;

	lock_all(changes, count);
	err = check_all(changes, count);
	if (!err)
		publish_all(changes, count);
	unlock_all(changes, count);
	return err;
}

static int look(struct kstate_change *look)
{
	const struct kstate_page *page = look->page;
	u32 size = kstate_page_size(page);

	if (page->removed)
		return -EIDRM;
	if (look->size < size)
		return -EMSGSIZE;
	kstate_page_copy(page, look->data);
	look->version = page->map->version;
	look->size = size;
	return 0;
}

/**
 * kstate_look - copy pages as of one moment
 * @looks: of one namespace, no page twice; @size of each is room at @data
 * @count: of them, at least 1
 *
 * Context: process or softirq.
 * Return: 0; -EMSGSIZE where there is no room for one; -EIDRM for a page that was removed.
 */
int kstate_look(struct kstate_change *looks, unsigned int count)
{
	unsigned int i;
	int err = 0;

	lock_all(looks, count);
	for (i = 0; i < count && !err; i++)
		err = look(&looks[i]);
	unlock_all(looks, count);
	return err;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What other modules call: include/linux/kstate.h. Thin: subscribers.c finds pages, commit.c copies
 * and changes what is in them.
 *
 * A module that calls these depends on this one's symbols, so it is unloaded first, and nothing
 * here ends while it has pages open. A handle is a subscriber of its page, whose reference keeps
 * the page, and by that the namespace's tables of account.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kstate.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "commit.h"
#include "net.h"
#include "page.h"
#include "subscribers.h"

/**
 * struct kstate_handle - a page that a module has open
 * @page: it; joined
 * @writable: whether it may be changed by it
 */
struct kstate_handle {
	struct kstate_page *page;
	bool writable;
};

/* Of memory that is at hand; what is refused is told to the caller, who may be a script's. */
#define GFP	(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)

static struct kstate_handle *make(struct kstate_net *ns, const struct kstate_wish *wish)
{
	struct kstate_handle *handle = kmalloc(sizeof(*handle), GFP);
	struct kstate_page *page;

	if (!handle)
		return ERR_PTR(-ENOMEM);
	page = kstate_subscribers_join(ns, wish);
	if (IS_ERR(page)) {
		kfree(handle);
		return ERR_CAST(page);
	}
	handle->page = page;
	handle->writable = wish->writable;
	return handle;
}

/**
 * kstate_open - open a page, which is made where there is none and it is to be written
 * @net: where; alive, as it is to somebody who refers to it or has found it under RCU
 * @name: as user space would spell it
 * @permissions: KSTATE_PERMIT_READ, KSTATE_PERMIT_WRITE or both; to write is to read, too
 * @mode: of the page where this makes it
 *
 * Context: process or softirq; does not sleep.
 * Return: the page, for kstate_close(); or, as a pointer, -EINVAL; -ENOENT to read one that is not
 * there; -EACCES; -ENOSPC, -EDQUOT for more than the namespace may have or hold; -EUSERS for more
 * than KSTATE_SUBSCRIBERS_MAX; -ESHUTDOWN the namespace is going; -ENOMEM.
 */
struct kstate_handle *kstate_open(struct net *net, const char *name, unsigned int permissions,
				  umode_t mode)
{
	struct kstate_net *ns = kstate_net(net);
	struct kstate_wish wish = {
		.name = name,
		.writable = permissions & KSTATE_PERMIT_WRITE,
		.mode = mode,
		/* where that namespace has no user 0, who made it */
		.uid = net->user_ns->owner,
		.gid = net->user_ns->group,
		.gfp = GFP,
	};
	struct kstate_handle *handle;

	if (!name || !kstate_name_valid(name) || !permissions ||
	    permissions & ~(KSTATE_PERMIT_READ | KSTATE_PERMIT_WRITE) || mode & ~0666)
		return ERR_PTR(-EINVAL);
	net_ns_get_ownership(net, &wish.uid, &wish.gid);
	if (!lunatik_account_charge(&ns->memory, sizeof(*handle)))
		return ERR_PTR(-EDQUOT);
	handle = make(ns, &wish);
	if (IS_ERR(handle))
		lunatik_account_discharge(&ns->memory, sizeof(*handle));
	return handle;
}
EXPORT_SYMBOL_GPL(kstate_open);

/**
 * kstate_close - close a page
 * @handle: open; not to be used afterwards
 *
 * Context: process or softirq.
 */
void kstate_close(struct kstate_handle *handle)
{
	struct kstate_page *page = handle->page;

	/* before the page goes, and with it perhaps the account */
	lunatik_account_discharge(&page->ns->memory, sizeof(*handle));
	kfree(handle);
	kstate_subscribers_leave(page);
}
EXPORT_SYMBOL_GPL(kstate_close);

/* Name of a page, as long as it is open. Context: any. */
const char *kstate_pagename(const struct kstate_handle *handle)
{
	return handle->page->name;
}
EXPORT_SYMBOL_GPL(kstate_pagename);

/**
 * kstate_pagestatus - version and size of a page
 * @handle: open
 * @version: set to the one that it has, 0 where it was never written
 * @size: set to its bytes
 *
 * For a look: either may be another by now, and they need not be of one moment.
 *
 * Context: any.
 * Return: 0; -EIDRM.
 */
int kstate_pagestatus(const struct kstate_handle *handle, u64 *version, u32 *size)
{
	const struct kstate_page *page = handle->page;

	*version = READ_ONCE(page->map->version);
	*size = kstate_page_size(page);
	return READ_ONCE(page->removed) ? -EIDRM : 0;
}
EXPORT_SYMBOL_GPL(kstate_pagestatus);

/**
 * kstate_read - a consistent copy of a page
 * @handle: open
 * @data: where it goes
 * @size: bytes there are at @data; set to those of the page
 * @version: set to the one that was copied
 *
 * Context: process or softirq.
 * Return: 0; -EMSGSIZE where there is too little room, and nothing is set; -EIDRM.
 */
int kstate_read(const struct kstate_handle *handle, void *data, u32 *size, u64 *version)
{
	struct kstate_change look = { .page = handle->page, .data = data, .size = *size };
	int err = kstate_look(&look, 1);

	if (err)
		return err;
	*size = look.size;
	*version = look.version;
	return 0;
}
EXPORT_SYMBOL_GPL(kstate_read);

/**
 * kstate_write - give a page its next version
 * @handle: open to write
 * @data: what is to be in it
 * @size: of that, which is the page's
 * @version: that is replaced; set to the one that the page has then. Where just that is in it
 *	already, there is no new one.
 * @flags: KSTATE_ANNOUNCE, or 0
 *
 * Context: process or softirq.
 * Return: 0; -ESTALE where that is not the page's version any more, -EMSGSIZE where its size is
 * another; -EACCES; -EIDRM; -EINVAL for other flags.
 */
int kstate_write(const struct kstate_handle *handle, const void *data, u32 size, u64 *version,
		 unsigned int flags)
{
	struct kstate_change change = {
		.page = handle->page,
		.data = (void *)data,
		.version = *version,
		.size = size,
		.announce = flags & KSTATE_ANNOUNCE,
		.if_different = true,
	};
	int err;

	if (flags & ~KSTATE_ANNOUNCE)
		return -EINVAL;
	if (!handle->writable)
		return -EACCES;
	err = kstate_commit(&change, 1);
	if (!err)
		*version = change.version;
	return err;
}
EXPORT_SYMBOL_GPL(kstate_write);

/**
 * kstate_resize - change the size of a page
 * @handle: open to write
 * @size: 1 to KSTATE_SIZE_MAX; once the page was written, no less than it has. A larger one is a
 *	version of its own, with zeroes at its end.
 *
 * Context: process or softirq.
 * Return: 0; -EINVAL; -EACCES; -EIDRM.
 */
int kstate_resize(const struct kstate_handle *handle, u32 size)
{
	return handle->writable ? kstate_page_resize(handle->page, size) : -EACCES;
}
EXPORT_SYMBOL_GPL(kstate_resize);

/**
 * kstate_delete - remove a page, which nobody else has
 * @handle: open to write; stays open, and fails from then on
 *
 * Context: process or softirq.
 * Return: 0; -EBUSY where others are subscribed; -EACCES; -EIDRM.
 */
int kstate_delete(const struct kstate_handle *handle)
{
	return handle->writable ? kstate_subscribers_delete(handle->page) : -EACCES;
}
EXPORT_SYMBOL_GPL(kstate_delete);

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Chunks that come in fragments.
 *
 * An upload belongs to its session. Whoever works on it, to add a fragment or to run it, takes it
 * out of the session's list, and so alone has it; two requests of one socket at once cannot both.
 * It counts among the session's meanwhile, or there would be more than there may be afterwards.
 * What is in the list goes with the session. Its memory is there from the first fragment on,
 * counted in the namespace's account and charged to its sender's memory cgroup.
 *
 * Lock: the namespace's, over the list.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <uapi/linux/lunatik.h>

#include "net.h"
#include "pages.h"
#include "session.h"
#include "upload.h"

static size_t footprint(u32 total)
{
	return struct_size((struct lunatik_upload *)NULL, bytes, total);
}

/* A number that no upload of the session has had for long, and not 0. */
static int next_number(struct lunatik_net *ns, struct lunatik_session *session, u32 *number)
{
	int err = -ENOSPC;

	spin_lock(&ns->lock);
	if (session->upload_count < LUNATIK_UPLOADS_MAX) {
		session->upload_count++;
		session->last_upload = session->last_upload % U32_MAX + 1;
		*number = session->last_upload;
		err = 0;
	}
	spin_unlock(&ns->lock);
	return err;
}

/**
 * lunatik_upload_used - an upload is not the session's any more, but its taker's
 * @ns: of the session
 * @session: whose it was
 *
 * Context: process.
 */
void lunatik_upload_used(struct lunatik_net *ns, struct lunatik_session *session)
{
	spin_lock(&ns->lock);
	session->upload_count--;
	spin_unlock(&ns->lock);
}

static struct lunatik_upload *upload_alloc(struct lunatik_net *ns, u32 total)
{
	size_t size = footprint(total);
	struct lunatik_upload *upload;

	if (!lunatik_account_charge(&ns->memory, size))
		return ERR_PTR(-EDQUOT);
	if (size <= PAGE_SIZE)
		upload = kmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	else
		upload = lunatik_pages_map(size, NULL);
	if (upload)
		return upload;
	lunatik_account_discharge(&ns->memory, size);
	return ERR_PTR(-ENOMEM);
}

/**
 * lunatik_upload_begin - a new upload
 * @ns: of the session
 * @session: whose it is to be
 * @state: that it is for
 * @total: bytes, at most LUNATIK_CODE_MAX
 *
 * Context: process.
 * Return: it, which the caller has taken; -ENOSPC for too many; -EDQUOT where the namespace holds
 * too much; -ENOMEM.
 */
struct lunatik_upload *lunatik_upload_begin(struct lunatik_net *ns,
					    struct lunatik_session *session, u32 state, u32 total)
{
	struct lunatik_upload *upload;
	u32 number;
	int err;

	err = next_number(ns, session, &number);
	if (err)
		return ERR_PTR(err);
	upload = upload_alloc(ns, total);
	if (IS_ERR(upload)) {
		lunatik_upload_used(ns, session);
		return upload;
	}
	upload->number = number;
	upload->state = state;
	upload->total = total;
	upload->size = 0;
	return upload;
}

/**
 * lunatik_upload_take - have an upload for oneself
 * @ns: of the session
 * @session: whose it is
 * @number: that it has
 *
 * Context: process.
 * Return: it, to be given back or freed; NULL where there is none, or somebody else has it.
 */
struct lunatik_upload *lunatik_upload_take(struct lunatik_net *ns,
					   struct lunatik_session *session, u32 number)
{
	struct lunatik_upload *upload, *found = NULL;

	spin_lock(&ns->lock);
	list_for_each_entry(upload, &session->uploads, node) {
		if (upload->number != number)
			continue;
		found = upload;
		list_del(&upload->node);
		break;
	}
	spin_unlock(&ns->lock);
	return found;
}

/* Gives back what was begun or taken. Context: process. */
void lunatik_upload_give(struct lunatik_net *ns, struct lunatik_session *session,
			 struct lunatik_upload *upload)
{
	spin_lock(&ns->lock);
	list_add(&upload->node, &session->uploads);
	spin_unlock(&ns->lock);
}

/* Of what was begun or taken. Context: process. */
void lunatik_upload_free(struct lunatik_net *ns, struct lunatik_upload *upload)
{
	lunatik_account_discharge(&ns->memory, footprint(upload->total));
	kvfree(upload);
}

/* The session has ended, and is nobody's any more. Context: process. */
void lunatik_upload_drop_all(struct lunatik_net *ns, struct lunatik_session *session)
{
	struct lunatik_upload *upload, *next;

	list_for_each_entry_safe(upload, next, &session->uploads, node)
		lunatik_upload_free(ns, upload);
}

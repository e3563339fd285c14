/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_UPLOAD_H
#define _LUNATIK_UPLOAD_H

#include <linux/list.h>
#include <linux/types.h>

struct lunatik_net;
struct lunatik_session;

/**
 * struct lunatik_upload - a chunk that comes in fragments
 * @node: in the session's list
 * @number: by which its session knows it
 * @state: that it is for, by its place in listings
 * @total: bytes that it will have
 * @size: bytes that are there
 * @bytes: they
 */
struct lunatik_upload {
	struct list_head node;
	u32 number;
	u32 state;
	u32 total, size;
	char bytes[];
};

struct lunatik_upload *lunatik_upload_begin(struct lunatik_net *ns,
					    struct lunatik_session *session, u32 state, u32 total);
struct lunatik_upload *lunatik_upload_take(struct lunatik_net *ns,
					   struct lunatik_session *session, u32 number);
void lunatik_upload_give(struct lunatik_net *ns, struct lunatik_session *session,
			 struct lunatik_upload *upload);
void lunatik_upload_used(struct lunatik_net *ns, struct lunatik_session *session);
void lunatik_upload_free(struct lunatik_net *ns, struct lunatik_upload *upload);
void lunatik_upload_drop_all(struct lunatik_net *ns, struct lunatik_session *session);

#endif /* _LUNATIK_UPLOAD_H */

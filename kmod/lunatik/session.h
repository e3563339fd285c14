/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_SESSION_H
#define _LUNATIK_SESSION_H

#include <linux/list.h>
#include <linux/types.h>

struct lunatik_net;
struct lunatik_state;
struct netlink_ext_ack;
struct pid;
struct sk_buff;
struct sock;

/**
 * struct lunatik_session - what a socket of user space has here
 * @node: in the namespace's table
 * @socket: it; lives at least as long
 * @port: its number
 * @token: by which other sockets are known to work for it; never 0
 * @holder: the process that began it
 * @handles: states that it holds
 * @readings: states whose data come to it
 * @uploads: chunks that are on their way
 * @upload_count: how many
 * @last_upload: their numbers go on from here
 */
struct lunatik_session {
	struct hlist_node node;
	struct sock *socket;
	u32 port;
	u64 token;
	struct pid *holder;
	struct list_head handles;
	struct list_head readings;
	struct list_head uploads;
	unsigned int upload_count;
	u32 last_upload;
};

/**
 * struct lunatik_caller - who asks for something
 * @socket: that the request came by; NULL for a module
 * @port: of it
 * @token: that it carries; 0 for none
 */
struct lunatik_caller {
	struct sock *socket;
	u32 port;
	u64 token;
};

struct lunatik_session *lunatik_session_begin(struct lunatik_net *ns,
					      const struct lunatik_caller *caller,
					      struct netlink_ext_ack *extack);
struct lunatik_session *lunatik_session_of(struct lunatik_net *ns,
					   const struct lunatik_caller *caller);
bool lunatik_session_is(const struct lunatik_session *session,
			const struct lunatik_caller *caller);
void lunatik_session_orphan(struct lunatik_net *ns, u32 port);
void lunatik_session_end_all(struct lunatik_net *ns);

#endif /* _LUNATIK_SESSION_H */

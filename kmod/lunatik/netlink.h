/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the files of the generic netlink family have in common. Every function here runs in a
 * request, in process context.
 */
#ifndef _LUNATIK_NETLINK_H
#define _LUNATIK_NETLINK_H

#include <net/genetlink.h>

#include "session.h"
#include "state.h"

struct lunatik_net;

extern struct genl_family lunatik_family;

/* --- netlink.c --- */

int lunatik_netlink_init(void);
void lunatik_netlink_exit(void);
bool lunatik_may_use(struct sk_buff *skb);

/* --- attributes.c --- */

int lunatik_parse_name(const struct nlattr *attr, const char **name,
		       struct netlink_ext_ack *extack);
int lunatik_parse_change(const struct nlattr *expect, const struct nlattr *generation,
			 const struct nlattr *step, struct lunatik_change *change,
			 struct netlink_ext_ack *extack);
void lunatik_parse_caller(const struct sk_buff *skb, const struct nlattr *token,
			  struct lunatik_caller *caller);

/*
 * Before 6.2 `start` of a dump has no extended ack, so it cannot say what it refuses. It succeeds,
 * and the first call of the dump, which has one, refuses.
 */
struct lunatik_refusal {
	int err;
	const char *words;
};

void lunatik_refuse_later(struct lunatik_refusal *refusal, int err,
			  const struct netlink_ext_ack *extack);
int lunatik_refuse_now(const struct lunatik_refusal *refusal, struct netlink_ext_ack *extack);

/* --- netlink_state.c --- */

int lunatik_newstate_doit(struct sk_buff *skb, struct genl_info *info);
int lunatik_close_doit(struct sk_buff *skb, struct genl_info *info);
int lunatik_getstate_doit(struct sk_buff *skb, struct genl_info *info);
int lunatik_putstate_doit(struct sk_buff *skb, struct genl_info *info);
int lunatik_set_doit(struct sk_buff *skb, struct genl_info *info);
int lunatik_list_doit(struct sk_buff *skb, struct genl_info *info);
int lunatik_list_start(struct netlink_callback *cb);
int lunatik_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* --- netlink_run.c --- */

int lunatik_do_start(struct netlink_callback *cb);
int lunatik_data_start(struct netlink_callback *cb);
int lunatik_run_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lunatik_run_done(struct netlink_callback *cb);
int lunatik_abort_doit(struct sk_buff *skb, struct genl_info *info);
int lunatik_upload_doit(struct sk_buff *skb, struct genl_info *info);

/* --- receive.c --- */

int lunatik_receive_doit(struct sk_buff *skb, struct genl_info *info);
int lunatik_receive_start(struct netlink_callback *cb);
int lunatik_receive_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lunatik_receive_done(struct netlink_callback *cb);

#endif /* _LUNATIK_NETLINK_H */

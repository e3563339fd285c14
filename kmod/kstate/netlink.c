// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The generic netlink family `kstate`, whose contract is ../kstate.yaml: what pages there are,
 * those that stay without subscribers, and removing one that nobody uses. Their contents go another
 * way.
 *
 * It is registered last and removed first, so a request finds everything there.
 */
#include <linux/glob.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <uapi/linux/kstate.h>

#include "lunatik/compat.h"
#include "lunatik/text.h"
#include "net.h"
#include "netlink.h"
#include "page.h"

static int parse_name(const struct genl_info *info, const char **name)
{
	const struct nlattr *attr = info->attrs[KSTATE_A_PAGE_NAME];

	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "the name of a page is missing");
		return -EINVAL;
	}
	*name = nla_data(attr);
	if (!lunatik_text_is_whole(attr) || !kstate_name_valid(*name)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "a name is 1 to 247 of A-Z a-z 0-9 and dots, no dot at either end, no two together");
		return -EINVAL;
	}
	return 0;
}

static int refuse_unknown(const struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KSTATE_A_PAGE_NAME],
			    "there is no such page");
	return -ENOENT;
}

/* --- create --- */

static int parse_size(const struct genl_info *info, u32 *size)
{
	const struct nlattr *attr = info->attrs[KSTATE_A_PAGE_SIZE];

	*size = attr ? nla_get_u32(attr) : KSTATE_SIZE_MAX;
	if (*size && *size <= KSTATE_SIZE_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "a page has 1 to 4096 bytes");
	return -EINVAL;
}

static int parse_mode(const struct genl_info *info, u32 *mode)
{
	const struct nlattr *attr = info->attrs[KSTATE_A_PAGE_MODE];

	*mode = attr ? nla_get_u32(attr) : 0600;
	if (!(*mode & ~0666))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "a mode has no bits but those of 0666");
	return -EINVAL;
}

/* Pins the page of a name: @made, or one that was there already. */
static int pin(struct kstate_net *ns, const char *name, struct kstate_page *made)
{
	struct kstate_page *page;
	int err = 0;

	spin_lock_bh(&ns->change);
	page = kstate_net_lookup(ns, name);
	if (page)
		page->pinned = true;
	else
		err = made ? kstate_net_add(ns, made) : -ENOENT;
	spin_unlock_bh(&ns->change);
	if (made && (page || err))
		kstate_page_unmake(made);
	return err;
}

static int make_pinned(struct kstate_net *ns, const struct kstate_wish *wish, u32 size)
{
	struct kstate_page *page = kstate_page_make(ns, wish);

	if (IS_ERR(page))
		return PTR_ERR(page);
	page->pinned = true;
	kstate_page_resize(page, size);
	return pin(ns, wish->name, page);
}

static void explain(struct netlink_ext_ack *extack, int err)
{
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "the namespace has as many pages as the module's maxpages");
	else if (err == -EDQUOT)
		NL_SET_ERR_MSG(extack, "the namespace holds as much as the module's maxmemory");
}

static int create_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kstate_net *ns = kstate_net(genl_info_net(info));
	struct kstate_wish wish = {
		.uid = current_fsuid(),
		.gid = current_fsgid(),
		.gfp = GFP_KERNEL_ACCOUNT,
	};
	u32 size, mode;
	int err;

	err = parse_name(info, &wish.name);
	if (!err)
		err = parse_size(info, &size);
	if (!err)
		err = parse_mode(info, &mode);
	if (err)
		return err;
	wish.mode = mode;
	err = pin(ns, wish.name, NULL);
	if (err == -ENOENT)
		err = make_pinned(ns, &wish, size);
	explain(info->extack, err);
	return err;
}

/* --- delete --- */

static int delete_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kstate_net *ns = kstate_net(genl_info_net(info));
	struct kstate_page *page;
	const char *name;
	int err;

	err = parse_name(info, &name);
	if (err)
		return err;
	spin_lock_bh(&ns->change);
	page = kstate_net_lookup(ns, name);
	if (!page) {
		err = refuse_unknown(info);
	} else if (page->subscribers) {
		NL_SET_ERR_MSG(info->extack, "the page has subscribers");
		err = -EBUSY;
	} else {
		kstate_net_remove(ns, page);
	}
	spin_unlock_bh(&ns->change);
	if (!err)
		kstate_page_put(page);
	return err;
}

/* --- list --- */

/* More than a page's attributes take: such a message need not grow or be trimmed. */
#define PAGE_MESSAGE_SIZE	(nla_total_size(KSTATE_NAME_MAX + 1) + \
				 7 * nla_total_size(sizeof(u32)) + \
				 2 * nla_total_size_64bit(sizeof(u64)))

static int put_owner(struct sk_buff *skb, const struct kstate_page *page)
{
	if (nla_put_u32(skb, KSTATE_A_PAGE_UID, from_kuid_munged(current_user_ns(), page->uid)) ||
	    nla_put_u32(skb, KSTATE_A_PAGE_GID, from_kgid_munged(current_user_ns(), page->gid)) ||
	    nla_put_u32(skb, KSTATE_A_PAGE_MODE, page->mode))
		return -EMSGSIZE;
	return 0;
}

/* Context: any, with a reference or ns->change held. */
static int put_page_message(struct sk_buff *skb, void *header, const struct kstate_page *page)
{
	if (!header)
		return -EMSGSIZE;
	if (nla_put_string(skb, KSTATE_A_PAGE_NAME, page->name) ||
	    nla_put_u32(skb, KSTATE_A_PAGE_SIZE, kstate_page_size(page)) ||
	    nla_put_u64_64bit(skb, KSTATE_A_PAGE_VERSION, READ_ONCE(page->map->version),
			      KSTATE_A_PAGE_PAD) ||
	    nla_put_u32(skb, KSTATE_A_PAGE_SUBSCRIBERS, READ_ONCE(page->subscribers)) ||
	    put_owner(skb, page) ||
	    (READ_ONCE(page->pinned) && nla_put_flag(skb, KSTATE_A_PAGE_PINNED)) ||
	    (READ_ONCE(page->store) && nla_put_flag(skb, KSTATE_A_PAGE_PERSISTENT)) ||
	    nla_put_u64_64bit(skb, KSTATE_A_PAGE_MEMORY, KSTATE_PAGE_MEMORY, KSTATE_A_PAGE_PAD)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int list_doit(struct sk_buff *request, struct genl_info *info)
{
	struct kstate_net *ns = kstate_net(genl_info_net(info));
	struct kstate_page *page;
	struct sk_buff *skb;
	const char *name;
	int err;

	err = parse_name(info, &name);
	if (err)
		return err;
	skb = genlmsg_new(PAGE_MESSAGE_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	spin_lock_bh(&ns->change);
	page = kstate_net_lookup(ns, name);
	if (page)
		err = put_page_message(skb, genlmsg_put_reply(skb, info, &kstate_family, 0,
							      KSTATE_CMD_LIST), page);
	else
		err = refuse_unknown(info);
	spin_unlock_bh(&ns->change);
	if (!err)
		return genlmsg_reply(skb, info);
	nlmsg_free(skb);
	return err;
}

static int list_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct kstate_page *page)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				   &kstate_family, NLM_F_MULTI, KSTATE_CMD_LIST);

	if (header)
		genl_dump_check_consistent(cb, header);
	return put_page_message(skb, header, page);
}

/* One after the other: to look at many takes too long for a lock that softirqs want. */
static struct kstate_page *get_next(struct kstate_net *ns, unsigned long *id)
{
	struct kstate_page *page;

	spin_lock_bh(&ns->change);
	page = kstate_net_next(ns, id);
	if (page)
		refcount_inc(&page->users);
	spin_unlock_bh(&ns->change);
	return page;
}

static int list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kstate_net *ns = kstate_net(sock_net(cb->skb->sk));
	const struct nlattr *pattern = lunatik_dump_attrs(cb)[KSTATE_A_PAGE_PATTERN];
	struct kstate_page *page;
	unsigned long id;
	int err = 0;

	if (pattern && !lunatik_text_is_whole(pattern)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, pattern, "a pattern has no NUL");
		return -EINVAL;
	}
	cb->seq = READ_ONCE(ns->sequence);
	for (id = cb->args[0]; !err && (page = get_next(ns, &id)); id++) {
		if (!pattern || glob_match(nla_data(pattern), page->name))
			err = list_one(skb, cb, page);
		kstate_page_put(page);
		if (!err)
			cb->args[0] = id + 1;
		cond_resched();
	}
	return skb->len;
}

/* --- the family --- */

static const struct nla_policy create_policy[] = {
	[KSTATE_A_PAGE_NAME] = { .type = NLA_NUL_STRING },
	[KSTATE_A_PAGE_SIZE] = { .type = NLA_U32 },
	[KSTATE_A_PAGE_MODE] = { .type = NLA_U32 },
};

static const struct nla_policy delete_policy[] = {
	[KSTATE_A_PAGE_NAME] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy list_policy[] = {
	[KSTATE_A_PAGE_NAME] = { .type = NLA_NUL_STRING },
	[KSTATE_A_PAGE_PATTERN] = { .type = NLA_NUL_STRING, .len = KSTATE_PATTERN_MAX },
};

#define POLICY(p)	.policy = (p), .maxattr = ARRAY_SIZE(p) - 1

static const struct genl_ops ops[] = {
	{
		.cmd = KSTATE_CMD_CREATE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = create_doit,
		POLICY(create_policy),
	}, {
		.cmd = KSTATE_CMD_DELETE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = delete_doit,
		POLICY(delete_policy),
	}, {
		.cmd = KSTATE_CMD_LIST,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = list_doit,
		.dumpit = list_dumpit,
		POLICY(list_policy),
	}
};

static const struct genl_multicast_group groups[] = {
	{ .name = KSTATE_MCGRP_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family kstate_family __ro_after_init = {
	.name = KSTATE_FAMILY_NAME,
	.version = KSTATE_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int __init kstate_netlink_init(void)
{
	return genl_register_family(&kstate_family);
}

void kstate_netlink_exit(void)
{
	genl_unregister_family(&kstate_family);
}

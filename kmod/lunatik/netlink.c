// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The generic netlink family: what its operations take, who may use them, and what is done when a
 * socket goes. The contract is kmod/lunatik.yaml; the operations are in the netlink_*.c and in
 * receive.c. They read attributes, call the layers below and write attributes, and know no Lua.
 *
 * Who may. Every operation but `info` takes CAP_NET_ADMIN, which generic netlink looks for in the
 * user namespace that owns the network namespace, and lunatik_may_use() in the initial one, unless
 * the module's parameter `userns` says that the owner will do.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/stringify.h>
#include <linux/utsname.h>
#include <generated/utsrelease.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <uapi/linux/lunatik.h>

#include "compat.h"
#include "net.h"
#include "netlink.h"
#include "params.h"
#include "run.h"
#include "session.h"
#include "state.h"

/* --- info --- */

static bool has_retpolines(void)
{
	return IS_ENABLED(CONFIG_MITIGATION_RETPOLINE) && boot_cpu_has(X86_FEATURE_RETPOLINE);
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, LUNATIK_A_INFO_PAD);
}

#ifdef CONFIG_KASAN
#define BUILD_KASAN	", KASAN"
#else
#define BUILD_KASAN	""
#endif
#ifdef CONFIG_LOCKDEP
#define BUILD_LOCKDEP	", lockdep"
#else
#define BUILD_LOCKDEP	""
#endif

/* What decides how fast this is and how closely watched, in words. */
#define BUILD	"gcc " __stringify(__GNUC__) "." __stringify(__GNUC_MINOR__) ", SSE2" \
		BUILD_KASAN BUILD_LOCKDEP

static int put_limits(struct sk_buff *skb)
{
	if (nla_put_u32(skb, LUNATIK_A_INFO_DATA_MAX, LUNATIK_DATA_MAX) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_STEP_MAX, LUNATIK_STEP_MAX) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_USERS_MAX, LUNATIK_USERS_MAX) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_UPLOADS_MAX, LUNATIK_UPLOADS_MAX) ||
	    put_u64(skb, LUNATIK_A_INFO_QUEUE_MAX, lunatik_maxqueue))
		return -EMSGSIZE;
	return 0;
}

static int put_info(struct sk_buff *skb, struct lunatik_net *ns)
{
	if (nla_put_u32(skb, LUNATIK_A_INFO_PROTOCOL, LUNATIK_FAMILY_VERSION) ||
	    nla_put_string(skb, LUNATIK_A_INFO_MODULE, LUNATIK_VERSION) ||
	    nla_put_string(skb, LUNATIK_A_INFO_LUA, lunatik_vm_release) ||
	    nla_put_string(skb, LUNATIK_A_INFO_KERNEL, UTS_RELEASE) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_BRANCHES, has_retpolines() ?
			LUNATIK_BRANCHES_RETPOLINE : LUNATIK_BRANCHES_PLAIN) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_NAME_MAX, LUNATIK_NAME_MAX) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_CHUNK_NAME_MAX, LUNATIK_CHUNK_NAME_MAX) ||
	    put_u64(skb, LUNATIK_A_INFO_CODE_MAX, LUNATIK_CODE_MAX) ||
	    put_u64(skb, LUNATIK_A_INFO_OUTPUT_MAX, lunatik_maxoutput) ||
	    put_u64(skb, LUNATIK_A_INFO_BUDGET, (u64)lunatik_budget * USEC_PER_MSEC) ||
	    put_u64(skb, LUNATIK_A_INFO_MAXALLOC, lunatik_maxalloc) ||
	    put_u64(skb, LUNATIK_A_INFO_MAXALLOC_MIN, LUNATIK_MAXALLOC_MIN) ||
	    put_u64(skb, LUNATIK_A_INFO_MAXALLOC_MAX, LUNATIK_MAXALLOC_MAX) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_STATES, READ_ONCE(ns->count)) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_STATES_MAX, lunatik_maxstates) ||
	    put_u64(skb, LUNATIK_A_INFO_MEMORY, atomic64_read(&ns->memory.held)) ||
	    put_u64(skb, LUNATIK_A_INFO_MEMORY_MAX, ns->memory.max) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_SESSIONS, READ_ONCE(ns->session_count)) ||
	    nla_put_u32(skb, LUNATIK_A_INFO_SESSIONS_MAX, lunatik_maxsessions) ||
	    nla_put_string(skb, LUNATIK_A_INFO_BUILD, BUILD))
		return -EMSGSIZE;
	return put_limits(skb);
}

/* More than put_info() takes. */
#define INFO_SIZE	768

static int info_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply = genlmsg_new(INFO_SIZE, GFP_KERNEL);
	void *header;
	int err;

	if (!reply)
		return -ENOMEM;
	header = genlmsg_put_reply(reply, info, &lunatik_family, 0, LUNATIK_CMD_INFO);
	err = header ? put_info(reply, lunatik_net(genl_info_net(info))) : -EMSGSIZE;
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

/* --- the family --- */

static const struct nla_policy newstate_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_STATE_MAXALLOC] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_CONTEXT] = NLA_POLICY_MAX(NLA_U32, LUNATIK_CONTEXT_SOFTIRQ),
	[LUNATIK_A_STATE_GENERATION] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_HANDLE] = { .type = NLA_FLAG },
	[LUNATIK_A_STATE_STEP] = { .type = NLA_BINARY },
};

static const struct nla_policy close_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_STATE_TOKEN] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_EXPECT_GENERATION] = { .type = NLA_U64 },
};

static const struct nla_policy getstate_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_STATE_HANDLE] = { .type = NLA_FLAG },
	[LUNATIK_A_STATE_TOKEN] = { .type = NLA_U64 },
};

static const struct nla_policy putstate_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_STATE_HANDLE] = { .type = NLA_FLAG },
	[LUNATIK_A_STATE_TOKEN] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_FORCE] = { .type = NLA_FLAG },
};

static const struct nla_policy set_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_STATE_MAXALLOC] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_GENERATION] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_TOKEN] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_EXPECT_GENERATION] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_STEP] = { .type = NLA_BINARY },
};

static const struct nla_policy list_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_STATE_PATTERN] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy do_policy[] = {
	[LUNATIK_A_RUN_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_RUN_CHUNK_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_RUN_CODE] = { .type = NLA_BINARY },
	[LUNATIK_A_RUN_UPLOAD] = { .type = NLA_U32 },
	[LUNATIK_A_RUN_BUDGET] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_PAUSE] = { .type = NLA_FLAG },
	[LUNATIK_A_RUN_WAIT] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_TOKEN] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_EXPECT_GENERATION] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_GENERATION] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_STEP] = { .type = NLA_BINARY },
};

static const struct nla_policy data_policy[] = {
	[LUNATIK_A_RUN_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_RUN_DATA] = { .type = NLA_BINARY },
	[LUNATIK_A_RUN_BUDGET] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_PAUSE] = { .type = NLA_FLAG },
	[LUNATIK_A_RUN_WAIT] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_TOKEN] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_EXPECT_GENERATION] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_GENERATION] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_STEP] = { .type = NLA_BINARY },
};

static const struct nla_policy abort_policy[] = {
	[LUNATIK_A_RUN_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_RUN_PORT] = { .type = NLA_U32 },
};

static const struct nla_policy upload_policy[] = {
	[LUNATIK_A_RUN_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_RUN_CODE] = { .type = NLA_BINARY },
	[LUNATIK_A_RUN_TOKEN] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_UPLOAD] = { .type = NLA_U32 },
	[LUNATIK_A_RUN_OFFSET] = { .type = NLA_U32 },
	[LUNATIK_A_RUN_TOTAL] = { .type = NLA_U32 },
};

static const struct nla_policy receive_policy[] = {
	[LUNATIK_A_MESSAGE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_MESSAGE_TOKEN] = { .type = NLA_U64 },
};

#define POLICY(p)	.policy = (p), .maxattr = ARRAY_SIZE(p) - 1

static const struct genl_ops ops[] = {
	{
		.cmd = LUNATIK_CMD_NEWSTATE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_newstate_doit,
		POLICY(newstate_policy),
	}, {
		.cmd = LUNATIK_CMD_CLOSE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_close_doit,
		POLICY(close_policy),
	}, {
		.cmd = LUNATIK_CMD_DOSTRING,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = lunatik_do_start,
		.dumpit = lunatik_run_dumpit,
		.done = lunatik_run_done,
		POLICY(do_policy),
	}, {
		.cmd = LUNATIK_CMD_GETSTATE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_getstate_doit,
		POLICY(getstate_policy),
	}, {
		.cmd = LUNATIK_CMD_PUTSTATE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_putstate_doit,
		POLICY(putstate_policy),
	}, {
		.cmd = LUNATIK_CMD_DATA,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = lunatik_data_start,
		.dumpit = lunatik_run_dumpit,
		.done = lunatik_run_done,
		POLICY(data_policy),
	}, {
		.cmd = LUNATIK_CMD_LIST,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_list_doit,
		.start = lunatik_list_start,
		.dumpit = lunatik_list_dumpit,
		POLICY(list_policy),
	}, {
		.cmd = LUNATIK_CMD_INFO,
		.doit = info_doit,
	}, {
		.cmd = LUNATIK_CMD_ABORT,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_abort_doit,
		POLICY(abort_policy),
	}, {
		.cmd = LUNATIK_CMD_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_set_doit,
		POLICY(set_policy),
	}, {
		.cmd = LUNATIK_CMD_UPLOAD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_upload_doit,
		POLICY(upload_policy),
	}, {
		.cmd = LUNATIK_CMD_RECEIVE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lunatik_receive_doit,
		.start = lunatik_receive_start,
		.dumpit = lunatik_receive_dumpit,
		.done = lunatik_receive_done,
		POLICY(receive_policy),
	}
};

static const struct genl_multicast_group groups[] = {
	{ .name = LUNATIK_MCGRP_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN },
};

/* What generic netlink has not looked at: see the head of the file. */
bool lunatik_may_use(struct sk_buff *skb)
{
	return lunatik_userns || netlink_capable(skb, CAP_NET_ADMIN);
}

static int check_use(const struct genl_split_ops *op, struct sk_buff *skb,
		     struct genl_info *info)
{
	return !(op->flags & GENL_UNS_ADMIN_PERM) || lunatik_may_use(skb) ? 0 : -EPERM;
}

struct genl_family lunatik_family __ro_after_init = {
	.name = LUNATIK_FAMILY_NAME,
	.version = LUNATIK_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.pre_doit = check_use,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/* The dump of a closed socket is freed by a worker, some time later; its state is free now. */
static int socket_event(struct notifier_block *block, unsigned long event, void *data)
{
	struct netlink_notify *notify = data;
	struct lunatik_net *ns;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	ns = lunatik_net(notify->net);
	lunatik_run_orphan(ns, notify->portid);
	lunatik_session_orphan(ns, notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = {
	.notifier_call = socket_event,
};

int __init lunatik_netlink_init(void)
{
	int err;

	err = netlink_register_notifier(&socket_notifier);
	if (err)
		return err;
	err = genl_register_family(&lunatik_family);
	if (err)
		netlink_unregister_notifier(&socket_notifier);
	return err;
}

void lunatik_netlink_exit(void)
{
	genl_unregister_family(&lunatik_family);
	netlink_unregister_notifier(&socket_notifier);
}

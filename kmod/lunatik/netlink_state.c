// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Operations on states: newstate, close, getstate, putstate, set, list.
 *
 * An answer's memory is there before anything is changed, so that no change is made that its caller
 * is not told of.
 */
#include <linux/glob.h>
#include <linux/netlink.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <uapi/linux/lunatik.h>

#include "compat.h"
#include "events.h"
#include "net.h"
#include "netlink.h"
#include "params.h"
#include "run.h"
#include "script.h"
#include "session.h"
#include "state.h"
#include "text.h"

static int parse_maxalloc(const struct nlattr *attr, u64 *maxalloc, struct netlink_ext_ack *extack)
{
	*maxalloc = attr ? nla_get_u64(attr) : lunatik_maxalloc;
	if (!attr)
		*maxalloc = clamp_t(u64, *maxalloc, LUNATIK_MAXALLOC_MIN, LUNATIK_MAXALLOC_MAX);
	if (*maxalloc < LUNATIK_MAXALLOC_MIN) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "maxalloc is less than 64 KiB");
		return -EINVAL;
	}
	if (*maxalloc > LUNATIK_MAXALLOC_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "maxalloc is more than 256 MiB");
		return -EINVAL;
	}
	return 0;
}

static int parse_context(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (attr && nla_get_u32(attr) != LUNATIK_CONTEXT_PROCESS) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "states run in process context only");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Of operations whose policies have all three. */
static int parse_change(struct genl_info *info, struct lunatik_change *change)
{
	return lunatik_parse_change(info->attrs[LUNATIK_A_STATE_EXPECT_GENERATION],
				    info->attrs[LUNATIK_A_STATE_GENERATION],
				    info->attrs[LUNATIK_A_STATE_STEP], change, info->extack);
}

/* --- a state as listed --- */

/* 0 where the reader's pid namespace does not see the holder. */
static u32 holder_of(const struct lunatik_state *state)
{
	return pid_vnr(state->holder ? state->holder->holder : state->run->holder);
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, LUNATIK_A_STATE_PAD);
}

static int put_references(struct sk_buff *skb, const struct lunatik_state *state)
{
	if (nla_put_u32(skb, LUNATIK_A_STATE_USERS, refcount_read(&state->users)) ||
	    nla_put_u32(skb, LUNATIK_A_STATE_PINS, state->pins) ||
	    ((state->run || state->holder) &&
	     nla_put_u32(skb, LUNATIK_A_STATE_INUSE, holder_of(state))))
		return -EMSGSIZE;
	return 0;
}

static int put_script(struct sk_buff *skb, const struct lunatik_script *script)
{
	if (!script)
		return 0;
	if (nla_put_string(skb, LUNATIK_A_STATE_SCRIPT_NAME, script->name) ||
	    put_u64(skb, LUNATIK_A_STATE_SCRIPT_SIZE, script->size) ||
	    nla_put(skb, LUNATIK_A_STATE_SCRIPT_SHA256, sizeof(script->sha256), script->sha256))
		return -EMSGSIZE;
	return 0;
}

static int put_counts(struct sk_buff *skb, const struct lunatik_state *state)
{
	s64 age = ktime_to_us(ktime_sub(ktime_get(), state->born));

	if (put_u64(skb, LUNATIK_A_STATE_GENERATION, state->generation) ||
	    put_u64(skb, LUNATIK_A_STATE_AGE, age) ||
	    put_u64(skb, LUNATIK_A_STATE_RUNS, state->runs) ||
	    put_u64(skb, LUNATIK_A_STATE_ERRORS, state->errors) ||
	    put_u64(skb, LUNATIK_A_STATE_ABORTS, state->aborts) ||
	    put_u64(skb, LUNATIK_A_STATE_RUN_TIME, div_u64(state->run_ns, NSEC_PER_USEC)) ||
	    put_u64(skb, LUNATIK_A_STATE_QUEUED, READ_ONCE(state->queue.queued)) ||
	    put_u64(skb, LUNATIK_A_STATE_REFUSED, READ_ONCE(state->queue.refused)))
		return -EMSGSIZE;
	return 0;
}

/* Context: the lock held. */
static int put_state(struct sk_buff *skb, const struct lunatik_state *state)
{
	const struct lunatik_arena *arena = &state->vm.arena;

	/* the owner of the machine writes these as it goes */
	if (nla_put_string(skb, LUNATIK_A_STATE_NAME, state->name) ||
	    put_u64(skb, LUNATIK_A_STATE_MAXALLOC, READ_ONCE(arena->maxalloc)) ||
	    nla_put_u32(skb, LUNATIK_A_STATE_CONTEXT, LUNATIK_CONTEXT_PROCESS) ||
	    put_u64(skb, LUNATIK_A_STATE_CURRALLOC, READ_ONCE(arena->curralloc)) ||
	    put_u64(skb, LUNATIK_A_STATE_PEAK, READ_ONCE(arena->peak)) ||
	    put_references(skb, state) || put_counts(skb, state) ||
	    put_script(skb, state->script) ||
	    (state->step_size && nla_put(skb, LUNATIK_A_STATE_STEP, state->step_size,
					 state->step)))
		return -EMSGSIZE;
	return 0;
}

/* More than a state's attributes take: such a message need not grow or be trimmed. */
#define STATE_SIZE	(nla_total_size(LUNATIK_NAME_MAX + 1) + \
			 nla_total_size(LUNATIK_CHUNK_NAME_MAX + 1) + \
			 nla_total_size(SHA256_DIGEST_SIZE) + nla_total_size(LUNATIK_STEP_MAX) + \
			 4 * nla_total_size(sizeof(u32)) + 14 * nla_total_size_64bit(sizeof(u64)))

/* --- operations that answer with the state --- */

struct answer {
	struct genl_info *info;
	struct sk_buff *skb;
	void *header;
};

static int answer_begin(struct answer *answer, struct genl_info *info)
{
	answer->info = info;
	answer->skb = genlmsg_new(STATE_SIZE, GFP_KERNEL);
	if (!answer->skb)
		return -ENOMEM;
	answer->header = genlmsg_put_reply(answer->skb, info, &lunatik_family, 0,
					   info->genlhdr->cmd);
	return 0;
}

/* With the session's token, where there is one to tell. Context: the lock held. */
static void answer_fill(struct answer *answer, const struct lunatik_state *state, u64 token)
{
	WARN_ON_ONCE(put_state(answer->skb, state) ||
		     (token && put_u64(answer->skb, LUNATIK_A_STATE_TOKEN, token)));
}

static int answer_send(struct answer *answer)
{
	genlmsg_end(answer->skb, answer->header);
	return genlmsg_reply(answer->skb, answer->info);
}

static void answer_drop(struct answer *answer)
{
	nlmsg_free(answer->skb);
}

/**
 * struct operation - what is done to a state that is there
 * @act: does it, under the lock; 0 or a refusal; NULL where the state is only looked at
 * @caller: who asks
 * @token: of the caller's session, to be told; or 0
 * @maxalloc: for set
 * @change: for set
 */
struct operation {
	int (*act)(struct lunatik_state *state, const struct operation *operation,
		   struct netlink_ext_ack *extack);
	struct lunatik_caller caller;
	u64 token;
	u64 maxalloc;
	struct lunatik_change change;
};

/* Does it to the state that the request names, and answers with that. */
static int operate(struct genl_info *info, const struct operation *operation)
{
	struct lunatik_state *state;
	struct answer answer;
	const char *name;
	int err;

	err = lunatik_parse_name(info->attrs[LUNATIK_A_STATE_NAME], &name, info->extack);
	if (!err)
		err = answer_begin(&answer, info);
	if (err)
		return err;
	err = -ENOENT;
	state = lunatik_state_lock(lunatik_net(genl_info_net(info)), name, info->extack);
	if (state) {
		err = operation->act ? operation->act(state, operation, info->extack) : 0;
		if (!err)
			answer_fill(&answer, state, operation->token);
		lunatik_state_unlock(state);
	} else {
		NL_SET_BAD_ATTR(info->extack, info->attrs[LUNATIK_A_STATE_NAME]);
	}
	if (!err)
		return answer_send(&answer);
	answer_drop(&answer);
	return err;
}

/* --- newstate --- */

static int hold_new(struct lunatik_state *state, const struct lunatik_caller *caller,
		    struct netlink_ext_ack *extack)
{
	int err;

	spin_lock(&state->namespace->lock);
	err = lunatik_state_hold(state, caller, extack);
	spin_unlock(&state->namespace->lock);
	return err;
}

static void unhold_new(struct lunatik_state *state)
{
	spin_lock(&state->namespace->lock);
	if (state->holder)
		lunatik_state_release(state);
	spin_unlock(&state->namespace->lock);
}

static int begin_session(struct lunatik_net *ns, const struct lunatik_caller *caller, u64 *token,
			 struct netlink_ext_ack *extack)
{
	struct lunatik_session *session = lunatik_session_begin(ns, caller, extack);

	if (IS_ERR(session))
		return PTR_ERR(session);
	/* that of a token may be gone by now, which holding will notice */
	*token = caller->token ?: session->token;
	return 0;
}

/*
 * The state that the request describes, as yet unknown, with its handle taken where that is wanted.
 */
static struct lunatik_state *make_state(struct sk_buff *skb, struct genl_info *info, u64 *token)
{
	struct lunatik_net *ns = lunatik_net(genl_info_net(info));
	struct lunatik_change change;
	struct lunatik_caller caller;
	struct lunatik_state *state;
	const char *name;
	u64 maxalloc;
	int err;

	lunatik_parse_caller(skb, NULL, &caller);
	err = lunatik_parse_name(info->attrs[LUNATIK_A_STATE_NAME], &name, info->extack);
	if (!err)
		err = parse_maxalloc(info->attrs[LUNATIK_A_STATE_MAXALLOC], &maxalloc,
				     info->extack);
	if (!err)
		err = parse_context(info->attrs[LUNATIK_A_STATE_CONTEXT], info->extack);
	if (!err)
		err = parse_change(info, &change);
	if (!err && info->attrs[LUNATIK_A_STATE_HANDLE])
		err = begin_session(ns, &caller, token, info->extack);
	if (err)
		return ERR_PTR(err);
	state = lunatik_state_make(ns, name, maxalloc, info->extack);
	if (IS_ERR(state))
		return state;
	state->generation = change.generation ?: 1;
	lunatik_state_mark(state, &change);
	if (*token)
		err = hold_new(state, &caller, info->extack);
	if (!err)
		return state;
	lunatik_state_unmake(state);
	return ERR_PTR(err);
}

int lunatik_newstate_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lunatik_state *state;
	struct answer answer;
	u64 token = 0;
	int err;

	err = answer_begin(&answer, info);
	if (err)
		return err;
	state = make_state(skb, info, &token);
	err = PTR_ERR_OR_ZERO(state);
	if (err)
		goto out_drop;
	/* before it is known, as then anybody may close it */
	spin_lock(&state->namespace->lock);
	answer_fill(&answer, state, token);
	spin_unlock(&state->namespace->lock);
	err = lunatik_state_add(state, info->extack);
	if (err)
		goto out_unmake;
	return answer_send(&answer);

out_unmake:
	unhold_new(state);
	lunatik_state_unmake(state);
out_drop:
	answer_drop(&answer);
	return err;
}

/* --- close, getstate, putstate, set, list of one --- */

int lunatik_close_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lunatik_change change;
	struct lunatik_caller caller;
	const char *name;
	int err;

	err = lunatik_parse_name(info->attrs[LUNATIK_A_STATE_NAME], &name, info->extack);
	if (!err)
		err = lunatik_parse_change(info->attrs[LUNATIK_A_STATE_EXPECT_GENERATION], NULL,
					   NULL, &change, info->extack);
	if (err)
		return err;
	lunatik_parse_caller(skb, info->attrs[LUNATIK_A_STATE_TOKEN], &caller);
	return lunatik_state_close(lunatik_net(genl_info_net(info)), name, &caller, change.expect,
				   info->extack);
}

static int act_pin(struct lunatik_state *state, const struct operation *operation,
		   struct netlink_ext_ack *extack)
{
	return lunatik_state_pin(state, &operation->caller, extack);
}

static int act_hold(struct lunatik_state *state, const struct operation *operation,
		    struct netlink_ext_ack *extack)
{
	return lunatik_state_hold(state, &operation->caller, extack);
}

static int act_unpin(struct lunatik_state *state, const struct operation *operation,
		     struct netlink_ext_ack *extack)
{
	return lunatik_state_unpin(state, extack);
}

static int act_unhold(struct lunatik_state *state, const struct operation *operation,
		      struct netlink_ext_ack *extack)
{
	return lunatik_state_unhold(state, &operation->caller, extack);
}

static int act_force(struct lunatik_state *state, const struct operation *operation,
		     struct netlink_ext_ack *extack)
{
	return lunatik_state_unhold(state, NULL, extack);
}

static int act_set(struct lunatik_state *state, const struct operation *operation,
		   struct netlink_ext_ack *extack)
{
	int err;

	err = lunatik_state_set(state, operation->maxalloc, &operation->caller,
				&operation->change, extack);
	if (!err)
		lunatik_event(state, LUNATIK_EVENT_TYPE_SET, 0);
	return err;
}

int lunatik_getstate_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct operation operation = { .act = act_pin };
	int err;

	lunatik_parse_caller(skb, info->attrs[LUNATIK_A_STATE_TOKEN], &operation.caller);
	if (info->attrs[LUNATIK_A_STATE_HANDLE]) {
		operation.act = act_hold;
		err = begin_session(lunatik_net(genl_info_net(info)), &operation.caller,
				    &operation.token, info->extack);
		if (err)
			return err;
	}
	return operate(info, &operation);
}

int lunatik_putstate_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct operation operation = { .act = act_unpin };

	lunatik_parse_caller(skb, info->attrs[LUNATIK_A_STATE_TOKEN], &operation.caller);
	if (info->attrs[LUNATIK_A_STATE_HANDLE])
		operation.act = info->attrs[LUNATIK_A_STATE_FORCE] ? act_force : act_unhold;
	return operate(info, &operation);
}

int lunatik_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct operation operation = { .act = act_set };
	int err;

	if (!info->attrs[LUNATIK_A_STATE_MAXALLOC]) {
		NL_SET_ERR_MSG(info->extack, "maxalloc is missing");
		return -EINVAL;
	}
	err = parse_maxalloc(info->attrs[LUNATIK_A_STATE_MAXALLOC], &operation.maxalloc,
			     info->extack);
	if (!err)
		err = parse_change(info, &operation.change);
	if (err)
		return err;
	lunatik_parse_caller(skb, info->attrs[LUNATIK_A_STATE_TOKEN], &operation.caller);
	return operate(info, &operation);
}

int lunatik_list_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct operation operation = { };

	if (info->attrs[LUNATIK_A_STATE_PATTERN]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[LUNATIK_A_STATE_PATTERN],
				    "a pattern is for dumps");
		return -EINVAL;
	}
	return operate(info, &operation);
}

/* --- list, as a dump --- */

/* States that are looked at without a pause. */
#define LIST_BATCH	256

struct list_dump {
	struct lunatik_refusal refusal;
	unsigned long next;	/* id to go on with */
	const char *pattern;	/* in the request, which the dump keeps */
};

static int list_parse(struct list_dump *dump, struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const struct nlattr *pattern = attrs[LUNATIK_A_STATE_PATTERN];

	if (attrs[LUNATIK_A_STATE_NAME]) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[LUNATIK_A_STATE_NAME],
				    "a dump takes a pattern, not a name");
		return -EINVAL;
	}
	dump->next = 0;
	dump->pattern = NULL;
	if (!pattern)
		return 0;
	if (!lunatik_text_is_whole(pattern) || nla_len(pattern) > LUNATIK_PATTERN_MAX + 1) {
		NL_SET_ERR_MSG_ATTR(extack, pattern, "a pattern has at most 255 bytes, and no NUL");
		return -EINVAL;
	}
	dump->pattern = nla_data(pattern);
	return 0;
}

int lunatik_list_start(struct netlink_callback *cb)
{
	struct list_dump *dump = (void *)cb->ctx;
	struct netlink_ext_ack extack = { };
	int err;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	if (!lunatik_may_use(cb->skb))
		return -EPERM;
	err = list_parse(dump, lunatik_dump_attrs(cb), &extack);
	lunatik_refuse_later(&dump->refusal, err, &extack);
	return 0;
}

static int list_one(struct sk_buff *skb, struct netlink_callback *cb, struct lunatik_state *state)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				   &lunatik_family, NLM_F_MULTI, LUNATIK_CMD_LIST);
	int err;

	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	spin_lock(&state->namespace->lock);
	err = put_state(skb, state);
	spin_unlock(&state->namespace->lock);
	if (err)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return err;
}

/*
 * States from dump->next on, as far as there is room, but not too many at once. Returns whether
 * there are more.
 */
static bool list_some(struct sk_buff *skb, struct netlink_callback *cb, struct lunatik_net *ns,
		      bool *full)
{
	struct list_dump *dump = (void *)cb->ctx;
	struct lunatik_state *state;
	unsigned int seen = 0;
	unsigned long id;

	/* the structure of a state outlives it by a grace period */
	rcu_read_lock();
	cb->seq = READ_ONCE(ns->sequence);
	xa_for_each_start(&ns->ids, id, state, dump->next) {
		if (++seen > LIST_BATCH)
			break;
		*full = (!dump->pattern || glob_match(dump->pattern, state->name)) &&
			list_one(skb, cb, state);
		if (*full)
			break;
		dump->next = id + 1;
	}
	rcu_read_unlock();
	return state;
}

int lunatik_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lunatik_net *ns = lunatik_net(sock_net(cb->skb->sk));
	struct list_dump *dump = (void *)cb->ctx;
	bool full = false;

	if (dump->refusal.err)
		return lunatik_refuse_now(&dump->refusal, cb->extack);
	while (list_some(skb, cb, ns, &full) && !full)
		cond_resched();
	return full ? skb->len : 0;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The generic netlink family: reads attributes, calls the layers below, writes attributes. It knows
 * no Lua. The contract is kmod/lunatik.yaml.
 *
 * No script runs for long under generic netlink's locks. A handler, and the first call of a dump,
 * run while cb_lock is held for reading, so a script there could stop every netlink user of the
 * machine. `dostring` is a dump whose first call takes a glance (vm.c): a short script is over with
 * it, for any other it says that the run has begun. The kernel makes the other calls when the
 * caller receives, in its own context, holding the mutex of that one socket.
 *
 *   newstate  name [maxalloc] [context]            -> the state
 *   close     name
 *   dostring  name code... [chunk-name] [budget] [pause]
 *                                                  -> (dump) output... values... status ...
 *   list      name                                 -> the state
 *   list      [pattern]                            -> (dump) states
 *   info                                           -> versions, limits, totals
 *   abort     name [port]
 *
 * Life. A run lives from `start` of its dump to `done`. The request it came with is kept by the
 * dump, so the chunk is read from it where it lies.
 */
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/utsname.h>
#include <generated/utsrelease.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/sock.h>
#include <uapi/linux/lunatik.h>

#include "params.h"
#include "net.h"
#include "netlink.h"
#include "run.h"
#include "state.h"

#define CHUNK_NAME	"=do"

/* Least room that is worth another attribute; NLMSG_DONE with an extended ack fits beside it. */
#define ROOM_LEAST	256

static struct genl_family family;

/* --- attributes in --- */

/* A text goes up to its first NUL; something behind that would go unseen. */
static bool is_whole(const struct nlattr *attr)
{
	return strlen(nla_data(attr)) + 1 == nla_len(attr);
}

static int parse_state_name(const struct nlattr *attr, const char **name,
			    struct netlink_ext_ack *extack)
{
	if (!attr) {
		NL_SET_ERR_MSG(extack, "the name of a state is missing");
		return -EINVAL;
	}
	*name = nla_data(attr);
	if (!is_whole(attr) || !lunatik_name_valid(*name)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a name is 1 to 63 of A-Z a-z 0-9 . _ - : @, the first a letter, a digit or _");
		return -EINVAL;
	}
	return 0;
}

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

static struct lunatik_state *find_state(struct net *net, const struct nlattr *attr,
					struct netlink_ext_ack *extack)
{
	struct lunatik_state *state;
	const char *name;
	int err;

	err = parse_state_name(attr, &name, extack);
	if (err)
		return ERR_PTR(err);
	state = lunatik_state_find(lunatik_net(net), name);
	if (!state) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no such state");
		return ERR_PTR(-ENOENT);
	}
	return state;
}

/* --- a state as listed --- */

/* What runs_lock protects, copied out of it. */
struct snapshot {
	bool inuse;
	u32 holder;
	u32 users;
	u64 scriptsize;
	u64 generation;
	u64 runs, errors, aborts;
	u64 run_ns;
	char script[LUNATIK_CHUNK_NAME_MAX + 1];
};

static void take_snapshot(struct lunatik_state *state, struct snapshot *shot)
{
	struct lunatik_net *ns = state->namespace;

	spin_lock(&ns->runs_lock);
	shot->inuse = state->run;
	/* 0 where the reader's pid namespace does not see the holder */
	shot->holder = state->run ? pid_vnr(state->run->holder) : 0;
	shot->users = refcount_read(&state->users);
	shot->scriptsize = state->scriptsize;
	shot->generation = state->generation;
	shot->runs = state->runs;
	shot->errors = state->errors;
	shot->aborts = state->aborts;
	shot->run_ns = state->run_ns;
	strscpy(shot->script, state->script ?: "", sizeof(shot->script));
	spin_unlock(&ns->runs_lock);
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, LUNATIK_A_STATE_PAD);
}

/*
 * @own: references that the reader holds for reading, which are not told
 */
static int put_state(struct sk_buff *skb, struct lunatik_state *state, u32 own)
{
	const struct lunatik_arena *arena = &state->vm.arena;
	struct snapshot shot;

	take_snapshot(state, &shot);
	if (nla_put_string(skb, LUNATIK_A_STATE_NAME, state->name) ||
	    put_u64(skb, LUNATIK_A_STATE_MAXALLOC, READ_ONCE(arena->maxalloc)) ||
	    nla_put_u32(skb, LUNATIK_A_STATE_CONTEXT, LUNATIK_CONTEXT_PROCESS) ||
	    put_u64(skb, LUNATIK_A_STATE_CURRALLOC, READ_ONCE(arena->curralloc)) ||
	    put_u64(skb, LUNATIK_A_STATE_PEAK, READ_ONCE(arena->peak)) ||
	    nla_put_u32(skb, LUNATIK_A_STATE_USERS, shot.users - own) ||
	    nla_put_u32(skb, LUNATIK_A_STATE_PINS, 0) ||
	    (shot.inuse && nla_put_u32(skb, LUNATIK_A_STATE_INUSE, shot.holder)) ||
	    put_u64(skb, LUNATIK_A_STATE_GENERATION, shot.generation) ||
	    put_u64(skb, LUNATIK_A_STATE_AGE,
		    ktime_to_us(ktime_sub(ktime_get(), state->born))) ||
	    put_u64(skb, LUNATIK_A_STATE_RUNS, shot.runs) ||
	    put_u64(skb, LUNATIK_A_STATE_ERRORS, shot.errors) ||
	    put_u64(skb, LUNATIK_A_STATE_ABORTS, shot.aborts) ||
	    put_u64(skb, LUNATIK_A_STATE_RUN_TIME, div_u64(shot.run_ns, NSEC_PER_USEC)) ||
	    put_u64(skb, LUNATIK_A_STATE_QUEUED, 0) ||
	    put_u64(skb, LUNATIK_A_STATE_REFUSED, 0))
		return -EMSGSIZE;
	if (shot.script[0] &&
	    (nla_put_string(skb, LUNATIK_A_STATE_SCRIPT_NAME, shot.script) ||
	     put_u64(skb, LUNATIK_A_STATE_SCRIPT_SIZE, shot.scriptsize)))
		return -EMSGSIZE;
	return 0;
}

/* What put_state() takes at most: a message of that size need not be trimmed. */
static size_t state_size(const struct lunatik_state *state)
{
	return nla_total_size(strlen(state->name) + 1) +
	       nla_total_size(LUNATIK_CHUNK_NAME_MAX + 1) +
	       4 * nla_total_size(sizeof(u32)) +
	       12 * nla_total_size_64bit(sizeof(u64));
}

static int reply_state(struct genl_info *info, struct lunatik_state *state, u8 cmd)
{
	struct sk_buff *skb = genlmsg_new(state_size(state), GFP_KERNEL);
	void *header;
	int err;

	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, &family, 0, cmd);
	err = header ? put_state(skb, state, 1) : -EMSGSIZE;
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/* --- newstate, close, list, abort --- */

static int newstate_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lunatik_net *ns = lunatik_net(genl_info_net(info));
	struct lunatik_state *state;
	const char *name;
	u64 maxalloc;
	int err;

	err = parse_state_name(info->attrs[LUNATIK_A_STATE_NAME], &name, info->extack);
	if (!err)
		err = parse_maxalloc(info->attrs[LUNATIK_A_STATE_MAXALLOC], &maxalloc,
				     info->extack);
	if (!err)
		err = parse_context(info->attrs[LUNATIK_A_STATE_CONTEXT], info->extack);
	if (err)
		return err;
	state = lunatik_state_new(ns, name, maxalloc, info->extack);
	if (IS_ERR(state))
		return PTR_ERR(state);
	err = reply_state(info, state, LUNATIK_CMD_NEWSTATE);
	lunatik_state_put(state);
	return err;
}

static int close_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *name;
	int err;

	err = parse_state_name(info->attrs[LUNATIK_A_STATE_NAME], &name, info->extack);
	if (err)
		return err;
	return lunatik_state_close(lunatik_net(genl_info_net(info)), name, info->extack);
}

static int list_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lunatik_state *state;
	int err;

	if (info->attrs[LUNATIK_A_STATE_PATTERN]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[LUNATIK_A_STATE_PATTERN],
				    "a pattern is for dumps");
		return -EINVAL;
	}
	state = find_state(genl_info_net(info), info->attrs[LUNATIK_A_STATE_NAME], info->extack);
	if (IS_ERR(state))
		return PTR_ERR(state);
	err = reply_state(info, state, LUNATIK_CMD_LIST);
	lunatik_state_put(state);
	return err;
}

static int abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lunatik_state *state;
	u32 port = 0;
	int err;

	state = find_state(genl_info_net(info), info->attrs[LUNATIK_A_RUN_NAME], info->extack);
	if (IS_ERR(state))
		return PTR_ERR(state);
	if (info->attrs[LUNATIK_A_RUN_PORT])
		port = nla_get_u32(info->attrs[LUNATIK_A_RUN_PORT]);
	err = lunatik_run_abort(state, port);
	if (err)
		NL_SET_ERR_MSG(info->extack, "nothing to abort runs in the state");
	lunatik_state_put(state);
	return err;
}

/* --- the refusal of a dump --- */

/*
 * Before 6.2 `start` of a dump has no extended ack, so it cannot say what it refuses. It succeeds,
 * and the first call of the dump, which has one, refuses.
 */
struct refusal {
	int err;
	const char *words;
};

static void refuse_later(struct refusal *refusal, int err, const struct netlink_ext_ack *extack)
{
	refusal->err = err;
	refusal->words = extack->_msg;
}

static int refuse_now(const struct refusal *refusal, struct netlink_ext_ack *extack)
{
	if (refusal->err && extack)
		extack->_msg = refusal->words;
	return refusal->err;
}

/* --- list, as a dump --- */

/* States that are looked at without a pause. */
#define LIST_BATCH	256

struct list_dump {
	struct refusal refusal;
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
	if (!is_whole(pattern) || nla_len(pattern) > LUNATIK_PATTERN_MAX + 1) {
		NL_SET_ERR_MSG_ATTR(extack, pattern, "a pattern has at most 255 bytes, and no NUL");
		return -EINVAL;
	}
	dump->pattern = nla_data(pattern);
	return 0;
}

static int list_start(struct netlink_callback *cb)
{
	struct list_dump *dump = (void *)cb->ctx;
	struct netlink_ext_ack extack = { };

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	refuse_later(&dump->refusal, list_parse(dump, genl_dumpit_info(cb)->attrs, &extack),
		     &extack);
	return 0;
}

static int list_one(struct sk_buff *skb, struct netlink_callback *cb, struct lunatik_state *state)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &family,
				   NLM_F_MULTI, LUNATIK_CMD_LIST);

	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	if (put_state(skb, state, 0)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
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

static int list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lunatik_net *ns = lunatik_net(sock_net(cb->skb->sk));
	struct list_dump *dump = (void *)cb->ctx;
	bool full = false;

	if (dump->refusal.err)
		return refuse_now(&dump->refusal, cb->extack);
	while (list_some(skb, cb, ns, &full) && !full)
		cond_resched();
	return full ? skb->len : 0;
}

/* --- info --- */

static bool has_retpolines(void)
{
	return IS_ENABLED(CONFIG_RETPOLINE) && boot_cpu_has(X86_FEATURE_RETPOLINE);
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
	    put_u64(skb, LUNATIK_A_INFO_MEMORY_MAX, ns->memory.max))
		return -EMSGSIZE;
	return 0;
}

/* More than put_info() takes. */
#define INFO_SIZE	512

static int info_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply = genlmsg_new(INFO_SIZE, GFP_KERNEL);
	void *header;
	int err;

	if (!reply)
		return -ENOMEM;
	header = genlmsg_put_reply(reply, info, &family, 0, LUNATIK_CMD_INFO);
	err = header ? put_info(reply, lunatik_net(genl_info_net(info))) : -EMSGSIZE;
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

/* --- dostring --- */

struct do_run {
	struct lunatik_run run;
	struct lunatik_source source;
	const struct nlmsghdr *request;
	const struct nlattr *piece;	/* the next to be compiled; NULL at the end */
	bool told;			/* that it has begun */
	bool pause;			/* the next call is to return at once */
	bool done;			/* the last message is out */
};

struct do_dump {
	struct refusal refusal;
	struct do_run *run;	/* NULL where it was refused */
};

/* The next CODE from @attr on, itself among it. */
static const struct nlattr *next_code(const struct nlmsghdr *request, const struct nlattr *attr)
{
	int left = (void *)request + request->nlmsg_len - (void *)attr;

	for (; nla_ok(attr, left); attr = nla_next(attr, &left))
		if (nla_type(attr) == LUNATIK_A_RUN_CODE)
			return attr;
	return NULL;
}

static const struct nlattr *first_code(const struct nlmsghdr *request)
{
	return next_code(request, nlmsg_attrdata(request, GENL_HDRLEN));
}

static const struct nlattr *code_after(const struct nlmsghdr *request, const struct nlattr *attr)
{
	return next_code(request, (void *)attr + NLA_ALIGN(attr->nla_len));
}

static const char *read_code(struct lunatik_source *source, size_t *size)
{
	struct do_run *run = container_of(source, struct do_run, source);
	const struct nlattr *piece = run->piece;

	*size = 0;
	/* an empty piece would end the chunk */
	while (piece && !nla_len(piece))
		piece = code_after(run->request, piece);
	if (!piece)
		return NULL;
	run->piece = code_after(run->request, piece);
	*size = nla_len(piece);
	return nla_data(piece);
}

static int parse_code(struct do_run *run, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = first_code(run->request);
	size_t size = 0;

	if (!attr) {
		NL_SET_ERR_MSG(extack, "the chunk is missing");
		return -EINVAL;
	}
	run->piece = attr;
	if (!code_after(run->request, attr)) {
		run->source.whole = nla_data(attr);
		run->source.size = nla_len(attr);
	}
	for (; attr; attr = code_after(run->request, attr)) {
		size += nla_len(attr);
		if (size > LUNATIK_CODE_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "a chunk has at most 1 MiB");
			return -EMSGSIZE;
		}
	}
	run->run.scriptsize = size;
	return 0;
}

static int parse_chunk_name(struct do_run *run, const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	const char *name = attr ? nla_data(attr) : CHUNK_NAME;

	if (name[0] != '=' && name[0] != '@') {
		NL_SET_ERR_MSG_ATTR(extack, attr, "a chunk's name begins with @ (a file) or =");
		return -EINVAL;
	}
	if (attr && (!is_whole(attr) || nla_len(attr) > LUNATIK_CHUNK_NAME_MAX + 1)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a chunk's name has at most 255 bytes, and no NUL");
		return -EINVAL;
	}
	run->source.name = name;
	return 0;
}

static int do_parse(struct do_run *run, struct netlink_callback *cb, u64 *budget,
		    struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = genl_dumpit_info(cb)->attrs;
	struct lunatik_state *state;
	int err;

	run->request = cb->nlh;
	run->source.read = read_code;
	run->run.source = &run->source;
	run->run.socket = NETLINK_CB(cb->skb).sk;
	run->run.port = NETLINK_CB(cb->skb).portid;
	run->pause = nla_get_flag(attrs[LUNATIK_A_RUN_PAUSE]);
	err = parse_code(run, extack);
	if (!err)
		err = parse_chunk_name(run, attrs[LUNATIK_A_RUN_CHUNK_NAME], extack);
	if (err)
		return err;
	*budget = attrs[LUNATIK_A_RUN_BUDGET] ? nla_get_u64(attrs[LUNATIK_A_RUN_BUDGET]) :
		(u64)lunatik_budget * USEC_PER_MSEC;
	state = find_state(sock_net(cb->skb->sk), attrs[LUNATIK_A_RUN_NAME], extack);
	if (IS_ERR(state))
		return PTR_ERR(state);
	run->run.state = state;
	return 0;
}

static int do_begin(struct netlink_callback *cb, struct do_dump *dump,
		    struct netlink_ext_ack *extack)
{
	struct do_run *run;
	u64 budget;
	int err;

	run = kzalloc(sizeof(*run), GFP_KERNEL_ACCOUNT);
	if (!run)
		return -ENOMEM;
	err = do_parse(run, cb, &budget, extack);
	if (err)
		goto out_free;
	err = lunatik_run_begin(&run->run, budget);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(extack, "state is in use");
	if (err)
		goto out_put;
	dump->run = run;
	return 0;

out_put:
	lunatik_state_put(run->run.state);
out_free:
	kfree(run);
	return err;
}

static int do_start(struct netlink_callback *cb)
{
	struct do_dump *dump = (void *)cb->ctx;
	struct netlink_ext_ack extack = { };

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	dump->run = NULL;
	refuse_later(&dump->refusal, do_begin(cb, dump, &extack), &extack);
	return 0;
}

static int do_done(struct netlink_callback *cb)
{
	struct do_dump *dump = (void *)cb->ctx;

	if (dump->run)
		lunatik_run_end(&dump->run->run);
	kfree(dump->run);
	return 0;
}

/* Moves what fits. Returns whether the sink is empty. */
static bool put_sink(struct sk_buff *skb, int type, struct lunatik_sink *sink)
{
	int room = skb_tailroom(skb) - ROOM_LEAST;
	struct nlattr *attr;
	size_t size;

	if (!sink->size)
		return true;
	if (room < ROOM_LEAST)
		return false;
	size = min_t(size_t, sink->size, room);
	attr = nla_reserve(skb, type, size);
	if (!attr)
		return false;
	lunatik_sink_take(sink, nla_data(attr), size);
	return !sink->size;
}

static int put_end(struct sk_buff *skb, const struct lunatik_run *run)
{
	if (nla_put_u32(skb, LUNATIK_A_RUN_STATUS, -lunatik_run_errno(run)) ||
	    put_u64(skb, LUNATIK_A_RUN_TIME, div_u64(run->ran_ns, NSEC_PER_USEC)) ||
	    put_u64(skb, LUNATIK_A_RUN_CURRALLOC, run->curralloc) ||
	    put_u64(skb, LUNATIK_A_RUN_PEAK, run->peak))
		return -EMSGSIZE;
	if ((run->output.cut || run->values.cut) && nla_put_flag(skb, LUNATIK_A_RUN_CUT))
		return -EMSGSIZE;
	return 0;
}

/* Everything that waits, as far as it fits; the last message's attributes once nothing does. */
static void do_put(struct sk_buff *skb, struct do_run *run, bool over)
{
	struct lunatik_run *r = &run->run;

	if (!put_sink(skb, LUNATIK_A_RUN_OUTPUT, &r->output) || !over)
		return;
	run->done = put_sink(skb, LUNATIK_A_RUN_VALUES, &r->values) &&
		    put_sink(skb, LUNATIK_A_RUN_MESSAGE, &r->message) &&
		    put_sink(skb, LUNATIK_A_RUN_ERROR_VALUE, &r->error_value) &&
		    !put_end(skb, r);
}

static int do_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct do_dump *dump = (void *)cb->ctx;
	struct do_run *run = dump->run;
	bool over = false;
	void *header;

	if (!run)
		return refuse_now(&dump->refusal, cb->extack);
	if (run->done)
		return lunatik_run_errno(&run->run);
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &family,
			     NLM_F_MULTI, LUNATIK_CMD_DOSTRING);
	if (!header)
		return -EMSGSIZE;
	if (!run->told)
		over = lunatik_run_glance(&run->run);
	else if (run->pause)
		run->pause = false;
	/* what a reader was too slow to take goes first, so a script waits for its reader */
	else if (!run->run.output.size || run->run.phase == LUNATIK_RUN_OVER)
		over = lunatik_run_continue(&run->run);
	do_put(skb, run, over);
	run->told = true;
	genlmsg_end(skb, header);
	return run->done ? lunatik_run_errno(&run->run) : skb->len;
}

/* --- the family --- */

/* Lengths and spelling are looked at above, where the refusal can say what is wrong. */
static const struct nla_policy newstate_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_STATE_MAXALLOC] = { .type = NLA_U64 },
	[LUNATIK_A_STATE_CONTEXT] = NLA_POLICY_MAX(NLA_U32, LUNATIK_CONTEXT_SOFTIRQ),
};

static const struct nla_policy close_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy list_policy[] = {
	[LUNATIK_A_STATE_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_STATE_PATTERN] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy do_policy[] = {
	[LUNATIK_A_RUN_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_RUN_CHUNK_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_RUN_CODE] = { .type = NLA_BINARY },
	[LUNATIK_A_RUN_BUDGET] = { .type = NLA_U64 },
	[LUNATIK_A_RUN_PAUSE] = { .type = NLA_FLAG },
};

static const struct nla_policy abort_policy[] = {
	[LUNATIK_A_RUN_NAME] = { .type = NLA_NUL_STRING },
	[LUNATIK_A_RUN_PORT] = { .type = NLA_U32 },
};

#define POLICY(p)	.policy = (p), .maxattr = ARRAY_SIZE(p) - 1

static const struct genl_ops ops[] = {
	{
		.cmd = LUNATIK_CMD_NEWSTATE,
		.flags = GENL_ADMIN_PERM,
		.doit = newstate_doit,
		POLICY(newstate_policy),
	}, {
		.cmd = LUNATIK_CMD_CLOSE,
		.flags = GENL_ADMIN_PERM,
		.doit = close_doit,
		POLICY(close_policy),
	}, {
		.cmd = LUNATIK_CMD_DOSTRING,
		.flags = GENL_ADMIN_PERM,
		.start = do_start,
		.dumpit = do_dumpit,
		.done = do_done,
		POLICY(do_policy),
	}, {
		.cmd = LUNATIK_CMD_LIST,
		.flags = GENL_ADMIN_PERM,
		.doit = list_doit,
		.start = list_start,
		.dumpit = list_dumpit,
		POLICY(list_policy),
	}, {
		.cmd = LUNATIK_CMD_INFO,
		.doit = info_doit,
	}, {
		.cmd = LUNATIK_CMD_ABORT,
		.flags = GENL_ADMIN_PERM,
		.doit = abort_doit,
		POLICY(abort_policy),
	},
};

static struct genl_family family __ro_after_init = {
	.name = LUNATIK_FAMILY_NAME,
	.version = LUNATIK_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
};

/* The dump of a closed socket is freed by a worker, some time later; its state is free now. */
static int socket_event(struct notifier_block *block, unsigned long event, void *data)
{
	struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC)
		lunatik_run_orphan(lunatik_net(notify->net), notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = {
	.notifier_call = socket_event,
};

int lunatik_netlink_init(void)
{
	int err;

	err = netlink_register_notifier(&socket_notifier);
	if (err)
		return err;
	err = genl_register_family(&family);
	if (err)
		netlink_unregister_notifier(&socket_notifier);
	return err;
}

void lunatik_netlink_exit(void)
{
	genl_unregister_family(&family);
	netlink_unregister_notifier(&socket_notifier);
}

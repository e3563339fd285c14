// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Operations that run something: dostring, data, and what goes with them, upload and abort.
 *
 * No script runs for long under generic netlink's locks. A handler, and the first call of a dump,
 * run while cb_lock is held for reading, so a script there could stop every netlink user of the
 * machine. These are dumps whose first call takes a glance (vm.c): what is short is over with it,
 * for anything else it says that the run has begun. The kernel makes the other calls when the
 * caller receives, in its own context, holding the mutex of that one socket.
 *
 * Life. A run lives from `start` of its dump to `done`. The request it came with is kept by the
 * dump, so a chunk or message is read from it where it lies; an upload is the run's from `start`
 * on.
 */
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <uapi/linux/lunatik.h>

#include "compat.h"
#include "net.h"
#include "netlink.h"
#include "outside.h"
#include "run.h"
#include "session.h"
#include "state.h"
#include "text.h"
#include "upload.h"

#define CHUNK_NAME	"=do"

/* Least room that is worth another attribute; NLMSG_DONE with an extended ack fits beside it. */
#define ROOM_LEAST	256

struct request_run {
	struct lunatik_run run;
	struct lunatik_upload *upload;	/* that the chunk came in, or NULL */
	bool told;			/* that it has begun */
	bool pause;			/* the next call is to return at once */
	bool done;			/* the last message is out */
};

struct run_dump {
	struct lunatik_refusal refusal;
	struct request_run *run;	/* NULL where it was refused */
};

/* --- the request --- */

static int parse_chunk_name(struct lunatik_job *job, const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	const char *name = attr ? nla_data(attr) : CHUNK_NAME;

	if (name[0] != '=' && name[0] != '@') {
		NL_SET_ERR_MSG_ATTR(extack, attr, "a chunk's name begins with @ (a file) or =");
		return -EINVAL;
	}
	if (attr && (!lunatik_text_is_whole(attr) ||
		     nla_len(attr) > LUNATIK_CHUNK_NAME_MAX + 1)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a chunk's name has at most 255 bytes, and no NUL");
		return -EINVAL;
	}
	job->name = name;
	return 0;
}

/* An upload belongs to its socket, whatever session that works for. */
static struct lunatik_caller without_token(const struct lunatik_caller *caller)
{
	return (struct lunatik_caller){ .socket = caller->socket, .port = caller->port };
}

static struct lunatik_session *session_of_socket(struct lunatik_net *ns,
						 const struct lunatik_caller *caller)
{
	const struct lunatik_caller socket = without_token(caller);
	struct lunatik_session *session;

	spin_lock(&ns->lock);
	session = lunatik_session_of(ns, &socket);
	spin_unlock(&ns->lock);
	return session;
}

static struct lunatik_upload *take_upload(struct lunatik_net *ns,
					  const struct lunatik_caller *caller, u32 number)
{
	struct lunatik_session *session = session_of_socket(ns, caller);

	return session ? lunatik_upload_take(ns, session, number) : NULL;
}

static void give_upload(struct lunatik_net *ns, const struct lunatik_caller *caller,
			struct lunatik_upload *upload)
{
	lunatik_upload_give(ns, session_of_socket(ns, caller), upload);
}

/* Whether an upload was begun for the state of this name. */
static bool is_upload_for(const struct lunatik_upload *upload, struct lunatik_net *ns,
			  const char *name)
{
	struct lunatik_state *state;
	bool is;

	rcu_read_lock();
	state = lunatik_net_lookup(ns, name);
	is = state && state->id == upload->state;
	rcu_read_unlock();
	return is;
}

static int parse_upload(struct request_run *run, struct lunatik_net *ns, const char *name,
			const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	struct lunatik_upload *upload;

	upload = take_upload(ns, &run->run.caller, nla_get_u32(attr));
	if (!upload) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "this socket has no such upload");
		return -EINVAL;
	}
	run->upload = upload;
	if (!is_upload_for(upload, ns, name)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "the upload is for another state");
		return -EINVAL;
	}
	if (upload->size < upload->total) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "the upload is not complete");
		return -EINVAL;
	}
	run->run.job.bytes = upload->bytes;
	run->run.job.size = upload->size;
	return 0;
}

static int parse_chunk(struct request_run *run, struct lunatik_net *ns, const char *name,
		       struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const struct nlattr *code = attrs[LUNATIK_A_RUN_CODE];
	const struct nlattr *upload = attrs[LUNATIK_A_RUN_UPLOAD];
	struct lunatik_job *job = &run->run.job;
	int err;

	job->kind = LUNATIK_JOB_CHUNK;
	err = parse_chunk_name(job, attrs[LUNATIK_A_RUN_CHUNK_NAME], extack);
	if (err)
		return err;
	if (!code && !upload) {
		NL_SET_ERR_MSG(extack, "the chunk is missing");
		return -EINVAL;
	}
	if (code && upload) {
		NL_SET_ERR_MSG(extack, "a chunk comes as code or as an upload, not as both");
		return -EINVAL;
	}
	if (upload)
		return parse_upload(run, ns, name, upload, extack);
	job->bytes = nla_data(code);
	job->size = nla_len(code);
	return 0;
}

static int parse_message(struct lunatik_job *job, const struct nlattr *data,
			 struct netlink_ext_ack *extack)
{
	if (!data) {
		NL_SET_ERR_MSG(extack, "the message is missing");
		return -EINVAL;
	}
	if (nla_len(data) > LUNATIK_DATA_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, data, "a message has at most 32 KiB");
		return -EMSGSIZE;
	}
	job->kind = LUNATIK_JOB_MESSAGE;
	job->bytes = nla_data(data);
	job->size = nla_len(data);
	return 0;
}

static u64 time_of(const struct nlattr *attr)
{
	return attr ? min_t(u64, nla_get_u64(attr), LUNATIK_TIME_DEFAULT - 1) :
	       LUNATIK_TIME_DEFAULT;
}

/* What it runs is parsed by now. */
static int begin_run(struct request_run *run, struct lunatik_net *ns, const char *name,
		     struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	int err;

	err = lunatik_parse_change(attrs[LUNATIK_A_RUN_EXPECT_GENERATION],
				   attrs[LUNATIK_A_RUN_GENERATION], attrs[LUNATIK_A_RUN_STEP],
				   &run->run.change, extack);
	if (err)
		return err;
	run->pause = nla_get_flag(attrs[LUNATIK_A_RUN_PAUSE]);
	return lunatik_run_begin(&run->run, ns, name, time_of(attrs[LUNATIK_A_RUN_BUDGET]),
				 time_of(attrs[LUNATIK_A_RUN_WAIT]), extack);
}

static int parse_and_begin(struct request_run *run, struct netlink_callback *cb, bool is_chunk,
			   struct netlink_ext_ack *extack)
{
	struct lunatik_net *ns = lunatik_net(sock_net(cb->skb->sk));
	struct nlattr **attrs = lunatik_dump_attrs(cb);
	const char *name;
	int err;

	lunatik_parse_caller(cb->skb, attrs[LUNATIK_A_RUN_TOKEN], &run->run.caller);
	err = lunatik_parse_name(attrs[LUNATIK_A_RUN_NAME], &name, extack);
	if (err)
		return err;
	if (is_chunk)
		err = lunatik_outside_may_load(extack) ?:
		      parse_chunk(run, ns, name, attrs, extack);
	else
		err = parse_message(&run->run.job, attrs[LUNATIK_A_RUN_DATA], extack);
	if (!err)
		err = begin_run(run, ns, name, attrs, extack);
	if (!run->upload)
		return err;
	/* it can be tried again */
	if (err)
		give_upload(ns, &run->run.caller, run->upload);
	else
		lunatik_upload_used(ns, session_of_socket(ns, &run->run.caller));
	return err;
}

static int run_start(struct netlink_callback *cb, bool is_chunk)
{
	struct run_dump *dump = (void *)cb->ctx;
	struct netlink_ext_ack extack = { };
	struct request_run *run;
	int err;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	if (!lunatik_may_use(cb->skb))
		return -EPERM;
	dump->run = NULL;
	run = kzalloc(sizeof(*run), GFP_KERNEL_ACCOUNT);
	if (!run)
		return -ENOMEM;
	err = parse_and_begin(run, cb, is_chunk, &extack);
	lunatik_refuse_later(&dump->refusal, err, &extack);
	if (err)
		kfree(run);
	else
		dump->run = run;
	return 0;
}

int lunatik_do_start(struct netlink_callback *cb)
{
	return run_start(cb, true);
}

int lunatik_data_start(struct netlink_callback *cb)
{
	return run_start(cb, false);
}

int lunatik_run_done(struct netlink_callback *cb)
{
	struct run_dump *dump = (void *)cb->ctx;
	struct request_run *run = dump->run;

	if (!run)
		return 0;
	lunatik_run_end(&run->run);
	if (run->upload)
		lunatik_upload_free(run->run.namespace, run->upload);
	kfree(run);
	return 0;
}

/* --- what comes of it --- */

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, LUNATIK_A_RUN_PAD);
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
static void put_run(struct sk_buff *skb, struct request_run *run, bool over)
{
	struct lunatik_run *r = &run->run;

	if (!put_sink(skb, LUNATIK_A_RUN_OUTPUT, &r->output) || !over)
		return;
	run->done = put_sink(skb, LUNATIK_A_RUN_VALUES, &r->values) &&
		    put_sink(skb, LUNATIK_A_RUN_MESSAGE, &r->message) &&
		    put_sink(skb, LUNATIK_A_RUN_ERROR_VALUE, &r->error_value) &&
		    !put_end(skb, r);
}

/* Returns whether the run is over. */
static bool step_on(struct request_run *run)
{
	if (!run->told)
		return lunatik_run_glance(&run->run);
	if (run->pause) {
		run->pause = false;
		return false;
	}
	/* what a reader was too slow to take goes first, so a script waits for its reader */
	if (run->run.output.size && READ_ONCE(run->run.phase) != LUNATIK_RUN_OVER)
		return false;
	return lunatik_run_continue(&run->run);
}

int lunatik_run_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct run_dump *dump = (void *)cb->ctx;
	struct request_run *run = dump->run;
	void *header;
	bool over;

	if (!run)
		return lunatik_refuse_now(&dump->refusal, cb->extack);
	if (run->done)
		return lunatik_run_errno(&run->run);
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &lunatik_family,
			     NLM_F_MULTI, genl_dumpit_info(cb)->op.cmd);
	if (!header)
		return -EMSGSIZE;
	over = step_on(run);
	if (over && run->run.refused) {
		genlmsg_cancel(skb, header);
		if (cb->extack)
			cb->extack->_msg = run->run.words;
		return run->run.refused;
	}
	put_run(skb, run, over);
	run->told = true;
	genlmsg_end(skb, header);
	return run->done ? lunatik_run_errno(&run->run) : skb->len;
}

/* --- abort --- */

int lunatik_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lunatik_net *ns = lunatik_net(genl_info_net(info));
	const struct nlattr *port = info->attrs[LUNATIK_A_RUN_PORT];
	struct lunatik_state *state;
	const char *name;
	int err;

	err = lunatik_parse_name(info->attrs[LUNATIK_A_RUN_NAME], &name, info->extack);
	if (err)
		return err;
	state = lunatik_state_lock(ns, name, info->extack);
	if (!state) {
		NL_SET_BAD_ATTR(info->extack, info->attrs[LUNATIK_A_RUN_NAME]);
		return -ENOENT;
	}
	err = lunatik_run_abort(state, port ? nla_get_u32(port) : 0);
	lunatik_state_unlock(state);
	if (err)
		NL_SET_ERR_MSG(info->extack, "nothing to abort runs in the state");
	return err;
}

/* --- upload --- */

static int refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int err,
		  const char *words)
{
	if (extack) {
		extack->_msg = words;
		extack->bad_attr = attr;
	}
	return err;
}

/* The state that the upload is for, by its place in listings. */
static int find_state(struct lunatik_net *ns, const char *name,
		      const struct lunatik_caller *caller, u32 *id, struct netlink_ext_ack *extack)
{
	struct lunatik_state *state;
	int err;

	state = lunatik_state_lock(ns, name, extack);
	if (!state)
		return -ENOENT;
	*id = state->id;
	err = lunatik_state_may_use(state, caller, extack);
	lunatik_state_unlock(state);
	return err;
}

static struct lunatik_upload *first_fragment(struct lunatik_net *ns,
					     const struct lunatik_caller *caller, u32 state,
					     const struct nlattr *total,
					     struct netlink_ext_ack *extack)
{
	struct lunatik_session *session;
	struct lunatik_upload *upload;

	if (!total)
		return ERR_PTR(refuse(extack, NULL, -EINVAL,
				      "the first fragment tells the total"));
	if (!nla_get_u32(total))
		return ERR_PTR(refuse(extack, total, -EINVAL, "the total is 0"));
	if (nla_get_u32(total) > LUNATIK_CODE_MAX)
		return ERR_PTR(refuse(extack, total, -EMSGSIZE, "a chunk has at most 1 MiB"));
	session = lunatik_session_begin(ns, caller, extack);
	if (IS_ERR(session))
		return ERR_CAST(session);
	upload = lunatik_upload_begin(ns, session, state, nla_get_u32(total));
	if (upload == ERR_PTR(-ENOSPC))
		refuse(extack, NULL, 0, "the socket has as many uploads as it may have");
	else if (upload == ERR_PTR(-EDQUOT))
		refuse(extack, NULL, 0, "the namespace holds as much memory as it may");
	return upload;
}

static int append(struct lunatik_upload *upload, u32 state, const struct nlattr *offset,
		  const struct nlattr *total, const struct nlattr *code,
		  struct netlink_ext_ack *extack)
{
	if (upload->state != state)
		return refuse(extack, NULL, -EINVAL, "the upload is for another state");
	if (total && nla_get_u32(total) != upload->total)
		return refuse(extack, total, -EINVAL, "the total was another before");
	if ((offset ? nla_get_u32(offset) : 0) != upload->size)
		return refuse(extack, offset, -EINVAL, "fragments come in order");
	if (nla_len(code) > upload->total - upload->size)
		return refuse(extack, code, -EINVAL, "the fragment goes beyond the total");
	memcpy(upload->bytes + upload->size, nla_data(code), nla_len(code));
	upload->size += nla_len(code);
	return 0;
}

static int upload_fragment(struct lunatik_net *ns, struct genl_info *info,
			   const struct lunatik_caller *caller, u32 state, struct sk_buff *reply)
{
	const struct lunatik_caller socket = without_token(caller);
	struct nlattr **attrs = info->attrs;
	const struct nlattr *number = attrs[LUNATIK_A_RUN_UPLOAD];
	struct lunatik_upload *upload;
	int err;

	if (number)
		upload = take_upload(ns, caller, nla_get_u32(number));
	else
		upload = first_fragment(ns, &socket, state, attrs[LUNATIK_A_RUN_TOTAL],
					info->extack);
	if (!upload)
		return refuse(info->extack, number, -EINVAL, "this socket has no such upload");
	if (IS_ERR(upload))
		return PTR_ERR(upload);
	err = append(upload, state, attrs[LUNATIK_A_RUN_OFFSET], attrs[LUNATIK_A_RUN_TOTAL],
		     attrs[LUNATIK_A_RUN_CODE], info->extack);
	if (!err && (nla_put_u32(reply, LUNATIK_A_RUN_UPLOAD, upload->number) ||
		     nla_put_u32(reply, LUNATIK_A_RUN_OFFSET, upload->size) ||
		     nla_put_u32(reply, LUNATIK_A_RUN_TOTAL, upload->total)))
		err = -EMSGSIZE;
	/* one that was refused is as it was before, but the first leaves nothing */
	if (err && !number) {
		lunatik_upload_used(ns, session_of_socket(ns, caller));
		lunatik_upload_free(ns, upload);
	} else {
		give_upload(ns, caller, upload);
	}
	return err;
}

int lunatik_upload_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lunatik_net *ns = lunatik_net(genl_info_net(info));
	struct lunatik_caller caller;
	struct sk_buff *reply;
	const char *name;
	void *header;
	u32 state;
	int err;

	lunatik_parse_caller(skb, info->attrs[LUNATIK_A_RUN_TOKEN], &caller);
	err = lunatik_parse_name(info->attrs[LUNATIK_A_RUN_NAME], &name, info->extack);
	if (err)
		return err;
	if (!info->attrs[LUNATIK_A_RUN_CODE] || !nla_len(info->attrs[LUNATIK_A_RUN_CODE]))
		return refuse(info->extack, NULL, -EINVAL, "the fragment is missing");
	err = lunatik_outside_may_load(info->extack) ?:
	      find_state(ns, name, &caller, &state, info->extack);
	if (err)
		return err;
	reply = genlmsg_new(3 * nla_total_size(sizeof(u32)), GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	header = genlmsg_put_reply(reply, info, &lunatik_family, 0, LUNATIK_CMD_UPLOAD);
	err = upload_fragment(ns, info, &caller, state, reply);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

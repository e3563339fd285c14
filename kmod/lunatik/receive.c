// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Data from a state to user space: the operation `receive`, and `ready`, by which a subscribed
 * socket is told.
 *
 * What a state sends waits in its queue (queue.c) and is taken by a dump, so it goes to the very
 * socket that asked. The word `ready` is sent to a port number, which somebody else may have by
 * then; so it says names and numbers only.
 *
 * A dump of `receive` takes what is there and ends. Between its calls it keeps no more than the
 * message that did not fit, so the state may be closed meanwhile.
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
#include "queue.h"
#include "receive.h"
#include "session.h"
#include "state.h"
#include "turn.h"

/* --- ready --- */

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, LUNATIK_A_MESSAGE_PAD);
}

/* More than a `ready` takes. */
#define READY_SIZE	(nla_total_size(LUNATIK_NAME_MAX + 1) + \
			 3 * nla_total_size_64bit(sizeof(u64)))

static int put_ready(struct sk_buff *skb, const struct lunatik_state *state, bool closed)
{
	void *header = genlmsg_put(skb, 0, 0, &lunatik_family, 0, LUNATIK_CMD_READY);

	if (!header ||
	    nla_put_string(skb, LUNATIK_A_MESSAGE_NAME, state->name) ||
	    put_u64(skb, LUNATIK_A_MESSAGE_QUEUED, READ_ONCE(state->queue.queued)) ||
	    put_u64(skb, LUNATIK_A_MESSAGE_REFUSED, READ_ONCE(state->queue.refused)) ||
	    (closed && nla_put_flag(skb, LUNATIK_A_MESSAGE_CLOSED)))
		return -EMSGSIZE;
	genlmsg_end(skb, header);
	return 0;
}

/* Tells the socket with this port. Context: process, out of any turn. */
static int tell_ready(struct lunatik_state *state, u32 port, bool closed)
{
	struct sk_buff *skb = genlmsg_new(READY_SIZE, lunatik_turn_gfp());
	int err = -ESHUTDOWN;

	if (!skb || put_ready(skb, state, closed)) {
		nlmsg_free(skb);
		return -ENOMEM;
	}
	/* a dead namespace has no sockets, and in a moment no ns->net */
	rcu_read_lock();
	if (!READ_ONCE(state->namespace->dead))
		err = genlmsg_unicast(state->namespace->net, skb, port);
	else
		nlmsg_free(skb);
	rcu_read_unlock();
	return err;
}

/* The state is closed: its reader hears no more of it. Context: process. */
void lunatik_receive_closed(struct lunatik_state *state, u32 port)
{
	tell_ready(state, port, true);
}

/**
 * lunatik_receive_send - send a message from a state to user space
 * @state: in whose turn this is
 * @bytes: of the message, in the machine
 * @size: at most LUNATIK_DATA_MAX
 *
 * Context: in the turn, which is left for a while.
 * Return: whether there was room for it; if not, that is counted.
 */
bool lunatik_receive_send(struct lunatik_state *state, const void *bytes, size_t size)
{
	struct lunatik_account *account = &state->namespace->memory;
	struct lunatik_message *message;
	bool room = false;
	u32 port;

	lunatik_turn_leave(&state->vm);
	message = lunatik_message_new(account, size);
	if (message) {
		memcpy(message->bytes, bytes, size);
		room = lunatik_queue_push(&state->queue, message, &port);
		if (!room)
			lunatik_message_free(account, message);
		else if (port && tell_ready(state, port, false))
			lunatik_queue_not_told(&state->queue);
	} else {
		lunatik_queue_refuse(&state->queue);
	}
	lunatik_turn_enter(&state->vm);
	return room;
}

/* --- receive --- */

static int may_read(const struct lunatik_state *state, const struct lunatik_caller *caller,
		    struct netlink_ext_ack *extack)
{
	const struct lunatik_session *reader = state->queue.reader;
	int err;

	err = lunatik_state_may_use(state, caller, extack);
	if (err)
		return err;
	if (reader && reader->socket != caller->socket) {
		NL_SET_ERR_MSG(extack, "another socket receives from the state");
		return -EBUSY;
	}
	return 0;
}

/* Context: the lock held. */
static int subscribe(struct lunatik_state *state, const struct lunatik_caller *caller,
		     struct lunatik_session *session, bool *waits, struct netlink_ext_ack *extack)
{
	int err;

	err = may_read(state, caller, extack);
	if (err)
		return err;
	lunatik_queue_unsubscribe(&state->queue);
	lunatik_queue_subscribe(&state->queue, session, waits);
	return 0;
}

/* Finds the state and subscribes to it. */
static int subscribe_to(struct lunatik_net *ns, struct genl_info *info, const char *name,
			const struct lunatik_caller *caller, struct lunatik_session *session,
			struct sk_buff *ready)
{
	struct lunatik_state *state;
	bool waits = false;
	int err = -ENOENT;

	state = lunatik_state_lock(ns, name, info->extack);
	if (state) {
		err = subscribe(state, caller, session, &waits, info->extack);
		if (waits)
			err = put_ready(ready, state, false);
		lunatik_state_unlock(state);
	}
	if (waits && !err)
		return genlmsg_unicast(genl_info_net(info), ready, info->snd_portid);
	nlmsg_free(ready);
	return err;
}

int lunatik_receive_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lunatik_net *ns = lunatik_net(genl_info_net(info));
	struct lunatik_session *session;
	struct lunatik_caller caller, socket;
	struct sk_buff *ready;
	const char *name;
	int err;

	lunatik_parse_caller(skb, info->attrs[LUNATIK_A_MESSAGE_TOKEN], &caller);
	lunatik_parse_caller(skb, NULL, &socket);
	err = lunatik_parse_name(info->attrs[LUNATIK_A_MESSAGE_NAME], &name, info->extack);
	if (err)
		return err;
	session = lunatik_session_begin(ns, &socket, info->extack);
	if (IS_ERR(session))
		return PTR_ERR(session);
	ready = genlmsg_new(READY_SIZE, GFP_KERNEL);
	if (!ready)
		return -ENOMEM;
	return subscribe_to(ns, info, name, &caller, session, ready);
}

struct receive_dump {
	struct lunatik_refusal refusal;
	u64 token;
	const char *name;			/* in the request, which the dump keeps */
	struct lunatik_message *message;	/* that did not fit, or NULL */
	u32 state;				/* that it is of, by its place in listings */
};

int lunatik_receive_start(struct netlink_callback *cb)
{
	struct receive_dump *dump = (void *)cb->ctx;
	struct nlattr **attrs = lunatik_dump_attrs(cb);
	struct netlink_ext_ack extack = { };
	int err;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	if (!lunatik_may_use(cb->skb))
		return -EPERM;
	dump->message = NULL;
	dump->token = attrs[LUNATIK_A_MESSAGE_TOKEN] ?
		nla_get_u64(attrs[LUNATIK_A_MESSAGE_TOKEN]) : 0;
	err = lunatik_parse_name(attrs[LUNATIK_A_MESSAGE_NAME], &dump->name, &extack);
	lunatik_refuse_later(&dump->refusal, err, &extack);
	return 0;
}

/* Its reader has gone in the middle of a message: that is for the next one. */
static bool give_back(struct receive_dump *dump, struct lunatik_net *ns)
{
	struct lunatik_state *state;
	bool given;

	state = lunatik_state_lock(ns, dump->name, NULL);
	if (!state)
		return false;
	given = state->id == dump->state;
	if (given)
		lunatik_queue_unpop(&state->queue, dump->message);
	lunatik_state_unlock(state);
	return given;
}

int lunatik_receive_done(struct netlink_callback *cb)
{
	struct receive_dump *dump = (void *)cb->ctx;
	struct lunatik_net *ns = lunatik_net(sock_net(cb->skb->sk));

	if (dump->message && !give_back(dump, ns))
		lunatik_message_free(&ns->memory, dump->message);
	return 0;
}

/* The next message, if there is one. */
static int next_message(struct netlink_callback *cb, struct receive_dump *dump,
			struct lunatik_net *ns)
{
	struct lunatik_caller caller;
	struct lunatik_state *state;
	int err;

	lunatik_parse_caller(cb->skb, NULL, &caller);
	caller.token = dump->token;

	state = lunatik_state_lock(ns, dump->name, cb->extack);
	if (!state)
		return -ENOENT;
	err = may_read(state, &caller, cb->extack);
	if (!err) {
		dump->message = lunatik_queue_pop(&state->queue);
		dump->state = state->id;
	}
	lunatik_state_unlock(state);
	return err;
}

/* Room for a message's attributes and as much of it as is worth a part. */
#define PART_LEAST	512

/* As much of dump->message as there is room for. Returns whether any of it found some. */
static bool put_part(struct sk_buff *skb, struct netlink_callback *cb, struct receive_dump *dump)
{
	struct lunatik_message *message = dump->message;
	u32 left = message->size - message->taken;
	int room = skb_tailroom(skb) - PART_LEAST;
	struct nlattr *attr;
	void *header;
	u32 size;

	if (room < (int)min_t(u32, left, PART_LEAST))
		return false;
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &lunatik_family,
			     NLM_F_MULTI, LUNATIK_CMD_RECEIVE);
	size = min_t(u32, left, room);
	if (!header || put_u64(skb, LUNATIK_A_MESSAGE_SEQUENCE, message->sequence) ||
	    nla_put_u32(skb, LUNATIK_A_MESSAGE_SIZE, message->size) ||
	    nla_put_u32(skb, LUNATIK_A_MESSAGE_OFFSET, message->taken))
		goto out_cancel;
	attr = nla_reserve(skb, LUNATIK_A_MESSAGE_DATA, size);
	if (!attr)
		goto out_cancel;
	memcpy(nla_data(attr), message->bytes + message->taken, size);
	message->taken += size;
	genlmsg_end(skb, header);
	return true;

out_cancel:
	genlmsg_cancel(skb, header);
	return false;
}

int lunatik_receive_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct receive_dump *dump = (void *)cb->ctx;
	struct lunatik_net *ns = lunatik_net(sock_net(cb->skb->sk));
	int err;

	if (dump->refusal.err)
		return lunatik_refuse_now(&dump->refusal, cb->extack);
	for (;;) {
		err = dump->message ? 0 : next_message(cb, dump, ns);
		/* what is there already is to get to its reader first */
		if (err)
			return skb->len ?: err;
		if (!dump->message)
			return 0;
		if (!put_part(skb, cb, dump))
			return skb->len;
		if (dump->message->taken < dump->message->size)
			continue;
		lunatik_message_free(&ns->memory, dump->message);
		dump->message = NULL;
	}
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The multicast group `events`: names and numbers, never contents.
 *
 * Told under the namespace's lock, so that what is heard comes in the order in which it happened;
 * hence without waiting for memory. Who listens and misses one is told so by netlink. Nothing is
 * made where nobody listens.
 *
 * Generic netlink lets whoever has CAP_NET_ADMIN in the user namespace that owns a network
 * namespace join its groups, and has no way to ask for more. So in a namespace that is not the
 * initial user namespace's nothing is told, unless the module's parameter opens it.
 */
#include <linux/user_namespace.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "events.h"
#include "net.h"
#include "netlink.h"
#include "params.h"
#include "state.h"

struct event {
	enum lunatik_event_type type;
	const char *name;
	u64 generation, maxalloc, curralloc;
	int status;
};

static int put_event(struct sk_buff *skb, const struct event *event)
{
	void *header = genlmsg_put(skb, 0, 0, &lunatik_family, 0, LUNATIK_CMD_EVENT);

	if (!header ||
	    nla_put_u32(skb, LUNATIK_A_EVENT_TYPE, event->type) ||
	    nla_put_string(skb, LUNATIK_A_EVENT_NAME, event->name) ||
	    nla_put_u64_64bit(skb, LUNATIK_A_EVENT_GENERATION, event->generation,
			      LUNATIK_A_EVENT_PAD) ||
	    nla_put_u64_64bit(skb, LUNATIK_A_EVENT_MAXALLOC, event->maxalloc,
			      LUNATIK_A_EVENT_PAD) ||
	    nla_put_u64_64bit(skb, LUNATIK_A_EVENT_CURRALLOC, event->curralloc,
			      LUNATIK_A_EVENT_PAD) ||
	    nla_put_u32(skb, LUNATIK_A_EVENT_STATUS, event->status))
		return -EMSGSIZE;
	genlmsg_end(skb, header);
	return 0;
}

/* More than put_event() takes. */
#define EVENT_SIZE	256

static bool is_heard(struct lunatik_net *ns)
{
	if (READ_ONCE(ns->dead) || !genl_has_listeners(&lunatik_family, ns->net, 0))
		return false;
	return ns->net->user_ns == &init_user_ns || lunatik_userns;
}

static void multicast(struct lunatik_net *ns, const struct event *event)
{
	struct sk_buff *skb;

	skb = genlmsg_new(EVENT_SIZE, GFP_NOWAIT | __GFP_NOWARN);
	if (!skb || put_event(skb, event)) {
		nlmsg_free(skb);
		genl_set_err(&lunatik_family, ns->net, 0, 0, -ENOBUFS);
		return;
	}
	genlmsg_multicast_netns(&lunatik_family, ns->net, skb, 0, 0, GFP_NOWAIT | __GFP_NOWARN);
}

static void tell(struct lunatik_net *ns, const struct event *event)
{
	/* dead namespaces have no sockets, and in a moment no ns->net */
	rcu_read_lock();
	if (is_heard(ns))
		multicast(ns, event);
	rcu_read_unlock();
}

/**
 * lunatik_event - something happened to a state
 * @state: it
 * @type: what
 * @status: errno of a failure, or 0
 *
 * Context: process; the lock may be held.
 */
void lunatik_event(const struct lunatik_state *state, enum lunatik_event_type type, int status)
{
	const struct event event = {
		.type = type,
		.name = state->name,
		.generation = state->generation,
		.maxalloc = READ_ONCE(state->vm.arena.maxalloc),
		.curralloc = READ_ONCE(state->vm.arena.curralloc),
		.status = status,
	};

	tell(state->namespace, &event);
}

/**
 * lunatik_event_refused - a state was not made, for a limit of the namespace
 * @ns: it
 * @name: that the state would have had
 * @err: negative errno
 *
 * Context: process.
 */
void lunatik_event_refused(struct lunatik_net *ns, const char *name, int err)
{
	const struct event event = {
		.type = LUNATIK_EVENT_TYPE_LIMIT,
		.name = name,
		.status = -err,
	};

	tell(ns, &event);
}

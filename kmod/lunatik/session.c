// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What sockets of user space have here beyond a request: handles, uploads, a subscription.
 *
 * Life. A session begins with the first of these and ends with its socket, in the notification of
 * netlink's release. That is made once for each socket, while the socket's structure is still
 * there; so a session never outlives it, and a new socket with the same port number, which may be
 * there already, is told apart by its address. A request holds its socket open, so the session of
 * its own socket cannot end under it; that of a token can, and is only looked at under the lock.
 *
 * A token is the port's number with a random one before it, so that a session is found by it at
 * once.
 *
 * Lock: the namespace's, over the table and over all that a session has.
 */
#include <linux/hash.h>
#include <linux/netlink.h>
#include <linux/pid.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "net.h"
#include "params.h"
#include "session.h"
#include "state.h"
#include "upload.h"

static struct hlist_head *bucket(struct lunatik_net *ns, u32 port)
{
	return &ns->sessions[hash_32(port, ilog2(LUNATIK_SESSION_BUCKETS))];
}

/**
 * lunatik_session_is - whether a request is a session's
 * @session: perhaps
 * @caller: of the request
 *
 * Context: the lock held.
 */
bool lunatik_session_is(const struct lunatik_session *session, const struct lunatik_caller *caller)
{
	return caller->token ? session->token == caller->token : session->socket == caller->socket;
}

/**
 * lunatik_session_of - the session that a request belongs to
 * @ns: of its socket
 * @caller: of the request
 *
 * Context: the lock held.
 * Return: the session, or NULL.
 */
struct lunatik_session *lunatik_session_of(struct lunatik_net *ns,
					   const struct lunatik_caller *caller)
{
	u32 port = caller->token ? (u32)caller->token : caller->port;
	struct lunatik_session *session;

	hlist_for_each_entry(session, bucket(ns, port), node)
		if (lunatik_session_is(session, caller))
			return session;
	return NULL;
}

static struct lunatik_session *session_make(const struct lunatik_caller *caller)
{
	struct lunatik_session *session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);

	if (!session)
		return NULL;
	session->socket = caller->socket;
	session->port = caller->port;
	session->token = (u64)(get_random_u32() | 1) << 32 | caller->port;
	session->holder = get_pid(task_tgid(current));
	INIT_LIST_HEAD(&session->handles);
	INIT_LIST_HEAD(&session->readings);
	INIT_LIST_HEAD(&session->uploads);
	return session;
}

static void session_free(struct lunatik_session *session)
{
	put_pid(session->holder);
	kfree(session);
}

/**
 * lunatik_session_begin - the session that a request belongs to, which is made if need be
 * @ns: of its socket
 * @caller: of the request
 * @extack: told why not
 *
 * Context: process, in the request.
 * Return: the session; -ENOENT where the token is nobody's; -ENOSPC; -ENOMEM.
 */
struct lunatik_session *lunatik_session_begin(struct lunatik_net *ns,
					      const struct lunatik_caller *caller,
					      struct netlink_ext_ack *extack)
{
	struct lunatik_session *session, *fresh;
	int err = 0;

	spin_lock(&ns->lock);
	session = lunatik_session_of(ns, caller);
	spin_unlock(&ns->lock);
	if (session)
		return session;
	if (caller->token) {
		NL_SET_ERR_MSG(extack, "there is no session with this token");
		return ERR_PTR(-ENOENT);
	}
	fresh = session_make(caller);
	if (!fresh)
		return ERR_PTR(-ENOMEM);
	spin_lock(&ns->lock);
	session = lunatik_session_of(ns, caller);
	if (!session && ns->session_count >= lunatik_maxsessions) {
		NL_SET_ERR_MSG(extack, "the namespace has as many sessions as it may have");
		err = -ENOSPC;
	}
	if (!session && !err) {
		session = fresh;
		hlist_add_head(&session->node, bucket(ns, session->port));
		ns->session_count++;
	}
	spin_unlock(&ns->lock);
	if (session != fresh)
		session_free(fresh);
	return err ? ERR_PTR(err) : session;
}

/* Takes all that a session has. Context: the lock held. */
static void session_end(struct lunatik_net *ns, struct lunatik_session *session)
{
	struct lunatik_state *state, *next;

	hlist_del(&session->node);
	ns->session_count--;
	list_for_each_entry_safe(state, next, &session->handles, held)
		lunatik_state_release(state);
	list_for_each_entry_safe(state, next, &session->readings, queue.reading)
		lunatik_queue_unsubscribe(&state->queue);
}

/**
 * lunatik_session_orphan - a socket was closed
 * @ns: of the socket
 * @port: of the socket; perhaps another's already, so only a dead socket counts
 *
 * Context: process.
 */
void lunatik_session_orphan(struct lunatik_net *ns, u32 port)
{
	struct lunatik_session *session;
	struct hlist_node *next;
	HLIST_HEAD(ended);

	spin_lock(&ns->lock);
	hlist_for_each_entry_safe(session, next, bucket(ns, port), node) {
		if (session->port != port || !sock_flag(session->socket, SOCK_DEAD))
			continue;
		session_end(ns, session);
		hlist_add_head(&session->node, &ended);
	}
	spin_unlock(&ns->lock);
	hlist_for_each_entry_safe(session, next, &ended, node) {
		lunatik_upload_drop_all(ns, session);
		session_free(session);
	}
}

/**
 * lunatik_session_end_all - the namespace goes, or the module
 * @ns: of no requests any more
 */
void lunatik_session_end_all(struct lunatik_net *ns)
{
	struct lunatik_session *session;
	struct hlist_node *next;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ns->sessions); i++) {
		hlist_for_each_entry_safe(session, next, &ns->sessions[i], node) {
			spin_lock(&ns->lock);
			session_end(ns, session);
			spin_unlock(&ns->lock);
			lunatik_upload_drop_all(ns, session);
			session_free(session);
		}
	}
}

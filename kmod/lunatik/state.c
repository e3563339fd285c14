// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A state's life.
 *
 * It is made whole, with its machine, before it is known; then it is found by name under RCU,
 * looked at there, and kept by whoever takes a reference. The first reference is the namespace's,
 * given back by close or by the end of the namespace. Close takes it only where it is the last, in
 * one atomic step, so a state that somebody holds is not changed by the attempt, and one that is
 * closed cannot be kept any more. Reading takes no references: a listing never stands against
 * close.
 *
 * References are the namespace's, one for each pin, one for the handle, one for the run that owns
 * the state, and other modules', which are counted apart, so that one too many is noticed where it
 * is given back.
 *
 * The last reference frees the machine at once, all its memory together, without running anything
 * of it; a module may drop it where nothing may wait, and then a worker does. The structure itself
 * waits for a grace period, as somebody may still be reading it.
 *
 * Locks. ns->change for names (net.c), ns->lock for who holds and runs and what is counted.
 */
#include <linux/memcontrol.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/lunatik.h>
#include <net/net_namespace.h>
#include <uapi/linux/lunatik.h>

#include "events.h"
#include "libraries.h"
#include "net.h"
#include "receive.h"
#include "run.h"
#include "script.h"
#include "state.h"
#include "template.h"

static struct workqueue_struct *burials;

/* A cache of its own, as the next of kmalloc()'s sizes is nearly twice as large. */
static struct kmem_cache *states;

static struct lunatik_state *state_alloc(struct lunatik_net *ns, const char *name, u64 maxalloc)
{
	struct lunatik_state *state = kmem_cache_zalloc(states, GFP_KERNEL_ACCOUNT);

	if (!state)
		return NULL;
	strscpy(state->name, name, sizeof(state->name));
	lunatik_net_get(ns);
	state->namespace = ns;
	state->born = ktime_get();
	state->generation = 1;
	refcount_set(&state->users, 1);
	init_waitqueue_head(&state->idle);
	INIT_LIST_HEAD(&state->held);
	INIT_LIST_HEAD(&state->releases);
	lunatik_queue_init(&state->queue);
	state->vm.name = state->name;
	state->vm.netns = ns->net->ns.inum;
	state->vm.memcg = get_mem_cgroup_from_mm(current->mm);
	state->vm.deadline = KTIME_MAX;
	state->vm.suspend_after = KTIME_MAX;
	INIT_LIST_HEAD(&state->vm.libraries);
	lunatik_arena_init(&state->vm.arena, &ns->memory, maxalloc);
	return state;
}

static void state_free_rcu(struct rcu_head *rcu)
{
	struct lunatik_state *state = container_of(rcu, struct lunatik_state, rcu);

	lunatik_net_put(state->namespace);
	kmem_cache_free(states, state);
}

static void tell_release(struct lunatik_state *state)
{
	struct lunatik_release *release, *next;
	struct module *owner;

	list_for_each_entry_safe(release, next, &state->releases, node) {
		owner = release->owner;
		release->release(release, state);
		module_put(owner);
	}
}

/* Context: process; with no references left. */
static void state_free(struct lunatik_state *state)
{
	struct lunatik_net *ns = state->namespace;
	struct lunatik_script *script;

	lunatik_arena_destroy(&state->vm.arena);
	lunatik_libraries_put(&state->vm.libraries);
	mem_cgroup_put(state->vm.memcg);
	lunatik_queue_drop_all(&state->queue, &ns->memory);
	tell_release(state);
	/* a listing may still be at the structure */
	spin_lock(&ns->lock);
	script = state->script;
	state->script = NULL;
	spin_unlock(&ns->lock);
	kfree(script);
	call_rcu(&state->rcu, state_free_rcu);
}

static void state_free_work(struct work_struct *work)
{
	state_free(container_of(work, struct lunatik_state, burial));
}

static void say_why_not(int err, struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG(extack, "a state of that name exists");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "the namespace has as many states as it may have");
		break;
	case -EDQUOT:
		NL_SET_ERR_MSG(extack, "the namespace holds as much memory as it may");
		break;
	case -ESHUTDOWN:
		NL_SET_ERR_MSG(extack, "the namespace is going away");
		break;
	default:
		NL_SET_ERR_MSG(extack, "no memory for a state");
	}
}

static bool is_known(struct lunatik_net *ns, const char *name)
{
	bool known;

	rcu_read_lock();
	known = lunatik_net_lookup(ns, name);
	rcu_read_unlock();
	return known;
}

/**
 * lunatik_state_make - make a state that nobody knows yet
 * @ns: for this namespace
 * @name: valid
 * @maxalloc: bytes, within the limits
 * @extack: told why not
 *
 * Context: process.
 * Return: the state, for lunatik_state_add() or lunatik_state_unmake(); or -EEXIST, -EDQUOT,
 * -ENOMEM.
 */
struct lunatik_state *lunatik_state_make(struct lunatik_net *ns, const char *name, u64 maxalloc,
					 struct netlink_ext_ack *extack)
{
	struct lunatik_state *state;
	int err;

	err = -EEXIST;
	if (is_known(ns, name))
		goto out;
	err = -ENOMEM;
	state = state_alloc(ns, name, maxalloc);
	if (!state)
		goto out;
	err = lunatik_template_make(&state->vm);
	if (err) {
		if (atomic64_read(&ns->memory.held) + (s64)LUNATIK_MAXALLOC_MIN > ns->memory.max)
			err = -EDQUOT;
		goto out_free;
	}
	return state;

out_free:
	state_free(state);
out:
	say_why_not(err, extack);
	if (err == -EDQUOT)
		lunatik_event_refused(ns, name, err);
	return ERR_PTR(err);
}

/* Of a state that nobody got to know. Context: process. */
void lunatik_state_unmake(struct lunatik_state *state)
{
	state_free(state);
}

/**
 * lunatik_state_add - make a state known
 * @state: just made, with what its maker wants to have in it
 * @extack: told why not
 *
 * Context: process.
 * Return: 0, and the state is everybody's; or -EEXIST, -ENOSPC, -ESHUTDOWN, -ENOMEM, and it remains
 * the caller's.
 */
int lunatik_state_add(struct lunatik_state *state, struct netlink_ext_ack *extack)
{
	struct lunatik_net *ns = state->namespace;
	int err;

	err = lunatik_net_add(ns, state);
	if (!err)
		return 0;
	say_why_not(err, extack);
	if (err == -ENOSPC)
		lunatik_event_refused(ns, state->name, err);
	return err;
}

/**
 * lunatik_state_lock - find a state and keep it as it is
 * @ns: where
 * @name: ends with a NUL
 * @extack: told where there is none
 *
 * Without a reference, which would stand against somebody's close for a moment: that waits for the
 * lock instead.
 * Context: process; takes the namespace's lock, under RCU.
 * Return: the state, for lunatik_state_unlock(); NULL where there is none, and nothing is locked.
 */
struct lunatik_state *lunatik_state_lock(struct lunatik_net *ns, const char *name,
					 struct netlink_ext_ack *extack)
{
	struct lunatik_state *state;

	rcu_read_lock();
	spin_lock(&ns->lock);
	state = lunatik_net_lookup(ns, name);
	/* one that is being closed may still be found */
	if (state && refcount_read(&state->users)) {
		/* for sparse, which knows no lock that is taken or not */
		__release(&ns->lock);
		__release(RCU);
		return state;
	}
	spin_unlock(&ns->lock);
	rcu_read_unlock();
	NL_SET_ERR_MSG(extack, "no such state");
	return NULL;
}

/* Context: after lunatik_state_lock(). */
void lunatik_state_unlock(struct lunatik_state *state)
{
	__acquire(RCU);
	__acquire(&state->namespace->lock);
	spin_unlock(&state->namespace->lock);
	rcu_read_unlock();
}

/* --- references --- */

/**
 * lunatik_state_get - take a reference
 * @state: found under RCU, or referenced
 *
 * Context: any.
 * Return: false where there are as many as there may be, or the state is going.
 */
bool lunatik_state_get(struct lunatik_state *state)
{
	/*
	 * the margin between this many and an overflow is more than all CPUs may be past this at
	 * once
	 */
	return refcount_read(&state->users) < LUNATIK_USERS_MAX &&
	       !READ_ONCE(state->namespace->dead) && refcount_inc_not_zero(&state->users);
}

/**
 * lunatik_state_put - give a reference back
 * @state: not to be used afterwards
 *
 * Context: process.
 */
void lunatik_state_put(struct lunatik_state *state)
{
	if (refcount_dec_and_test(&state->users))
		state_free(state);
}

/* The same. Context: any. */
void lunatik_state_put_later(struct lunatik_state *state)
{
	if (!refcount_dec_and_test(&state->users))
		return;
	INIT_WORK(&state->burial, state_free_work);
	queue_work(burials, &state->burial);
}

static int locked_out(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "state is in use");
	return -EBUSY;
}

/**
 * lunatik_state_may_use - whether a caller is not locked out
 * @state: perhaps held
 * @caller: who asks
 * @extack: told if so
 *
 * Context: the lock held.
 * Return: 0 where nobody holds the state, or the caller does; else -EBUSY.
 */
int lunatik_state_may_use(const struct lunatik_state *state, const struct lunatik_caller *caller,
			  struct netlink_ext_ack *extack)
{
	if (!state->holder || lunatik_session_is(state->holder, caller))
		return 0;
	return locked_out(extack);
}

static int too_many(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "the state has as many references as it may have");
	return -EOVERFLOW;
}

static int none_to_put(struct netlink_ext_ack *extack, const char *words)
{
	if (extack)
		extack->_msg = words;
	return -EINVAL;
}

/**
 * lunatik_state_pin - take a reference for nobody in particular
 * @state: found and locked
 * @caller: who asks
 * @extack: told why not
 *
 * Context: the lock held.
 * Return: 0, -EBUSY, -EOVERFLOW.
 */
int lunatik_state_pin(struct lunatik_state *state, const struct lunatik_caller *caller,
		      struct netlink_ext_ack *extack)
{
	int err;

	err = lunatik_state_may_use(state, caller, extack);
	if (err)
		return err;
	if (!lunatik_state_get(state))
		return too_many(extack);
	state->pins++;
	return 0;
}

/**
 * lunatik_state_unpin - give such a reference back, on whose behalf ever
 * @state: found and locked
 * @extack: told why not
 *
 * Context: the lock held.
 * Return: 0, -EINVAL.
 */
int lunatik_state_unpin(struct lunatik_state *state, struct netlink_ext_ack *extack)
{
	if (!state->pins)
		return none_to_put(extack, "the state has no pins");
	state->pins--;
	/* the namespace has another */
	refcount_dec(&state->users);
	return 0;
}

/**
 * lunatik_state_hold - take the handle
 * @state: found and locked, or not known yet
 * @caller: whose session is to have it; the session has begun
 * @extack: told why not
 *
 * Context: the lock held.
 * Return: 0; -EBUSY where somebody else holds the state or runs something in it, or the caller has
 * it already; -EOVERFLOW; -ENOENT where the session has ended.
 */
int lunatik_state_hold(struct lunatik_state *state, const struct lunatik_caller *caller,
		       struct netlink_ext_ack *extack)
{
	struct lunatik_session *session = lunatik_session_of(state->namespace, caller);

	if (!session) {
		NL_SET_ERR_MSG(extack, "there is no session with this token");
		return -ENOENT;
	}
	if (state->holder == session) {
		NL_SET_ERR_MSG(extack, "the session holds the state already");
		return -EBUSY;
	}
	if (state->run)
		lunatik_run_clear(state);
	if (state->holder || (state->run && !lunatik_run_is_of(state->run, session)))
		return locked_out(extack);
	if (!lunatik_state_get(state))
		return too_many(extack);
	state->holder = session;
	list_add(&state->held, &session->handles);
	return 0;
}

/**
 * lunatik_state_unhold - give the handle back
 * @state: found and locked
 * @caller: who has it; NULL for whoever
 * @extack: told why not
 *
 * Context: the lock held.
 * Return: 0, -EBUSY where somebody else has it, -EINVAL.
 */
int lunatik_state_unhold(struct lunatik_state *state, const struct lunatik_caller *caller,
			 struct netlink_ext_ack *extack)
{
	if (!state->holder)
		return none_to_put(extack, "nobody holds the state");
	if (caller && !lunatik_session_is(state->holder, caller))
		return locked_out(extack);
	if (caller) {
		state->holder = NULL;
		list_del_init(&state->held);
		refcount_dec(&state->users);
		wake_up(&state->idle);
	} else {
		lunatik_state_release(state);
	}
	return 0;
}

/**
 * lunatik_state_release - take the handle from a session that has not given it back
 * @state: held
 *
 * What runs there is the session's, as nobody else may, and ends.
 * Context: the lock held.
 */
void lunatik_state_release(struct lunatik_state *state)
{
	state->holder = NULL;
	list_del_init(&state->held);
	/* the namespace has another: as long as it is known, and nobody holds what is not */
	refcount_dec(&state->users);
	lunatik_run_stop(state, LUNATIK_STOP_SIGNAL);
	wake_up(&state->idle);
}

/* --- the end --- */

static const char *what_stands_against(const struct lunatik_state *state)
{
	if (state->run)
		return "state is in use";
	if (state->pins)
		return "state is pinned";
	return atomic_read(&state->modules) ? "a kernel module holds the state" :
	       "a chunk waits for the state";
}

/* Takes a reference, the last there is but for what runs there without a right to. */
static bool put_last(struct lunatik_state *state)
{
	if (refcount_dec_if_one(&state->users))
		return true;
	lunatik_run_clear(state);
	return refcount_dec_if_one(&state->users);
}

/* Takes the last reference, or leaves all as it is. Context: the lock held. */
static int take_last(struct lunatik_state *state, const struct lunatik_caller *caller,
		     struct netlink_ext_ack *extack)
{
	struct lunatik_session *holder = state->holder;
	int err;

	err = lunatik_state_may_use(state, caller, extack);
	if (err)
		return err;
	if (holder)
		refcount_dec(&state->users);
	if (!put_last(state)) {
		if (holder)
			refcount_inc(&state->users);
		if (extack)
			extack->_msg = what_stands_against(state);
		return -EBUSY;
	}
	state->holder = NULL;
	list_del_init(&state->held);
	return 0;
}

/**
 * lunatik_state_close - close a state by name
 * @ns: in this namespace
 * @name: valid
 * @caller: who asks; a handle that it has is given up first
 * @expect: generation that the state has to be of, or 0
 * @extack: told why not
 *
 * Context: process.
 * Return: 0; -ENOENT; -ESTALE; -EBUSY where anybody else holds a reference. Where it fails, nothing
 * is changed.
 */
int lunatik_state_close(struct lunatik_net *ns, const char *name,
			const struct lunatik_caller *caller, u64 expect,
			struct netlink_ext_ack *extack)
{
	const struct lunatik_change change = { .expect = expect };
	struct lunatik_state *state;
	u32 reader = 0;
	int err;

	mutex_lock(&ns->change);
	/* removal holds the mutex too, so what is found here cannot go */
	rcu_read_lock();
	state = lunatik_net_lookup(ns, name);
	rcu_read_unlock();
	if (!state) {
		NL_SET_ERR_MSG(extack, "no such state");
		err = -ENOENT;
		goto out_unlock;
	}
	spin_lock(&ns->lock);
	err = lunatik_state_may_change(state, &change, extack);
	if (!err)
		err = take_last(state, caller, extack);
	if (!err)
		reader = lunatik_queue_unsubscribe(&state->queue);
	spin_unlock(&ns->lock);
	if (err)
		goto out_unlock;
	lunatik_net_remove(ns, state);
	/* before the name can be another's */
	if (reader)
		lunatik_receive_closed(state, reader);
	lunatik_event(state, LUNATIK_EVENT_TYPE_CLOSED, 0);
	mutex_unlock(&ns->change);
	state_free(state);
	return 0;

out_unlock:
	mutex_unlock(&ns->change);
	return err;
}

/**
 * lunatik_state_bury - the namespace gives back its reference, and all that user space had
 * @state: not known any more, its sessions ended
 *
 * What another module runs there is asked to stop, and not waited for.
 * Context: process.
 */
void lunatik_state_bury(struct lunatik_state *state)
{
	struct lunatik_net *ns = state->namespace;
	u32 references;

	spin_lock(&ns->lock);
	references = 1 + state->pins;
	state->pins = 0;
	lunatik_run_stop(state, LUNATIK_STOP_GONE);
	spin_unlock(&ns->lock);
	wake_up_all(&state->idle);
	if (refcount_sub_and_test(references, &state->users))
		state_free(state);
}

/* --- changes --- */

/**
 * lunatik_state_may_change - whether a change may be made now
 * @state: to this
 * @change: what it says of its place
 * @extack: told why not
 *
 * Context: the lock held.
 * Return: 0; -EALREADY where this step was made; -ESTALE.
 */
int lunatik_state_may_change(const struct lunatik_state *state,
			     const struct lunatik_change *change, struct netlink_ext_ack *extack)
{
	if (change->step_size && change->step_size == state->step_size &&
	    !memcmp(change->step, state->step, change->step_size)) {
		NL_SET_ERR_MSG(extack, "this step was made already");
		return -EALREADY;
	}
	if (change->expect && change->expect != state->generation) {
		NL_SET_ERR_MSG(extack, "the state is of another generation");
		return -ESTALE;
	}
	if (change->generation && change->generation <= state->generation) {
		NL_SET_ERR_MSG(extack, "the state's generation is not an older one");
		return -ESTALE;
	}
	return 0;
}

/* Context: the lock held. */
void lunatik_state_change(struct lunatik_state *state, const struct lunatik_change *change)
{
	state->generation = change->generation ?: state->generation + 1;
}

/* The change has come to a good end. Context: the lock held. */
void lunatik_state_mark(struct lunatik_state *state, const struct lunatik_change *change)
{
	if (!change->step_size)
		return;
	memcpy(state->step, change->step, change->step_size);
	state->step_size = change->step_size;
}

/**
 * lunatik_state_set - change a state's limit
 * @state: found and locked
 * @maxalloc: bytes, within the limits
 * @caller: who asks
 * @change: of its place
 * @extack: told why not
 *
 * What the machine holds beyond that it keeps; but it gets no more.
 * Context: the lock held.
 * Return: 0; -EBUSY; as lunatik_state_may_change().
 */
int lunatik_state_set(struct lunatik_state *state, u64 maxalloc,
		      const struct lunatik_caller *caller, const struct lunatik_change *change,
		      struct netlink_ext_ack *extack)
{
	int err;

	err = lunatik_state_may_use(state, caller, extack) ?:
	      lunatik_state_may_change(state, change, extack);
	if (err)
		return err;
	/* what runs there reads it whenever it allocates */
	WRITE_ONCE(state->vm.arena.maxalloc, maxalloc);
	lunatik_state_change(state, change);
	lunatik_state_mark(state, change);
	return 0;
}

int __init lunatik_state_init(void)
{
	states = KMEM_CACHE(lunatik_state, 0);
	if (!states)
		return -ENOMEM;
	burials = alloc_workqueue("lunatik", WQ_UNBOUND, 0);
	if (burials)
		return 0;
	kmem_cache_destroy(states);
	return -ENOMEM;
}

void lunatik_state_exit(void)
{
	destroy_workqueue(burials);
	/* states that are gone may still be read until their grace period ends */
	rcu_barrier();
	kmem_cache_destroy(states);
}

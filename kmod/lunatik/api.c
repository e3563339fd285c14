// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What other modules call: include/linux/lunatik.h. Thin: names are looked up in net.c, references
 * are kept in state.c, runs made in run.c.
 *
 * A module that calls these depends on this one's symbols, so it is unloaded first, and nothing
 * here ends while it is at work. Its references are counted apart from all others, as putting one
 * too many would otherwise take somebody else's.
 */
#include <linux/lunatik.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "name.h"
#include "net.h"
#include "outside.h"
#include "params.h"
#include "run.h"
#include "state.h"
#include "turn.h"
#include "vm.h"

/* --- by name --- */

static struct lunatik_state *make(const char *name, size_t maxalloc, struct net *net, bool get)
{
	struct lunatik_state *state;
	int err;

	if (!maxalloc)
		maxalloc = clamp(lunatik_maxalloc, LUNATIK_MAXALLOC_MIN, LUNATIK_MAXALLOC_MAX);
	if (!name || !lunatik_name_valid(name) || maxalloc < LUNATIK_MAXALLOC_MIN ||
	    maxalloc > LUNATIK_MAXALLOC_MAX)
		return ERR_PTR(-EINVAL);
	state = lunatik_state_make(lunatik_net(net), name, maxalloc, NULL);
	if (IS_ERR(state))
		return state;
	/* before it is known, as then anybody may close it */
	if (get)
		lunatik_getstate(state);
	err = lunatik_state_add(state, NULL);
	if (!err)
		return state;
	lunatik_state_unmake(state);
	return ERR_PTR(err);
}

/**
 * lunatik_netnewget - make a state, and keep it
 * @name: as user space would spell it
 * @maxalloc: bytes; 0 for the module's default
 * @net: network namespace that it is to be in
 *
 * Context: process; may sleep.
 * Return: the state, for lunatik_putstate(); or -EINVAL, -EEXIST, -ENOSPC, -EDQUOT, -ESHUTDOWN,
 * -ENOMEM as a pointer.
 */
lunatik_State *lunatik_netnewget(const char *name, size_t maxalloc, struct net *net)
{
	return make(name, maxalloc, net, true);
}
EXPORT_SYMBOL_GPL(lunatik_netnewget);

/**
 * lunatik_netnewstate - make a state
 * @name: as user space would spell it
 * @maxalloc: bytes; 0 for the module's default
 * @net: network namespace that it is to be in
 *
 * Anybody may close it at once: to use it, see lunatik_netnewget().
 * Context: process; may sleep.
 * Return: the state, good for comparing, or under RCU since before the call; NULL where it could
 * not be made.
 */
lunatik_State *lunatik_netnewstate(const char *name, size_t maxalloc, struct net *net)
{
	struct lunatik_state *state = make(name, maxalloc, net, false);

	return IS_ERR(state) ? NULL : state;
}
EXPORT_SYMBOL_GPL(lunatik_netnewstate);

/**
 * lunatik_newstate - make a state in the initial network namespace
 * @name: as for lunatik_netnewstate()
 * @maxalloc: likewise
 *
 * Context, return: as lunatik_netnewstate().
 */
lunatik_State *lunatik_newstate(const char *name, size_t maxalloc)
{
	return lunatik_netnewstate(name, maxalloc, &init_net);
}
EXPORT_SYMBOL_GPL(lunatik_newstate);

/**
 * lunatik_netclosestate - close a state
 * @name: of the state
 * @net: network namespace that it is in
 *
 * Context: process; may sleep.
 * Return: 0; -ENOENT; -EBUSY where anything stands against it, the caller's own references among
 * that.
 */
int lunatik_netclosestate(const char *name, struct net *net)
{
	const struct lunatik_caller nobody = { };

	if (!name || !lunatik_name_valid(name))
		return -ENOENT;
	return lunatik_state_close(lunatik_net(net), name, &nobody, 0, NULL);
}
EXPORT_SYMBOL_GPL(lunatik_netclosestate);

/**
 * lunatik_close - close a state of the initial network namespace
 * @name: of the state
 *
 * Context, return: as lunatik_netclosestate().
 */
int lunatik_close(const char *name)
{
	return lunatik_netclosestate(name, &init_net);
}
EXPORT_SYMBOL_GPL(lunatik_close);

/**
 * lunatik_netstatelookup - look a state up
 * @name: of the state
 * @net: network namespace that it is in
 *
 * Context: any; under rcu_read_lock(), and the state is good for as long.
 * Return: the state, or NULL.
 */
lunatik_State *lunatik_netstatelookup(const char *name, struct net *net)
{
	return name && lunatik_name_valid(name) ? lunatik_net_lookup(lunatik_net(net), name) : NULL;
}
EXPORT_SYMBOL_GPL(lunatik_netstatelookup);

/**
 * lunatik_statelookup - look a state of the initial network namespace up
 * @name: of the state
 *
 * Context, return: as lunatik_netstatelookup().
 */
lunatik_State *lunatik_statelookup(const char *name)
{
	return lunatik_netstatelookup(name, &init_net);
}
EXPORT_SYMBOL_GPL(lunatik_statelookup);

/**
 * lunatik_netgetstate - look a state up, and keep it
 * @name: of the state
 * @net: network namespace that it is in
 *
 * Context: any.
 * Return: the state, for lunatik_putstate(); NULL where there is none, or lunatik_getstate() would
 * fail.
 */
lunatik_State *lunatik_netgetstate(const char *name, struct net *net)
{
	struct lunatik_state *state;

	rcu_read_lock();
	state = lunatik_netstatelookup(name, net);
	if (state && !lunatik_getstate(state))
		state = NULL;
	rcu_read_unlock();
	return state;
}
EXPORT_SYMBOL_GPL(lunatik_netgetstate);

/* --- references --- */

/**
 * lunatik_getstate - take a reference
 * @state: referenced, or looked up under the same rcu_read_lock()
 *
 * Context: any.
 * Return: false where the state is going, or has as many references as it may have.
 */
bool lunatik_getstate(lunatik_State *state)
{
	if (!lunatik_state_get(state))
		return false;
	atomic_inc(&state->modules);
	return true;
}
EXPORT_SYMBOL_GPL(lunatik_getstate);

/**
 * lunatik_putstate - give a reference back
 * @state: referenced; not to be used afterwards
 *
 * Context: any; what takes time is done by a worker.
 * Return: false, and nothing happens, where modules have no references of it any more: a bug of the
 * caller.
 */
bool lunatik_putstate(lunatik_State *state)
{
	if (atomic_dec_if_positive(&state->modules) < 0)
		return false;
	lunatik_state_put_later(state);
	return true;
}
EXPORT_SYMBOL_GPL(lunatik_putstate);

/**
 * lunatik_getenv - the state that a lua_State sits in
 * @L: any thread of it
 *
 * Context: in its turn.
 * Return: the state; the caller has no reference by this, but needs none in the turn.
 */
lunatik_State *lunatik_getenv(struct lua_State *L)
{
	return container_of(lunatik_vm_of(L), struct lunatik_state, vm);
}
EXPORT_SYMBOL_GPL(lunatik_getenv);

/* --- what it is --- */

/* Name of @state, as long as it is referenced. Context: any. */
const char *lunatik_statename(const lunatik_State *state)
{
	return state->name;
}
EXPORT_SYMBOL_GPL(lunatik_statename);

/* Most bytes that Lua may hold in @state. Context: any. */
size_t lunatik_statemaxalloc(const lunatik_State *state)
{
	return READ_ONCE(state->vm.arena.maxalloc);
}
EXPORT_SYMBOL_GPL(lunatik_statemaxalloc);

/* Bytes that Lua holds in @state now. Context: any. */
size_t lunatik_statecurralloc(const lunatik_State *state)
{
	return READ_ONCE(state->vm.arena.curralloc);
}
EXPORT_SYMBOL_GPL(lunatik_statecurralloc);

/* Whether the namespace of @state is gone, or going. Context: any. */
bool lunatik_stateisdead(const lunatik_State *state)
{
	return READ_ONCE(state->namespace->dead);
}
EXPORT_SYMBOL_GPL(lunatik_stateisdead);

/**
 * lunatik_statenet - the network namespace of a state
 * @state: referenced, or in its turn
 *
 * Context: any; under rcu_read_lock(), and the namespace is good for as long.
 * Return: the namespace; NULL where it is gone, or going.
 */
struct net *lunatik_statenet(const lunatik_State *state)
{
	const struct lunatik_net *ns = state->namespace;

	/* that it is dead is said a grace period before it goes */
	return READ_ONCE(ns->dead) ? NULL : ns->net;
}
EXPORT_SYMBOL_GPL(lunatik_statenet);

/**
 * lunatik_onrelease - be told when a state is freed
 * @state: referenced
 * @release: filled; the callee's until its function is called
 *
 * Context: process, also in the turn of the state, which needs no reference then.
 * Return: 0; -EINVAL without a function; -ENOENT where the owner is going.
 */
int lunatik_onrelease(lunatik_State *state, struct lunatik_release *release)
{
	if (!release->release)
		return -EINVAL;
	if (!try_module_get(release->owner))
		return -ENOENT;
	spin_lock(&state->namespace->lock);
	list_add_tail(&release->node, &state->releases);
	spin_unlock(&state->namespace->lock);
	return 0;
}
EXPORT_SYMBOL_GPL(lunatik_onrelease);

/* --- running --- */

/*
 * With nobody to read it, what is printed goes to the kernel's log: line by line, escaped, and not
 * too much of it.
 */
static void log_output(struct lunatik_run *run, const char *name)
{
	char line[128];
	size_t size;

	while ((size = lunatik_sink_take_line(&run->output, line, sizeof(line))))
		lunatik_outside_log(name, LOGLEVEL_INFO, line,
				    size - (line[size - 1] == '\n'));
}

/*
 * Any signal ends the wait for a state, as whoever sent it, or the freezer, waits for this task to
 * leave the kernel; and nothing has been done yet. What runs is not left in the middle but for a
 * deadly one: there is no coming back to it.
 */
static bool is_called_off(const struct lunatik_run *run)
{
	return lunatik_run_waits(run) ? signal_pending(current) : fatal_signal_pending(current);
}

static int run_on(struct lunatik_run *run, const char *name)
{
	while (!lunatik_run_continue(run)) {
		log_output(run, name);
		if (is_called_off(run))
			return -EINTR;
	}
	log_output(run, name);
	return lunatik_run_errno(run);
}

/* Returns how it ended, its error's text where that is wanted. */
static int run_to_its_end(struct lunatik_run *run, lunatik_State *state,
			  const struct lunatik_call *call)
{
	size_t size = 0;
	int err;

	err = lunatik_run_begin_in(run, state, call ? call->budget_us : LUNATIK_BUDGET_DEFAULT,
				   call ? call->wait_us : 0);
	if (!err) {
		err = run_on(run, state->name);
		if (call && call->room)
			size = lunatik_sink_take(&run->message, call->message, call->room - 1);
		lunatik_run_end(run);
	}
	if (call && call->room)
		call->message[size] = '\0';
	return err;
}

static int run_job(lunatik_State *state, const struct lunatik_job *job,
		   const struct lunatik_call *call)
{
	struct lunatik_run *run;
	int err;

	if (lunatik_turn_current())
		return -EDEADLK;
	run = kzalloc(sizeof(*run), GFP_KERNEL_ACCOUNT);
	if (!run)
		return -ENOMEM;
	run->job = *job;
	err = run_to_its_end(run, state, call);
	kfree(run);
	return err;
}

struct function_call {
	int (*function)(struct lua_State *L, void *data);
	void *data;
	int err;
};

static int call_function(struct lua_State *L, void *data)
{
	struct function_call *call = data;

	call->err = call->function(L, call->data);
	return 0;
}

/**
 * lunatik_run - call a function in a state
 * @state: referenced
 * @function: called in the state's turn, in a coroutine of its own, with nothing on its stack;
 *	returns 0 or a negative errno, which becomes this function's; what it leaves on the stack is
 *	dropped; it may raise errors
 * @data: for it
 * @call: how; NULL for the default budget, no waiting and no text
 *
 * Context: process; may sleep.
 * Return: what @function returned; -ECANCELED it raised an error; -ETIME its budget was over;
 * -EINTR it was aborted, the caller killed, or sent any signal while it waited; -EBUSY; -ESHUTDOWN
 * the state is dead; -EDEADLK the caller is in a turn itself; -ENOMEM.
 */
int lunatik_run(lunatik_State *state, int (*function)(struct lua_State *L, void *data), void *data,
		const struct lunatik_call *call)
{
	struct function_call function_call = { .function = function, .data = data };
	const struct lunatik_job job = {
		.kind = LUNATIK_JOB_CALL,
		.function = call_function,
		.data = &function_call,
	};

	return run_job(state, &job, call) ?: function_call.err;
}
EXPORT_SYMBOL_GPL(lunatik_run);

/**
 * lunatik_dostring - run a chunk in a state
 * @state: referenced
 * @code: Lua text
 * @size: its bytes, at most LUNATIK_CODE_MAX
 * @name: what error texts call it, "=name" or "@file"
 * @call: as for lunatik_run()
 *
 * Context: process; may sleep.
 * Return: 0; as lunatik_run(); -ENOEXEC it does not compile; -EINVAL; -EMSGSIZE.
 */
int lunatik_dostring(lunatik_State *state, const char *code, size_t size, const char *name,
		     const struct lunatik_call *call)
{
	const struct lunatik_job job = {
		.kind = LUNATIK_JOB_CHUNK,
		.name = name,
		.bytes = code,
		.size = size,
	};

	if (!code || !name || (name[0] != '=' && name[0] != '@') ||
	    strlen(name) > LUNATIK_CHUNK_NAME_MAX)
		return -EINVAL;
	if (size > LUNATIK_CODE_MAX)
		return -EMSGSIZE;
	return run_job(state, &job, call);
}
EXPORT_SYMBOL_GPL(lunatik_dostring);

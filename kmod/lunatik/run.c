// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Who may run in a state, when, and for how long.
 *
 * A state has one owner at a time: the run that state->run names. The run executes in its caller's
 * own context whenever that receives (netlink.c), and is suspended in between. Between
 * LUNATIK_RUN_EXECUTING and the next phase its caller alone touches the machine; nobody does while
 * it is suspended. So a suspended run can be ended at once, by taking the state from it; one that
 * executes is asked, and notices within a slice.
 *
 * Nothing here waits for a script. A run whose budget is over while its caller stays away loses
 * the state to the next who wants it.
 *
 * A run belongs to the dump of its socket, which begins and ends it and is never called twice at
 * once. The socket keeps the namespace alive. While the run has the state it holds a reference of
 * it, and the namespace's own is there too, as close wants to be the last: so a run never gives
 * back the last one, and may do so under the lock.
 *
 * Lock: runs_lock of the namespace, over the list of its runs, each run's phase, state and stop,
 * and each state's run and counters. A spinlock, process context, innermost.
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/sock.h>

#include "params.h"
#include "net.h"
#include "run.h"
#include "state.h"
#include "turn.h"

/* How long a caller stays in the kernel before it may look around. */
#define STAY		(20 * NSEC_PER_MSEC)

#define MESSAGE_MAX	(16 << 10)

/*
 * Chunks and states that are small enough for a glance: what compiling, collecting and copying take
 * at most there is no more than other netlink handlers take.
 */
#define GLANCE_SCRIPT	4096
#define GLANCE_MAXALLOC	(1024 * 1024)

static void count_end(struct lunatik_state *state, enum lunatik_step step)
{
	state->runs++;
	if (step == LUNATIK_STEP_SYNTAX || step == LUNATIK_STEP_FAILED)
		state->errors++;
	else if (step == LUNATIK_STEP_STOPPED)
		state->aborts++;
}

/* The run is over and gives the state back. Context: the lock held. */
static void give_back(struct lunatik_run *run, enum lunatik_step step)
{
	struct lunatik_state *state = run->state;

	run->phase = LUNATIK_RUN_OVER;
	run->step = step;
	run->curralloc = state->vm.arena.curralloc;
	run->peak = state->vm.arena.peak;
	run->state = NULL;
	state->run = NULL;
	count_end(state, step);
	refcount_dec(&state->users);
}

/* Takes the state from a run that does not execute. Context: the lock held. */
static void take_away(struct lunatik_run *run, enum lunatik_stop stop)
{
	run->stop = stop;
	give_back(run, LUNATIK_STEP_STOPPED);
}

/* Context: the lock held. */
static void stop_run(struct lunatik_run *run, enum lunatik_stop stop)
{
	if (run->phase == LUNATIK_RUN_EXECUTING)
		WRITE_ONCE(run->state->vm.stop_asked, stop);
	else if (run->phase != LUNATIK_RUN_OVER)
		take_away(run, stop);
}

/* Whether a run is one that its caller has left lying. */
static bool is_overdue(struct lunatik_run *run)
{
	return run->phase != LUNATIK_RUN_EXECUTING &&
	       ktime_compare(ktime_get(), run->deadline) >= 0;
}

static ktime_t deadline_of(u64 budget_us)
{
	if (!budget_us || budget_us > KTIME_MAX / NSEC_PER_USEC / 2)
		return KTIME_MAX;
	return ktime_add_us(ktime_get(), budget_us);
}

static void prepare(struct lunatik_run *run)
{
	struct lunatik_account *account = &run->namespace->memory;
	struct lunatik_vm *vm = &run->state->vm;

	run->output_room = lunatik_maxoutput;
	run->message_room = MESSAGE_MAX;
	lunatik_sink_init(&run->output, vm, account, &run->output_room);
	lunatik_sink_init(&run->values, vm, account, &run->output_room);
	/* a few pages, not charged: that there is no memory left is to be told, too */
	lunatik_sink_init(&run->message, vm, NULL, &run->message_room);
	lunatik_sink_init(&run->error_value, vm, NULL, &run->message_room);
}

/* A copy of the chunk's name for the listing; NULL where the one that is there will do. */
static char *script_name(const struct lunatik_run *run)
{
	/* the mark that tells a file name or a description from text is no part of the name */
	const char *name = run->source->name + 1;
	const char *last;
	char *copy;
	bool same;

	spin_lock(&run->state->namespace->runs_lock);
	last = run->state->script;
	same = last && !strcmp(last, name);
	spin_unlock(&run->state->namespace->runs_lock);
	if (same)
		return NULL;
	copy = kstrdup(name, GFP_KERNEL_ACCOUNT);
	return copy ?: ERR_PTR(-ENOMEM);
}

/**
 * lunatik_run_begin - take a state for a chunk
 * @run: with state (whose reference becomes the run's), source, scriptsize, socket and port set
 * @budget_us: wall clock; 0 for none
 *
 * Context: process.
 * Return: 0, and lunatik_run_end() is due; -EBUSY where another run has the state, or -ENOMEM, and
 * nothing is changed.
 */
int lunatik_run_begin(struct lunatik_run *run, u64 budget_us)
{
	struct lunatik_state *state = run->state;
	struct lunatik_net *ns = state->namespace;
	int err = -EBUSY;
	char *script;

	script = script_name(run);
	if (IS_ERR(script))
		return PTR_ERR(script);
	run->namespace = ns;
	run->maxalloc = state->vm.arena.maxalloc;
	prepare(run);
	run->phase = LUNATIK_RUN_READY;
	run->deadline = deadline_of(budget_us);
	run->holder = get_pid(task_tgid(current));

	spin_lock(&ns->runs_lock);
	if (state->run && is_overdue(state->run))
		take_away(state->run, LUNATIK_STOP_BUDGET);
	if (!state->run) {
		err = 0;
		state->run = run;
		state->generation++;
		state->scriptsize = run->scriptsize;
		if (script)
			swap(state->script, script);
		list_add(&run->node, &ns->runs);
	}
	spin_unlock(&ns->runs_lock);
	/* the name of the chunk before */
	kfree(script);
	if (err)
		put_pid(run->holder);
	return err;
}

/* Makes the machine work for @run. Context: the run executes. */
static void hand_over(struct lunatik_run *run)
{
	struct lunatik_vm *vm = &run->state->vm;

	vm->output = &run->output;
	vm->values = &run->values;
	vm->message = &run->message;
	vm->error_value = &run->error_value;
	vm->deadline = run->deadline;
	vm->suspend_after = ktime_add_ns(ktime_get(), STAY);
	vm->stop = LUNATIK_STOP_NONE;
	vm->ran_ns = run->ran_ns;
}

static enum lunatik_step execute(struct lunatik_run *run, bool first, bool glance)
{
	struct lunatik_vm *vm = &run->state->vm;
	enum lunatik_step step;

	hand_over(run);
	vm->glance = glance;
	vm->glanced = 0;
	lunatik_turn_begin(vm);
	step = first ? lunatik_vm_start(vm, run->source) : lunatik_vm_continue(vm);
	lunatik_turn_end(vm);
	run->ran_ns = vm->ran_ns;
	run->stop = vm->stop;
	vm->output = NULL;
	vm->values = NULL;
	vm->message = NULL;
	vm->error_value = NULL;
	return step;
}

/* The run gives the state back, or keeps it for the next time. Returns whether it is over. */
static bool executed(struct lunatik_run *run, enum lunatik_step step, u64 ran_ns)
{
	struct lunatik_state *state = run->state;
	bool over;

	spin_lock(&run->namespace->runs_lock);
	state->run_ns += ran_ns;
	if (step != LUNATIK_STEP_SUSPENDED)
		give_back(run, step);
	else if (state->vm.stop_asked)
		take_away(run, state->vm.stop_asked);
	else
		run->phase = LUNATIK_RUN_SUSPENDED;
	over = run->phase == LUNATIK_RUN_OVER;
	spin_unlock(&run->namespace->runs_lock);
	return over;
}

/* The words for a run that is over, where Lua found none. The machine may be somebody else's. */
static void tell_stop(struct lunatik_run *run)
{
	const char *words = lunatik_stop_words[run->stop];

	run->message.vm = NULL;
	if (run->step == LUNATIK_STEP_STOPPED && !run->is_told && !run->message.size)
		lunatik_sink_write(&run->message, words, strlen(words));
	run->is_told = true;
}

/* Returns whether the run is over. */
static bool step_on(struct lunatik_run *run, bool glance)
{
	struct lunatik_net *ns = run->namespace;
	u64 before = run->ran_ns;
	enum lunatik_step step;
	bool first;

	spin_lock(&ns->runs_lock);
	if (run->phase == LUNATIK_RUN_OVER) {
		spin_unlock(&ns->runs_lock);
		tell_stop(run);
		return true;
	}
	first = run->phase == LUNATIK_RUN_READY;
	run->phase = LUNATIK_RUN_EXECUTING;
	run->state->vm.stop_asked = LUNATIK_STOP_NONE;
	spin_unlock(&ns->runs_lock);

	step = execute(run, first, glance);
	if (!executed(run, step, run->ran_ns - before))
		return false;
	tell_stop(run);
	return true;
}

/**
 * lunatik_run_glance - try to have a short chunk over and done with
 * @run: just begun
 *
 * Only where nothing that the chunk can do takes long, as the caller holds locks that others want.
 * Context: process.
 * Return: whether the run is over.
 */
bool lunatik_run_glance(struct lunatik_run *run)
{
	if (run->scriptsize > GLANCE_SCRIPT || run->maxalloc > GLANCE_MAXALLOC)
		return false;
	return step_on(run, true);
}

/**
 * lunatik_run_continue - execute until there is something to tell
 * @run: begun
 *
 * Context: process, in the caller's own; may sleep, and take as long as the budget allows.
 * Return: whether the run is over. If not, call again.
 */
bool lunatik_run_continue(struct lunatik_run *run)
{
	return step_on(run, false);
}

/**
 * lunatik_run_end - the caller is done with a run, or gone
 * @run: begun; not used afterwards, but for its memory
 *
 * Context: process; not while lunatik_run_continue() is at work on it.
 */
void lunatik_run_end(struct lunatik_run *run)
{
	struct lunatik_net *ns = run->namespace;

	spin_lock(&ns->runs_lock);
	list_del(&run->node);
	stop_run(run, LUNATIK_STOP_SIGNAL);
	spin_unlock(&ns->runs_lock);

	lunatik_sink_free(&run->output);
	lunatik_sink_free(&run->values);
	lunatik_sink_free(&run->message);
	lunatik_sink_free(&run->error_value);
	put_pid(run->holder);
}

/**
 * lunatik_run_abort - end what runs in a state
 * @state: referenced
 * @port: only where the socket with this port runs it; 0 for any
 *
 * Context: process. Does not wait.
 * Return: 0, or -ENOENT where nothing (of that port) runs.
 */
int lunatik_run_abort(struct lunatik_state *state, u32 port)
{
	struct lunatik_net *ns = state->namespace;
	int err = -ENOENT;

	spin_lock(&ns->runs_lock);
	if (state->run && (!port || state->run->port == port)) {
		stop_run(state->run, LUNATIK_STOP_ABORT);
		err = 0;
	}
	spin_unlock(&ns->runs_lock);
	return err;
}

/**
 * lunatik_run_orphan - a socket was closed: its run gives the state back now
 * @ns: of the socket
 * @port: of the socket; perhaps another's already, so only a dead socket counts
 *
 * The dump would end it too, some time later.
 * Context: process.
 */
void lunatik_run_orphan(struct lunatik_net *ns, u32 port)
{
	struct lunatik_run *run;

	spin_lock(&ns->runs_lock);
	list_for_each_entry(run, &ns->runs, node) {
		if (run->port == port && sock_flag(run->socket, SOCK_DEAD))
			stop_run(run, LUNATIK_STOP_SIGNAL);
	}
	spin_unlock(&ns->runs_lock);
}

/**
 * lunatik_run_errno - how a run ended, as the protocol says it
 * @run: over
 *
 * Return: 0 or a negative errno.
 */
int lunatik_run_errno(const struct lunatik_run *run)
{
	switch (run->step) {
	case LUNATIK_STEP_DONE:
		return 0;
	case LUNATIK_STEP_SYNTAX:
		return -ENOEXEC;
	case LUNATIK_STEP_STOPPED:
		return run->stop == LUNATIK_STOP_BUDGET ? -ETIME : -EINTR;
	default:
		return -ECANCELED;
	}
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Who may run in a state, when, and for how long.
 *
 * A state has one owner at a time: the run that state->run names. The run executes in its caller's
 * own context whenever that receives (netlink_run.c) or, for another module, until it is over
 * (api.c), and is suspended in between. Between LUNATIK_RUN_EXECUTING and the next phase its caller
 * alone touches the machine; nobody does while it is suspended. So a suspended run can be ended at
 * once, by taking the state from it; one that executes is asked, and notices within a slice.
 *
 * Nothing here waits for a script but a caller who asked for that: a run that finds the state taken
 * waits in its caller's context, can be interrupted, and claims the state when it is woken. The
 * state is not handed on to it, as a caller that stays away would keep it from those who do not. A
 * run whose budget is over while its caller stays away loses the state to the next who wants it.
 *
 * A run of user space belongs to the dump of its socket, which begins and ends it and is never
 * called twice at once. The socket keeps the namespace alive. While it has the state or waits for
 * it, it holds a reference; the namespace's own, or the calling module's, is there too, so a run
 * never gives back the last one, and may do so under the lock.
 *
 * Lock: the namespace's, over the list of its runs, each run's phase, state and stop, and each
 * state's run and counters.
 */
#include <linux/compat.h>
#include <linux/fdtable.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>
#include <asm/ptrace.h>
#include <asm/unistd.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "events.h"
#include "net.h"
#include "outside.h"
#include "params.h"
#include "report.h"
#include "run.h"
#include "script.h"
#include "state.h"
#include "trace.h"
#include "turn.h"

/* How long a caller stays in the kernel before it may look around: in Lua, and waiting for it. */
#define STAY		(20 * NSEC_PER_MSEC)
#define STAY_WAITING	(200 * NSEC_PER_MSEC)

#define MESSAGE_MAX	(16 << 10)

/*
 * Chunks, and states and what they hold, that are small enough for a glance: what compiling,
 * collecting and copying take at most there is no more than other netlink handlers take, and nor is
 * a walk along keys that a script has made collide.
 */
#define GLANCE_SIZE	4096
#define GLANCE_MAXALLOC	(1024 * 1024)
#define GLANCE_HELD	(128 * 1024)

static void count_end(struct lunatik_state *state, enum lunatik_step step)
{
	state->runs++;
	if (step == LUNATIK_STEP_SYNTAX || step == LUNATIK_STEP_FAILED)
		state->errors++;
	else if (step == LUNATIK_STEP_STOPPED)
		state->aborts++;
}

static void tell_end(struct lunatik_run *run, struct lunatik_state *state)
{
	int err = lunatik_run_errno(run);

	trace_lunatik_run_end(state->name, state->vm.netns, -err, run->ran_ns);
	if (!err)
		return;
	if (run->step != LUNATIK_STEP_STOPPED)
		lunatik_event(state, state->vm.out_of_memory ? LUNATIK_EVENT_TYPE_LIMIT :
			      LUNATIK_EVENT_TYPE_ERROR, -err);
	else
		lunatik_event(state, run->stop == LUNATIK_STOP_BUDGET ?
			      LUNATIK_EVENT_TYPE_TIME_OUT : LUNATIK_EVENT_TYPE_ABORTED, -err);
}

/*
 * Gives back the reference of a run that is over; but not while its caller sleeps in the state,
 * which then does it when it wakes. Context: the lock held.
 */
static void let_go(struct lunatik_run *run)
{
	if (run->sleeps)
		return;
	refcount_dec(&run->state->users);
	run->state = NULL;
}

/* The run is over and gives the state back. Context: the lock held. */
static void give_back(struct lunatik_run *run, enum lunatik_step step)
{
	struct lunatik_state *state = run->state;

	run->phase = LUNATIK_RUN_OVER;
	run->step = step;
	run->curralloc = state->vm.arena.curralloc;
	run->peak = state->vm.arena.peak;
	state->run = NULL;
	if (step == LUNATIK_STEP_DONE)
		lunatik_state_mark(state, &run->change);
	count_end(state, step);
	tell_end(run, state);
	wake_up(&state->idle);
	let_go(run);
}

/* A run that waits is not to run any more. Context: the lock held. */
static void refuse(struct lunatik_run *run, int err, const char *words)
{
	run->phase = LUNATIK_RUN_OVER;
	run->refused = err;
	run->words = words;
	wake_up(&run->state->idle);
	let_go(run);
}

/* Takes the state from a run that does not execute. Context: the lock held. */
static void take_away(struct lunatik_run *run, enum lunatik_stop stop)
{
	run->stop = stop;
	if (run->phase != LUNATIK_RUN_READY)
		strscpy(run->place, run->state->vm.place, sizeof(run->place));
	give_back(run, LUNATIK_STEP_STOPPED);
}

/* Context: the lock held. */
static void stop_run(struct lunatik_run *run, enum lunatik_stop stop)
{
	if (run->phase == LUNATIK_RUN_WAITING)
		refuse(run, -EINTR, lunatik_stop_words[stop]);
	else if (run->phase == LUNATIK_RUN_EXECUTING)
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

/* Context: the lock held. */
static void clear_overdue(struct lunatik_state *state)
{
	if (state->run && is_overdue(state->run))
		take_away(state->run, LUNATIK_STOP_BUDGET);
}

/**
 * lunatik_run_clear - end what callers have left lying in a state
 * @state: found and locked
 *
 * The run that has it beyond its budget, and those that wait for it longer than they may: their
 * callers are stopped, or do not receive, and would see to it themselves.
 * Context: the lock held. Does not wait.
 */
void lunatik_run_clear(struct lunatik_state *state)
{
	ktime_t now = ktime_get();
	struct lunatik_run *run;

	clear_overdue(state);
	list_for_each_entry(run, &state->namespace->runs, node)
		if (run->state == state && run->phase == LUNATIK_RUN_WAITING &&
		    ktime_compare(now, run->wait_until) >= 0)
			refuse(run, -EBUSY, "state is in use");
}

static ktime_t time_from_now(u64 us)
{
	if (us > KTIME_MAX / NSEC_PER_USEC / 2)
		return KTIME_MAX;
	return ktime_add_us(ktime_get(), us);
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

/*
 * Context: the lock held. Returns 0, -EAGAIN where it is worth waiting, or a refusal that has
 * words.
 */
static int may_claim(struct lunatik_run *run, struct netlink_ext_ack *extack)
{
	struct lunatik_state *state = run->state;

	if (run->namespace->dead) {
		NL_SET_ERR_MSG(extack, "the namespace is going away");
		return -ESHUTDOWN;
	}
	if (lunatik_state_may_use(state, &run->caller, extack))
		return run->wait_handle ? -EAGAIN : -EBUSY;
	clear_overdue(state);
	if (state->run) {
		NL_SET_ERR_MSG(extack, "state is in use");
		return -EAGAIN;
	}
	return lunatik_state_may_change(state, &run->change, extack);
}

static bool is_small(const struct lunatik_run *run)
{
	const struct lunatik_arena *arena = &run->state->vm.arena;

	return run->job.size <= GLANCE_SIZE && arena->maxalloc <= GLANCE_MAXALLOC &&
	       arena->curralloc <= GLANCE_HELD;
}

/* Context: the lock held. As may_claim(). */
static int claim(struct lunatik_run *run, struct netlink_ext_ack *extack)
{
	struct lunatik_state *state = run->state;
	int err;

	err = may_claim(run, extack);
	if (err)
		return err;
	state->run = run;
	lunatik_state_change(state, &run->change);
	if (run->script)
		swap(state->script, run->script);
	run->phase = LUNATIK_RUN_READY;
	run->may_glance = is_small(run);
	run->deadline = run->budget_us ? time_from_now(run->budget_us) : KTIME_MAX;
	trace_lunatik_run_start(state->name, state->vm.netns, run->job.kind);
	return 0;
}

/* The state is the run's now, unless somebody has ended that already. Context: process. */
static void claimed(struct lunatik_run *run)
{
	char name[LUNATIK_NAME_MAX + 1] = "";
	u64 netns = 0;

	if (run->job.kind != LUNATIK_JOB_CHUNK || !lunatik_outside_records())
		return;
	spin_lock(&run->namespace->lock);
	if (run->state) {
		strscpy(name, run->state->name, sizeof(name));
		netns = run->state->vm.netns;
	}
	spin_unlock(&run->namespace->lock);
	lunatik_outside_loaded(name, netns, &run->job, run->sha256);
}

/* Whether a run that waits may stop that. */
static bool is_waited(struct lunatik_run *run)
{
	struct lunatik_net *ns = run->namespace;
	struct netlink_ext_ack extack = { };
	bool over;
	int err;

	spin_lock(&ns->lock);
	if (run->phase == LUNATIK_RUN_WAITING) {
		err = claim(run, &extack);
		if (err == -EAGAIN && ktime_compare(ktime_get(), run->wait_until) >= 0)
			err = -EBUSY;
		if (err && err != -EAGAIN)
			refuse(run, err, extack._msg);
	}
	over = run->phase != LUNATIK_RUN_WAITING;
	spin_unlock(&ns->lock);
	return over;
}

/* While the run sleeps its reference stays, whoever ends it. */
static void set_sleeping(struct lunatik_run *run, bool sleeps)
{
	spin_lock(&run->namespace->lock);
	run->sleeps = sleeps && run->phase == LUNATIK_RUN_WAITING;
	if (!sleeps && run->phase == LUNATIK_RUN_OVER)
		let_go(run);
	spin_unlock(&run->namespace->lock);
}

/* Waits for the state, but for no longer than its caller may want to. */
static void wait_for_state(struct lunatik_run *run)
{
	s64 left = ktime_to_ns(ktime_sub(run->wait_until, ktime_get()));

	set_sleeping(run, true);
	if (!run->sleeps)
		return;
	left = clamp_t(s64, left, 0, STAY_WAITING);
	/* + 1: the tick that it is now may be over in a moment */
	wait_event_interruptible_timeout(run->state->idle, is_waited(run),
					 nsecs_to_jiffies(left) + 1);
	set_sleeping(run, false);
	if (run->phase == LUNATIK_RUN_READY)
		claimed(run);
}

static int take_script(struct lunatik_run *run)
{
	const struct lunatik_job *job = &run->job;
	struct lunatik_net *ns = run->namespace;
	struct lunatik_script *script;
	bool known;

	if (job->kind != LUNATIK_JOB_CHUNK)
		return 0;
	/* the mark that tells a file name or a description from text is no part of the name */
	script = lunatik_script_new(job->name + 1, job->bytes, job->size);
	if (!script)
		return -ENOMEM;
	spin_lock(&ns->lock);
	known = lunatik_script_is_same(script, run->state->script);
	spin_unlock(&ns->lock);
	if (!known)
		lunatik_script_digest(script, job->bytes);
	memcpy(run->sha256, script->sha256, sizeof(run->sha256));
	run->script = script;
	return 0;
}

static void set_times(struct lunatik_run *run, u64 budget_us, u64 wait_us)
{
	if (budget_us == LUNATIK_TIME_DEFAULT)
		budget_us = (u64)lunatik_budget * USEC_PER_MSEC;
	run->budget_us = budget_us;
	run->wait_handle = wait_us != LUNATIK_TIME_DEFAULT && wait_us;
	run->wait_us = wait_us != LUNATIK_TIME_DEFAULT ? wait_us : budget_us ?: U64_MAX;
}

/* With a reference of the state, which goes where it fails. */
static int begin(struct lunatik_run *run, u64 budget_us, u64 wait_us,
		 struct netlink_ext_ack *extack)
{
	struct lunatik_state *state = run->state;
	struct lunatik_net *ns = state->namespace;
	int err;

	run->namespace = ns;
	err = take_script(run);
	if (err)
		goto out_put;
	set_times(run, budget_us, wait_us);
	prepare(run);
	run->phase = LUNATIK_RUN_WAITING;
	run->holder = get_pid(task_tgid(current));

	spin_lock(&ns->lock);
	err = claim(run, extack);
	if (err == -EAGAIN) {
		run->wait_until = time_from_now(run->wait_us);
		err = run->wait_us ? 0 : -EBUSY;
	}
	if (!err)
		list_add(&run->node, &ns->runs);
	spin_unlock(&ns->lock);
	if (err)
		goto out_free;
	if (run->phase == LUNATIK_RUN_READY)
		claimed(run);
	return 0;

out_free:
	put_pid(run->holder);
	kfree(run->script);
out_put:
	run->state = NULL;
	lunatik_state_put(state);
	return err;
}

/**
 * lunatik_run_begin - have a state, or wait for it
 * @run: zeroed, with caller, job and change set
 * @ns: where the state is
 * @name: that it has
 * @budget_us: wall clock; 0 for none; or LUNATIK_TIME_DEFAULT
 * @wait_us: for a state that is in use; 0 not at all; or LUNATIK_TIME_DEFAULT: for other runs as
 *	long as the budget, for a handle not at all
 * @extack: told why not
 *
 * Context: process; does not wait.
 * Return: 0, and lunatik_run_end() is due; or -ENOENT, -EBUSY, -ESTALE, -EALREADY, -EOVERFLOW,
 * -ENOMEM, and nothing is changed.
 */
int lunatik_run_begin(struct lunatik_run *run, struct lunatik_net *ns, const char *name,
		      u64 budget_us, u64 wait_us, struct netlink_ext_ack *extack)
{
	struct lunatik_state *state;
	int err = 0;

	state = lunatik_state_lock(ns, name, extack);
	if (!state)
		return -ENOENT;
	if (!lunatik_state_get(state)) {
		NL_SET_ERR_MSG(extack, "the state has as many references as it may have");
		err = -EOVERFLOW;
	}
	lunatik_state_unlock(state);
	if (err)
		return err;
	run->state = state;
	return begin(run, budget_us, wait_us, extack);
}

/**
 * lunatik_run_begin_in - the same for another module
 * @run: as for lunatik_run_begin()
 * @state: referenced by the caller, during the run as well
 * @budget_us: as for lunatik_run_begin()
 * @wait_us: likewise
 *
 * Context: process; does not wait.
 * Return: as lunatik_run_begin(), and -ESHUTDOWN of a dead state.
 */
int lunatik_run_begin_in(struct lunatik_run *run, struct lunatik_state *state, u64 budget_us,
			 u64 wait_us)
{
	if (READ_ONCE(state->namespace->dead))
		return -ESHUTDOWN;
	if (!lunatik_state_get(state))
		return -EOVERFLOW;
	run->state = state;
	return begin(run, budget_us, wait_us, NULL);
}

/* What may have put a result of its own in place of a system call's. */
#define SYSCALL_WORK_FORGES	(SYSCALL_WORK_SECCOMP | SYSCALL_WORK_SYSCALL_TRACE | \
				 SYSCALL_WORK_SYSCALL_EMU)

/*
 * Whether the caller is in a system call of its own that receives, and not on the way out of it.
 * One that reads may have come to the same result as one that is not over yet, from a file system;
 * one that receives only from whoever looks after the task.
 */
static bool is_receiving(void)
{
	const struct pt_regs *regs = task_pt_regs(current);

	if (regs->ax != (unsigned long)-ENOSYS || in_compat_syscall() ||
	    READ_ONCE(current_thread_info()->syscall_work) & SYSCALL_WORK_FORGES)
		return false;
	switch (regs->orig_ax) {
	case __NR_recvfrom:
	case __NR_recvmsg:
	case __NR_recvmmsg:
		return true;
	default:
		return false;
	}
}

/*
 * Whether this may be a request of io_uring, from one of its threads or from a task that has rings:
 * when it enters them, and also on its way out of any system call. Who merely has rings, for files,
 * say, and receives as ever is not one of them.
 */
static bool is_in_uring(void)
{
#ifdef CONFIG_IO_URING
	return current->flags & PF_IO_WORKER || (current->io_uring && !is_receiving());
#else
	return false;
#endif
}

/*
 * Who else is at the caller's socket is seen by the users of its file: its descriptor is one, and
 * the call that the caller is in another where that has a table of descriptors with others, who may
 * close it meanwhile (turn.c); one that began while there were others yet counts as somebody who
 * shares it. But requests of io_uring on a registered file do not count as users,
 * neither this nor another, which need not even have a descriptor: there somebody else may always
 * be.
 */
static long users_alone(void)
{
	if (is_in_uring())
		return 0;
	return atomic_read(&current->files->count) > 1 ? 2 : 1;
}

static void watch_file(const struct lunatik_run *run, struct lunatik_vm *vm)
{
	vm->file = NULL;
	if (!run->caller.socket)
		return;
	vm->file = run->caller.socket->sk_socket->file;
	vm->file_users = users_alone();
	/* a run that is soon suspended need not */
	vm->seek_again = vm->suspend_after;
	vm->shared_since = 0;
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
	watch_file(run, vm);
}

static enum lunatik_step execute(struct lunatik_run *run, bool first, bool glance)
{
	struct lunatik_vm *vm = &run->state->vm;
	enum lunatik_step step;

	hand_over(run);
	vm->glance = glance;
	vm->glanced = 0;
	lunatik_turn_begin(vm);
	step = first ? lunatik_vm_start(vm, &run->job) : lunatik_vm_continue(vm);
	lunatik_turn_end(vm);
	run->ran_ns = vm->ran_ns;
	run->stop = vm->stop;
	vm->output = NULL;
	vm->values = NULL;
	vm->message = NULL;
	vm->error_value = NULL;
	vm->file = NULL;
	return step;
}

/* The run gives the state back, or keeps it for the next time. Returns whether it is over. */
static bool executed(struct lunatik_run *run, enum lunatik_step step, u64 ran_ns)
{
	struct lunatik_state *state = run->state;
	bool over;

	spin_lock(&run->namespace->lock);
	state->run_ns += ran_ns;
	if (step != LUNATIK_STEP_SUSPENDED)
		give_back(run, step);
	else if (state->vm.stop_asked)
		take_away(run, state->vm.stop_asked);
	else
		run->phase = LUNATIK_RUN_SUSPENDED;
	over = run->phase == LUNATIK_RUN_OVER;
	spin_unlock(&run->namespace->lock);
	return over;
}

/* The words for a run that is over, where Lua found none. The machine may be somebody else's. */
static void tell_stop(struct lunatik_run *run)
{
	const char *words = lunatik_stop_words[run->stop];

	run->message.vm = NULL;
	if (!run->refused && run->step == LUNATIK_STEP_STOPPED && !run->is_told &&
	    !run->message.size) {
		lunatik_report_text(&run->message, run->place);
		lunatik_report_text(&run->message, words);
	}
	run->is_told = true;
}

/* Returns whether the run is over. */
static bool step_on(struct lunatik_run *run, bool glance)
{
	struct lunatik_net *ns = run->namespace;
	u64 before = run->ran_ns;
	enum lunatik_step step;
	bool first;

	spin_lock(&ns->lock);
	if (run->phase == LUNATIK_RUN_OVER) {
		spin_unlock(&ns->lock);
		tell_stop(run);
		return true;
	}
	first = run->phase == LUNATIK_RUN_READY;
	run->phase = LUNATIK_RUN_EXECUTING;
	run->state->vm.stop_asked = LUNATIK_STOP_NONE;
	spin_unlock(&ns->lock);

	step = execute(run, first, glance);
	if (!executed(run, step, run->ran_ns - before))
		return false;
	tell_stop(run);
	return true;
}

/* Whether it has not begun, as it has not got the state yet. Context: its caller's. */
bool lunatik_run_waits(const struct lunatik_run *run)
{
	return READ_ONCE(run->phase) == LUNATIK_RUN_WAITING;
}

/**
 * lunatik_run_glance - try to have a short one over and done with
 * @run: just begun
 *
 * Only where nothing that it can do takes long, as the caller holds locks that others want.
 * Context: process.
 * Return: whether the run is over.
 */
bool lunatik_run_glance(struct lunatik_run *run)
{
	if (lunatik_run_waits(run) || !run->may_glance)
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
	if (lunatik_run_waits(run))
		wait_for_state(run);
	/* with something to tell, or to let the caller look around */
	return !lunatik_run_waits(run) && step_on(run, false);
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

	spin_lock(&ns->lock);
	list_del(&run->node);
	stop_run(run, LUNATIK_STOP_SIGNAL);
	spin_unlock(&ns->lock);

	lunatik_sink_free(&run->output);
	lunatik_sink_free(&run->values);
	lunatik_sink_free(&run->message);
	lunatik_sink_free(&run->error_value);
	kfree(run->script);
	put_pid(run->holder);
}

/* Whether it is made by a session, on whatever socket. Context: the lock held. */
bool lunatik_run_is_of(const struct lunatik_run *run, const struct lunatik_session *session)
{
	return lunatik_session_is(session, &run->caller);
}

/* Ends what runs in a state, if anything does. Context: the lock held. Does not wait. */
void lunatik_run_stop(struct lunatik_state *state, enum lunatik_stop stop)
{
	if (state->run)
		stop_run(state->run, stop);
}

static struct lunatik_run *run_of_port(struct lunatik_state *state, u32 port)
{
	struct lunatik_run *run;

	list_for_each_entry(run, &state->namespace->runs, node)
		if (run->state == state && run->caller.port == port)
			return run;
	return NULL;
}

/**
 * lunatik_run_abort - end what runs in a state
 * @state: found and locked
 * @port: only what the socket with this port runs or waits to run there; 0 for what runs
 *
 * Context: the lock held. Does not wait.
 * Return: 0, or -ENOENT where there is nothing of the kind.
 */
int lunatik_run_abort(struct lunatik_state *state, u32 port)
{
	struct lunatik_run *run = port ? run_of_port(state, port) : state->run;

	if (!run)
		return -ENOENT;
	stop_run(run, LUNATIK_STOP_ABORT);
	return 0;
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

	spin_lock(&ns->lock);
	list_for_each_entry(run, &ns->runs, node) {
		if (run->caller.port == port && run->caller.socket &&
		    sock_flag(run->caller.socket, SOCK_DEAD))
			stop_run(run, LUNATIK_STOP_SIGNAL);
	}
	spin_unlock(&ns->lock);
}

/**
 * lunatik_run_errno - how a run ended, as the protocol says it
 * @run: over
 *
 * Return: 0 or a negative errno.
 */
int lunatik_run_errno(const struct lunatik_run *run)
{
	if (run->refused)
		return run->refused;
	switch (run->step) {
	case LUNATIK_STEP_DONE:
		return 0;
	case LUNATIK_STEP_SYNTAX:
		return -ENOEXEC;
	case LUNATIK_STEP_STOPPED:
		break;
	default:
		return -ECANCELED;
	}
	switch (run->stop) {
	case LUNATIK_STOP_BUDGET:
		return -ETIME;
	case LUNATIK_STOP_GONE:
		return -ESHUTDOWN;
	default:
		return -EINTR;
	}
}

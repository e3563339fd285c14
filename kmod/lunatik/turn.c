// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A machine's turn on a CPU: the FPU section around Lua, and the clock that ends it.
 *
 * Lua computes in xmm registers, so it runs between kernel_fpu_begin() and kernel_fpu_end(), with
 * preemption off. A pinned per-CPU timer ticks while there is a turn. Its interrupt raises
 * lunatik_attention and arms the hook of the running thread; either way Lua comes to
 * lunatik_turn_yield(), which closes the section, lets others run, looks at the clock, at signals
 * and at requests to stop, and opens it again. Every xmm register is the caller's to save, so none
 * is live across that call.
 *
 * The timer is left to run out rather than cancelled: a stream of short turns pays for it once a
 * millisecond. `armed` is written by its CPU alone, by the turn with preemption off and by the
 * interrupt. A turn writes `vm` before it reads `armed`, so a tick in between either sees the turn
 * and goes on, or clears `armed` and is started anew. When a CPU goes away its timer moves and
 * fires elsewhere, where it only marks itself idle.
 *
 * The machine belongs to the caller throughout (run.c), and `vm` is NULL before its turn ends, so
 * an interrupt never sees a machine that is gone.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/suspend.h>
#include <asm/fpu/api.h>

#include "account.h"
#include "sink.h"
#include "vm.h"
#include "turn.h"
#include "lua/luaconf.h"

/* A little less than the millisecond that is promised. */
#define SLICE		(9 * NSEC_PER_MSEC / 10)

/* C code that takes so much longer than it may, before it goes back, is not about to end. */
#define LINGER		(200 * NSEC_PER_MSEC)

/* How long others may be kept from the socket by what cannot be suspended. */
#define PATIENCE	NSEC_PER_SEC

/* What a glance may make, and so copy, in memory. */
#define GLANCE_BYTES	(64 * 1024)

/*
 * The stack that waiting for memory may need. What was measured of reclaim is some four kilobytes;
 * but it may go through a file system and a block device, whose drivers nobody has measured, and be
 * interrupted there.
 */
#define WAIT_STACK	(LUNATIK_STACK_SOFT + 2 * 1024)

struct turn_cpu {
	struct hrtimer timer;
	struct lunatik_vm *vm;
	bool armed;
};

static DEFINE_PER_CPU(struct turn_cpu, turn_cpus);
/* Lua's side reads it by name, see luaconf.h. */
DECLARE_PER_CPU(unsigned char, lunatik_attention);
DEFINE_PER_CPU(unsigned char, lunatik_attention);

static enum hrtimer_restart turn_tick(struct hrtimer *timer)
{
	struct turn_cpu *cpu = container_of(timer, struct turn_cpu, timer);

	if (cpu != this_cpu_ptr(&turn_cpus) || !cpu->vm) {
		WRITE_ONCE(cpu->armed, false);
		return HRTIMER_NORESTART;
	}
	this_cpu_or(lunatik_attention, LUNATIK_SLICE_OVER);
	lunatik_arm(cpu->vm);
	hrtimer_forward_now(timer, ns_to_ktime(SLICE));
	return HRTIMER_RESTART;
}

/*
 * A tick that came while the turn was left, or just before, is lost: what leaves it again and
 * again, for memory, would never come to look at the clock.
 */
static void remember_clock(struct lunatik_vm *vm)
{
	if (vm->glance || ktime_sub(ktime_get(), vm->looked) < SLICE)
		return;
	this_cpu_or(lunatik_attention, LUNATIK_SLICE_OVER);
	lunatik_arm(vm);
}

static unsigned char glance_bits(const struct lunatik_vm *vm)
{
	if (!vm->glance)
		return 0;
	return LUNATIK_GLANCE | (vm->glanced > GLANCE_BYTES ? LUNATIK_GLANCED : LUNATIK_COUNTING);
}

/**
 * lunatik_turn_enter - go into the turn's FPU section, perhaps on another CPU than before
 * @vm: owned by the caller
 *
 * From here on code compiled with SSE may run, and nothing may sleep.
 * Context: process. Disables preemption.
 */
void lunatik_turn_enter(struct lunatik_vm *vm)
{
	struct turn_cpu *cpu;

	kernel_fpu_begin_mask(KFPU_MXCSR);
	cpu = this_cpu_ptr(&turn_cpus);
	vm->on_cpu = true;
	this_cpu_write(lunatik_attention, (vm->stop ? LUNATIK_STOPPING : 0) | glance_bits(vm));
	remember_clock(vm);
	WRITE_ONCE(cpu->vm, vm);
	barrier();
	/* a glance is over before the clock would say so, and clocks cost time to set */
	if (!READ_ONCE(cpu->armed) && !vm->glance) {
		WRITE_ONCE(cpu->armed, true);
		hrtimer_start(&cpu->timer, ns_to_ktime(SLICE), HRTIMER_MODE_REL_PINNED_HARD);
	}
}

/**
 * lunatik_turn_leave - leave the FPU section, to sleep or for good
 * @vm: as entered
 *
 * Return: whether there was one to leave, and so whether to enter it again.
 */
bool lunatik_turn_leave(struct lunatik_vm *vm)
{
	if (!vm->on_cpu)
		return false;
	WRITE_ONCE(this_cpu_ptr(&turn_cpus)->vm, NULL);
	this_cpu_write(lunatik_attention, 0);
	vm->on_cpu = false;
	kernel_fpu_end();
	return true;
}

/**
 * lunatik_turn_begin - open a machine's turn
 * @vm: owned by the caller
 *
 * Context: as lunatik_turn_enter().
 */
void lunatik_turn_begin(struct lunatik_vm *vm)
{
	vm->turn_began = ktime_get();
	vm->looked = vm->turn_began;
	vm->turn_memcg = set_active_memcg(vm->memcg);
	lunatik_turn_enter(vm);
}

/**
 * lunatik_turn_end - close the turn, and count what it took
 * @vm: as begun
 *
 * Context: process, in the turn. Enables preemption.
 */
void lunatik_turn_end(struct lunatik_vm *vm)
{
	lunatik_turn_leave(vm);
	set_active_memcg(vm->turn_memcg);
	vm->ran_ns = lunatik_turn_clock(vm);
}

/*
 * Work that is done in a glance, in bytes made: more than a little, and it is over with the next
 * instruction.
 */
void lunatik_turn_work(struct lunatik_vm *vm, size_t size)
{
	vm->glanced += size;
	if (!(glance_bits(vm) & LUNATIK_GLANCED))
		return;
	this_cpu_and(lunatik_attention, (unsigned char)~LUNATIK_COUNTING);
	this_cpu_or(lunatik_attention, LUNATIK_GLANCED);
	lunatik_arm(vm);
}

/* Nanoseconds that the run has had, this turn among it. Context: in the turn. */
u64 lunatik_turn_clock(struct lunatik_vm *vm)
{
	return vm->ran_ns + ktime_to_ns(ktime_sub(ktime_get(), vm->turn_began));
}

/* Whose turn it is on this CPU. Context: in a turn. */
struct lunatik_vm *lunatik_turn_current(void)
{
	return this_cpu_read(turn_cpus.vm);
}

/**
 * lunatik_turn_may_wait - whether there is enough of the stack left to wait for memory
 *
 * Memory that is short is made in the context of who asks, by whatever has to be written out or
 * dropped. Lua may ask where there is no room for that: it lets functions begin down to
 * LUNATIK_STACK_SOFT, or HARD for those that handle an error, and they take more. What is not at
 * hand is not to be had there.
 * Context: any.
 */
bool lunatik_turn_may_wait(void)
{
	return luai_stack() >= WAIT_STACK;
}

/**
 * lunatik_turn_gfp - how to ask for memory on behalf of a script
 *
 * Context: process, out of any turn, on the stack that Lua is on.
 * Return: flags; what is refused by them is not warned of.
 */
gfp_t lunatik_turn_gfp(void)
{
	return (lunatik_turn_may_wait() ? GFP_KERNEL : GFP_NOWAIT) | __GFP_NOWARN;
}

/**
 * lunatik_turn_page - a page for what a machine makes
 * @vm: in its turn or not; NULL for none
 * @account: charged with it, or NULL
 *
 * Without waiting first; only where that fails the turn is left for a while, if
 * lunatik_turn_may_wait(). Not from the atomic reserves, and charged to the memory cgroup of the
 * state's creator.
 * Return: the page, to be freed by free_page(), or NULL.
 */
void *lunatik_turn_page(struct lunatik_vm *vm, struct lunatik_account *account)
{
	gfp_t flags = vm ? vm->page_flags : 0;
	unsigned long page;
	bool left;

	if (account && !lunatik_account_charge(account, PAGE_SIZE))
		return NULL;
	page = __get_free_page(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT | flags);
	if (!page && lunatik_turn_may_wait()) {
		left = vm && lunatik_turn_leave(vm);
		page = __get_free_page(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL |
				       flags);
		if (left)
			lunatik_turn_enter(vm);
	}
	if (!page && account)
		lunatik_account_discharge(account, PAGE_SIZE);
	return (void *)page;
}

static int is_file(const void *file, struct file *other, unsigned int fd)
{
	return other == file;
}

/*
 * Of the users that the caller's socket has without others one is its descriptor, where threads or
 * the like share a table of them. One of those may close it, and the place that it leaves is not
 * another user's, who may be at the socket yet. A table may be long, so not at each look.
 */
static void seek_descriptor(struct lunatik_vm *vm, ktime_t now)
{
	if (vm->file_users < 2 || ktime_before(now, vm->seek_again))
		return;
	vm->seek_again = ktime_add_ns(now, PATIENCE / 10);
	if (!iterate_fd(current->files, 0, is_file, vm->file))
		vm->file_users = 1;
}

/*
 * Whether the run has kept others from its socket for too long. Netlink locks a socket while its
 * dump goes on; who sends it another request for a dump meanwhile waits for that, and all of
 * generic netlink with him, as he holds its lock. What can be suspended is, long before. Nobody can
 * see who waits, but he has the socket's file open, too.
 */
static bool is_in_the_way(struct lunatik_vm *vm, ktime_t now)
{
	if (vm->file)
		seek_descriptor(vm, now);
	if (!vm->file || file_count(vm->file) <= vm->file_users)
		vm->shared_since = 0;
	else if (!vm->shared_since)
		vm->shared_since = now;
	return vm->shared_since && ktime_sub(now, vm->shared_since) > PATIENCE;
}

/* A reason to end the run, the strongest first. */
static enum lunatik_stop turn_stop(struct lunatik_vm *vm, ktime_t now)
{
	if (READ_ONCE(vm->stop_asked))
		return READ_ONCE(vm->stop_asked);
	if (fatal_signal_pending(current))
		return LUNATIK_STOP_SIGNAL;
	if (ktime_compare(now, vm->deadline) >= 0)
		return LUNATIK_STOP_BUDGET;
	return is_in_the_way(vm, now) ? LUNATIK_STOP_WANTED : LUNATIK_STOP_NONE;
}

/* Notes the first reason that there is. */
static bool is_over(struct lunatik_vm *vm, ktime_t now)
{
	if (!vm->stop)
		vm->stop = turn_stop(vm, now);
	return vm->stop;
}

/**
 * lunatik_turn_is_over - whether there is a reason for the run to end
 * @vm: the machine that it has, out of its turn for a while
 *
 * What takes long there asks in between; once the turn is entered again, the run ends.
 * Context: process.
 */
bool lunatik_turn_is_over(struct lunatik_vm *vm)
{
	return is_over(vm, ktime_get());
}

/* The machine is being suspended, or made ready for it: all processes are to be frozen. */
static bool suspending;

static int turn_hear(struct notifier_block *block, unsigned long event, void *data)
{
	bool begins = event == PM_SUSPEND_PREPARE || event == PM_HIBERNATION_PREPARE ||
		      event == PM_RESTORE_PREPARE;

	WRITE_ONCE(suspending, begins);
	return NOTIFY_DONE;
}

static struct notifier_block turn_listener = {
	.notifier_call = turn_hear,
};

/* By the freezer of its cgroup, of either version, or with the whole machine. */
static bool is_to_be_frozen(void)
{
	return READ_ONCE(current->jobctl) & JOBCTL_TRAP_FREEZE || freezing(current);
}

/*
 * Who stands still for a cgroup is asleep, and looks around now and then: others go on, may have
 * something to wait for, and a freezer may take for ever. A suspend, which fails where somebody is
 * only asleep, has all others frozen, too. Not by try_to_freeze(), which objects to locks: held is
 * the socket's own, and where others have the socket, one of them may be waiting for that in a way
 * that cannot be frozen. There the run is in the way, and ends.
 */
static void sleep_frozen(struct lunatik_vm *vm)
{
	if (READ_ONCE(suspending) && freezing(current) && !vm->shared_since)
		__refrigerator(false);
	else
		schedule_timeout_killable(HZ / 4);
}

/**
 * lunatik_turn_stand_still - wait while the task is to be frozen
 * @vm: the machine whose turn it is, where it cannot go back to its caller, who would be frozen on
 *	the way
 *
 * The freezers of cgroups count as frozen who has left the kernel; but who has not need not run.
 * What ends a run ends it here as well. Never in a glance, whose locks all of generic netlink
 * shares, and which is over in a moment.
 * Context: in the turn; may sleep.
 */
void lunatik_turn_stand_still(struct lunatik_vm *vm)
{
	if (likely(!is_to_be_frozen()) || vm->glance)
		return;
	lunatik_turn_leave(vm);
	while (is_to_be_frozen() && !turn_stop(vm, ktime_get()))
		sleep_frozen(vm);
	lunatik_turn_enter(vm);
}

/* Whether C code has kept the run from going back to its caller. Context: after a yield. */
bool lunatik_turn_is_stuck(const struct lunatik_vm *vm)
{
	return ktime_sub(vm->looked, vm->suspend_after) > LINGER;
}

/**
 * lunatik_turn_yield - let others have the CPU, then see whether to go on
 * @vm: the machine whose turn it is
 *
 * Context: in the turn; may sleep.
 * Return: what the run is to do.
 */
enum lunatik_turn lunatik_turn_yield(struct lunatik_vm *vm)
{
	ktime_t now;
	bool over;

	lunatik_turn_leave(vm);
	cond_resched();
	now = ktime_get();
	vm->looked = now;
	over = is_over(vm, now);
	lunatik_turn_enter(vm);
	if (over)
		return LUNATIK_TURN_STOP;
	if (vm->glance || ktime_compare(now, vm->suspend_after) >= 0 || signal_pending(current) ||
	    (vm->output && vm->output->size))
		return LUNATIK_TURN_SUSPEND;
	return LUNATIK_TURN_GO_ON;
}

int lunatik_turn_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct turn_cpu *turn = per_cpu_ptr(&turn_cpus, cpu);

		hrtimer_init(&turn->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
		turn->timer.function = turn_tick;
	}
	return register_pm_notifier(&turn_listener);
}

void lunatik_turn_exit(void)
{
	int cpu;

	unregister_pm_notifier(&turn_listener);
	for_each_possible_cpu(cpu)
		hrtimer_cancel(&per_cpu_ptr(&turn_cpus, cpu)->timer);
}

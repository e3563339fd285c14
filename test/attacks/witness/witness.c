// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What tests of the module lunatik see of it from inside the kernel, without a line in the module
 * itself: it is the one that is shipped. Four things, each in /sys/kernel/debug/witness:
 *
 * held: a read tells the longest that a machine kept a processor without letting others have it,
 * since the last read, in milliseconds. It counts the scheduler's ticks that come meanwhile (a tick
 * is HZ's) and not the clock: where the processor itself is emulated and has to wait for one, the
 * clock goes on and ticks don't come.
 *
 * stack: a write paints what is free of the writer's kernel stack; a read tells "USED SIZE": how
 * much of it was used since, and how much there is. Interrupts that came are among it.
 *
 * fail: "FIRST COUNT TGID": of the blocks that machines ask for in that process's threads, the
 * FIRST and the COUNT - 1 after it are refused, as if there were no memory. A kprobe on the
 * allocator that Lua is given does it. A read tells how many were asked for since, and how many
 * refused.
 *
 * fpu: a write of a number of milliseconds has a kernel thread on each processor, and a timer
 * beside it, use the FPU for so long, as ciphers and checksums do, each seeing to it that what it
 * has in its registers stays. A read tells "USES TIMER-USES LOSSES".
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched/task_stack.h>
#include <linux/timer.h>
#include <asm/fpu/api.h>

#define PAINT		0x57495457495457ULL

static struct dentry *folder;

static ssize_t answer(char __user *to, size_t size, loff_t *at, const char *format, ...)
{
	char text[64];
	va_list args;
	int length;

	va_start(args, format);
	length = vscnprintf(text, sizeof(text), format, args);
	va_end(args);
	return simple_read_from_buffer(to, size, at, text, length);
}

/* --- held --- */

static DEFINE_PER_CPU(unsigned int, held_ticks);
static atomic_t held_longest;

/* Whose turn it is on this processor: a function of lunatik's that it exports to nobody. */
static void *(*turn_current)(void);

/* A turn begins, ends, or lets others have the processor for a moment. */
static int held_no_more(struct kprobe *probe, struct pt_regs *regs)
{
	this_cpu_write(held_ticks, 0);
	return 0;
}

NOKPROBE_SYMBOL(held_no_more);

static int held_tick(struct kprobe *probe, struct pt_regs *regs)
{
	int ticks;

	if (!turn_current()) {
		this_cpu_write(held_ticks, 0);
		return 0;
	}
	ticks = this_cpu_inc_return(held_ticks);
	/* several processors may be at it; the longest of them will do within a tick or two */
	if (ticks > atomic_read(&held_longest))
		atomic_set(&held_longest, ticks);
	return 0;
}

NOKPROBE_SYMBOL(held_tick);

static struct kprobe held_probes[] = {
	{ .symbol_name = "lunatik_turn_begin", .pre_handler = held_no_more },
	{ .symbol_name = "lunatik_turn_end", .pre_handler = held_no_more },
	{ .symbol_name = "lunatik_turn_enter", .pre_handler = held_no_more },
	{ .symbol_name = "lunatik_turn_leave", .pre_handler = held_no_more },
	{ .symbol_name = "lunatik_turn_yield", .pre_handler = held_no_more },
};

/* By its older name, and by the one that it has from 6.10 on. */
static struct kprobe tick_probes[] = {
	{ .symbol_name = "scheduler_tick", .pre_handler = held_tick },
	{ .symbol_name = "sched_tick", .pre_handler = held_tick },
};

static struct kprobe *tick_probe;

static ssize_t held_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	/* told at the start of the file only, as the end of it is read, too */
	if (*at)
		return 0;
	return answer(to, size, at, "%u\n", jiffies_to_msecs(atomic_xchg(&held_longest, 0)));
}

static const struct file_operations held_fops = {
	.owner = THIS_MODULE,
	.read = held_read,
};

static int find_turn_current(void)
{
	struct kprobe probe = { .symbol_name = "lunatik_turn_current" };
	int err = register_kprobe(&probe);

	if (err)
		return err;
	turn_current = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static void held_stop(int probes)
{
	if (tick_probe)
		unregister_kprobe(tick_probe);
	while (probes--)
		unregister_kprobe(&held_probes[probes]);
}

static int held_start(void)
{
	int err, i;

	err = find_turn_current();
	for (i = 0; i < ARRAY_SIZE(held_probes) && !err; i++)
		err = register_kprobe(&held_probes[i]);
	if (err) {
		held_stop(i ? i - 1 : 0);
		return err;
	}
	for (i = 0; i < ARRAY_SIZE(tick_probes) && !tick_probe; i++)
		if (!register_kprobe(&tick_probes[i]))
			tick_probe = &tick_probes[i];
	if (tick_probe)
		return 0;
	held_stop(ARRAY_SIZE(held_probes));
	return -ENOENT;
}

/* --- stack --- */

/* The word at the end is the kernel's own mark. */
static unsigned long *stack_end(void)
{
	return (unsigned long *)task_stack_page(current) + 1;
}

static noinline ssize_t stack_paint(struct file *file, const char __user *from, size_t size,
				    loff_t *at)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0) - 256;
	unsigned long *word;

	/* an interrupt would write where it is painted */
	local_irq_disable();
	for (word = stack_end(); (unsigned long)word < here; word++)
		WRITE_ONCE(*word, PAINT);
	local_irq_enable();
	return size;
}

static ssize_t stack_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	unsigned long top = (unsigned long)task_stack_page(current) + THREAD_SIZE;
	unsigned long *word = stack_end();

	while ((unsigned long)word < top && READ_ONCE(*word) == PAINT)
		word++;
	return answer(to, size, at, "%lu %lu\n", top - (unsigned long)word, THREAD_SIZE);
}

static const struct file_operations stack_fops = {
	.owner = THIS_MODULE,
	.write = stack_paint,
	.read = stack_read,
};

/* --- fail --- */

static struct {
	unsigned long first, count;
	pid_t tgid;
	atomic_long_t asked, refused;
} fail;

static void *no_memory(void)
{
	return NULL;
}

/* lunatik_arena_realloc(vm, block, old, new), about to begin: in the turn, nothing may sleep. */
static int fail_asked(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long old = regs->si ? regs->dx : 0;
	unsigned long number;

	if (regs->cx <= old || task_tgid_nr(current) != READ_ONCE(fail.tgid))
		return 0;
	number = atomic_long_inc_return(&fail.asked);
	if (number < fail.first || number - fail.first >= fail.count)
		return 0;
	atomic_long_inc(&fail.refused);
	regs->ip = (unsigned long)no_memory;
	return 1;
}

NOKPROBE_SYMBOL(fail_asked);

/*
 * Without it the kernel may make a jump of the probe, where there is no ftrace; and what comes by a
 * jump goes on where it was, wherever the handler has it go.
 */
static void fail_passed(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

NOKPROBE_SYMBOL(fail_passed);

static struct kprobe fail_probe = {
	.symbol_name = "lunatik_arena_realloc",
	.pre_handler = fail_asked,
	.post_handler = fail_passed,
};

static ssize_t fail_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	unsigned long first, count;
	char text[64] = "";
	pid_t tgid;

	if (size >= sizeof(text) || copy_from_user(text, from, size) ||
	    sscanf(text, "%lu %lu %d", &first, &count, &tgid) != 3)
		return -EINVAL;
	WRITE_ONCE(fail.tgid, 0);
	fail.first = first;
	fail.count = count;
	atomic_long_set(&fail.asked, 0);
	atomic_long_set(&fail.refused, 0);
	WRITE_ONCE(fail.tgid, tgid);
	return size;
}

static ssize_t fail_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	return answer(to, size, at, "%ld %ld\n", atomic_long_read(&fail.asked),
		      atomic_long_read(&fail.refused));
}

static const struct file_operations fail_fops = {
	.owner = THIS_MODULE,
	.write = fail_write,
	.read = fail_read,
};

/* --- fpu --- */

static atomic_long_t fpu_uses, fpu_timer_uses, fpu_losses;
static unsigned long fpu_until;

struct fpu_user {
	struct task_struct *thread;
	struct timer_list timer;
};

static DEFINE_PER_CPU(struct fpu_user, fpu_users);

static bool fpu_wanted(void)
{
	return time_before(jiffies, READ_ONCE(fpu_until));
}

/*
 * All sixteen registers get a pattern, and are compared with it after a while. Nothing else here
 * is compiled to use them.
 */
static bool fpu_keeps(u64 pattern)
{
	u64 words[2] __aligned(16) = { pattern, ~pattern };
	u32 differ = 0;
	u32 mask;

#define FILL(n)	"movaps %0, %%xmm" #n "\n\t"
#define LOOK(n) do { \
	asm volatile("pcmpeqd %1, %%xmm" #n "\n\t" \
		     "pmovmskb %%xmm" #n ", %0" : "=r"(mask) : "m"(words)); \
	differ |= mask ^ 0xffff; \
} while (0)
	asm volatile(FILL(0) FILL(1) FILL(2) FILL(3) FILL(4) FILL(5) FILL(6) FILL(7)
		     FILL(8) FILL(9) FILL(10) FILL(11) FILL(12) FILL(13) FILL(14) FILL(15)
		     : : "m"(words));
	udelay(9);
	LOOK(0); LOOK(1); LOOK(2); LOOK(3); LOOK(4); LOOK(5); LOOK(6); LOOK(7);
	LOOK(8); LOOK(9); LOOK(10); LOOK(11); LOOK(12); LOOK(13); LOOK(14); LOOK(15);
#undef FILL
#undef LOOK
	return !differ;
}

static void fpu_use(atomic_long_t *uses)
{
	kernel_fpu_begin();
	if (!fpu_keeps(0x0123456789abcdefULL ^ ((u64)raw_smp_processor_id() << 32) ^ jiffies))
		atomic_long_inc(&fpu_losses);
	kernel_fpu_end();
	atomic_long_inc(uses);
}

/* In softirq context, wherever that interrupts: mostly a machine's turn, where the FPU is taken. */
static void fpu_timer(struct timer_list *timer)
{
	if (irq_fpu_usable())
		fpu_use(&fpu_timer_uses);
	if (fpu_wanted())
		mod_timer(timer, jiffies + 1);
}

static int fpu_thread(void *data)
{
	struct fpu_user *user = data;

	while (!kthread_should_stop()) {
		if (!fpu_wanted()) {
			msleep(20);
			continue;
		}
		fpu_use(&fpu_uses);
		if (!timer_pending(&user->timer))
			mod_timer(&user->timer, jiffies + 1);
		usleep_range(50, 100);
	}
	return 0;
}

static ssize_t fpu_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	unsigned int ms;
	int err;

	err = kstrtouint_from_user(from, size, 10, &ms);
	if (err)
		return err;
	atomic_long_set(&fpu_uses, 0);
	atomic_long_set(&fpu_timer_uses, 0);
	atomic_long_set(&fpu_losses, 0);
	WRITE_ONCE(fpu_until, jiffies + msecs_to_jiffies(ms));
	return size;
}

static ssize_t fpu_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	return answer(to, size, at, "%ld %ld %ld\n", atomic_long_read(&fpu_uses),
		      atomic_long_read(&fpu_timer_uses), atomic_long_read(&fpu_losses));
}

static const struct file_operations fpu_fops = {
	.owner = THIS_MODULE,
	.write = fpu_write,
	.read = fpu_read,
};

static void fpu_stop(void)
{
	int cpu;

	WRITE_ONCE(fpu_until, jiffies - 1);
	for_each_possible_cpu(cpu) {
		struct fpu_user *user = per_cpu_ptr(&fpu_users, cpu);

		if (user->thread)
			kthread_stop(user->thread);
		user->thread = NULL;
		del_timer_sync(&user->timer);
	}
}

static int fpu_start(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		timer_setup(&per_cpu_ptr(&fpu_users, cpu)->timer, fpu_timer, TIMER_PINNED);
	for_each_online_cpu(cpu) {
		struct fpu_user *user = per_cpu_ptr(&fpu_users, cpu);
		struct task_struct *thread;

		thread = kthread_create_on_node(fpu_thread, user, cpu_to_node(cpu), "witness/%d",
						cpu);
		if (IS_ERR(thread)) {
			fpu_stop();
			return PTR_ERR(thread);
		}
		kthread_bind(thread, cpu);
		user->thread = thread;
		wake_up_process(thread);
	}
	return 0;
}

/* --- the module --- */

static int __init witness_init(void)
{
	int err;

	err = register_kprobe(&fail_probe);
	if (err)
		return err;
	err = fpu_start();
	if (err)
		goto out_probe;
	err = held_start();
	if (err)
		goto out_fpu;
	folder = debugfs_create_dir("witness", NULL);
	debugfs_create_file("stack", 0600, folder, NULL, &stack_fops);
	debugfs_create_file("fail", 0600, folder, NULL, &fail_fops);
	debugfs_create_file("fpu", 0600, folder, NULL, &fpu_fops);
	debugfs_create_file("held", 0400, folder, NULL, &held_fops);
	return 0;

out_fpu:
	fpu_stop();
out_probe:
	unregister_kprobe(&fail_probe);
	return err;
}

static void __exit witness_exit(void)
{
	debugfs_remove(folder);
	held_stop(ARRAY_SIZE(held_probes));
	fpu_stop();
	unregister_kprobe(&fail_probe);
}

module_init(witness_init);
module_exit(witness_exit);

MODULE_DESCRIPTION("What tests see of lunatik from inside the kernel");
MODULE_LICENSE("Dual MIT/GPL");

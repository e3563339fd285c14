// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * One mistake of each kind that the debug kernel is there to find, so that
 * test/guest-selftest notices a check that has been lost.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/fpu/api.h>

static char *fault = "";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "Which mistake to make");

static DEFINE_SPINLOCK(first);
static DEFINE_SPINLOCK(second);

/* Where the compiler can see neither an index nor a pointer's history. */
static noinline int opaque(int value)
{
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

static void leak(void)
{
	void *volatile lost = kmalloc(100, GFP_KERNEL);

	lost = NULL;
	(void)lost;
}

static void use_after_free(void)
{
	char *volatile gone = kmalloc(64, GFP_KERNEL);

	if (!gone)
		return;
	kfree(gone);
	gone[opaque(8)] = 1;
}

static void bounds(void)
{
	static const u8 table[4] = { 1, 2, 3, 4 };
	volatile int sum = table[opaque(3)];

	sum += table[opaque(7)];
	(void)sum;
}

static void shift(void)
{
	volatile int result = 1 << opaque(40);

	(void)result;
}

static void sleep_in_atomic(void)
{
	spin_lock(&first);
	msleep(1);
	spin_unlock(&first);
}

static void lock_order(void)
{
	spin_lock(&first);
	spin_lock(&second);
	spin_unlock(&second);
	spin_unlock(&first);
	spin_lock(&second);
	spin_lock(&first);
	spin_unlock(&first);
	spin_unlock(&second);
}

static void fpu(void)
{
	kernel_fpu_begin();
	kernel_fpu_begin();
	kernel_fpu_end();
	kernel_fpu_end();
}

static void stall(void)
{
	preempt_disable();
	while (opaque(1))
		cpu_relax();
	preempt_enable();
}

static const struct {
	const char *name;
	void (*make)(void);
} faults[] = {
	{ "leak", leak },
	{ "use-after-free", use_after_free },
	{ "bounds", bounds },
	{ "shift", shift },
	{ "sleep-in-atomic", sleep_in_atomic },
	{ "lock-order", lock_order },
	{ "fpu", fpu },
	{ "stall", stall },
};

static int __init faults_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(faults[i].name, fault))
			continue;
		faults[i].make();
		return 0;
	}
	return -EINVAL;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);

MODULE_DESCRIPTION("Mistakes for the debug kernel to find");
MODULE_LICENSE("Dual MIT/GPL");

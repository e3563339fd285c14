// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the rest of the kernel has to say of code that is loaded, and is told of it: lockdown,
 * audit, trace points.
 */
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/security.h>
#include <linux/string.h>

#include "outside.h"
#include "script.h"
#include "vm.h"

/* Bytes of a line; escaped they may be four times as many. */
#define LOG_LINE	200

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * lunatik_outside_may_load - whether user space may load code
 * @extack: told why not
 *
 * A script is code that runs in the kernel and that nobody has signed, as a module without a
 * signature is; so the level of lockdown that refuses those refuses it.
 * Context: process.
 * Return: 0 or -EPERM.
 */
int lunatik_outside_may_load(struct netlink_ext_ack *extack)
{
	if (!security_locked_down(LOCKDOWN_MODULE_SIGNATURE))
		return 0;
	NL_SET_ERR_MSG(extack, "the kernel is locked down: no code is loaded into states");
	return -EPERM;
}

/*
 * As audit's readers expect a text that somebody else has chosen: in quotes, or as hex digits where
 * it is not plain.
 */
static void put_untrusted(struct audit_buffer *record, const char *key, const char *text)
{
	const char *c;

	for (c = text; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '"')
			break;
	audit_log_format(record, *c ? " %s=" : " %s=\"%s\"", key, text);
	for (c = *c ? text : c; *c; c++)
		audit_log_format(record, "%02X", (unsigned char)*c);
}

/* Whether somebody wants records. Context: any. */
bool lunatik_outside_records(void)
{
	return audit_enabled;
}

/**
 * lunatik_outside_loaded - record that a chunk was loaded
 * @state: name of the state
 * @netns: inode number of its namespace
 * @job: the chunk
 * @sha256: its digest
 *
 * With the audit record of the system call, which says who it was.
 * Context: process.
 */
void lunatik_outside_loaded(const char *state, u64 netns, const struct lunatik_job *job,
			    const u8 *sha256)
{
	struct audit_buffer *record;

	record = audit_log_start(audit_context(), GFP_KERNEL, AUDIT_KERNEL_OTHER);
	if (!record)
		return;
	audit_log_format(record, "op=lunatik_load netns=%llu state=\"%s\"", netns, state);
	put_untrusted(record, "script", job->name + 1);
	audit_log_format(record, " size=%zu sha256=%*phN", job->size, SHA256_DIGEST_SIZE,
			 sha256);
	audit_log_task_info(record);
	audit_log_end(record);
}

/* What all states together may write to the kernel's log. */
static DEFINE_RATELIMIT_STATE(log_rate, 5 * HZ, 50);

/**
 * lunatik_outside_log - write a state's line to the kernel's log
 * @name: of the state
 * @level: LOGLEVEL_ERR to LOGLEVEL_DEBUG
 * @text: any bytes; escaped, and cut
 * @size: how many
 *
 * Context: process, out of any turn.
 */
void lunatik_outside_log(const char *name, int level, const char *text, size_t size)
{
	if (__ratelimit(&log_rate))
		printk("%c%clunatik: %s: %*pE\n", KERN_SOH_ASCII, '0' + level, name,
		       (int)min_t(size_t, size, LOG_LINE), text);
}

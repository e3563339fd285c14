/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_RUN_H
#define _LUNATIK_RUN_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/types.h>

#include "sink.h"
#include "vm.h"

struct lunatik_net;
struct lunatik_state;
struct pid;
struct sock;

enum lunatik_phase {
	LUNATIK_RUN_READY,	/* nothing has run yet */
	LUNATIK_RUN_EXECUTING,	/* its caller is in Lua */
	LUNATIK_RUN_SUSPENDED,	/* its caller is to come again */
	LUNATIK_RUN_OVER,	/* the state is somebody else's */
};

/**
 * struct lunatik_run - a chunk, from its request to its last message
 * @node: in the namespace's list
 * @namespace: where it runs; the socket keeps it
 * @state: that it has, and holds a reference of; NULL when over
 * @socket: of its caller; lives at least as long as the run
 * @port: of that socket
 * @holder: the caller's process
 * @phase: what goes on; this, @state and @stop are under the namespace's runs_lock
 * @stop: why it was ended early
 * @step: how it ended
 * @deadline: of its budget
 * @source: the chunk
 * @output: what it printed
 * @values: what it returned
 * @message: the error's text
 * @error_value: the error's value
 */
struct lunatik_run {
	struct list_head node;
	struct lunatik_net *namespace;
	struct lunatik_state *state;
	struct sock *socket;
	u32 port;
	struct pid *holder;
	enum lunatik_phase phase;
	enum lunatik_stop stop;
	enum lunatik_step step;
	ktime_t deadline;
	struct lunatik_source *source;
	size_t scriptsize;
	size_t maxalloc;	/* of the state, when it began */

	struct lunatik_sink output;
	struct lunatik_sink values;
	struct lunatik_sink message;
	struct lunatik_sink error_value;
	size_t output_room, message_room;

	/* of the end */
	bool is_told;		/* why it ended is in the message, or was */
	u64 ran_ns;
	size_t curralloc, peak;
};

int lunatik_run_begin(struct lunatik_run *run, u64 budget_us);
bool lunatik_run_glance(struct lunatik_run *run);
bool lunatik_run_continue(struct lunatik_run *run);
void lunatik_run_end(struct lunatik_run *run);
int lunatik_run_abort(struct lunatik_state *state, u32 port);
void lunatik_run_orphan(struct lunatik_net *ns, u32 port);
int lunatik_run_errno(const struct lunatik_run *run);

#endif /* _LUNATIK_RUN_H */

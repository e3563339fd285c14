/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_RUN_H
#define _LUNATIK_RUN_H

#include <crypto/sha2.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/types.h>

#include "session.h"
#include "sink.h"
#include "state.h"
#include "vm.h"

struct lunatik_net;
struct netlink_ext_ack;
struct pid;

/*
 * In place of microseconds: what the module's parameter says, or for a wait, as long as the budget.
 */
#define LUNATIK_TIME_DEFAULT	U64_MAX

enum lunatik_phase {
	LUNATIK_RUN_WAITING,	/* the state is somebody else's yet */
	LUNATIK_RUN_READY,	/* nothing has run yet */
	LUNATIK_RUN_EXECUTING,	/* its caller is in Lua */
	LUNATIK_RUN_SUSPENDED,	/* its caller is to come again */
	LUNATIK_RUN_OVER,	/* the state is somebody else's */
};

/**
 * struct lunatik_run - a chunk, a message or a call, from its request to its last word
 * @node: in the namespace's list
 * @namespace: where it runs; the socket, or the state's reference, keeps it
 * @state: that it has, or waits for, and holds a reference of; NULL when over
 * @caller: who wants it
 * @holder: the caller's process
 * @phase: what goes on; this, @state, @stop and @refused are under the namespace's lock
 * @stop: why it was ended early
 * @step: how it ended
 * @refused: errno, where it never ran; with @words
 * @budget_us: wall clock from when it has the state; 0 for none
 * @deadline: of that
 * @wait_us: how long it may wait for the state
 * @wait_until: when that is over, where it waits
 * @wait_handle: even where another session holds it
 * @sleeps: its caller waits inside; under the lock
 * @may_glance: it is small, and the state holds little
 * @job: what runs
 * @change: what it says of its place among others
 * @script: the particulars of its chunk, until the state has them; then those of the one before
 * @sha256: the chunk's digest
 * @output: what it printed
 * @values: what it returned
 * @message: the error's text
 * @error_value: the error's value
 */
struct lunatik_run {
	struct list_head node;
	struct lunatik_net *namespace;
	struct lunatik_state *state;
	struct lunatik_caller caller;
	struct pid *holder;
	enum lunatik_phase phase;
	enum lunatik_stop stop;
	enum lunatik_step step;
	int refused;
	const char *words;
	u64 budget_us;
	ktime_t deadline;
	u64 wait_us;
	ktime_t wait_until;
	bool wait_handle;
	bool sleeps;
	bool may_glance;
	struct lunatik_job job;
	struct lunatik_change change;
	struct lunatik_script *script;
	u8 sha256[SHA256_DIGEST_SIZE];

	struct lunatik_sink output;
	struct lunatik_sink values;
	struct lunatik_sink message;
	struct lunatik_sink error_value;
	size_t output_room, message_room;

	/* of the end */
	char place[LUNATIK_PLACE_MAX];	/* where it was, of one that was taken the state from */
	bool is_told;		/* why it ended is in the message, or was */
	u64 ran_ns;
	size_t curralloc, peak;
};

int lunatik_run_begin(struct lunatik_run *run, struct lunatik_net *ns, const char *name,
		      u64 budget_us, u64 wait_us, struct netlink_ext_ack *extack);
int lunatik_run_begin_in(struct lunatik_run *run, struct lunatik_state *state, u64 budget_us,
			 u64 wait_us);
bool lunatik_run_glance(struct lunatik_run *run);
bool lunatik_run_continue(struct lunatik_run *run);
bool lunatik_run_waits(const struct lunatik_run *run);
void lunatik_run_end(struct lunatik_run *run);

bool lunatik_run_is_of(const struct lunatik_run *run, const struct lunatik_session *session);
void lunatik_run_clear(struct lunatik_state *state);
void lunatik_run_stop(struct lunatik_state *state, enum lunatik_stop stop);
int lunatik_run_abort(struct lunatik_state *state, u32 port);
void lunatik_run_orphan(struct lunatik_net *ns, u32 port);
int lunatik_run_errno(const struct lunatik_run *run);

#endif /* _LUNATIK_RUN_H */

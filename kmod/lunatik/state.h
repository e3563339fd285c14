/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_STATE_H
#define _LUNATIK_STATE_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/linux/lunatik.h>

#include "queue.h"
#include "session.h"
#include "vm.h"

struct lunatik_net;
struct lunatik_run;
struct lunatik_script;
struct mem_cgroup;
struct netlink_ext_ack;

#define LUNATIK_MAXALLOC_MIN	(64UL << 10)
#define LUNATIK_MAXALLOC_MAX	(256UL << 20)

/**
 * struct lunatik_change - what a change to a state says of its place among others
 * @expect: the generation that the state has to be of; 0 for any
 * @generation: that it is to be of afterwards; 0 for the next
 * @step: a mark that is kept when the change is made
 * @step_size: its bytes; 0 for none
 */
struct lunatik_change {
	u64 expect;
	u64 generation;
	u8 step[LUNATIK_STEP_MAX];
	u8 step_size;
};

/**
 * struct lunatik_state - a named machine in a namespace
 * @node: in the namespace's table, by @name
 * @namespace: whose it is; referenced
 * @vm: the Lua machine, with L, maxalloc and curralloc; belongs to the owner of @run
 * @users: references; the namespace's own is the first
 * @modules: how many of them other modules have
 * @id: place in listings
 * @born: when
 * @rcu: for freeing the structure
 * @burial: for freeing the machine, where the last reference went in a place that must not wait
 * @idle: who waits for the state to be free
 * @run: that owns the state, or NULL
 * @holder: the session that has the handle, or NULL; either of the two is "inuse" of the first
 *	Lunatik; these and all below but @queue and @name are under the namespace's lock
 * @held: in the list of @holder
 * @pins: references that outlive the process that took them
 * @script: the last chunk's particulars, with what was "scriptsize"
 * @generation: counts changes from outside
 * @step: the mark of the last step that was made
 * @step_size: its bytes
 * @releases: who wants to be told of the end; written under the lock while the caller holds a
 *	reference
 * @queue: what it sends to user space; with what was "data"
 * @name: by which it is known
 *
 * Of the first Lunatik's fields, the namespace's lock does the work of "lock"; "usr_space_info",
 * "code_buffer" and "buffer_offset" are gone: a run keeps its own request alive until it ends, and
 * chunks in fragments belong to the session that sends them.
 */
struct lunatik_state {
	struct rhash_head node;
	struct lunatik_net *namespace;
	struct lunatik_vm vm;
	refcount_t users;
	atomic_t modules;
	u32 id;
	ktime_t born;
	union {
		struct rcu_head rcu;
		struct work_struct burial;
	};
	wait_queue_head_t idle;

	struct lunatik_run *run;
	struct lunatik_session *holder;
	struct list_head held;
	u32 pins;
	u8 step_size;
	u8 step[LUNATIK_STEP_MAX];
	struct lunatik_script *script;
	u64 generation;
	u64 runs, errors, aborts;
	u64 run_ns;
	struct list_head releases;
	struct lunatik_queue queue;
	char name[LUNATIK_NAME_MAX + 1];
};

struct lunatik_state *lunatik_state_make(struct lunatik_net *ns, const char *name, u64 maxalloc,
					 struct netlink_ext_ack *extack);
void lunatik_state_unmake(struct lunatik_state *state);
int lunatik_state_add(struct lunatik_state *state, struct netlink_ext_ack *extack);
int lunatik_state_close(struct lunatik_net *ns, const char *name,
			const struct lunatik_caller *caller, u64 expect,
			struct netlink_ext_ack *extack);
void lunatik_state_bury(struct lunatik_state *state);

struct lunatik_state *lunatik_state_lock(struct lunatik_net *ns, const char *name,
					 struct netlink_ext_ack *extack);
void lunatik_state_unlock(struct lunatik_state *state);

bool lunatik_state_get(struct lunatik_state *state);
void lunatik_state_put(struct lunatik_state *state);
void lunatik_state_put_later(struct lunatik_state *state);

int lunatik_state_may_use(const struct lunatik_state *state, const struct lunatik_caller *caller,
			  struct netlink_ext_ack *extack);
int lunatik_state_pin(struct lunatik_state *state, const struct lunatik_caller *caller,
		      struct netlink_ext_ack *extack);
int lunatik_state_unpin(struct lunatik_state *state, struct netlink_ext_ack *extack);
int lunatik_state_hold(struct lunatik_state *state, const struct lunatik_caller *caller,
		       struct netlink_ext_ack *extack);
int lunatik_state_unhold(struct lunatik_state *state, const struct lunatik_caller *caller,
			 struct netlink_ext_ack *extack);
void lunatik_state_release(struct lunatik_state *state);

int lunatik_state_may_change(const struct lunatik_state *state,
			     const struct lunatik_change *change, struct netlink_ext_ack *extack);
void lunatik_state_change(struct lunatik_state *state, const struct lunatik_change *change);
void lunatik_state_mark(struct lunatik_state *state, const struct lunatik_change *change);
int lunatik_state_set(struct lunatik_state *state, u64 maxalloc,
		      const struct lunatik_caller *caller, const struct lunatik_change *change,
		      struct netlink_ext_ack *extack);

int lunatik_state_init(void);
void lunatik_state_exit(void);

#endif /* _LUNATIK_STATE_H */

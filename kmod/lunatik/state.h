/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_STATE_H
#define _LUNATIK_STATE_H

#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>
#include <uapi/linux/lunatik.h>

#include "vm.h"

struct lunatik_net;
struct lunatik_run;
struct netlink_ext_ack;

#define LUNATIK_MAXALLOC_MIN	(64UL << 10)
#define LUNATIK_MAXALLOC_MAX	(256UL << 20)

/**
 * struct lunatik_state - a named machine in a namespace
 * @node: in the namespace's table, by @name
 * @namespace: whose it is
 * @vm: the Lua machine, with L, maxalloc and curralloc; belongs to the owner of @run
 * @users: references; the namespace's own is the first
 * @id: place in listings
 * @born: when
 * @run: the chunk that owns the state, or NULL; "inuse" of the first Lunatik;
 *	this and all below it but @name are under the namespace's runs_lock
 * @script: the last chunk's name
 * @scriptsize: and its bytes
 * @generation: counts changes from outside
 * @name: by which it is known
 *
 * Of the first Lunatik's fields, runs_lock of the namespace does the work of lock; usr_space_info,
 * code_buffer and buffer_offset are gone: a run keeps its own request alive until it ends.
 */
struct lunatik_state {
	struct rhash_head node;
	struct lunatik_net *namespace;
	struct lunatik_vm vm;
	refcount_t users;
	u32 id;
	ktime_t born;
	struct rcu_head rcu;

	struct lunatik_run *run;
	u64 scriptsize;
	u64 generation;
	u64 runs, errors, aborts;
	u64 run_ns;
	char *script;
	char name[LUNATIK_NAME_MAX + 1];
};

struct lunatik_state *lunatik_state_new(struct lunatik_net *ns, const char *name, u64 maxalloc,
					struct netlink_ext_ack *extack);
int lunatik_state_close(struct lunatik_net *ns, const char *name, struct netlink_ext_ack *extack);
struct lunatik_state *lunatik_state_find(struct lunatik_net *ns, const char *name);
void lunatik_state_put(struct lunatik_state *state);
bool lunatik_name_valid(const char *name);

#endif /* _LUNATIK_STATE_H */

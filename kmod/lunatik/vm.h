/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_VM_H
#define _LUNATIK_VM_H

#include <linux/ktime.h>
#include <linux/siphash.h>
#include <linux/types.h>

#include "arena.h"
#include "report.h"
#include "sink.h"

struct file;
struct lua_State;
struct lunatik_vm;
struct mem_cgroup;

/* Why a run is to end before its time. */
enum lunatik_stop {
	LUNATIK_STOP_NONE,
	LUNATIK_STOP_BUDGET,
	LUNATIK_STOP_ABORT,
	LUNATIK_STOP_SIGNAL,
	LUNATIK_STOP_GONE,
	LUNATIK_STOP_WANTED,
};

extern const char *const lunatik_stop_words[];

/* How a step of a run ended. */
enum lunatik_step {
	LUNATIK_STEP_DONE,		/* values are in the sink */
	LUNATIK_STEP_SUSPENDED,		/* go on with lunatik_vm_continue() */
	LUNATIK_STEP_SYNTAX,		/* the chunk does not compile; the rest tell in ->message */
	LUNATIK_STEP_FAILED,
	LUNATIK_STEP_STOPPED,
};

enum lunatik_job_kind {
	LUNATIK_JOB_CHUNK,	/* Lua text */
	LUNATIK_JOB_MESSAGE,	/* for receive_callback */
	LUNATIK_JOB_CALL,	/* of a module's function */
};

/**
 * struct lunatik_secrets - what pointers and strings are told by, drawn as the module is loaded
 * @disguise: for the text of a pointer
 * @pointer: for its place in a table
 * @string: for the hash of a string
 * @place: for its place among all strings; odd once it is used
 *
 * Each has one use: a script that knows how strings are hashed, which it can find out, is not to
 * know it of addresses, as text of eight letters it could try each.
 */
struct lunatik_secrets {
	siphash_key_t disguise;
	hsiphash_key_t pointer;
	hsiphash_key_t string;
	u32 place;
};

extern struct lunatik_secrets lunatik_secrets;

/**
 * struct lunatik_job - what a machine is to run
 * @kind: which
 * @name: of a chunk: what error texts call it, as for lua_load()
 * @bytes: of a chunk or message; stay as long as the job
 * @size: how many
 * @function: of a call; in the turn
 * @data: for it
 */
struct lunatik_job {
	enum lunatik_job_kind kind;
	const char *name;
	const char *bytes;
	size_t size;
	int (*function)(struct lua_State *L, void *data);
	void *data;
};

/**
 * struct lunatik_vm - a Lua machine, what runs in it, and what came of that
 *
 * Belongs to whoever owns the state (run.c); nobody else touches it, but for @stop_asked, which
 * anybody may set, and for the interrupt of turn.c, which looks at @running on its own CPU.
 */
struct lunatik_vm {
	struct lunatik_arena arena;
	struct lua_State *L;		/* the main thread */
	struct lua_State *running;	/* the thread on the CPU, NULL outside of Lua */
	struct lua_State *chunk;	/* the coroutine that the chunk runs in */
	bool is_spent;			/* @chunk died, or a script may have kept it */
	struct TString *last_words;	/* the error of a run that is stopped */
	const char *name;		/* of the state */
	u64 netns;			/* inode number of its namespace */
	u32 hash_seed;			/* of strings; 0 for a random one */
	gfp_t page_flags;		/* for its pages, beside the usual ones */
	struct mem_cgroup *memcg;	/* of its creator, charged with all that it makes */
	struct list_head libraries;	/* that it has required, see libraries.c */

	/* of the run, set by lunatik_vm_start()'s caller */
	ktime_t deadline;		/* KTIME_MAX: none */
	struct lunatik_sink *output;
	struct lunatik_sink *values;
	struct lunatik_sink *message;
	struct lunatik_sink *error_value;

	enum lunatik_stop stop;		/* the run is ending */
	enum lunatik_stop stop_asked;	/* from outside */
	ktime_t suspend_after;		/* when a long step goes back to its caller */
	const struct file *file;	/* of the caller's socket, which is locked; or NULL */
	long file_users;		/* that it has where nobody else can be at it */
	ktime_t seek_again;		/* when to see whether its descriptor is there yet */
	ktime_t shared_since;		/* when somebody else was seen there; 0 for nobody */
	ktime_t turn_began;
	ktime_t looked;			/* when the clock was looked at last */
	u64 ran_ns;			/* time on the CPU since lunatik_vm_start() */
	struct mem_cgroup *turn_memcg;	/* that was charged before the turn */
	bool on_cpu;			/* in its FPU section */
	bool silent;			/* own C code is in a place that no error may leave */
	bool glance;			/* a step that may take a moment only, see vm.c */
	size_t glanced;			/* bytes made in it, and other work as bytes */
	int arguments;			/* on the chunk's stack, for its first step */
	const struct lunatik_job *call;	/* of a module's function, until it begins */
	bool out_of_memory;		/* the run failed for want of it */
	bool is_put_off;		/* the chunk has ended, what comes of it waits */
	int put_off_status, put_off_count;	/* as of lua_resume() */
	char place[LUNATIK_PLACE_MAX];	/* where the chunk is suspended */
};

/* More than a machine that has only been furnished holds. */
#define LUNATIK_TEMPLATE_MAXALLOC	(64 << 10)

extern const char *const lunatik_vm_release;

struct lunatik_vm *lunatik_vm_of(struct lua_State *L);
int lunatik_vm_open(struct lunatik_vm *vm);
int lunatik_vm_name(struct lunatik_vm *vm);
enum lunatik_step lunatik_vm_start(struct lunatik_vm *vm, const struct lunatik_job *job);
enum lunatik_step lunatik_vm_continue(struct lunatik_vm *vm);

#endif /* _LUNATIK_VM_H */

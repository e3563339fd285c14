/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Lua states for other kernel modules.
 *
 * A state is a named Lua 5.4 machine in a network namespace (kmod/lunatik.yaml says what user space
 * sees of it). A module finds or makes states, keeps them by references, runs functions and chunks
 * in them, and offers libraries that their scripts can require.
 *
 * References. Whoever works on a state holds one: lunatik_getstate(), lunatik_netgetstate() and
 * lunatik_netnewget() take one, lunatik_putstate() gives it back. A pointer without a reference is
 * good inside of rcu_read_lock() only. While a module holds one, the state cannot be closed. When
 * the namespace goes, the state is dead: it still may be named and put, runs fail with -ESHUTDOWN,
 * and its memory goes with the last reference. None of these functions takes NULL for a state.
 *
 * What runs in a state, runs in its turn: in an FPU section, with preemption off. A C function in
 * there must not sleep, may be left by longjmp() whenever it calls Lua (so it holds no locks and no
 * references across such a call), and uses no floats unless it is compiled for that (the make
 * variable lunatik-float-cflags). Lua's own functions that are exported are listed in
 * kmod/lua/exports.c; their headers are lua.h and lauxlib.h of the pinned release, with this
 * module's luaconf.h.
 */
#ifndef _LINUX_LUNATIK_H
#define _LINUX_LUNATIK_H

#include <linux/limits.h>
#include <linux/list.h>
#include <linux/types.h>

struct lua_State;
struct module;
struct net;

/** lunatik_State - a state; opaque */
typedef struct lunatik_state lunatik_State;

/* --- by name, in the initial network namespace --- */

lunatik_State *lunatik_newstate(const char *name, size_t maxalloc);
int lunatik_close(const char *name);
lunatik_State *lunatik_statelookup(const char *name);

/* --- by name, in a namespace --- */

lunatik_State *lunatik_netnewstate(const char *name, size_t maxalloc, struct net *net);
int lunatik_netclosestate(const char *name, struct net *net);
lunatik_State *lunatik_netstatelookup(const char *name, struct net *net);

lunatik_State *lunatik_netnewget(const char *name, size_t maxalloc, struct net *net);
lunatik_State *lunatik_netgetstate(const char *name, struct net *net);

/* --- of a state --- */

bool lunatik_getstate(lunatik_State *state);
bool lunatik_putstate(lunatik_State *state);

const char *lunatik_statename(const lunatik_State *state);
size_t lunatik_statemaxalloc(const lunatik_State *state);
size_t lunatik_statecurralloc(const lunatik_State *state);
bool lunatik_stateisdead(const lunatik_State *state);
struct net *lunatik_statenet(const lunatik_State *state);
lunatik_State *lunatik_getenv(struct lua_State *L);

/**
 * struct lunatik_release - asks to be told when a state is freed
 * @release: called once, after the machine is gone; in process context, where it may sleep. @state
 *	can still be named, no more.
 * @owner: whose code that is; stays until @release has returned
 * @node: private
 */
struct lunatik_release {
	void (*release)(struct lunatik_release *release, lunatik_State *state);
	struct module *owner;
	struct list_head node;
};

int lunatik_onrelease(lunatik_State *state, struct lunatik_release *release);

/* --- running --- */

/** LUNATIK_BUDGET_DEFAULT - leave a run's time to the module's parameter */
#define LUNATIK_BUDGET_DEFAULT	U64_MAX

/**
 * struct lunatik_call - how a run is to be made, and how it ended
 * @budget_us: microseconds of wall clock; 0 is none; or LUNATIK_BUDGET_DEFAULT
 * @wait_us: microseconds to wait for a state in which something else runs; 0 is -EBUSY at once. Any
 *	signal ends the wait, with -EINTR, and nothing has run; one that does not kill leaves a run
 *	that has begun alone.
 * @message: takes the text of the error, cut and with a NUL at its end; may be NULL
 * @room: bytes there
 */
struct lunatik_call {
	u64 budget_us;
	u64 wait_us;
	char *message;
	size_t room;
};

int lunatik_run(lunatik_State *state, int (*function)(struct lua_State *L, void *data), void *data,
		const struct lunatik_call *call);
int lunatik_dostring(lunatik_State *state, const char *code, size_t size, const char *name,
		     const struct lunatik_call *call);

/* --- libraries --- */

/**
 * struct lunatik_library - what scripts get by require(name); register it last in a module's start,
 * as what may be required must not go by a start that fails
 * @name: as a state's name is spelt; that of a stock library is never asked for
 * @open: as Lua has it: leaves the library on the stack and returns 1; in the turn of the state
 *	that requires it
 * @owner: cannot be unloaded while a state uses the library
 * @node: private
 */
struct lunatik_library {
	const char *name;
	int (*open)(struct lua_State *L);
	struct module *owner;
	struct list_head node;
};

int lunatik_register(struct lunatik_library *library);
void lunatik_unregister(struct lunatik_library *library);

#endif /* _LINUX_LUNATIK_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The one file that makes and drives a Lua machine. Compiled with SSE: every function here, and in
 * library.c, values.c and report.c, is called in the machine's turn (turn.c) and nowhere else.
 *
 * A chunk runs in a coroutine of its own, on the main thread's stack at index 1. So it can be
 * suspended where Lua can be, between two instructions, by a yield from the count hook; its caller
 * goes back to user space meanwhile. Behind it on that stack, the last small chunk is kept as it
 * was compiled, and its text: whoever asks a state for its figures sends the same few lines each
 * time.
 *
 * How a run ends early. turn.c notes in vm->stop why. From then on lunatik_attention stays raised
 * and each thread that runs has its hook armed, so that Lua code and C code alike come to die() at
 * their next step, however often the script catches the error. It is thrown past message handlers,
 * which would run with hooks off. An error may be raised only in the thread that runs, inside a
 * protected call, and not while our own C code is `silent`; elsewhere the next step will do.
 *
 * A glance is a first step taken while the caller holds locks that others want, so that a short
 * chunk costs one round trip. It must be short whatever the chunk does: it is for small chunks in
 * small states only; it counts instructions, bytes that are made or compared, and the steps of
 * Lua's own loops (those of a script may collect all of a state at each, or look through a list);
 * functions in C are put off by a yield in their place, before they run, so nothing that cannot be
 * suspended begins; and what may take long at the end, tables and long strings to be carried and
 * variables to be closed, is put off as well.
 */
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "lua.h"
#include "lauxlib.h"
#include "ldo.h"
#include "lfunc.h"
#include "lstate.h"
#include "lstring.h"
#include "lualib.h"

#include "library.h"
#include "report.h"
#include "turn.h"
#include "values.h"
#include "vm.h"

/* The release of Lua, as info tells it. */
const char *const lunatik_vm_release =
	LUA_VERSION_MAJOR "." LUA_VERSION_MINOR "." LUA_VERSION_RELEASE;

/* On the main thread's stack. */
enum { SLOT_THREAD = 1, SLOT_KEPT, SLOT_KEPT_TEXT, SLOTS = SLOT_KEPT_TEXT };

/* The largest chunk that is kept. */
#define KEPT_MAX		4096

/* Some ten microseconds of Lua. */
#define GLANCE_INSTRUCTIONS	1000

/* What a step of a loop in C counts there, in bytes that are made. */
#define GLANCE_STEP		16

/* Strings that are carried in it, in bytes. */
#define GLANCE_STRINGS		16384

struct lunatik_vm *lunatik_vm_of(struct lua_State *L)
{
	return G(L)->ud;
}

/* --- what luaconf.h asks for --- */

struct lua_State **lunatik_running(void *vm)
{
	return &((struct lunatik_vm *)vm)->running;
}

unsigned int lunatik_seed(void)
{
	return get_random_u32();
}

/* The first is the one that strings are hashed with. */
unsigned int lunatik_makeseed(struct lua_State *L)
{
	struct lunatik_vm *vm = lunatik_vm_of(L);
	unsigned int seed = vm->hash_seed;

	vm->hash_seed = 0;
	return seed ?: get_random_u32();
}

long lunatik_gc_threshold(void *vm, long held, long threshold)
{
	long room = READ_ONCE(((struct lunatik_vm *)vm)->arena.maxalloc) - held;

	return min(threshold, held + room / 2);
}

/* The same number for the same pointer, which tells nothing of it. */
const void *lunatik_disguise(const void *pointer)
{
	if (!pointer)
		return NULL;
	/* as many digits as an address of user space has */
	return (void *)(siphash_1u64((unsigned long)pointer, &lunatik_secrets.disguise) >> 16 | 1);
}

/* Where a pointer lies in a table, which a script can find out. */
unsigned int lunatik_hash(const void *pointer)
{
	unsigned long address = (unsigned long)pointer;

	return hsiphash_2u32(lower_32_bits(address), upper_32_bits(address),
			     &lunatik_secrets.pointer);
}

/* Where a string lies in its tables, which nobody may know before. */
unsigned int lunatik_hash_string(const char *string, size_t size, unsigned int seed)
{
	const hsiphash_key_t *key = &lunatik_secrets.string;
	u32 hash = seed;

	while (size > LUNATIK_PIECE) {
		hash = hsiphash_2u32(hash, hsiphash(string, LUNATIK_PIECE, key), key);
		string += LUNATIK_PIECE;
		size -= LUNATIK_PIECE;
		luai_breathe();
	}
	return hash ^ hsiphash(string, size, key);
}

/*
 * Where a string lies among all strings. In a table of Lua's it lies by the low bits of its hash,
 * which `next` shows: a script can gather strings that agree in them, but they do not tell of this.
 */
unsigned int lunatik_place_string(unsigned int hash, unsigned int size)
{
	return (u64)(hash * (lunatik_secrets.place | 1)) * size >> 32;
}

void *lunatik_copy(void *to, const void *from, size_t n)
{
	size_t done = 0;

	while (n - done > LUNATIK_PIECE) {
		memcpy(to + done, from + done, LUNATIK_PIECE);
		done += LUNATIK_PIECE;
		luai_breathe();
	}
	memcpy(to + done, from + done, n - done);
	return to;
}

int lunatik_compare(const void *a, const void *b, size_t n)
{
	luai_count(n);
	while (n > LUNATIK_PIECE) {
		int order = memcmp(a, b, LUNATIK_PIECE);

		if (order)
			return order;
		a += LUNATIK_PIECE;
		b += LUNATIK_PIECE;
		n -= LUNATIK_PIECE;
		luai_breathe();
	}
	return memcmp(a, b, n);
}

void *lunatik_find(const void *s, int c, size_t n)
{
	while (n > LUNATIK_PIECE) {
		void *found = memchr(s, c, LUNATIK_PIECE);

		if (found)
			return found;
		s += LUNATIK_PIECE;
		n -= LUNATIK_PIECE;
		luai_breathe();
	}
	return memchr(s, c, n);
}

size_t lunatik_length(const char *s)
{
	size_t done = 0;
	size_t part;

	do {
		part = strnlen(s + done, LUNATIK_PIECE);
		done += part;
		luai_breathe();
	} while (part == LUNATIK_PIECE);
	return done;
}

int lunatik_order(const char *a, const char *b)
{
	for (;;) {
		int order = strncmp(a, b, LUNATIK_PIECE);

		if (order || strnlen(a, LUNATIK_PIECE) < LUNATIK_PIECE)
			return order;
		a += LUNATIK_PIECE;
		b += LUNATIK_PIECE;
		luai_breathe();
	}
}

char *lunatik_seek(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return NULL;
		luai_breathe();
	}
}

/* Whoever asks takes nothing that is longer than a piece, and there may be nobody to end this. */
size_t lunatik_span(const char *s, const char *accept)
{
	size_t n;

	for (n = 0; n < LUNATIK_PIECE && s[n] && strchr(accept, s[n]); n++)
		luai_breathe();
	return n;
}

/*
 * abort() of lua/libc: an error outside of any protected call. Every way into Lua below is one, so
 * this is a bug of ours.
 */
void lua_libc_abort(void);
void lua_libc_abort(void)
{
	BUG();
}

/* --- the end of a slice --- */

const char *const lunatik_stop_words[] = {
	[LUNATIK_STOP_BUDGET] = "time budget is over",
	[LUNATIK_STOP_ABORT] = "aborted",
	[LUNATIK_STOP_SIGNAL] = "interrupted by a signal",
	[LUNATIK_STOP_GONE] = "the namespace is going away",
	[LUNATIK_STOP_WANTED] = "others wait for the socket, and this cannot be suspended",
};

/* Where it was comes into the report once, from the first thread that dies. */
static void report_stop(struct lunatik_vm *vm, lua_State *L)
{
	if (!vm->message || vm->message->size)
		return;
	vm->silent = true;
	lunatik_report_where(L, vm->message);
	lunatik_report_text(vm->message, lunatik_stop_words[vm->stop]);
	lunatik_report_traceback(L, vm->message);
	vm->silent = false;
}

/* Ends what runs in @L. Does not return, but is not marked so (see l_noret). */
static void die(struct lunatik_vm *vm, lua_State *L)
{
	report_stop(vm, L);
	lunatik_arm(vm);
	/* words that exist: there may be no memory for others */
	/* this may be the hook, which is left here: what closes variables is to be hooked, too */
	L->allowhook = 1;
	setsvalue2s(L, L->top.p, vm->last_words);
	L->top.p++;
	luaD_throw(L, LUA_ERRRUN);
}

/*
 * Whether an error may be raised in @L here and now: where it would be caught, and not in a
 * finalizer, which is not run again, nor before the machine is furnished, nor in a thread that its
 * hook has just suspended, as what catches the error would go on in a thread that says it is.
 */
static bool may_die(struct lunatik_vm *vm, lua_State *L)
{
	return L == vm->running && L->errorJmp && L->status == LUA_OK && !vm->silent &&
	       vm->last_words && !(G(L)->gcstp & GCSTPGC);
}

/* In C code, which need not come to the hook for long. */
static void yield_in_c(struct lunatik_vm *vm)
{
	if (lunatik_turn_yield(vm) == LUNATIK_TURN_SUSPEND && lunatik_turn_is_stuck(vm))
		lunatik_turn_stand_still(vm);
}

/* From lua_lock() and luai_poll(), in C code that works for @L. */
void lunatik_attend(lua_State *L)
{
	struct lunatik_vm *vm = lunatik_vm_of(L);

	if (lunatik_wanted(LUNATIK_SLICE_OVER))
		yield_in_c(vm);
	if (vm->stop && may_die(vm, L))
		die(vm, L);
}

/* From luai_breathe(), where nothing expects an error. */
void lunatik_pause(void)
{
	struct lunatik_vm *vm = lunatik_turn_current();

	if (lunatik_wanted(LUNATIK_COUNTING))
		lunatik_turn_work(vm, GLANCE_STEP);
	if (lunatik_wanted(LUNATIK_SLICE_OVER))
		yield_in_c(vm);
}

/* From luai_count(). */
void lunatik_count(size_t n)
{
	lunatik_turn_work(lunatik_turn_current(), n);
}

static int call_at_last(lua_State *L, int status, lua_KContext f)
{
	return ((lua_CFunction)f)(L);
}

/* From luai_callC(), in a glance. Without C functions every place can be suspended. */
int lunatik_put_off(lua_State *L, lua_CFunction f)
{
	if (!lua_isyieldable(L))
		return f(L);
	return lua_yieldk(L, 0, (lua_KContext)f, call_at_last);
}

static void hook(lua_State *L, lua_Debug *ar)
{
	struct lunatik_vm *vm = lunatik_vm_of(L);

	L->hookmask = 0;
	switch (lunatik_turn_yield(vm)) {
	case LUNATIK_TURN_GO_ON:
		break;
	case LUNATIK_TURN_SUSPEND:
		if (L == vm->chunk && lua_isyieldable(L))
			lua_yield(L, 0);
		else
			lunatik_turn_stand_still(vm);
		break;
	case LUNATIK_TURN_STOP:
		die(vm, L);
		break;
	}
}

/* --- a machine --- */

/* Threads are made with the main thread's hook, switched off; lunatik_arm() switches it on. */
static void prepare_hook(lua_State *L)
{
	L->hook = hook;
	L->basehookcount = 1;
	L->hookcount = 1;
	L->hookmask = 0;
}

/* The words of every reason, as the chunk's last error; kept by the registry. */
static int keep_words(lua_State *L)
{
	lua_pushliteral(L, "stopped");
	lunatik_vm_of(L)->last_words = tsvalue(s2v(L->top.p - 1));
	lua_rawsetp(L, LUA_REGISTRYINDEX, lunatik_stop_words);
	return 0;
}

static int furnish(lua_State *L)
{
	/* nothing of this is garbage yet */
	lua_gc(L, LUA_GCSTOP);
	keep_words(L);
	lunatik_library_open(L);
	lua_gc(L, LUA_GCRESTART);
	return 0;
}

/**
 * lunatik_vm_open - make the machine, with its libraries
 * @vm: zeroed, but for its arena
 *
 * Context: in its turn.
 * Return: 0, or -ENOMEM.
 */
int lunatik_vm_open(struct lunatik_vm *vm)
{
	vm->L = lua_newstate(lunatik_arena_realloc, vm);
	if (!vm->L)
		return -ENOMEM;
	prepare_hook(vm->L);
	lua_pushcfunction(vm->L, furnish);
	if (lua_pcall(vm->L, 0, 0, 0) != LUA_OK)
		return -ENOMEM;
	/* that much work in a glance, as for the template, has armed it */
	prepare_hook(vm->L);
	return 0;
}

static int name_machine(lua_State *L)
{
	lunatik_library_name(L);
	return 0;
}

/**
 * lunatik_vm_name - tell the machine whose it is
 * @vm: open, or a copy of one that is
 *
 * Context: in its turn.
 * Return: 0, or -ENOMEM.
 */
int lunatik_vm_name(struct lunatik_vm *vm)
{
	lua_pushcfunction(vm->L, name_machine);
	return lua_pcall(vm->L, 0, 0, 0) == LUA_OK ? 0 : -ENOMEM;
}

static int make_thread(lua_State *L)
{
	lua_newthread(L);
	return 1;
}

/*
 * The chunk was suspended, and nobody will go on with it. A script that has kept its thread finds
 * that it died of an error: so there has to be one on top. What is there otherwise may be anything
 * that ever was in that place, such as what was never made whole for want of memory.
 */
static void give_up(struct lunatik_vm *vm)
{
	lua_State *L = vm->chunk;

	L->status = LUA_ERRRUN;
	setsvalue2s(L, L->top.p, vm->last_words);
	L->top.p++;
}

/*
 * A thread for the next chunk: the last one's, where that ended well and no script can have kept
 * it. One that was given up in the middle must not be resumed by its successors.
 */
static int prepare_thread(struct lunatik_vm *vm)
{
	lua_State *L = vm->L;
	int status;

	if (vm->chunk && !vm->is_spent && lua_status(vm->chunk) == LUA_OK &&
	    vm->chunk->ci == &vm->chunk->base_ci) {
		lua_settop(vm->chunk, 0);
		/* what it returned needs no room any more, so that the stack can shrink */
		vm->chunk->ci->top.p = vm->chunk->top.p + LUA_MINSTACK;
		return LUA_OK;
	}
	if (vm->chunk && lua_status(vm->chunk) == LUA_YIELD)
		give_up(vm);
	vm->chunk = NULL;
	vm->is_spent = false;
	lua_settop(L, 0);
	lua_pushcfunction(L, make_thread);
	status = lua_pcall(L, 0, 1, 0);
	if (status == LUA_OK) {
		vm->chunk = lua_tothread(L, SLOT_THREAD);
		lua_settop(L, SLOTS);
	}
	return status;
}

static Proto *kept_proto(lua_State *L)
{
	return ((const LClosure *)lua_topointer(L, SLOT_KEPT))->p;
}

static bool is_kept(lua_State *L, const struct lunatik_job *job)
{
	const char *text;
	size_t size;

	if (!lua_isfunction(L, SLOT_KEPT))
		return false;
	text = lua_tolstring(L, SLOT_KEPT_TEXT, &size);
	return size == job->size && !memcmp(text, job->bytes, size) &&
	       !strcmp(getstr(kept_proto(L)->source), job->name);
}

/* A new function of what was compiled, as a chunk may have changed the _ENV of its own. */
static int renew(lua_State *L)
{
	Proto *proto = lua_touserdata(L, 1);
	LClosure *closure = luaF_newLclosure(L, 1);

	closure->p = proto;
	setclLvalue2s(L, L->top.p, closure);
	L->top.p++;
	luaF_initupvals(L, closure);
	lua_pushglobaltable(L);
	lua_setupvalue(L, -2, 1);
	return 1;
}

static int push_text(lua_State *L)
{
	const struct lunatik_job *job = lua_touserdata(L, 1);

	lua_pushlstring(L, job->bytes, job->size);
	return 1;
}

/* Keeps the function on top of the chunk's stack, where there is memory for it. */
static void keep(struct lunatik_vm *vm, const struct lunatik_job *job)
{
	lua_State *L = vm->L;

	lua_pushcfunction(L, push_text);
	lua_pushlightuserdata(L, (void *)job);
	if (lua_pcall(L, 1, 1, 0) == LUA_OK) {
		lua_replace(L, SLOT_KEPT_TEXT);
		lua_pushvalue(vm->chunk, -1);
		lua_xmove(vm->chunk, L, 1);
		lua_replace(L, SLOT_KEPT);
	}
	lua_settop(L, SLOTS);
}

static void keep_none(lua_State *L)
{
	lua_settop(L, SLOT_THREAD);
	lua_settop(L, SLOTS);
}

struct reading {
	const struct lunatik_job *job;
	bool is_read;
};

static const char *read_chunk(lua_State *L, void *data, size_t *size)
{
	struct reading *reading = data;

	*size = reading->is_read ? 0 : reading->job->size;
	reading->is_read = true;
	return reading->job->bytes;
}

static int load_chunk(struct lunatik_vm *vm, const struct lunatik_job *job)
{
	struct reading reading = { job };
	lua_State *L = vm->L;
	int status;

	if (is_kept(L, job)) {
		lua_pushcfunction(L, renew);
		lua_pushlightuserdata(L, kept_proto(L));
		status = lua_pcall(L, 1, 1, 0);
		lua_xmove(L, vm->chunk, 1);
		return status;
	}
	keep_none(L);
	status = lua_load(vm->chunk, read_chunk, &reading, job->name, "t");
	if (status == LUA_OK && job->size <= KEPT_MAX)
		keep(vm, job);
	return status;
}

/* The function that takes messages, with no metamethod asked for it, and the message. */
static int push_message(lua_State *L)
{
	const struct lunatik_job *job = lua_touserdata(L, 1);

	lua_pushglobaltable(L);
	lua_pushliteral(L, "receive_callback");
	if (lua_rawget(L, -2) != LUA_TFUNCTION)
		return luaL_error(L, "the state has no function receive_callback");
	lua_pushlstring(L, job->bytes, job->size);
	return 2;
}

static int load_message(struct lunatik_vm *vm, const struct lunatik_job *job)
{
	lua_State *L = vm->L;
	int status;

	lua_pushcfunction(L, push_message);
	lua_pushlightuserdata(L, (void *)job);
	status = lua_pcall(L, 1, 2, 0);
	vm->arguments = status == LUA_OK;
	lua_xmove(L, vm->chunk, 1 + vm->arguments);
	return status;
}

/*
 * What it calls may find it, by debug.getinfo(), and call it again, with any argument and at any
 * time. So it is told by the machine what to do, once.
 */
static int call_function(lua_State *L)
{
	struct lunatik_vm *vm = lunatik_vm_of(L);
	const struct lunatik_job *job = vm->call;

	if (!job)
		return luaL_error(L, "this is not for scripts to call");
	vm->call = NULL;
	lua_settop(L, 0);
	return job->function(L, job->data);
}

static int load_call(struct lunatik_vm *vm, const struct lunatik_job *job)
{
	vm->call = job;
	lua_pushcfunction(vm->chunk, call_function);
	return LUA_OK;
}

/* Brings what is to run, or the error, on its thread's stack. Returns Lua's status. */
static int load(struct lunatik_vm *vm, const struct lunatik_job *job)
{
	vm->arguments = 0;
	vm->call = NULL;
	switch (job->kind) {
	case LUNATIK_JOB_MESSAGE:
		return load_message(vm, job);
	case LUNATIK_JOB_CALL:
		return load_call(vm, job);
	default:
		return load_chunk(vm, job);
	}
}

static enum lunatik_step stopped_or(struct lunatik_vm *vm, enum lunatik_step step)
{
	if (!vm->stop)
		return step;
	if (!vm->message->size)
		lunatik_report_text(vm->message, lunatik_stop_words[vm->stop]);
	return LUNATIK_STEP_STOPPED;
}

static enum lunatik_step not_loaded(struct lunatik_vm *vm, lua_State *L, int status,
				    const struct lunatik_job *job)
{
	if (vm->stop)
		return stopped_or(vm, LUNATIK_STEP_STOPPED);
	lunatik_report_error(L, vm->message);
	vm->out_of_memory = status == LUA_ERRMEM;
	return job->kind == LUNATIK_JOB_CHUNK && status != LUA_ERRMEM ?
		LUNATIK_STEP_SYNTAX : LUNATIK_STEP_FAILED;
}

/**
 * lunatik_vm_start - begin a job
 * @vm: whose sinks and deadline are set
 * @job: stays until the end
 *
 * Context: in the turn, which may be left for a while.
 * Return: how far it came.
 */
enum lunatik_step lunatik_vm_start(struct lunatik_vm *vm, const struct lunatik_job *job)
{
	int status;

	vm->is_put_off = false;
	vm->out_of_memory = false;
	status = prepare_thread(vm);
	if (status != LUA_OK)
		return not_loaded(vm, vm->L, status, job);
	status = load(vm, job);
	if (status != LUA_OK)
		return not_loaded(vm, vm->chunk, status, job);
	return lunatik_vm_continue(vm);
}

static void close_chunk(lua_State *L, void *chunk)
{
	lua_closethread(chunk, L);
}

static enum lunatik_step failed(struct lunatik_vm *vm, lua_State *L, int status)
{
	if (vm->stop)
		return stopped_or(vm, LUNATIK_STEP_STOPPED);
	vm->out_of_memory = status == LUA_ERRMEM;
	lunatik_report_error(L, vm->message);
	lunatik_report_traceback(L, vm->message);
	if (lua_type(L, -1) != LUA_TSTRING)
		lunatik_values_encode_error(L, vm->error_value);
	/* variables to be closed are, in what is left of the budget */
	luaD_rawrunprotected(vm->L, close_chunk, L);
	lua_settop(vm->L, SLOTS);
	if (!vm->stop)
		return LUNATIK_STEP_FAILED;
	lunatik_sink_truncate(vm->error_value, 0);
	lunatik_sink_truncate(vm->message, 0);
	return stopped_or(vm, LUNATIK_STEP_STOPPED);
}

static enum lunatik_step ended(struct lunatik_vm *vm, int status, int count)
{
	if (status != LUA_OK) {
		vm->is_spent = true;
		return failed(vm, vm->chunk, status);
	}
	switch (lunatik_values_encode(vm->chunk, count, vm->values, vm->message)) {
	case 0:
		return LUNATIK_STEP_DONE;
	case -EINTR:
		return stopped_or(vm, LUNATIK_STEP_STOPPED);
	default:
		return LUNATIK_STEP_FAILED;
	}
}

/* Whether nothing is left to do that may take long. */
static bool ends_shortly(lua_State *L, int status, int count)
{
	size_t bytes = 0;
	int i;

	if (status != LUA_OK)
		return false;
	for (i = 1; i <= count; i++) {
		if (lua_type(L, -i) == LUA_TTABLE)
			return false;
		if (lua_type(L, -i) == LUA_TSTRING)
			bytes += lua_rawlen(L, -i);
	}
	return bytes <= GLANCE_STRINGS;
}

/*
 * What a chunk ends with is the frame's, however much it is. lua_call() sees to that; lua_resume()
 * does for an error only.
 */
static void make_room(lua_State *L)
{
	if (L->ci->top.p < L->top.p)
		L->ci->top.p = L->top.p;
}

static enum lunatik_step put_off(struct lunatik_vm *vm, int status, int count)
{
	vm->is_put_off = true;
	*vm->place = '\0';
	vm->put_off_status = status;
	vm->put_off_count = count;
	return LUNATIK_STEP_SUSPENDED;
}

struct resumption {
	lua_State *chunk;
	int arguments;
	int status, count;	/* of what it returned */
};

static void resume(lua_State *L, void *data)
{
	struct resumption *r = data;

	r->status = lua_resume(r->chunk, L, r->arguments, &r->count);
}

/*
 * Lua tells how a chunk ended in its thread, and needs memory for that: where there is none, the
 * main thread gets the error (patches/0010), which is the chunk's.
 */
static int resume_protected(struct lunatik_vm *vm, int arguments, int *count)
{
	struct resumption r = { vm->chunk, arguments };
	int status;

	status = luaD_rawrunprotected(vm->L, resume, &r);
	if (status == LUA_OK) {
		*count = r.count;
		return r.status;
	}
	lua_xmove(vm->L, vm->chunk, 1);
	luaD_seterrorobj(vm->chunk, status, vm->chunk->top.p - 1);
	*count = 0;
	return status;
}

/**
 * lunatik_vm_continue - go on with a chunk that was suspended
 * @vm: after LUNATIK_STEP_SUSPENDED
 *
 * Context: in the turn, which may be left for a while.
 * Return: how far it came.
 */
enum lunatik_step lunatik_vm_continue(struct lunatik_vm *vm)
{
	int status, count, arguments;

	if (vm->is_put_off) {
		vm->is_put_off = false;
		return ended(vm, vm->put_off_status, vm->put_off_count);
	}
	/* what a glance counts; for any other step the clock arms the hook */
	vm->chunk->hookcount = GLANCE_INSTRUCTIONS;
	vm->chunk->hookmask = vm->glance ? LUA_MASKCOUNT : 0;
	arguments = vm->arguments;
	vm->arguments = 0;
	status = resume_protected(vm, arguments, &count);
	if (status == LUA_YIELD) {
		lunatik_report_place(vm->chunk, vm->place, sizeof(vm->place));
		return LUNATIK_STEP_SUSPENDED;
	}
	make_room(vm->chunk);
	if (vm->glance && !vm->stop && !ends_shortly(vm->chunk, status, count))
		return put_off(vm, status, count);
	return ended(vm, status, count);
}

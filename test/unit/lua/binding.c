// SPDX-License-Identifier: MIT
/*
 *	binding FILE
 *
 * Runs the tests of a Lua file, functions by what they say, against a liblunatik that is no such (kernel.c): each as it is;
 * then again and again with no memory from the first, the second… allocation of Lua's on; then again and again with a
 * finalizer that closes the session the first, the second… time that Lua collects garbage, which is nearly always. Nothing may
 * be left open after any of them. Built with sanitizers, which do half of the checking.
 */
#undef realloc /* which fails in what is tested, see lua.mk */

#include "kernel.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#include <lauxlib.h>
#include <lualib.h>

#include <lunatik.h>

int luaopen_lunatik(lua_State *L);

struct turn {
	const char *file, *name;
	size_t allocations;	/* before the first that fails */
	size_t collections;	/* before the one that closes the session */
	bool begun;		/* the binding is about to be loaded */
	bool stopped;		/* it came to one of those */
	char failure[1000];
};

static void *allocate(void *context, void *block, size_t old, size_t size)
{
	struct turn *turn = context;

	if (!size) {
		free(block);
		return NULL;
	}
	/* Shrinking never fails. */
	if (!turn->begun || (block && size <= old))
		return realloc(block, size);
	if (!turn->allocations) {
		turn->stopped = true;
		return NULL;
	}
	turn->allocations--;
	return realloc(block, size);
}

/* --- what ends a run early --- */

static lua_State *interrupted;

static void interrupt(lua_State *L, lua_Debug *debug)
{
	(void)debug;
	lua_sethook(L, NULL, 0, 0);
	luaL_error(L, "interrupted!");
}

/* As lua itself does it when SIGINT comes. */
static void on_alarm(int signal)
{
	(void)signal;
	if (interrupted)
		/* Lua's manual allows just this. NOLINTNEXTLINE(bugprone-signal-handler) */
		lua_sethook(interrupted, interrupt, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

/* interrupt_soon(): the main thread, in 20 ms */
static int interrupt_soon(lua_State *L)
{
	const struct itimerval soon = { .it_value.tv_usec = 20000 };

	lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
	interrupted = lua_tothread(L, -1);
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &soon, NULL);
	return 0;
}

static void interrupt_no_more(void)
{
	const struct itimerval never = { 0 };

	setitimer(ITIMER_REAL, &never, NULL);
	interrupted = NULL;
}

/* --- a finalizer that comes again and again --- */

static void leave_garbage(lua_State *L);

/* Closes the global `session` when its time has come. */
static int finalize(lua_State *L)
{
	void *context;
	struct turn *turn;

	lua_getallocf(L, &context);
	turn = context;
	if (turn->stopped)
		return 0;
	if (turn->collections--) {
		leave_garbage(L);
		return 0;
	}
	turn->stopped = true;
	lua_getglobal(L, "session");
	if (luaL_getmetafield(L, -1, "__gc")) {
		lua_insert(L, -2);
		lua_call(L, 1, 0);
	}
	return 0;
}

static void leave_garbage(lua_State *L)
{
	lua_newuserdata(L, 0);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, finalize);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}

static void collect_all_the_time(lua_State *L)
{
#if LUA_VERSION_NUM >= 504
	lua_gc(L, LUA_GCINC, 4, 1000, 4);
#else
	lua_gc(L, LUA_GCSETPAUSE, 0);
	lua_gc(L, LUA_GCSETSTEPMUL, 1000);
#endif
	leave_garbage(L);
}

/* --- one turn --- */

static int run_test(lua_State *L)
{
	struct turn *turn = lua_touserdata(L, 1);

	luaL_openlibs(L);
	luaL_requiref(L, "kernel", kernel_open, 1);
	lua_register(L, "interrupt_soon", interrupt_soon);
	if (luaL_loadfile(L, turn->file))
		return lua_error(L);
	lua_call(L, 0, 1);
	lua_getfield(L, -1, turn->name);
	turn->begun = true;
	luaL_requiref(L, "lunatik", luaopen_lunatik, 1);
	lua_pop(L, 1);
	if (turn->collections != SIZE_MAX)
		collect_all_the_time(L);
	lua_call(L, 0, 0);
	return 0;
}

/* Whether the test passed; its failure is none where it was stopped. */
static bool take_turn(struct turn *turn)
{
	const char *left;
	lua_State *L;

	turn->begun = false;
	turn->stopped = false;
	turn->failure[0] = '\0';
	kernel_reset();
	L = lua_newstate(allocate, turn);
	if (!L)
		return true;
	lua_pushcfunction(L, run_test);
	lua_pushlightuserdata(L, turn);
	if (lua_pcall(L, 1, 0, 0) && !turn->stopped)
		snprintf(turn->failure, sizeof(turn->failure), "%s", lua_tostring(L, -1));
	interrupt_no_more();
	lua_close(L);
	left = kernel_left();
	if (left && !*turn->failure)
		snprintf(turn->failure, sizeof(turn->failure), "left open: %s", left);
	return !*turn->failure;
}

/* Turns with more and more left of this, until none stops any more. */
static void take_turns(struct turn *turn, size_t *left, size_t *turns)
{
	size_t i;

	turn->stopped = true;
	for (i = 0; turn->stopped && !*turn->failure; i++, ++*turns) {
		*left = i;
		take_turn(turn);
	}
	if (!*turn->failure)
		*left = SIZE_MAX;
}

static bool run_in_every_way(struct turn *turn, size_t *turns)
{
	turn->allocations = SIZE_MAX;
	turn->collections = SIZE_MAX;
	if (take_turn(turn)) {
		take_turns(turn, &turn->allocations, turns);
		take_turns(turn, &turn->collections, turns);
	}
	if (!*turn->failure)
		return true;
	printf("FAILED: %s\n  %s (allocations left %zd, collections left %zd)\n", turn->name, turn->failure,
	       (ssize_t)turn->allocations, (ssize_t)turn->collections);
	return false;
}

/* Their names, one after the other, in a text that ends with an empty one. */
static char *names_of_tests(const char *file)
{
	lua_State *L = luaL_newstate();
	char *names = calloc(1, 65536), *end = names;

	luaL_openlibs(L);
	if (luaL_loadfile(L, file) || lua_pcall(L, 0, 1, 0)) {
		fprintf(stderr, "%s\n", lua_tostring(L, -1));
		exit(1);
	}
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
		end = stpcpy(end, lua_tostring(L, -2)) + 1;
	lua_close(L);
	return names;
}

int main(int argc, char **argv)
{
	char *names = names_of_tests(argc > 1 ? argv[1] : ""), *name;
	size_t passed = 0, failed = 0, turns = 0;
	/* With a process that a test forks off, too. */
	struct turn *turn = mmap(NULL, sizeof(*turn), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (turn == MAP_FAILED)
		abort();
	turn->file = argv[1];
	for (name = names; *name; name += strlen(name) + 1) {
		turn->name = name;
		++*(run_in_every_way(turn, &turns) ? &passed : &failed);
	}
	free(names);
	printf("in %zu turns more\n%zu passed, %zu failed\n", turns, passed, failed);
	return failed ? 1 : 0;
}

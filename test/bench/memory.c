// SPDX-License-Identifier: MIT
/*
 * What a state costs that does nothing, in the kernel and in user space, side after side: memory STATES ROUNDS.
 *
 * Prints for each round, in bytes per state: what the system has less of for the kernel's, and for those of a process;
 * what the kernel's count of themselves, and those of the process; and what malloc() counts of the latter.
 *
 * The system's loss is in pages that are free no more, whoever took them for whatever, over so many states that the rest
 * of the system does not show. A process of its own for each round begins with a fresh heap.
 */
#include "stopwatch.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <lunatik.h>

#define STATES_MAX	20000
#define SETTLING	(200 * 1000)

struct cost {
	double system;
	double counted;
	double allocated;
};

/* --- what the system has --- */

static void write_to(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file))
		stopwatch_fail("%s: %m", path);
}

/* Pages in the zones' lists, and those in the lists that processors have of their own. */
static long free_pages(void)
{
	FILE *zones = fopen("/proc/zoneinfo", "r");
	char line[256];
	long pages = 0;
	long count;

	if (!zones)
		stopwatch_fail("/proc/zoneinfo: %m");
	while (fgets(line, sizeof(line), zones)) {
		if (sscanf(line, " pages free %ld", &count) == 1 || sscanf(line, " count: %ld", &count) == 1)
			pages += count;
	}
	fclose(zones);
	return pages;
}

/* After what is freed late has gone, and the processors have told what they changed. */
static double free_bytes(void)
{
	usleep(SETTLING);
	write_to("/proc/sys/vm/stat_refresh", "1");
	return (double)free_pages() * (double)sysconf(_SC_PAGESIZE);
}

/* --- in the kernel --- */

static struct lunatik_session *session;

static void check(int status)
{
	if (status)
		stopwatch_fail("%s: %s", lunatik_session_error(session)->operation,
			       lunatik_session_error(session)->message);
}

static const char *name_of(int number)
{
	static char name[LUNATIK_NAME_MAX + 1];

	snprintf(name, sizeof(name), "bench-memory-%d", number);
	return name;
}

static struct cost kernel_cost(int states)
{
	struct cost cost = { 0 };
	double before = free_bytes();
	struct lunatik_state state;
	int i;

	for (i = 0; i < states; i++) {
		check(lunatik_newstate(session, name_of(i), LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, &state));
		cost.counted += (double)state.curralloc / states;
	}
	cost.system = (before - free_bytes()) / states;
	for (i = 0; i < states; i++)
		check(lunatik_closestate(session, name_of(i), NULL));
	return cost;
}

/* --- in user space --- */

static const luaL_Reg whole[] = {
	{ LUA_GNAME, luaopen_base },
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
	{ NULL, NULL },
};

/* Of a library that is not there as a whole, two functions. */
static void open_part(lua_State *L, const char *name, lua_CFunction open, const char *first, const char *second)
{
	lua_pushcfunction(L, open);
	lua_call(L, 0, 1);
	lua_createtable(L, 0, 2);
	lua_getfield(L, -2, first);
	lua_setfield(L, -2, first);
	lua_getfield(L, -2, second);
	lua_setfield(L, -2, second);
	lua_setglobal(L, name);
	lua_pop(L, 1);
}

/* The libraries that a state in the kernel has, and no garbage. */
static lua_State *open_lua(void)
{
	lua_State *L = luaL_newstate();
	const luaL_Reg *library;

	if (!L)
		stopwatch_fail("no memory for a lua_State");
	for (library = whole; library->name; library++) {
		luaL_requiref(L, library->name, library->func, 1);
		lua_pop(L, 1);
	}
	open_part(L, LUA_OSLIBNAME, luaopen_os, "time", "clock");
	open_part(L, LUA_DBLIBNAME, luaopen_debug, "traceback", "getinfo");
	lua_gc(L, LUA_GCCOLLECT);
	return L;
}

static double counted_by(lua_State *L)
{
	return 1024.0 * lua_gc(L, LUA_GCCOUNT) + lua_gc(L, LUA_GCCOUNTB);
}

static double allocated(void)
{
	struct mallinfo2 heap = mallinfo2();

	return (double)heap.uordblks + (double)heap.hblkhd;
}

static struct cost user_cost(int states)
{
	struct cost cost = { 0 };
	double before, allocated_before;
	int i;

	/* Huge pages would round the heap up to megabytes. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	/* Brings in the code, and takes what the heap costs once. */
	open_lua();
	before = free_bytes();
	allocated_before = allocated();
	for (i = 0; i < states; i++)
		cost.counted += counted_by(open_lua()) / states;
	cost.allocated = (allocated() - allocated_before) / states;
	cost.system = (before - free_bytes()) / states;
	return cost;
}

static struct cost user_cost_apart(int states)
{
	struct cost cost;
	int ends[2];
	pid_t child;

	if (pipe(ends))
		stopwatch_fail("no pipe: %m");
	child = fork();
	if (child < 0)
		stopwatch_fail("cannot fork: %m");
	if (!child) {
		cost = user_cost(states);
		_exit(write(ends[1], &cost, sizeof(cost)) != sizeof(cost));
	}
	close(ends[1]);
	if (read(ends[0], &cost, sizeof(cost)) != sizeof(cost))
		stopwatch_fail("the process with the states failed");
	close(ends[0]);
	waitpid(child, NULL, 0);
	return cost;
}

int main(int argc, char **argv)
{
	int states = argc == 3 ? atoi(argv[1]) : 0;
	int rounds = argc == 3 ? atoi(argv[2]) : 0;
	struct lunatik_error error;

	if (states < 1 || states > STATES_MAX || rounds < 1)
		stopwatch_fail("how many states, up to %d, and how many rounds?", STATES_MAX);
	session = lunatik_open(NULL, &error);
	if (!session)
		stopwatch_fail("%s: %s", error.operation, error.message);
	while (rounds--) {
		struct cost kernel = kernel_cost(states);
		struct cost user = user_cost_apart(states);

		printf("%.0f %.0f %.0f %.0f %.0f\n", kernel.system, user.system, kernel.counted, user.counted,
		       user.allocated);
		fflush(stdout);
	}
	lunatik_close(session);
	return EXIT_SUCCESS;
}

// SPDX-License-Identifier: MIT
/*
 * States: each is a handle, that goes with put(), close(), its collection, or its session. What runs in one and what it sends
 * are in run.c and receive.c.
 */
#include "binding.h"

#include <errno.h>
#include <string.h>

#define TYPE	"lunatik.state"

static const char closed[] = "the state is closed";
static const char given_back[] = "the state was given back";

struct state *state_push(lua_State *L, int session, const char *name)
{
	struct state *state = lua_newuserdata(L, sizeof(*state));

	*state = (struct state){ .session = lua_touserdata(L, session) };
	strncat(state->name, name, sizeof(state->name) - 1);
	luaL_setmetatable(L, TYPE);
	lua_pushvalue(L, session);
	lua_setuservalue(L, -2);
	return state;
}

struct state *state_check(lua_State *L)
{
	return luaL_checkudata(L, 1, TYPE);
}

struct handle *state_handle(lua_State *L, const struct state *state)
{
	struct handle *handle = NULL;
	const char *why = state->end;

	if (!why && session_usable(state->session, &why)) {
		handle = handle_find(state->session, state->name, state->handle);
		why = closed;
	}
	if (!handle)
		failure_push_words(L, EBADF, why);
	return handle;
}

static void end(struct state *state, struct handle *handle, const char *how)
{
	handle_drop(state->session, handle);
	state->end = how;
}

static int push_true(lua_State *L)
{
	lua_pushboolean(L, true);
	return 1;
}

/* Of a state whose handle went with its session: by name then, in a session for that. */
static int close_in_passing(lua_State *L, struct state *state)
{
	struct lunatik_error error;
	struct lunatik_session *library = lunatik_open(NULL, &error);
	int status;

	if (!library)
		return failure_push(L, &error);
	if (lunatik_netns(library) != state->netns) {
		lunatik_close(library);
		return failure_push_words(L, EBADF, "the session is closed, and was in another network namespace");
	}
	status = lunatik_closestate(library, state->name, NULL);
	error = *lunatik_session_error(library);
	lunatik_close(library);
	if (status)
		return failure_push(L, &error);
	state->end = closed;
	return push_true(L);
}

static int state_close(lua_State *L)
{
	struct state *state = state_check(L);
	struct lunatik_session *library = state->session->library;
	struct handle *handle;

	if (!library && !state->end)
		return close_in_passing(L, state);
	handle = state_handle(L, state);
	if (!handle)
		return FAILURE;
	if (lunatik_closestate(library, state->name, NULL))
		return failure_push(L, lunatik_session_error(library));
	end(state, handle, closed);
	return push_true(L);
}

static int state_put(lua_State *L)
{
	struct state *state = state_check(L);
	struct lunatik_session *library = state->session->library;
	struct handle *handle = state_handle(L, state);

	if (!handle)
		return FAILURE;
	if (lunatik_putstate(library, state->name, LUNATIK_HANDLE, false, NULL))
		return failure_push(L, lunatik_session_error(library));
	end(state, handle, given_back);
	return push_true(L);
}

static int state_collect(lua_State *L)
{
	struct state *state = state_check(L);
	struct handle *handle = handle_find(state->session, state->name, state->handle);
	const char *why;

	if (!handle)
		return 0;
	/* In a process that was forked off this would be the parent's. */
	if (session_usable(state->session, &why))
		lunatik_putstate(state->session->library, state->name, LUNATIK_HANDLE, false, NULL);
	end(state, handle, given_back);
	return 0;
}

static int state_getname(lua_State *L)
{
	lua_pushstring(L, state_check(L)->name);
	return 1;
}

/* Asks the kernel. How many values were pushed, if not 0, tell why it failed. */
static int show(lua_State *L, struct lunatik_state *listed)
{
	const struct state *state = state_check(L);
	struct lunatik_session *library = state->session->library;

	if (!state_handle(L, state))
		return FAILURE;
	if (lunatik_show(library, state->name, listed))
		return failure_push(L, lunatik_session_error(library));
	return 0;
}

static int state_getmaxalloc(lua_State *L)
{
	struct lunatik_state listed;
	int failure = show(L, &listed);

	if (failure)
		return failure;
	lua_pushinteger(L, (lua_Integer)listed.maxalloc);
	return 1;
}

static int state_getcurralloc(lua_State *L)
{
	struct lunatik_state listed;
	int failure = show(L, &listed);

	if (failure)
		return failure;
	lua_pushinteger(L, (lua_Integer)listed.curralloc);
	return 1;
}

void state_define(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "dostring", state_dostring },
		{ "send", state_send },
		{ "receive", state_receive },
		{ "getfd", state_getfd },
		{ "put", state_put },
		{ "close", state_close },
		{ "getname", state_getname },
		{ "getmaxalloc", state_getmaxalloc },
		{ "getcurralloc", state_getcurralloc },
		{ "__gc", state_collect },
		{ "__close", state_collect },
		{ NULL, NULL },
	};

	type_define(L, TYPE, methods);
}

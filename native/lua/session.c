// SPDX-License-Identifier: MIT
/* Sessions. To the kernel one is its socket: when that closes its handles are given back, so nobody has to. */
#include "binding.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TYPE	"lunatik.session"

int session_open(lua_State *L)
{
	struct session *session = lua_newuserdata(L, sizeof(*session));
	struct lunatik_error error;

	*session = (struct session){ .owner = getpid() };
	luaL_setmetatable(L, TYPE);
	session->library = lunatik_open(NULL, &error);
	return session->library ? 1 : failure_push(L, &error);
}

static struct session *session_check(lua_State *L)
{
	return luaL_checkudata(L, 1, TYPE);
}

bool session_usable(const struct session *session, const char **why)
{
	if (!session->library)
		*why = "the session is closed";
	else if (session->owner != getpid())
		*why = "the session belongs to the process that opened it";
	else
		return true;
	return false;
}

static int push_unusable(lua_State *L, const char *why)
{
	return failure_push_words(L, EBADF, why);
}

/* --- getting states --- */

/* To have a handle, of a state that is made for it or there already. 0 or a negative errno. */
typedef int take_handle(struct lunatik_session *library, const char *name, uint64_t maxalloc);

static int take_new(struct lunatik_session *library, const char *name, uint64_t maxalloc)
{
	return lunatik_newstate(library, name, maxalloc, LUNATIK_CONTEXT_PROCESS, true, NULL, NULL);
}

static int take_existing(struct lunatik_session *library, const char *name, uint64_t maxalloc)
{
	(void)maxalloc;
	return lunatik_getstate(library, name, LUNATIK_HANDLE, NULL);
}

static int push_state(lua_State *L, take_handle *take, const char *name, uint64_t maxalloc)
{
	struct session *session = session_check(L);
	struct state *state = state_push(L, 1, name);
	struct handle *handle;
	const char *why;

	if (!session_usable(session, &why))
		return push_unusable(L, why);
	handle = handle_of_name(session, name);
	if (!handle)
		return failure_push_words(L, ENOMEM, strerror(ENOMEM));
	if (take(session->library, name, maxalloc)) {
		if (!handle->number)
			handle_drop(session, handle);
		return failure_push(L, lunatik_session_error(session->library));
	}
	state->handle = handle_renew(session, handle);
	state->netns = lunatik_netns(session->library);
	return 1;
}

static int session_newstate(lua_State *L)
{
	lua_Integer maxalloc;
	const char *name;

	session_check(L);
	maxalloc = luaL_optinteger(L, 3, 0);
	name = argument_text(L, 2);
	if (!name)
		return FAILURE;
	if (lua_isnoneornil(L, 3))
		return push_state(L, take_new, name, LUNATIK_DEFAULT);
	/* Of too little, which a negative number is too, the kernel has something to say. */
	return push_state(L, take_new, name, maxalloc < 0 ? 0 : (uint64_t)maxalloc);
}

static int session_getstate(lua_State *L)
{
	const char *name;

	session_check(L);
	name = argument_text(L, 2);
	return name ? push_state(L, take_existing, name, 0) : FAILURE;
}

/* --- the rest --- */

static void set_integer(lua_State *L, const char *key, uint64_t number)
{
	lua_pushinteger(L, (lua_Integer)number);
	lua_setfield(L, -2, key);
}

/* Each figure has the name that the protocol's description gives it, and the one that scripts of 2020 know. */
static void push_listed(lua_State *L, const struct lunatik_state *state)
{
	lua_createtable(L, 0, 5);
	lua_pushstring(L, state->name);
	lua_setfield(L, -2, "name");
	set_integer(L, "current_alloc", state->curralloc);
	set_integer(L, "curralloc", state->curralloc);
	set_integer(L, "max_alloc", state->maxalloc);
	set_integer(L, "maxalloc", state->maxalloc);
}

static int session_list(lua_State *L)
{
	struct session *session = session_check(L);
	struct text *text = text_push(L, 1);
	struct lunatik_state *states;
	const char *why;
	size_t count, i;

	if (!session_usable(session, &why))
		return push_unusable(L, why);
	if (lunatik_list(session->library, NULL, &states, &count))
		return failure_push(L, lunatik_session_error(session->library));
	text->bytes = (char *)states;
	lua_createtable(L, (int)count, 0);
	for (i = 0; i < count; i++) {
		push_listed(L, &states[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	text_free(text);
	return 1;
}

static int session_getfd(lua_State *L)
{
	const struct session *session = session_check(L);
	const char *why;

	if (!session_usable(session, &why))
		return push_unusable(L, why);
	lua_pushinteger(L, lunatik_session_fd(session->library));
	return 1;
}

static int session_collect(lua_State *L)
{
	struct session *session = session_check(L);

	handle_drop_all(session);
	lunatik_run_close(session->run);
	session->run = NULL;
	lunatik_close(session->library);
	session->library = NULL;
	return 0;
}

static int session_close(lua_State *L)
{
	if (!session_check(L)->library)
		return push_unusable(L, "the session is closed");
	session_collect(L);
	lua_pushboolean(L, true);
	return 1;
}

void session_define(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "newstate", session_newstate },
		{ "getstate", session_getstate },
		{ "list", session_list },
		{ "close", session_close },
		{ "getfd", session_getfd },
		{ "__gc", session_collect },
		{ "__close", session_collect },
		{ NULL, NULL },
	};

	type_define(L, TYPE, methods);
}

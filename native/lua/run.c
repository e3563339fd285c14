// SPDX-License-Identifier: MIT
/* Running chunks in a state, and giving it messages: both end with values, or with the text of an error. */
#include "binding.h"

#include <errno.h>
#include <stdio.h>

/* A text for each kind of part; that of the output stays empty. */
#define TEXTS	(LUNATIK_PART_ERROR_VALUE + 1)

/* The library's side of a run. */
struct sink_context {
	struct text *texts;
	lua_State *main;
	lua_Hook hook;
};

static int take_part(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	struct sink_context *sink = context;

	if (part != LUNATIK_PART_OUTPUT)
		return text_append(&sink->texts[part], bytes, size);
	/* As print() has it: whether it could be written does not matter. */
	fwrite(bytes, 1, size, stdout);
	fflush(stdout);
	return 0;
}

/* Nobody sets a hook meanwhile but a signal handler, such as that of lua itself, which wants to end what runs there. */
static bool is_interrupted(void *context)
{
	const struct sink_context *sink = context;

	return lua_gethook(sink->main) != sink->hook;
}

static lua_State *main_thread(lua_State *L)
{
	lua_State *main;

	lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
	main = lua_tothread(L, -1);
	lua_pop(L, 1);
	return main;
}

static int push_error(lua_State *L, const struct lunatik_error *error, const struct text *texts)
{
	const struct text *message = &texts[LUNATIK_PART_MESSAGE], *value = &texts[LUNATIK_PART_ERROR_VALUE];
	int top = lua_gettop(L) + FAILURE, count;

	failure_push(L, error);
	if (message->size) {
		lua_pushlstring(L, message->bytes, message->size);
		lua_replace(L, -FAILURE);
	}
	if (!value->size || values_push(L, value->bytes, value->size, &count))
		lua_settop(L, top);
	return lua_gettop(L) - top + FAILURE;
}

static int push_result(lua_State *L, const struct text *values, bool cut)
{
	int top = lua_gettop(L), count;
	const char *why;

	if (cut)
		return failure_push_words(L, EMSGSIZE, "it ran to its end, but more was printed or returned than is carried");
	lua_pushboolean(L, true);
	why = values_push(L, values->bytes, values->size, &count);
	if (!why)
		return count + 1;
	lua_settop(L, top);
	return failure_push_words(L, EBADMSG, why);
}

/* NULL, and a failure was pushed. */
static struct lunatik_run *open_run(lua_State *L, struct session *session)
{
	if (!session->run)
		session->run = lunatik_run_open(session->library);
	if (!session->run)
		failure_push(L, lunatik_session_error(session->library));
	return session->run;
}

/* Starts and ends one, with what all have in common. */
typedef int run_once(struct lunatik_run *run, const void *what, const struct lunatik_sink *sink,
		     struct lunatik_outcome *outcome);

static int run(lua_State *L, struct state *state, run_once *once, const void *what)
{
	struct text *texts = text_push(L, TEXTS);
	lua_State *main = main_thread(L);
	struct sink_context context = { texts, main, lua_gethook(main) };
	const struct lunatik_sink sink = { take_part, is_interrupted, &context };
	struct lunatik_outcome outcome;
	struct lunatik_run *run;
	int count, i;

	if (!state_handle(L, state))
		return FAILURE;
	run = open_run(L, state->session);
	if (!run)
		return FAILURE;
	if (once(run, what, &sink, &outcome))
		count = push_error(L, lunatik_run_error(run), texts);
	else
		count = push_result(L, &texts[LUNATIK_PART_VALUES], outcome.cut);
	for (i = 0; i < TEXTS; i++)
		text_free(&texts[i]);
	return count;
}

static int run_chunk(struct lunatik_run *run, const void *chunk, const struct lunatik_sink *sink,
		     struct lunatik_outcome *outcome)
{
	return lunatik_dostring(run, chunk, sink, outcome);
}

static int run_data(struct lunatik_run *run, const void *data, const struct lunatik_sink *sink,
		    struct lunatik_outcome *outcome)
{
	return lunatik_senddata(run, data, sink, outcome);
}

/* Of the third argument, where it is there. One without Lua's mark of names is a name, too. NULL, and a failure was pushed. */
static const char *chunk_name(lua_State *L)
{
	const char *name = argument_text(L, 3);

	return !name || *name == '=' || *name == '@' ? name : lua_pushfstring(L, "=%s", name);
}

int state_dostring(lua_State *L)
{
	struct state *state = state_check(L);
	struct lunatik_chunk chunk = { .state = state->name, .wait = LUNATIK_DEFAULT };

	chunk.code = luaL_checklstring(L, 2, &chunk.size);
	chunk.budget = argument_time(L, 4);
	if (!lua_isnoneornil(L, 3)) {
		chunk.name = chunk_name(L);
		if (!chunk.name)
			return FAILURE;
	}
	return run(L, state, run_chunk, &chunk);
}

int state_send(lua_State *L)
{
	struct state *state = state_check(L);
	struct lunatik_data data = { .state = state->name, .wait = LUNATIK_DEFAULT };

	data.bytes = argument_bytes(L, 2, &data.size);
	data.budget = argument_time(L, 3);
	return run(L, state, run_data, &data);
}

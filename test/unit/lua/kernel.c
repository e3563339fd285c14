// SPDX-License-Identifier: MIT
/* These stand for kernel_realloc() and kernel_tsearch() in what is tested, see lua.mk. */
#undef realloc
#undef tsearch

#include "kernel.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lunatik.h>

#define STATES		16
#define MESSAGES	16
#define NETNS		4026531840

struct lunatik_session {
	struct lunatik_error error;
};

struct lunatik_run {
	struct lunatik_session *session;
	struct lunatik_error error;
};

struct lunatik_receiver {
	struct lunatik_error error;
	char *message;
	int fd;
};

/* All that is, but for what was allocated. */
static struct {
	int sessions, runs, receivers;
	unsigned int puts;
	struct {
		char name[LUNATIK_NAME_MAX + 1];
		struct lunatik_session *holder;
	} states[STATES];

	/* What comes next. */
	const char *refused;		/* the operation */
	int code;
	unsigned int appends;		/* that realloc() allows still */
	uint64_t netns;

	/* Of a run. */
	int status;
	bool cut, forever;
	char message[512], values[70000], error_value[64], output[64];
	size_t message_size, values_size, error_value_size, output_size;
	uint64_t budget;
	char chunk_name[64], sent[64];

	/* Of a receiver. */
	struct {
		uint64_t lost;
		char data[64];
		size_t size;
		bool closed;
	} messages[MESSAGES];
	size_t first, last;
	uint64_t timeout;
} kernel;

void kernel_reset(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.appends = UINT32_MAX;
	kernel.netns = NETNS;
}

const char *kernel_left(void)
{
	static char words[100];
	size_t i, handles = 0;

	for (i = 0; i < STATES; i++)
		handles += kernel.states[i].holder ? 1 : 0;
	if (!kernel.sessions && !kernel.runs && !kernel.receivers && !handles)
		return NULL;
	snprintf(words, sizeof(words), "%d sessions, %d runs, %d receivers, %zu handles", kernel.sessions, kernel.runs,
		 kernel.receivers, handles);
	return words;
}

/* --- the library --- */

static int fail(struct lunatik_error *error, const char *operation, int code, const char *words)
{
	memset(error, 0, sizeof(*error));
	error->code = code;
	error->operation = operation;
	snprintf(error->message, sizeof(error->message), "%s", words);
	return -code;
}

static int refuse(struct lunatik_error *error, const char *operation)
{
	int code = kernel.refused && !strcmp(kernel.refused, operation) ? kernel.code : 0;

	if (code)
		kernel.refused = NULL;
	return fail(error, operation, code, code ? "refused as the test asked for" : "");
}

struct lunatik_session *lunatik_open(const char *netns, struct lunatik_error *error)
{
	struct lunatik_session *session;
	struct lunatik_error unread;

	if (netns)
		abort();
	if (refuse(error ? error : &unread, "open"))
		return NULL;
	session = calloc(1, sizeof(*session));
	kernel.sessions++;
	return session;
}

void lunatik_close(struct lunatik_session *session)
{
	size_t i;

	if (!session)
		return;
	/* Its receivers and runs have to be closed before; only tests with one session at a time look at that. */
	if (kernel.sessions == 1 && (kernel.runs || kernel.receivers))
		abort();
	for (i = 0; i < STATES; i++)
		if (kernel.states[i].holder == session)
			kernel.states[i].holder = NULL;
	kernel.sessions--;
	free(session);
}

uint64_t lunatik_netns(const struct lunatik_session *session)
{
	(void)session;
	return kernel.netns;
}

const struct lunatik_error *lunatik_session_error(const struct lunatik_session *session)
{
	return &session->error;
}

int lunatik_session_fd(const struct lunatik_session *session)
{
	(void)session;
	return 77;
}

int lunatik_getinfo(struct lunatik_session *session, struct lunatik_info *info)
{
	int status = refuse(&session->error, "info");

	memset(info, 0, sizeof(*info));
	if (status)
		return status;
	info->name_max = 61;
	info->chunk_name_max = 62;
	info->data_max = 63;
	info->maxalloc = 64;
	info->states_max = 65;
	return 0;
}

static size_t find(const char *name)
{
	size_t i;

	for (i = 0; i < STATES && strcmp(kernel.states[i].name, name) != 0; i++)
		;
	return i;
}

static int lookup(struct lunatik_session *session, const char *operation, const char *name, size_t *i)
{
	int status = refuse(&session->error, operation);

	if (status)
		return status;
	*i = find(name);
	if (*i == STATES)
		return fail(&session->error, operation, ENOENT, "no such state");
	if (kernel.states[*i].holder && kernel.states[*i].holder != session)
		return fail(&session->error, operation, EBUSY, "state is in use");
	return 0;
}

int lunatik_newstate(struct lunatik_session *session, const char *name, uint64_t maxalloc, enum lunatik_context context,
		     bool handle, const struct lunatik_change *change, struct lunatik_state *state)
{
	int status = refuse(&session->error, "newstate");
	size_t i = find("");

	(void)state;
	if (context != LUNATIK_CONTEXT_PROCESS || !handle || change || i == STATES)
		abort();
	if (status)
		return status;
	if (maxalloc < 65536)
		return fail(&session->error, "newstate", EINVAL, "maxalloc is less than 64 KiB");
	if (strlen(name) > LUNATIK_NAME_MAX || !*name)
		return fail(&session->error, "newstate", EINVAL, "no name");
	if (find(name) < STATES)
		return fail(&session->error, "newstate", EEXIST, "a state of that name exists");
	strncat(kernel.states[i].name, name, LUNATIK_NAME_MAX);
	kernel.states[i].holder = session;
	return 0;
}

int lunatik_closestate(struct lunatik_session *session, const char *name, const struct lunatik_change *change)
{
	size_t i;
	int status = lookup(session, "close", name, &i);

	if (change)
		abort();
	if (!status)
		memset(&kernel.states[i], 0, sizeof(kernel.states[i]));
	return status;
}

int lunatik_getstate(struct lunatik_session *session, const char *name, enum lunatik_reference reference,
		     struct lunatik_state *state)
{
	size_t i;
	int status = lookup(session, "getstate", name, &i);

	(void)state;
	if (reference != LUNATIK_HANDLE)
		abort();
	if (!status && kernel.states[i].holder)
		return fail(&session->error, "getstate", EBUSY, "the session holds the state already");
	if (!status)
		kernel.states[i].holder = session;
	return status;
}

int lunatik_putstate(struct lunatik_session *session, const char *name, enum lunatik_reference reference, bool force,
		     struct lunatik_state *state)
{
	size_t i;
	int status = lookup(session, "putstate", name, &i);

	(void)state;
	if (reference != LUNATIK_HANDLE || force)
		abort();
	kernel.puts++;
	if (!status)
		kernel.states[i].holder = NULL;
	return status;
}

int lunatik_show(struct lunatik_session *session, const char *name, struct lunatik_state *state)
{
	size_t i;
	int status = lookup(session, "show", name, &i);

	state->maxalloc = 1 << 20;
	state->curralloc = 12345;
	return status;
}

int lunatik_list(struct lunatik_session *session, const char *pattern, struct lunatik_state **states, size_t *count)
{
	int status = refuse(&session->error, "list");
	size_t i;

	if (pattern)
		abort();
	*states = NULL;
	*count = 0;
	if (status)
		return status;
	*states = calloc(STATES, sizeof(**states));
	for (i = 0; i < STATES; i++) {
		if (!*kernel.states[i].name)
			continue;
		strncat((*states)[*count].name, kernel.states[i].name, LUNATIK_NAME_MAX);
		(*states)[*count].curralloc = 1000 + *count;
		(*states)[(*count)++].maxalloc = 1 << 20;
	}
	return 0;
}

struct lunatik_run *lunatik_run_open(struct lunatik_session *session)
{
	struct lunatik_run *run;

	if (refuse(&session->error, "run"))
		return NULL;
	run = calloc(1, sizeof(*run));
	run->session = session;
	kernel.runs++;
	return run;
}

void lunatik_run_close(struct lunatik_run *run)
{
	if (!run)
		return;
	kernel.runs--;
	free(run);
}

const struct lunatik_error *lunatik_run_error(const struct lunatik_run *run)
{
	return &run->error;
}

/* In two pieces, which are gone once they were taken. */
static int give(const struct lunatik_sink *sink, enum lunatik_part part, const char *bytes, size_t size)
{
	size_t half = size / 2, sizes[] = { half, size - half };
	int i, status = 0;

	for (i = 0; i < 2 && !status && size; i++) {
		char *copy = malloc(sizes[i]);

		memcpy(copy, bytes + (i ? half : 0), sizes[i]);
		status = sink->part(sink->context, part, copy, sizes[i]);
		free(copy);
	}
	return status;
}

static int give_all(const struct lunatik_sink *sink)
{
	int status = give(sink, LUNATIK_PART_OUTPUT, kernel.output, kernel.output_size);

	status = status ? status : give(sink, LUNATIK_PART_VALUES, kernel.values, kernel.values_size);
	status = status ? status : give(sink, LUNATIK_PART_MESSAGE, kernel.message, kernel.message_size);
	return status ? status : give(sink, LUNATIK_PART_ERROR_VALUE, kernel.error_value, kernel.error_value_size);
}

static int run_to_its_end(struct lunatik_run *run, const char *operation, const char *name, const struct lunatik_sink *sink,
			  struct lunatik_outcome *outcome)
{
	size_t i;
	int status = lookup(run->session, operation, name, &i);

	memset(outcome, 0, sizeof(*outcome));
	run->error = run->session->error;
	if (status)
		return status;
	while (kernel.forever)
		if (sink->stop(sink->context))
			return fail(&run->error, operation, EINTR, "stopped by the caller");
	status = give_all(sink);
	if (status)
		return fail(&run->error, operation, status, "of the sink's part");
	outcome->complete = true;
	outcome->cut = kernel.cut;
	outcome->status = (uint32_t)kernel.status;
	return fail(&run->error, operation, kernel.status, kernel.status ? "the first line" : "");
}

int lunatik_dostring(struct lunatik_run *run, const struct lunatik_chunk *chunk, const struct lunatik_sink *sink,
		     struct lunatik_outcome *outcome)
{
	kernel.budget = chunk->budget;
	snprintf(kernel.chunk_name, sizeof(kernel.chunk_name), "%s", chunk->name ? chunk->name : "(none)");
	snprintf(kernel.sent, sizeof(kernel.sent), "%.*s", (int)chunk->size, (const char *)chunk->code);
	return run_to_its_end(run, "dostring", chunk->state, sink, outcome);
}

int lunatik_senddata(struct lunatik_run *run, const struct lunatik_data *data, const struct lunatik_sink *sink,
		     struct lunatik_outcome *outcome)
{
	kernel.budget = data->budget;
	snprintf(kernel.sent, sizeof(kernel.sent), "%.*s", (int)data->size, (const char *)data->bytes);
	return run_to_its_end(run, "data", data->state, sink, outcome);
}

struct lunatik_receiver *lunatik_receiver_open(struct lunatik_session *session, const char *name)
{
	struct lunatik_receiver *receiver;
	size_t i;

	if (lookup(session, "receive", name, &i))
		return NULL;
	receiver = calloc(1, sizeof(*receiver));
	receiver->fd = 88;
	kernel.receivers++;
	return receiver;
}

void lunatik_receiver_close(struct lunatik_receiver *receiver)
{
	if (!receiver)
		return;
	kernel.receivers--;
	free(receiver->message);
	free(receiver);
}

int lunatik_receiver_fd(const struct lunatik_receiver *receiver)
{
	return receiver->fd;
}

const struct lunatik_error *lunatik_receiver_error(const struct lunatik_receiver *receiver)
{
	return &receiver->error;
}

int lunatik_receiver_next(struct lunatik_receiver *receiver, uint64_t timeout, struct lunatik_message *message)
{
	int status = refuse(&receiver->error, "next");

	kernel.timeout = timeout;
	free(receiver->message);
	receiver->message = NULL;
	if (status && status != -EINTR)
		receiver->fd = -1;
	if (status)
		return status;
	if (kernel.first == kernel.last)
		return fail(&receiver->error, "receive", ETIMEDOUT, "no message came");
	memset(message, 0, sizeof(*message));
	message->closed = kernel.messages[kernel.first].closed;
	message->lost = kernel.messages[kernel.first].lost;
	message->size = kernel.messages[kernel.first].size;
	receiver->message = malloc(sizeof(kernel.messages[0].data));
	memcpy(receiver->message, kernel.messages[kernel.first++].data, sizeof(kernel.messages[0].data));
	message->data = receiver->message;
	return 0;
}

/* --- what else the binding calls that may fail (see lua.mk) --- */

void *kernel_realloc(void *block, size_t size);
void *kernel_tsearch(const void *key, void **root, int (*compare)(const void *, const void *));

static bool is_left(void)
{
	return kernel.appends && kernel.appends--;
}

void *kernel_realloc(void *block, size_t size)
{
	return is_left() ? realloc(block, size) : NULL;
}

void *kernel_tsearch(const void *key, void **root, int (*compare)(const void *, const void *))
{
	return is_left() ? tsearch(key, root, compare) : NULL;
}

/* --- the table kernel --- */

static void take_field(lua_State *L, const char *key, char *bytes, size_t most, size_t *size)
{
	const char *text;

	lua_getfield(L, 1, key);
	text = luaL_optlstring(L, -1, "", size);
	if (*size > most)
		abort();
	memcpy(bytes, text, *size);
	lua_pop(L, 1);
}

/* kernel.answer { values, output, message, error_value: bytes; status: an errno; cut, forever: booleans } */
static int answer(lua_State *L)
{
	take_field(L, "values", kernel.values, sizeof(kernel.values), &kernel.values_size);
	take_field(L, "output", kernel.output, sizeof(kernel.output), &kernel.output_size);
	take_field(L, "message", kernel.message, sizeof(kernel.message), &kernel.message_size);
	take_field(L, "error_value", kernel.error_value, sizeof(kernel.error_value), &kernel.error_value_size);
	lua_getfield(L, 1, "status");
	kernel.status = (int)luaL_optinteger(L, -1, 0);
	lua_getfield(L, 1, "cut");
	kernel.cut = lua_toboolean(L, -1);
	lua_getfield(L, 1, "forever");
	kernel.forever = lua_toboolean(L, -1);
	return 0;
}

/* kernel.refuse(operation, errno), of the next one */
static int refuse_next(lua_State *L)
{
	static char operation[32];

	snprintf(operation, sizeof(operation), "%s", luaL_checkstring(L, 1));
	kernel.refused = operation;
	kernel.code = (int)luaL_checkinteger(L, 2);
	return 0;
}

/* kernel.message(lost [, data]); without data, that the state is closed */
static int message(lua_State *L)
{
	const char *data = luaL_optlstring(L, 2, "", &kernel.messages[kernel.last].size);

	memcpy(kernel.messages[kernel.last].data, data, kernel.messages[kernel.last].size);
	kernel.messages[kernel.last].closed = lua_isnoneornil(L, 2);
	kernel.messages[kernel.last++].lost = (uint64_t)luaL_checkinteger(L, 1);
	return 0;
}

/* kernel.close(name), by somebody else */
static int close_by_force(lua_State *L)
{
	size_t i = find(luaL_checkstring(L, 1));

	if (i == STATES)
		abort();
	memset(&kernel.states[i], 0, sizeof(kernel.states[i]));
	return 0;
}

/* kernel.held(name) */
static int held(lua_State *L)
{
	size_t i = find(luaL_checkstring(L, 1));

	lua_pushboolean(L, i < STATES && kernel.states[i].holder);
	return 1;
}

static int set_appends(lua_State *L)
{
	kernel.appends = (unsigned int)luaL_checkinteger(L, 1);
	return 0;
}

static int set_netns(lua_State *L)
{
	kernel.netns = (uint64_t)luaL_checkinteger(L, 1);
	return 0;
}

/* kernel.seen(): sessions, receivers, puts; what was sent last, its name and budget; the last timeout */
static int seen(lua_State *L)
{
	lua_createtable(L, 0, 7);
	lua_pushinteger(L, kernel.sessions);
	lua_setfield(L, -2, "sessions");
	lua_pushinteger(L, kernel.receivers);
	lua_setfield(L, -2, "receivers");
	lua_pushinteger(L, kernel.puts);
	lua_setfield(L, -2, "puts");
	lua_pushstring(L, kernel.sent);
	lua_setfield(L, -2, "sent");
	lua_pushstring(L, kernel.chunk_name);
	lua_setfield(L, -2, "chunk_name");
	lua_pushinteger(L, (lua_Integer)kernel.budget);
	lua_setfield(L, -2, "budget");
	lua_pushinteger(L, (lua_Integer)kernel.timeout);
	lua_setfield(L, -2, "timeout");
	return 1;
}

/* kernel.forked(f): in a process of its own; what f returned there, a number */
static int forked(lua_State *L)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (!child) {
		if (!lua_pcall(L, 0, 1, 0))
			_exit((int)lua_tointeger(L, -1));
		_exit(99);
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		abort();
	lua_pushinteger(L, WEXITSTATUS(status));
	return 1;
}

int kernel_open(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "answer", answer }, { "refuse", refuse_next }, { "message", message }, { "close", close_by_force },
		{ "held", held }, { "appends", set_appends }, { "netns", set_netns }, { "seen", seen }, { "forked", forked },
		{ NULL, NULL },
	};

	luaL_newlib(L, functions);
	return 1;
}

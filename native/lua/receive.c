// SPDX-License-Identifier: MIT
/*
 * Receiving what a state sends. Its receiver is opened when it is first asked for, since a state has one reader at a time;
 * what was sent before waits in the kernel.
 */
#include "binding.h"

#include <errno.h>

/* NULL, and a failure was pushed. */
static struct lunatik_receiver *open_receiver(lua_State *L, struct state *state)
{
	struct lunatik_session *library = state_library(L, state);

	if (!library)
		return NULL;
	if (!state->receiver)
		state->receiver = lunatik_receiver_open(library, state->name);
	if (!state->receiver)
		failure_push(L, lunatik_session_error(library));
	return state->receiver;
}

/* How many messages the state could not send before this one. */
static uint64_t count_lost(struct state *state, uint64_t sequence)
{
	uint64_t lost = state->sequence ? sequence - state->sequence - 1 : 0;

	state->sequence = sequence;
	return lost;
}

/* A socket that failed is closed, and the next call opens another. */
static int push_failure(lua_State *L, struct state *state)
{
	const struct lunatik_error error = *lunatik_receiver_error(state->receiver);

	if (lunatik_receiver_fd(state->receiver) < 0) {
		lunatik_receiver_close(state->receiver);
		state->receiver = NULL;
	}
	return failure_push(L, &error);
}

int state_receive(lua_State *L)
{
	struct state *state = state_check(L);
	uint64_t timeout = argument_time(L, 2), lost;
	struct lunatik_receiver *receiver = open_receiver(L, state);
	struct lunatik_message message;

	if (!receiver)
		return FAILURE;
	if (lunatik_receiver_next(receiver, timeout, &message))
		return push_failure(L, state);
	if (message.closed)
		return failure_push_words(L, ENOENT, "the state is closed");
	lost = count_lost(state, message.sequence);
	value_push_bytes(L, message.data, message.size);
	lua_pushinteger(L, (lua_Integer)lost);
	return 2;
}

int state_getfd(lua_State *L)
{
	struct state *state = state_check(L);
	struct lunatik_receiver *receiver = open_receiver(L, state);
	int fd;

	if (!receiver)
		return FAILURE;
	fd = lunatik_receiver_fd(receiver);
	if (fd < 0)
		return push_failure(L, state);
	lua_pushinteger(L, fd);
	return 1;
}

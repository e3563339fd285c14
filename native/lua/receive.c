// SPDX-License-Identifier: MIT
/*
 * Receiving what a state sends. Its receiver is opened when it is first asked for, since a state has one reader at a time;
 * what was sent before waits in the kernel.
 */
#include "binding.h"

#include <errno.h>

/* The handle of a state, with a receiver; NULL, and a failure was pushed. */
static struct handle *open_receiver(lua_State *L, const struct state *state)
{
	struct handle *handle = state_handle(L, state);

	if (!handle || handle->receiver)
		return handle;
	handle->receiver = lunatik_receiver_open(state->session->library, state->name);
	if (handle->receiver)
		return handle;
	failure_push(L, lunatik_session_error(state->session->library));
	return NULL;
}

/* A socket that failed is closed, and the next call opens another. */
static int push_failure(lua_State *L, struct handle *handle)
{
	const struct lunatik_error error = *lunatik_receiver_error(handle->receiver);

	if (lunatik_receiver_fd(handle->receiver) < 0) {
		lunatik_receiver_close(handle->receiver);
		handle->receiver = NULL;
	}
	return failure_push(L, &error);
}

int state_receive(lua_State *L)
{
	const struct state *state = state_check(L);
	uint64_t timeout = argument_time(L, 2);
	struct handle *handle = open_receiver(L, state);
	struct lunatik_message message;

	if (!handle)
		return FAILURE;
	if (lunatik_receiver_next(handle->receiver, timeout, &message))
		return push_failure(L, handle);
	if (message.closed)
		return failure_push_words(L, ENOENT, "the state is closed");
	value_push_bytes(L, message.data, message.size);
	lua_pushinteger(L, (lua_Integer)message.lost);
	return 2;
}

int state_getfd(lua_State *L)
{
	struct handle *handle = open_receiver(L, state_check(L));
	int fd;

	if (!handle)
		return FAILURE;
	fd = lunatik_receiver_fd(handle->receiver);
	if (fd < 0)
		return push_failure(L, handle);
	lua_pushinteger(L, fd);
	return 1;
}

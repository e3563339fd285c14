// SPDX-License-Identifier: MIT
/*
 * The handles of a session, by name, in a tree of tsearch(3)'s, and with each the receiver that was opened by it.
 *
 * They are the session's, not the states': where there is no memory for it Lua runs no finalizer, so a userdata may go and
 * say nothing. What is left of it then goes with the session. A state knows its handle by name and number. There is one
 * handle of a name at a time: when the session gets another, the former state was closed by somebody else, and what Lua has
 * of that must not be taken for the new one.
 */
#include "binding.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *one, const void *other)
{
	return strcmp(((const struct handle *)one)->name, ((const struct handle *)other)->name);
}

struct handle *handle_of_name(struct session *session, const char *name)
{
	struct handle *handle = calloc(1, sizeof(*handle)), **place;

	if (!handle)
		return NULL;
	strncat(handle->name, name, sizeof(handle->name) - 1);
	place = tsearch(handle, &session->handles, by_name);
	if (!place || *place != handle)
		free(handle);
	return place ? *place : NULL;
}

uint64_t handle_renew(struct session *session, struct handle *handle)
{
	lunatik_receiver_close(handle->receiver);
	handle->receiver = NULL;
	handle->number = ++session->handles_taken;
	return handle->number;
}

struct handle *handle_find(const struct session *session, const char *name, uint64_t number)
{
	struct handle key = { 0 }, **place;

	strncat(key.name, name, sizeof(key.name) - 1);
	place = tfind(&key, &session->handles, by_name);
	return place && (*place)->number == number ? *place : NULL;
}

static void discard(void *handle)
{
	lunatik_receiver_close(((struct handle *)handle)->receiver);
	free(handle);
}

void handle_drop(struct session *session, struct handle *handle)
{
	tdelete(handle, &session->handles, by_name);
	discard(handle);
}

void handle_drop_all(struct session *session)
{
	tdestroy(session->handles, discard);
	session->handles = NULL;
}

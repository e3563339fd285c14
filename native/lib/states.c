// SPDX-License-Identifier: MIT
/* Operations on states. Those that have an answer don't ask for an ack, which would be one message more to receive. */
#include "failure.h"
#include "listing.h"
#include "lunatik_contract.h"
#include "session.h"

#include <errno.h>
#include <string.h>

static int take_state(const struct nlmsghdr *message, void *into)
{
	memset(into, 0, sizeof(struct lunatik_state));
	return attributes_read(&state_attributes, message, into);
}

static const struct change_types change_types = {
	.expect_generation = LUNATIK_A_STATE_EXPECT_GENERATION,
	.generation = LUNATIK_A_STATE_GENERATION,
	.step = LUNATIK_A_STATE_STEP,
};

/* Start a request about one state. */
static int begin(struct lunatik_session *session, const char *operation, uint8_t command, uint16_t flags,
		 const char *name)
{
	int status = session_begin(session, operation, &state_attributes, command, flags);

	if (!status)
		request_text(&session->control.request, LUNATIK_A_STATE_NAME, name);
	return status;
}

/* Send it, for a state in answer. */
static int ask(struct lunatik_session *session, struct lunatik_state *state)
{
	struct lunatik_state unread;
	int status;

	if (!state)
		state = &unread;
	status = channel_exchange(&session->control, take_state, state);
	if (!status && state->token)
		session->token = state->token;
	return status;
}

int lunatik_newstate(struct lunatik_session *session, const char *name, uint64_t maxalloc,
		     enum lunatik_context context, bool handle, const struct lunatik_change *change,
		     struct lunatik_state *state)
{
	struct request *request;
	int status = begin(session, "newstate", LUNATIK_CMD_NEWSTATE, 0, name);

	if (status)
		return status;
	request = &session->control.request;
	if (maxalloc != LUNATIK_DEFAULT)
		request_u64(request, LUNATIK_A_STATE_MAXALLOC, maxalloc);
	if (context != LUNATIK_CONTEXT_PROCESS)
		request_u32(request, LUNATIK_A_STATE_CONTEXT, context);
	if (handle)
		request_flag(request, LUNATIK_A_STATE_HANDLE);
	request_change(request, &change_types, change);
	return ask(session, state);
}

int lunatik_closestate(struct lunatik_session *session, const char *name, const struct lunatik_change *change)
{
	struct request *request;
	int status = begin(session, "close", LUNATIK_CMD_CLOSE, NLM_F_ACK, name);

	if (status)
		return status;
	request = &session->control.request;
	session_sign(session, request, LUNATIK_A_STATE_TOKEN);
	request_change(request, &change_types, change);
	return channel_exchange(&session->control, NULL, NULL);
}

/* Start a request about a reference of it. */
static int begin_reference(struct lunatik_session *session, const char *operation, uint8_t command, const char *name,
			   enum lunatik_reference reference)
{
	int status = begin(session, operation, command, 0, name);

	if (status)
		return status;
	switch (reference) {
	case LUNATIK_HANDLE:
		request_flag(&session->control.request, LUNATIK_A_STATE_HANDLE);
		return 0;
	case LUNATIK_PIN:
		return 0;
	}
	return failure_set(&session->control.error, EINVAL, "there is no reference of kind %d", (int)reference);
}

int lunatik_getstate(struct lunatik_session *session, const char *name, enum lunatik_reference reference,
		     struct lunatik_state *state)
{
	struct request *request;
	int status = begin_reference(session, "getstate", LUNATIK_CMD_GETSTATE, name, reference);

	if (status)
		return status;
	request = &session->control.request;
	session_sign(session, request, LUNATIK_A_STATE_TOKEN);
	return ask(session, state);
}

int lunatik_putstate(struct lunatik_session *session, const char *name, enum lunatik_reference reference, bool force,
		     struct lunatik_state *state)
{
	struct request *request;
	int status = begin_reference(session, "putstate", LUNATIK_CMD_PUTSTATE, name, reference);

	if (status)
		return status;
	request = &session->control.request;
	if (force)
		request_flag(request, LUNATIK_A_STATE_FORCE);
	session_sign(session, request, LUNATIK_A_STATE_TOKEN);
	return ask(session, state);
}

int lunatik_setstate(struct lunatik_session *session, const char *name, uint64_t maxalloc,
		     const struct lunatik_change *change, struct lunatik_state *state)
{
	struct request *request;
	int status = begin(session, "set", LUNATIK_CMD_SET, 0, name);

	if (status)
		return status;
	request = &session->control.request;
	request_u64(request, LUNATIK_A_STATE_MAXALLOC, maxalloc);
	session_sign(session, request, LUNATIK_A_STATE_TOKEN);
	request_change(request, &change_types, change);
	return ask(session, state);
}

int lunatik_show(struct lunatik_session *session, const char *name, struct lunatik_state *state)
{
	int status = begin(session, "list", LUNATIK_CMD_LIST, 0, name);

	return status ? status : ask(session, state);
}

struct question {
	struct lunatik_session *session;
	const char *pattern;
};

static int begin_list(void *context)
{
	const struct question *question = context;
	struct lunatik_session *session = question->session;
	int status = session_begin(session, "list", &state_attributes, LUNATIK_CMD_LIST, NLM_F_DUMP);

	if (!status && question->pattern)
		request_text(&session->control.request, LUNATIK_A_STATE_PATTERN, question->pattern);
	return status;
}

static int refuse_nowhere(struct lunatik_session *session)
{
	if (!session)
		return -EINVAL;
	failure_clear(&session->control.error, "list");
	return failure_set(&session->control.error, EINVAL, "there is nowhere to put the states: NULL was given");
}

int lunatik_list(struct lunatik_session *session, const char *pattern, struct lunatik_state **states, size_t *count)
{
	struct question question = { session, pattern };
	struct listing listing = { .set = &state_attributes, .size = sizeof(struct lunatik_state), .what = "states" };
	int status;

	if (!session || !states || !count)
		return refuse_nowhere(session);
	status = listing_take(&listing, &session->control, begin_list, &question);
	*states = listing.items;
	*count = listing.count;
	return status;
}

int lunatik_abort(struct lunatik_session *session, const char *name, uint32_t port, struct lunatik_error *error)
{
	struct channel *abort;
	int status;

	if (!session) {
		failure_give(error, &failure_of_nothing);
		return -EINVAL;
	}
	abort = &session->abort;
	pthread_mutex_lock(&session->abort_lock);
	status = channel_begin(abort, "abort", &run_attributes, LUNATIK_CMD_ABORT, NLM_F_ACK);
	if (!status) {
		request_text(&abort->request, LUNATIK_A_RUN_NAME, name);
		if (port)
			request_u32(&abort->request, LUNATIK_A_RUN_PORT, port);
		status = channel_exchange(abort, NULL, NULL);
	}
	if (error)
		*error = abort->error;
	pthread_mutex_unlock(&session->abort_lock);
	return status;
}

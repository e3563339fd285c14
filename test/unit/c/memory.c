// SPDX-License-Identifier: MIT
/*
 * The library without memory: its allocations, and those of libmnl, fail one after the other. Each failure is ENOMEM, told
 * as such, and leaves nothing behind. No sanitizer is in here, since it would want malloc() for itself.
 */
#include "kernel.h"

#include <errno.h>
#include <string.h>

/* --- malloc and so on, in place of the C library's, which are behind them --- */

/* NOLINTBEGIN(bugprone-reserved-identifier): they have no other names. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *bytes, size_t size);
void __libc_free(void *bytes);
/* NOLINTEND(bugprone-reserved-identifier) */

/* For libmnl, too, which is another object. */
#pragma GCC visibility push(default)
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *bytes, size_t size);
void *reallocarray(void *bytes, size_t count, size_t size);
void free(void *bytes);
#pragma GCC visibility pop

static unsigned int calls, failing;	/* the number of the call that fails, from 1; 0 for none */
static int held;
static bool failed;

static bool fails(void)
{
	if (++calls != failing)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

static void *took(void *bytes)
{
	held += bytes != NULL;
	return bytes;
}

void *malloc(size_t size)
{
	return fails() ? NULL : took(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : took(__libc_calloc(count, size));
}

void *realloc(void *bytes, size_t size)
{
	if (fails())
		return NULL;
	return bytes ? __libc_realloc(bytes, size) : took(__libc_malloc(size));
}

void *reallocarray(void *bytes, size_t count, size_t size)
{
	return realloc(bytes, count * size);
}

void free(void *bytes)
{
	held -= bytes != NULL;
	__libc_free(bytes);
}

/* --- a kernel that has much to say --- */

static void answer_messages(const union message *request, size_t socket)
{
	static const char bytes[2000];
	size_t offset;

	if (is_dump(request)) {
		for (offset = 0; offset < 2 * sizeof(bytes); offset += sizeof(bytes)) {
			struct nlmsghdr *header = add_generic(LUNATIK_CMD_RECEIVE, request->header.nlmsg_seq);

			mnl_attr_put_u64(header, LUNATIK_A_MESSAGE_SEQUENCE, 1);
			mnl_attr_put_u32(header, LUNATIK_A_MESSAGE_SIZE, 2 * sizeof(bytes));
			mnl_attr_put_u32(header, LUNATIK_A_MESSAGE_OFFSET, (uint32_t)offset);
			mnl_attr_put(header, LUNATIK_A_MESSAGE_DATA, sizeof(bytes), bytes);
			added(header);
			transmit(socket);
		}
		add_end(NLMSG_DONE, request->header.nlmsg_seq, 0);
	} else {
		add_end(NLMSG_ERROR, request->header.nlmsg_seq, 0);
	}
	transmit(socket);
}

static void answer_list(const union message *request, size_t socket)
{
	size_t i;

	for (i = 0; i < 40; i++) {
		struct nlmsghdr *header = add_generic(LUNATIK_CMD_LIST, request->header.nlmsg_seq);

		mnl_attr_put_strz(header, LUNATIK_A_STATE_NAME, "web");
		added(header);
	}
	add_end(NLMSG_DONE, request->header.nlmsg_seq, 0);
	transmit(socket);
}

static void answer_run(const union message *request, size_t socket)
{
	struct nlmsghdr *header = add_generic(LUNATIK_CMD_DOSTRING, request->header.nlmsg_seq);

	mnl_attr_put_u32(header, LUNATIK_A_RUN_STATUS, 0);
	added(header);
	add_end(NLMSG_DONE, request->header.nlmsg_seq, 0);
	transmit(socket);
}

static void answer_all(const union message *request, size_t socket, unsigned int before)
{
	(void)before;
	switch (command_of(request)) {
	case LUNATIK_CMD_RECEIVE:
		answer_messages(request, socket);
		break;
	case LUNATIK_CMD_LIST:
		answer_list(request, socket);
		break;
	case LUNATIK_CMD_DOSTRING:
		answer_run(request, socket);
		break;
	default:
		add_end(NLMSG_ERROR, request->header.nlmsg_seq, 0);
		transmit(socket);
	}
}

/* --- what is tried --- */

/* Whether it went well, as it may without the memory for qsort(). What failed, failed for want of it, and said so. */
static bool well(bool done, const struct lunatik_error *error)
{
	CHECK(done || failed);
	CHECK(done || (error->code == ENOMEM && *error->message && *error->operation));
	return done;
}

static bool list(struct lunatik_session *session)
{
	struct lunatik_state *states;
	size_t count;
	int status = lunatik_list(session, NULL, &states, &count);

	CHECK(status ? status == -ENOMEM && !states && !count : count == 40);
	free(states);
	return well(!status, lunatik_session_error(session));
}

static bool receive(struct lunatik_session *session)
{
	struct lunatik_receiver *receiver = lunatik_receiver_open(session, "web");
	struct lunatik_message message;
	bool done = false;

	CHECK(receiver || errno == ENOMEM);
	if (well(receiver, lunatik_session_error(session)))
		done = well(!lunatik_receiver_next(receiver, 0, &message), lunatik_receiver_error(receiver));
	lunatik_receiver_close(receiver);
	return done;
}

static bool run(struct lunatik_session *session)
{
	const struct lunatik_chunk chunk = { .state = "web", .code = "" };
	struct lunatik_run *run = lunatik_run_open(session);
	bool done = false;

	CHECK(run || errno == ENOMEM);
	if (well(run, lunatik_session_error(session)))
		done = well(!lunatik_dostring(run, &chunk, NULL, NULL), lunatik_run_error(run));
	lunatik_run_close(run);
	return done;
}

static bool abort_something(struct lunatik_session *session)
{
	struct lunatik_error error;

	return well(!lunatik_abort(session, "web", 0, &error), &error);
}

static bool monitor(struct lunatik_session *session)
{
	struct lunatik_monitor *monitor = lunatik_monitor_open(session);

	CHECK(monitor || errno == ENOMEM);
	lunatik_monitor_close(monitor);
	return well(monitor, lunatik_session_error(session));
}

typedef bool attempt(struct lunatik_session *session);

/* With one allocation failing, and then, in the same session, with none. */
static void try(attempt *what, struct lunatik_session *session)
{
	if (what(session))
		return;
	failed = false;
	CHECK(what(session));
	failed = true;
}

static void try_all(void)
{
	static attempt *const attempts[] = { list, receive, run, abort_something, monitor };
	struct lunatik_error error;
	struct lunatik_session *session = lunatik_open(NULL, &error);
	size_t i;

	CHECK(session || errno == ENOMEM);
	if (!well(session, &error))
		return;
	for (i = 0; i < MNL_ARRAY_SIZE(attempts) && !failed; i++)
		try(attempts[i], session);
	lunatik_close(session);
}

int main(void)
{
	int before;

	kernel_is(answer_all);
	do {
		failing++;
		calls = 0;
		failed = false;
		before = held;
		try_all();
		CHECK(held == before);
	} while (failed);
	/* Five objects with a socket each, that of aborts, three sizes of a list, and a message. */
	CHECK(failing > 12);
	printf("memory: ok, %u failures\n", failing - 1);
	return 0;
}

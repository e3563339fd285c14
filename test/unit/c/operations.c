// SPDX-License-Identifier: MIT
/*
 * The library's operations, with the kernel of kernel.c: what they ask for, and what they make of the answers. Built with
 * sanitizers, which do half of the checking.
 */
#include "kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

/* --- references and changes --- */

#define TOKEN	0x1122334455667788ULL

static void answer_state(const union message *request, size_t socket)
{
	struct nlmsghdr *header = add_generic(command_of(request), request->header.nlmsg_seq);

	mnl_attr_put_strz(header, LUNATIK_A_STATE_NAME, "web");
	if (find(request, LUNATIK_A_STATE_HANDLE) && command_of(request) != LUNATIK_CMD_PUTSTATE)
		mnl_attr_put_u64(header, LUNATIK_A_STATE_TOKEN, TOKEN);
	added(header);
	transmit(socket);
}

static void answer_handles(const union message *request, size_t socket, unsigned int before)
{
	static const uint8_t commands[] = {
		LUNATIK_CMD_GETSTATE, LUNATIK_CMD_GETSTATE, LUNATIK_CMD_SET, LUNATIK_CMD_LIST, LUNATIK_CMD_PUTSTATE,
	};

	CHECK(command_of(request) == commands[before]);
	CHECK(!strcmp(mnl_attr_get_str(find(request, LUNATIK_A_STATE_NAME)), "web"));
	CHECK(!!find(request, LUNATIK_A_STATE_HANDLE) == (before == 1 || before == 4));
	CHECK(!!find(request, LUNATIK_A_STATE_FORCE) == (before == 4));
	/* Of a listing there is none to take it. */
	CHECK(number(request, LUNATIK_A_STATE_TOKEN) == (before == 2 || before == 4 ? TOKEN : 0));
	answer_state(request, socket);
}

static void the_token_of_a_handle_goes_with_what_follows(void)
{
	struct lunatik_session *session = open_with(answer_handles);
	struct lunatik_state state;

	CHECK(!lunatik_getstate(session, "web", LUNATIK_PIN, &state) && !state.token);
	CHECK(!lunatik_getstate(session, "web", LUNATIK_HANDLE, &state) && state.token == TOKEN);
	CHECK(!lunatik_setstate(session, "web", 1 << 20, NULL, NULL));
	CHECK(!lunatik_show(session, "web", &state));
	CHECK(!lunatik_putstate(session, "web", LUNATIK_HANDLE, true, NULL));
	CHECK(requests == 5);
	lunatik_close(session);
}

static void break_after_a_handle(const union message *request, size_t socket, unsigned int before)
{
	struct nlmsghdr *header;

	switch (before) {
	case 0:
		answer_state(request, socket);
		break;
	case 1:
		CHECK(number(request, LUNATIK_A_STATE_TOKEN) == TOKEN);
		header = add_generic(LUNATIK_CMD_SET, request->header.nlmsg_seq);
		header->nlmsg_type = FAMILY + 1;
		added(header);
		transmit(socket);
		break;
	default:
		CHECK(!number(request, LUNATIK_A_STATE_TOKEN));
		answer_state(request, socket);
	}
}

static void a_socket_that_broke_has_no_token(void)
{
	struct lunatik_session *session = open_with(break_after_a_handle);

	CHECK(!lunatik_newstate(session, "web", LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, true, NULL, NULL));
	CHECK(lunatik_setstate(session, "web", 1 << 20, NULL, NULL) == -EBADMSG);
	CHECK(!lunatik_setstate(session, "web", 1 << 20, NULL, NULL));
	lunatik_close(session);
}

static void answer_changes(const union message *request, size_t socket, unsigned int before)
{
	const struct nlattr *step = find(request, LUNATIK_A_STATE_STEP);
	bool all = before == 1;

	CHECK(!!step == all);
	CHECK(!step || (mnl_attr_get_payload_len(step) == 3 && !memcmp(mnl_attr_get_payload(step), "a\0b", 3)));
	CHECK(number(request, LUNATIK_A_STATE_GENERATION) == (all ? 9 : 0));
	CHECK(number(request, LUNATIK_A_STATE_EXPECT_GENERATION) == (before ? 8 : 0));
	if (command_of(request) != LUNATIK_CMD_CLOSE) {
		answer_state(request, socket);
		return;
	}
	add_end(NLMSG_ERROR, request->header.nlmsg_seq, -ESTALE);
	transmit(socket);
}

static void a_change_says_what_it_depends_on_and_leaves(void)
{
	const struct lunatik_change none = { 0 }, change = { 8, 9, "a\0b", 3 }, expected = { .expect_generation = 8 };
	struct lunatik_session *session = open_with(answer_changes);

	CHECK(!lunatik_newstate(session, "web", 1 << 20, LUNATIK_CONTEXT_PROCESS, false, &none, NULL));
	CHECK(!lunatik_setstate(session, "web", 1 << 20, &change, NULL));
	CHECK(lunatik_closestate(session, "web", &expected) == -ESTALE);
	CHECK(lunatik_session_error(session)->code == ESTALE);
	lunatik_close(session);
}

/* --- chunks and messages --- */

/* What a datagram has room for, which the client does not receive more of at first. */
#define ROOM	3000

/* A run whose output is an attribute of the request. */
static void answer_run(const union message *request, size_t socket, uint16_t echo)
{
	const struct nlattr *output = echo ? find(request, echo) : NULL;
	size_t left = output ? mnl_attr_get_payload_len(output) : 0;
	const char *bytes = output ? mnl_attr_get_payload(output) : NULL;
	struct nlmsghdr *header;

	CHECK(is_dump(request));
	while (left) {
		size_t piece = left < ROOM ? left : ROOM;

		header = add_generic(command_of(request), request->header.nlmsg_seq);
		mnl_attr_put(header, LUNATIK_A_RUN_OUTPUT, piece, bytes);
		added(header);
		transmit(socket);
		bytes += piece;
		left -= piece;
	}
	header = add_generic(command_of(request), request->header.nlmsg_seq);
	mnl_attr_put_u32(header, LUNATIK_A_RUN_STATUS, 0);
	added(header);
	add_end(NLMSG_DONE, request->header.nlmsg_seq, 0);
	transmit(socket);
}

/* Output, put together. */
struct heard {
	size_t size;
	char bytes[LUNATIK_CODE_MAX];
};

static int hear_part(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	struct heard *heard = context;

	CHECK(part == LUNATIK_PART_OUTPUT && heard->size + size <= sizeof(heard->bytes));
	memcpy(heard->bytes + heard->size, bytes, size);
	heard->size += size;
	return 0;
}

static struct heard heard;
static const struct lunatik_sink sink = { .part = hear_part, .context = &heard };

static char code[LUNATIK_CODE_MAX + 1];

static void answer_waits(const union message *request, size_t socket, unsigned int before)
{
	const struct nlattr *wait = find(request, LUNATIK_A_RUN_WAIT);

	CHECK(!wait == (before == 0));
	CHECK(!wait || mnl_attr_get_u64(wait) == (before == 1 ? 0 : 7));
	CHECK(number(request, LUNATIK_A_RUN_EXPECT_GENERATION) == (before == 2 ? 3 : 0));
	CHECK(number(request, LUNATIK_A_RUN_TOKEN) == 0);
	answer_run(request, socket, 0);
}

static void a_chunk_says_how_long_it_waits(void)
{
	const struct lunatik_change change = { .expect_generation = 3 };
	struct lunatik_chunk chunk = { .state = "web", .code = "", .budget = LUNATIK_DEFAULT, .wait = LUNATIK_DEFAULT };
	struct lunatik_session *session = open_with(answer_waits);
	struct lunatik_run *run = lunatik_run_open(session);

	CHECK(!lunatik_dostring(run, &chunk, NULL, NULL));
	chunk.wait = 0;
	CHECK(!lunatik_dostring(run, &chunk, NULL, NULL));
	chunk.wait = 7;
	chunk.change = &change;
	CHECK(!lunatik_dostring(run, &chunk, NULL, NULL));
	lunatik_run_close(run);
	lunatik_close(session);
}

static void answer_echo(const union message *request, size_t socket, unsigned int before)
{
	(void)before;
	answer_run(request, socket, command_of(request) == LUNATIK_CMD_DATA ? LUNATIK_A_RUN_DATA : LUNATIK_A_RUN_CODE);
}

static void code_and_data_arrive_as_they_are(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 1023, 1024, 1025, 1026, 1027, 1028, 32767, 32768 };
	struct lunatik_session *session = open_with(answer_echo);
	struct lunatik_run *run = lunatik_run_open(session);
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(sizes); i++) {
		const struct lunatik_chunk chunk = { .state = "web", .code = code, .size = sizes[i] };
		const struct lunatik_data data = { .state = "web", .bytes = code + 1, .size = sizes[i] };

		heard.size = 0;
		CHECK(!lunatik_dostring(run, &chunk, &sink, NULL));
		CHECK(heard.size == sizes[i] && !memcmp(heard.bytes, code, heard.size));
		heard.size = 0;
		CHECK(!lunatik_senddata(run, &data, &sink, NULL));
		CHECK(heard.size == sizes[i] && !memcmp(heard.bytes, code + 1, heard.size));
	}
	lunatik_run_close(run);
	lunatik_close(session);
}

static void a_message_may_be_started_and_finished(void)
{
	const struct lunatik_data data = { .state = "web", .bytes = "hello", .size = 5 };
	const struct lunatik_data empty = { .state = "web" };
	struct lunatik_session *session = open_with(answer_echo);
	struct lunatik_run *run = lunatik_run_open(session);
	struct lunatik_outcome outcome;

	heard.size = 0;
	CHECK(lunatik_run_start_data(run, &data, &sink));
	CHECK(!lunatik_run_finish(run, &sink, &outcome) && outcome.complete);
	CHECK(!lunatik_run_start_data(run, &empty, &sink));
	CHECK(!lunatik_run_finish(run, &sink, &outcome) && outcome.complete);
	CHECK(heard.size == 5);
	lunatik_run_close(run);
	lunatik_close(session);
}

/* Seen by the fuzzer: a status that is no errno, and has no negative. */
static void answer_no_errno(const union message *request, size_t socket, unsigned int before)
{
	static const uint32_t statuses[] = { 4096, 0x80000000, UINT32_MAX };
	struct nlmsghdr *header = add_generic(command_of(request), request->header.nlmsg_seq);

	mnl_attr_put_u32(header, LUNATIK_A_RUN_STATUS, statuses[before]);
	added(header);
	add_end(NLMSG_DONE, request->header.nlmsg_seq, 0);
	transmit(socket);
}

static void an_end_that_is_no_errno_is_not_understood(void)
{
	const struct lunatik_chunk chunk = { .state = "web", .code = "return 1", .size = 8 };
	struct lunatik_session *session = open_with(answer_no_errno);
	struct lunatik_run *run = lunatik_run_open(session);
	struct lunatik_outcome outcome;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		CHECK(lunatik_dostring(run, &chunk, NULL, &outcome) == -EBADMSG);
		CHECK(!outcome.complete && lunatik_run_error(run)->code == EBADMSG);
	}
	lunatik_run_close(run);
	lunatik_close(session);
}

static char uploaded[LUNATIK_CODE_MAX];

static void answer_uploads(const union message *request, size_t socket, unsigned int before)
{
	const struct nlattr *fragment = find(request, LUNATIK_A_RUN_CODE);
	size_t offset = number(request, LUNATIK_A_RUN_OFFSET);
	struct nlmsghdr *header;

	CHECK(!strcmp(mnl_attr_get_str(find(request, LUNATIK_A_RUN_NAME)), "web"));
	if (command_of(request) == LUNATIK_CMD_DOSTRING) {
		CHECK(!fragment && number(request, LUNATIK_A_RUN_UPLOAD) == 77);
		answer_run(request, socket, 0);
		return;
	}
	CHECK(command_of(request) == LUNATIK_CMD_UPLOAD && !is_dump(request));
	CHECK(number(request, LUNATIK_A_RUN_UPLOAD) == (before ? 77 : 0));
	CHECK(!before == !!find(request, LUNATIK_A_RUN_TOTAL));
	CHECK(offset + mnl_attr_get_payload_len(fragment) <= sizeof(uploaded));
	memcpy(uploaded + offset, mnl_attr_get_payload(fragment), mnl_attr_get_payload_len(fragment));
	header = add_generic(LUNATIK_CMD_UPLOAD, request->header.nlmsg_seq);
	mnl_attr_put_u32(header, LUNATIK_A_RUN_UPLOAD, 77);
	added(header);
	transmit(socket);
}

static void large_code_is_uploaded(void)
{
	static const size_t sizes[] = { 32769, 65536, 100001, LUNATIK_CODE_MAX };
	struct lunatik_session *session = open_with(answer_uploads);
	struct lunatik_run *run = lunatik_run_open(session);
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(sizes); i++) {
		const struct lunatik_chunk chunk = { .state = "web", .code = code, .size = sizes[i] };

		requests = 0;
		memset(uploaded, 0, sizeof(uploaded));
		CHECK(!lunatik_dostring(run, &chunk, NULL, NULL));
		CHECK(requests == (sizes[i] + 32767) / 32768 + 1);
		CHECK(!memcmp(uploaded, code, sizes[i]));
	}
	lunatik_run_close(run);
	lunatik_close(session);
}

static void answer_no_second_fragment(const union message *request, size_t socket, unsigned int before)
{
	if (before != 1) {
		answer_uploads(request, socket, before % 2);
		return;
	}
	add_end(NLMSG_ERROR, request->header.nlmsg_seq, -EDQUOT);
	transmit(socket);
}

static void an_upload_that_is_refused_goes_with_its_socket(void)
{
	const struct lunatik_chunk large = { .state = "web", .code = code, .size = 70000 };
	struct lunatik_session *session = open_with(answer_no_second_fragment);
	struct lunatik_run *run = lunatik_run_open(session);

	CHECK(lunatik_dostring(run, &large, NULL, NULL) == -EDQUOT);
	CHECK(!strcmp(lunatik_run_error(run)->operation, "dostring"));
	CHECK(!is_open(1));
	kernel_is(answer_echo);
	CHECK(!lunatik_dostring(run, &(struct lunatik_chunk){ .state = "web", .code = "" }, NULL, NULL));
	lunatik_run_close(run);
	lunatik_close(session);
}

static void answer_no_run(const union message *request, size_t socket, unsigned int before)
{
	if (command_of(request) == LUNATIK_CMD_UPLOAD) {
		answer_uploads(request, socket, before);
		return;
	}
	add_end(NLMSG_DONE, request->header.nlmsg_seq, -EBUSY);
	transmit(socket);
}

static void an_upload_whose_run_is_refused_goes_with_its_socket(void)
{
	const struct lunatik_chunk large = { .state = "web", .code = code, .size = 70000 };
	struct lunatik_session *session = open_with(answer_no_run);
	struct lunatik_run *run = lunatik_run_open(session);

	CHECK(lunatik_dostring(run, &large, NULL, NULL) == -EBUSY);
	CHECK(lunatik_run_error(run)->code == EBUSY && !is_open(1));
	lunatik_run_close(run);
	lunatik_close(session);
}

static void what_is_too_large_is_not_sent(void)
{
	const struct lunatik_chunk chunk = { .state = "web", .code = code, .size = LUNATIK_CODE_MAX + 1 };
	const struct lunatik_data data = { .state = "web", .bytes = code, .size = LUNATIK_DATA_MAX + 1 };
	struct lunatik_session *session = open_with(no_request);
	struct lunatik_run *run = lunatik_run_open(session);

	CHECK(lunatik_dostring(run, &chunk, NULL, NULL) == -EMSGSIZE);
	CHECK(lunatik_senddata(run, &data, NULL, NULL) == -EMSGSIZE);
	CHECK(!strcmp(lunatik_run_error(run)->message, "a message has at most 32768 bytes"));
	CHECK(!strcmp(lunatik_run_error(run)->operation, "data"));
	lunatik_run_close(run);
	lunatik_close(session);
}

/* --- receiving --- */

/* Part of a message, of `size` bytes that count on from its sequence. */
static void add_part(const union message *request, uint64_t sequence, size_t size, size_t offset, size_t length)
{
	struct nlmsghdr *header = add_generic(LUNATIK_CMD_RECEIVE, request->header.nlmsg_seq);
	struct nlattr *data;
	size_t i;

	mnl_attr_put_u64(header, LUNATIK_A_MESSAGE_SEQUENCE, sequence);
	mnl_attr_put_u32(header, LUNATIK_A_MESSAGE_SIZE, (uint32_t)size);
	mnl_attr_put_u32(header, LUNATIK_A_MESSAGE_OFFSET, (uint32_t)offset);
	data = mnl_nlmsg_get_payload_tail(header);
	mnl_attr_put(header, LUNATIK_A_MESSAGE_DATA, length, code);
	for (i = 0; i < length; i++)
		((char *)mnl_attr_get_payload(data))[i] = (char)(sequence + offset + i);
	added(header);
}

static bool is_message(const struct lunatik_message *message, uint64_t sequence, size_t size)
{
	size_t i;

	if (message->closed || message->sequence != sequence || message->size != size || message->lost)
		return false;
	for (i = 0; i < size; i++)
		if (((const char *)message->data)[i] != (char)(sequence + i))
			return false;
	return true;
}

static void tell_ready(size_t socket, bool closed)
{
	struct nlmsghdr *header = add_generic(LUNATIK_CMD_READY, 0);

	mnl_attr_put_strz(header, LUNATIK_A_MESSAGE_NAME, "web");
	if (closed)
		mnl_attr_put(header, LUNATIK_A_MESSAGE_CLOSED, 0, NULL);
	added(header);
	transmit(socket);
}

/* The request for a subscription is answered; any other is a dump. */
static bool answer_subscription(const union message *request, size_t socket)
{
	CHECK(command_of(request) == LUNATIK_CMD_RECEIVE);
	CHECK(!strcmp(mnl_attr_get_str(find(request, LUNATIK_A_MESSAGE_NAME)), "web"));
	if (is_dump(request))
		return false;
	add_end(NLMSG_ERROR, request->header.nlmsg_seq, 0);
	transmit(socket);
	return true;
}

static void end_dump(const union message *request, size_t socket, int code_of_end)
{
	add_end(NLMSG_DONE, request->header.nlmsg_seq, code_of_end);
	transmit(socket);
}

static void answer_messages(const union message *request, size_t socket, unsigned int before)
{
	if (answer_subscription(request, socket))
		return;
	if (before == 1) {
		add_part(request, 1, 5, 0, 5);
		add_part(request, 2, 0, 0, 0);
		add_part(request, 4, 3000, 0, 100);
		transmit(socket);
		add_part(request, 4, 3000, 100, 2000);
		transmit(socket);
		add_part(request, 4, 3000, 2100, 900);
	} else if (before == 2) {
		add_part(request, 5, 1, 0, 1);
	} else if (before == 3) {
		/* Something comes when the dump has found nothing more, and before its end is out. */
		tell_ready(socket, false);
	} else {
		add_part(request, 6, 1, 0, 1);
	}
	end_dump(request, socket, 0);
}

static void messages_come_whole_and_in_order(void)
{
	struct lunatik_session *session = open_with(answer_messages);
	struct lunatik_receiver *receiver = lunatik_receiver_open(session, "web");
	struct lunatik_message message;

	CHECK(receiver && lunatik_receiver_fd(receiver) >= 0);
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && is_message(&message, 1, 5));
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && is_message(&message, 2, 0));
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && message.lost == 1);
	message.lost = 0;
	CHECK(is_message(&message, 4, 3000));
	CHECK(lunatik_receiver_next(receiver, 0, &message) == -ETIMEDOUT);
	CHECK(requests == 2);
	tell_ready(1, false);
	CHECK(!lunatik_receiver_next(receiver, LUNATIK_DEFAULT, &message) && is_message(&message, 5, 1));
	CHECK(lunatik_receiver_next(receiver, 1000, &message) == -ETIMEDOUT);
	CHECK(lunatik_receiver_error(receiver)->code == ETIMEDOUT);
	CHECK(requests == 3);
	tell_ready(1, false);
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && is_message(&message, 6, 1));
	CHECK(lunatik_receiver_next(receiver, 0, &message) == -ETIMEDOUT);
	CHECK(requests == 5);
	tell_ready(1, true);
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && message.closed);
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && message.closed);
	lunatik_receiver_close(receiver);
	lunatik_close(session);
}

static void answer_with_an_end(const union message *request, size_t socket, unsigned int before)
{
	if (!answer_subscription(request, socket))
		end_dump(request, socket, before == 1 ? -EBUSY : -ENOENT);
}

static void a_dump_that_is_refused_is_asked_for_again(void)
{
	struct lunatik_session *session = open_with(answer_with_an_end);
	struct lunatik_receiver *receiver = lunatik_receiver_open(session, "web");
	struct lunatik_message message;

	CHECK(lunatik_receiver_next(receiver, 0, &message) == -EBUSY);
	CHECK(lunatik_receiver_error(receiver)->code == EBUSY);
	/* The state is not there any more. */
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && message.closed);
	lunatik_receiver_close(receiver);
	lunatik_close(session);
}

static void answer_no_dump(const union message *request, size_t socket, unsigned int before)
{
	(void)before;
	CHECK(answer_subscription(request, socket));
}

static void a_state_that_was_closed_is_not_asked_for_by_its_name(void)
{
	struct lunatik_session *session = open_with(answer_no_dump);
	struct lunatik_receiver *receiver = lunatik_receiver_open(session, "web");
	struct lunatik_message message;

	tell_ready(1, true);
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && message.closed);
	lunatik_receiver_close(receiver);
	lunatik_close(session);
}

static void answer_nonsense(const union message *request, size_t socket, unsigned int before)
{
	static const struct {
		size_t size, offset, length;
	} parts[] = { { 10, 0, 11 }, { 10, 11, 0 }, { 10, 5, 5 }, { UINT32_MAX, 0, 4 }, { 10, 10, 0 } };

	if (answer_subscription(request, socket))
		return;
	add_part(request, 1, parts[before / 2].size, parts[before / 2].offset, parts[before / 2].length);
	end_dump(request, socket, 0);
}

static void parts_that_do_not_fit_are_nonsense(void)
{
	struct lunatik_session *session = open_with(answer_nonsense);
	int i;

	for (i = 0; i < 5; i++) {
		struct lunatik_receiver *receiver = lunatik_receiver_open(session, "web");
		struct lunatik_message message;

		CHECK(lunatik_receiver_next(receiver, 0, &message) == -EBADMSG);
		CHECK(lunatik_receiver_fd(receiver) == -1);
		/* It stays so: nobody is subscribed any more. */
		CHECK(lunatik_receiver_next(receiver, 0, &message) == -EBADMSG);
		lunatik_receiver_close(receiver);
	}
	lunatik_close(session);
}

static void refuse_subscription(const union message *request, size_t socket, unsigned int before)
{
	(void)before;
	add_end(NLMSG_ERROR, request->header.nlmsg_seq, -EBUSY);
	transmit(socket);
}

static void a_second_reader_is_none(void)
{
	struct lunatik_session *session = open_with(refuse_subscription);

	CHECK(!lunatik_receiver_open(session, "web"));
	CHECK(lunatik_session_error(session)->code == EBUSY);
	CHECK(!strcmp(lunatik_session_error(session)->operation, "receive"));
	CHECK(!is_open(1));
	lunatik_close(session);
}

/* --- events --- */

static void add_event(uint32_t type, const char *name)
{
	struct nlmsghdr *header = add_generic(LUNATIK_CMD_EVENT, 0);

	mnl_attr_put_u32(header, LUNATIK_A_EVENT_TYPE, type);
	mnl_attr_put_strz(header, LUNATIK_A_EVENT_NAME, name);
	mnl_attr_put_u64(header, LUNATIK_A_EVENT_GENERATION, 3);
	mnl_attr_put_u32(header, LUNATIK_A_EVENT_STATUS, ETIME);
	added(header);
}

static void events_come_one_by_one(void)
{
	struct lunatik_session *session = open_with(no_request);
	struct lunatik_monitor *monitor = lunatik_monitor_open(session);
	struct lunatik_event event;

	CHECK(monitor && lunatik_monitor_fd(monitor) >= 0 && joined == GROUP);
	CHECK(lunatik_monitor_next(monitor, 0, &event) == -ETIMEDOUT);
	add_event(LUNATIK_EVENT_TYPE_CREATED, "web");
	add_event(LUNATIK_EVENT_TYPE_TIME_OUT, "db");
	transmit(1);
	CHECK(!lunatik_monitor_next(monitor, 0, &event));
	CHECK(event.type == LUNATIK_EVENT_TYPE_CREATED && !strcmp(event.name, "web") && event.generation == 3);
	CHECK(!lunatik_monitor_next(monitor, LUNATIK_DEFAULT, &event));
	CHECK(event.type == LUNATIK_EVENT_TYPE_TIME_OUT && !strcmp(event.name, "db") && event.status == ETIME);
	CHECK(lunatik_monitor_next(monitor, 1000, &event) == -ETIMEDOUT);
	lunatik_monitor_close(monitor);
	lunatik_close(session);
}

/* --- another version --- */

static void an_older_module_is_refused_and_a_newer_one_fits(void)
{
	struct lunatik_error error;

	kernel_is(no_request);
	version_spoken = LUNATIK_FAMILY_VERSION - 1;
	errno = 0;
	CHECK(!lunatik_open(NULL, &error) && error.code == EPROTO && errno == EPROTO);
	CHECK(!strcmp(error.message, "the module speaks version 0 of the protocol, not 1"));
	version_spoken = LUNATIK_FAMILY_VERSION + 1;
	lunatik_close(open_with(no_request));
	version_spoken = LUNATIK_FAMILY_VERSION;
}

/* --- what cannot be --- */

static bool says(const struct lunatik_error *error, const char *message)
{
	return error->code == EINVAL && !strcmp(error->message, message);
}

static void nothing_to_work_on_is_refused(void)
{
	struct lunatik_error error = { 0 };
	struct lunatik_message message;
	struct lunatik_event event;
	struct lunatik_state *states;
	struct lunatik_info info;
	size_t count;

	lunatik_close(NULL);
	lunatik_run_close(NULL);
	lunatik_receiver_close(NULL);
	lunatik_monitor_close(NULL);
	CHECK(lunatik_getinfo(NULL, &info) == -EINVAL);
	CHECK(lunatik_newstate(NULL, "web", 0, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL) == -EINVAL);
	CHECK(lunatik_closestate(NULL, "web", NULL) == -EINVAL);
	CHECK(lunatik_getstate(NULL, "web", LUNATIK_PIN, NULL) == -EINVAL);
	CHECK(lunatik_putstate(NULL, "web", LUNATIK_HANDLE, true, NULL) == -EINVAL);
	CHECK(lunatik_setstate(NULL, "web", 0, NULL, NULL) == -EINVAL);
	CHECK(lunatik_show(NULL, "web", NULL) == -EINVAL);
	CHECK(lunatik_list(NULL, NULL, &states, &count) == -EINVAL);
	CHECK(lunatik_abort(NULL, "web", 0, &error) == -EINVAL && error.code == EINVAL && *error.message);
	CHECK(lunatik_abort(NULL, "web", 0, NULL) == -EINVAL);
	CHECK(lunatik_dostring(NULL, NULL, NULL, NULL) == -EINVAL);
	CHECK(lunatik_senddata(NULL, NULL, NULL, NULL) == -EINVAL);
	CHECK(!lunatik_run_start(NULL, NULL, NULL) && !lunatik_run_start_data(NULL, NULL, NULL));
	CHECK(lunatik_run_finish(NULL, NULL, NULL) == -EINVAL);
	CHECK(lunatik_receiver_next(NULL, 0, &message) == -EINVAL);
	CHECK(lunatik_monitor_next(NULL, 0, &event) == -EINVAL);
	CHECK(!lunatik_netns(NULL) && !lunatik_run_port(NULL) && lunatik_session_fd(NULL) == -1);
	CHECK(lunatik_receiver_fd(NULL) == -1 && lunatik_monitor_fd(NULL) == -1);
	CHECK(lunatik_session_error(NULL)->code == EINVAL && lunatik_run_error(NULL)->code == EINVAL);
	CHECK(lunatik_receiver_error(NULL)->code == EINVAL && lunatik_monitor_error(NULL)->code == EINVAL);
	errno = 0;
	CHECK(!lunatik_run_open(NULL) && errno == EINVAL);
	errno = 0;
	CHECK(!lunatik_receiver_open(NULL, "web") && errno == EINVAL);
	errno = 0;
	CHECK(!lunatik_monitor_open(NULL) && errno == EINVAL);
}

static void arguments_that_cannot_be_are_not_sent(void)
{
	const struct lunatik_change no_step = { .step_size = 3 };
	char step[4000] = "";
	const struct lunatik_change long_step = { .step = step, .step_size = sizeof(step) };
	struct lunatik_session *session = open_with(no_request);
	const struct lunatik_error *error = lunatik_session_error(session);
	struct lunatik_monitor *monitor = lunatik_monitor_open(session);
	struct lunatik_state *states;
	size_t count;

	CHECK(lunatik_getinfo(session, NULL) == -EINVAL && says(error, "info is NULL"));
	CHECK(lunatik_newstate(session, NULL, 0, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL) == -EINVAL);
	CHECK(says(error, "name is NULL") && !strcmp(error->attribute, "name"));
	CHECK(lunatik_closestate(session, NULL, NULL) == -EINVAL && says(error, "name is NULL"));
	CHECK(lunatik_getstate(session, NULL, LUNATIK_PIN, NULL) == -EINVAL && says(error, "name is NULL"));
	CHECK(lunatik_putstate(session, NULL, LUNATIK_PIN, false, NULL) == -EINVAL && says(error, "name is NULL"));
	CHECK(lunatik_setstate(session, NULL, 0, NULL, NULL) == -EINVAL && says(error, "name is NULL"));
	CHECK(lunatik_show(session, NULL, NULL) == -EINVAL && says(error, "name is NULL"));
	CHECK(lunatik_abort(session, NULL, 0, NULL) == -EINVAL);
	CHECK(lunatik_list(session, NULL, NULL, &count) == -EINVAL && error->code == EINVAL);
	CHECK(lunatik_list(session, NULL, &states, NULL) == -EINVAL && !strcmp(error->operation, "list"));
	CHECK(lunatik_getstate(session, "web", (enum lunatik_reference)7, NULL) == -EINVAL);
	CHECK(says(error, "there is no reference of kind 7"));
	CHECK(lunatik_setstate(session, "web", 0, &no_step, NULL) == -EINVAL && says(error, "step is NULL"));
	CHECK(lunatik_setstate(session, "web", 0, &long_step, NULL) == -EINVAL && says(error, "step is too long"));
	CHECK(!lunatik_receiver_open(session, NULL) && says(error, "name is NULL") && errno == EINVAL);
	CHECK(lunatik_monitor_next(monitor, 0, NULL) == -EINVAL && lunatik_monitor_error(monitor)->code == EINVAL);
	lunatik_monitor_close(monitor);
	lunatik_close(session);
}

static void chunks_that_cannot_be_are_not_sent(void)
{
	const struct lunatik_chunk nowhere = { .code = "" }, nothing = { .state = "web", .size = 5 };
	const struct lunatik_chunk large = { .state = "web", .size = 40000 };
	const struct lunatik_data no_bytes = { .state = "web", .size = LUNATIK_DATA_MAX };
	struct lunatik_session *session = open_with(no_request);
	struct lunatik_run *run = lunatik_run_open(session);
	struct lunatik_outcome outcome = { .complete = true };

	CHECK(lunatik_run_finish(run, NULL, NULL) == -EINVAL);
	CHECK(says(lunatik_run_error(run), "nothing was started in this run"));
	CHECK(lunatik_dostring(run, NULL, NULL, &outcome) == -EINVAL && !outcome.complete);
	CHECK(says(lunatik_run_error(run), "name is NULL"));
	CHECK(lunatik_dostring(run, &nowhere, NULL, NULL) == -EINVAL && says(lunatik_run_error(run), "name is NULL"));
	CHECK(lunatik_dostring(run, &nothing, NULL, NULL) == -EINVAL && says(lunatik_run_error(run), "code is NULL"));
	CHECK(lunatik_dostring(run, &large, NULL, NULL) == -EINVAL && says(lunatik_run_error(run), "code is NULL"));
	CHECK(lunatik_senddata(run, &no_bytes, NULL, NULL) == -EINVAL && says(lunatik_run_error(run), "data is NULL"));
	CHECK(lunatik_senddata(run, NULL, NULL, NULL) == -EINVAL && !strcmp(lunatik_run_error(run)->operation, "data"));
	CHECK(!lunatik_run_start(run, NULL, NULL));
	CHECK(lunatik_run_finish(run, NULL, NULL) == -EINVAL && says(lunatik_run_error(run), "name is NULL"));
	lunatik_run_close(run);
	lunatik_close(session);
}

static void a_second_chunk_is_refused_and_the_first_goes_on(void)
{
	const struct lunatik_data data = { .state = "web", .bytes = "hello", .size = 5 };
	const struct lunatik_chunk chunk = { .state = "web", .code = code, .size = 5 };
	struct lunatik_session *session = open_with(answer_echo);
	struct lunatik_run *run = lunatik_run_open(session);

	heard.size = 0;
	CHECK(lunatik_run_start_data(run, &data, &sink));
	CHECK(lunatik_run_start(run, &chunk, &sink) && lunatik_run_error(run)->code == EBUSY);
	CHECK(lunatik_dostring(run, &chunk, &sink, NULL) == -EBUSY);
	CHECK(!strcmp(lunatik_run_error(run)->operation, "data"));
	CHECK(!lunatik_run_finish(run, &sink, NULL) && !lunatik_run_error(run)->code);
	CHECK(heard.size == 5 && !memcmp(heard.bytes, "hello", 5) && requests == 1);
	CHECK(!lunatik_dostring(run, &chunk, NULL, NULL));
	lunatik_run_close(run);
	lunatik_close(session);
}

static void answer_everything(const union message *request, size_t socket, unsigned int before)
{
	switch (command_of(request)) {
	case LUNATIK_CMD_RECEIVE:
		answer_messages(request, socket, before);
		break;
	case LUNATIK_CMD_DOSTRING:
		CHECK(!number(request, LUNATIK_A_RUN_TOKEN));
		answer_run(request, socket, 0);
		break;
	default:
		answer_state(request, socket);
	}
}

static void what_was_opened_on_a_session_may_be_closed_after_it(void)
{
	struct lunatik_session *session = open_with(answer_everything);
	struct lunatik_receiver *receiver = lunatik_receiver_open(session, "web");
	struct lunatik_run *run = lunatik_run_open(session);
	struct lunatik_monitor *monitor = lunatik_monitor_open(session);
	struct lunatik_message message;
	struct lunatik_event event;

	CHECK(!lunatik_newstate(session, "web", LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, true, NULL, NULL));
	lunatik_close(session);
	CHECK(!is_open(0) && is_open(1) && is_open(2) && is_open(3));
	requests = 1;
	CHECK(!lunatik_receiver_next(receiver, 0, &message) && is_message(&message, 1, 5));
	CHECK(!lunatik_dostring(run, &(struct lunatik_chunk){ .state = "web", .code = "" }, NULL, NULL));
	CHECK(lunatik_monitor_next(monitor, 0, &event) == -ETIMEDOUT);
	lunatik_run_close(run);
	lunatik_receiver_close(receiver);
	lunatik_monitor_close(monitor);
	CHECK(!is_open(1) && !is_open(2) && !is_open(3));
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(code); i++)
		code[i] = (char)(i * 7 + (i >> 8));
	the_token_of_a_handle_goes_with_what_follows();
	a_socket_that_broke_has_no_token();
	a_change_says_what_it_depends_on_and_leaves();
	a_chunk_says_how_long_it_waits();
	code_and_data_arrive_as_they_are();
	a_message_may_be_started_and_finished();
	an_end_that_is_no_errno_is_not_understood();
	large_code_is_uploaded();
	an_upload_that_is_refused_goes_with_its_socket();
	an_upload_whose_run_is_refused_goes_with_its_socket();
	what_is_too_large_is_not_sent();
	messages_come_whole_and_in_order();
	a_dump_that_is_refused_is_asked_for_again();
	a_state_that_was_closed_is_not_asked_for_by_its_name();
	parts_that_do_not_fit_are_nonsense();
	a_second_reader_is_none();
	events_come_one_by_one();
	an_older_module_is_refused_and_a_newer_one_fits();
	nothing_to_work_on_is_refused();
	arguments_that_cannot_be_are_not_sent();
	chunks_that_cannot_be_are_not_sent();
	a_second_chunk_is_refused_and_the_first_goes_on();
	what_was_opened_on_a_session_may_be_closed_after_it();
	puts("operations: ok");
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * How liblunatik reads what the kernel says: messages made up here, right ones, wrong ones, and right ones with bytes
 * changed at random. Built with sanitizers, which do half of the checking.
 */
#include "channel.h"
#include "check.h"
#include "failure.h"
#include "lunatik_contract.h"
#include "netns.h"
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

#include <libmnl/libmnl.h>

#define FAMILY	0x20

union message {
	struct nlmsghdr header;
	char bytes[4096];
};

static struct nlmsghdr *begin(union message *message, uint16_t type)
{
	memset(message, 0, sizeof(*message));
	mnl_nlmsg_put_header(message);
	message->header.nlmsg_type = type;
	if (type == FAMILY)
		mnl_nlmsg_put_extra_header(&message->header, sizeof(struct genlmsghdr));
	return &message->header;
}

static void put_state(struct nlmsghdr *header)
{
	mnl_attr_put_strz(header, LUNATIK_A_STATE_NAME, "web");
	mnl_attr_put_u64(header, LUNATIK_A_STATE_MAXALLOC, 1 << 20);
	mnl_attr_put_u32(header, LUNATIK_A_STATE_CONTEXT, LUNATIK_CONTEXT_SOFTIRQ);
	mnl_attr_put_u64(header, LUNATIK_A_STATE_CURRALLOC, UINT64_MAX);
	mnl_attr_put(header, LUNATIK_A_STATE_PAD, 0, NULL);
	mnl_attr_put_u32(header, LUNATIK_A_STATE_USERS, 2);
}

static void a_listed_state_is_read(void)
{
	union message message;
	struct lunatik_state state = { 0 };

	put_state(begin(&message, FAMILY));
	CHECK(!attributes_read(&state_attributes, &message.header, &state));
	CHECK(!strcmp(state.name, "web"));
	CHECK(state.maxalloc == 1 << 20);
	CHECK(state.context == LUNATIK_CONTEXT_SOFTIRQ);
	CHECK(state.curralloc == UINT64_MAX);
	CHECK(state.users == 2);
	CHECK(!state.held && !state.loaded && !state.runs);
}

static void what_may_be_absent_is_seen_when_it_is_there(void)
{
	union message message;
	struct lunatik_state state = { 0 };
	struct nlmsghdr *header = begin(&message, FAMILY);

	put_state(header);
	mnl_attr_put_u32(header, LUNATIK_A_STATE_INUSE, 0);
	mnl_attr_put_strz(header, LUNATIK_A_STATE_SCRIPT_NAME, "");
	CHECK(!attributes_read(&state_attributes, header, &state));
	CHECK(state.held && state.holder == 0);
	CHECK(state.loaded && !*state.script_name);
}

static void a_step_and_a_digest_are_bytes(void)
{
	union message message;
	struct lunatik_state state = { 0 };
	struct nlmsghdr *header = begin(&message, FAMILY);
	unsigned char digest[32], step[LUNATIK_STEP_MAX + 1];

	memset(digest, 0xd1, sizeof(digest));
	memset(step, 0x57, sizeof(step));
	mnl_attr_put(header, LUNATIK_A_STATE_SCRIPT_SHA256, sizeof(digest), digest);
	mnl_attr_put(header, LUNATIK_A_STATE_STEP, 3, "a\0b");
	mnl_attr_put_u64(header, LUNATIK_A_STATE_TOKEN, 7);
	CHECK(!attributes_read(&state_attributes, header, &state));
	CHECK(!memcmp(state.script_sha256, digest, sizeof(digest)));
	CHECK(state.step_size == 3 && !memcmp(state.step, "a\0b", 3));
	CHECK(state.token == 7);
	mnl_attr_put(header, LUNATIK_A_STATE_STEP, LUNATIK_STEP_MAX, step);
	CHECK(!attributes_read(&state_attributes, header, &state) && state.step_size == LUNATIK_STEP_MAX);
	mnl_attr_put(header, LUNATIK_A_STATE_STEP, LUNATIK_STEP_MAX + 1, step);
	CHECK(attributes_read(&state_attributes, header, &state) == -EBADMSG);
	header = begin(&message, FAMILY);
	mnl_attr_put(header, LUNATIK_A_STATE_SCRIPT_SHA256, sizeof(digest) - 1, digest);
	CHECK(attributes_read(&state_attributes, header, &state) == -EBADMSG);
}

static void texts_are_cut_and_ended(void)
{
	union message message;
	struct lunatik_state state;
	struct nlmsghdr *header = begin(&message, FAMILY);
	char text[300];

	memset(text, 'x', sizeof(text));
	mnl_attr_put(header, LUNATIK_A_STATE_NAME, sizeof(text), text);
	mnl_attr_put(header, LUNATIK_A_STATE_SCRIPT_NAME, 3, "abc");
	memset(&state, 0xff, sizeof(state));
	CHECK(!attributes_read(&state_attributes, header, &state));
	CHECK(strlen(state.name) == LUNATIK_NAME_MAX);
	CHECK(!strcmp(state.script_name, "abc"));
}

static void later_attributes_are_passed_over(void)
{
	union message message;
	struct lunatik_state state = { 0 };
	struct nlmsghdr *header = begin(&message, FAMILY);

	mnl_attr_put_u32(header, LUNATIK_A_STATE_MAX + 1, 7);
	mnl_attr_put_u32(header, 0, 7);
	mnl_attr_put_u32(header, 0x3fff, 7);
	put_state(header);
	CHECK(!attributes_read(&state_attributes, header, &state));
	CHECK(!strcmp(state.name, "web"));
}

static void numbers_of_another_size_are_refused(void)
{
	union message message;
	struct lunatik_state state = { 0 };
	struct nlmsghdr *header = begin(&message, FAMILY);

	mnl_attr_put_u32(header, LUNATIK_A_STATE_MAXALLOC, 1);
	CHECK(attributes_read(&state_attributes, header, &state) == -EBADMSG);
	header = begin(&message, FAMILY);
	mnl_attr_put_u64(header, LUNATIK_A_STATE_USERS, 1);
	CHECK(attributes_read(&state_attributes, header, &state) == -EBADMSG);
	header = begin(&message, NLMSG_MIN_TYPE);
	CHECK(attributes_read(&state_attributes, header, &state) == -EBADMSG);
}

static void parts_of_a_run_are_read(void)
{
	union message message;
	struct run_message part = { 0 };
	struct nlmsghdr *header = begin(&message, FAMILY);

	mnl_attr_put(header, LUNATIK_A_RUN_OUTPUT, 5, "a\0b\n\xff");
	CHECK(!attributes_read(&run_attributes, header, &part));
	CHECK(part.output.size == 5 && !memcmp(part.output.bytes, "a\0b\n\xff", 5));
	CHECK(!part.values.bytes && !part.last && !part.cut);
	mnl_attr_put_u32(header, LUNATIK_A_RUN_STATUS, 0);
	mnl_attr_put(header, LUNATIK_A_RUN_CUT, 0, NULL);
	CHECK(!attributes_read(&run_attributes, header, &part));
	CHECK(part.last && part.status == 0 && part.cut);
}

static void begin_request(struct request *request)
{
	request_begin(request, &run_attributes, FAMILY, LUNATIK_FAMILY_VERSION, LUNATIK_CMD_DOSTRING, 0);
	request_text(request, LUNATIK_A_RUN_NAME, "web");
	request_u64(request, LUNATIK_A_RUN_BUDGET, 1000);
	request->tail = LUNATIK_A_RUN_CODE;
}

static struct nlmsghdr *begin_ack(union message *message, int error, uint16_t flags)
{
	struct nlmsghdr *header = begin(message, NLMSG_ERROR);
	struct nlmsgerr *reply = mnl_nlmsg_put_extra_header(header, sizeof(*reply));

	reply->error = error;
	reply->msg.nlmsg_len = sizeof(reply->msg);
	header->nlmsg_flags = flags;
	return header;
}

static void an_ack_is_success(void)
{
	union message message;
	struct request request;
	struct lunatik_error error;

	begin_request(&request);
	failure_clear(&error, "close");
	CHECK(!failure_from_ack(&error, begin_ack(&message, 0, NLM_F_CAPPED), &request));
	CHECK(!error.code);
}

static void a_refusal_has_the_kernels_words_and_the_attribute(void)
{
	union message message;
	struct request request;
	struct lunatik_error error;
	struct nlmsghdr *header = begin_ack(&message, -ERANGE, NLM_F_CAPPED | NLM_F_ACK_TLVS);

	begin_request(&request);
	/* Behind both headers, and the name with its own header and its NUL. */
	mnl_attr_put_strz(header, NLMSGERR_ATTR_MSG, "too long for comfort");
	mnl_attr_put_u32(header, NLMSGERR_ATTR_OFFS, NLMSG_HDRLEN + GENL_HDRLEN + 8);
	failure_clear(&error, "dostring");
	CHECK(failure_from_ack(&error, header, &request) == -ERANGE);
	CHECK(error.code == ERANGE && !strcmp(error.operation, "dostring"));
	CHECK(!strcmp(error.message, "too long for comfort"));
	CHECK(!strcmp(error.attribute, "budget"));
}

static void an_offset_beyond_the_head_is_the_tail(void)
{
	union message message;
	struct request request;
	struct lunatik_error error;
	struct nlmsghdr *header = begin_ack(&message, -EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);

	begin_request(&request);
	mnl_attr_put_u32(header, NLMSGERR_ATTR_OFFS, request.header.nlmsg_len);
	CHECK(failure_from_ack(&error, header, &request) == -EINVAL);
	CHECK(!strcmp(error.attribute, "code"));
}

static void a_missing_attribute_is_named(void)
{
	union message message;
	struct request request;
	struct lunatik_error error;
	struct nlmsghdr *header = begin_ack(&message, -EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);

	begin_request(&request);
	mnl_attr_put_u32(header, NLMSGERR_ATTR_MISS_TYPE, LUNATIK_A_RUN_CODE);
	CHECK(failure_from_ack(&error, header, &request) == -EINVAL);
	CHECK(!strcmp(error.attribute, "code"));
	CHECK(!strcmp(error.message, strerror(EINVAL)));
}

static void a_refusal_may_repeat_the_request(void)
{
	union message message;
	struct request request;
	struct lunatik_error error;
	struct nlmsghdr *header = begin(&message, NLMSG_ERROR);
	struct nlmsgerr *reply = mnl_nlmsg_put_extra_header(header, sizeof(*reply));

	begin_request(&request);
	reply->error = -EEXIST;
	reply->msg.nlmsg_len = request.header.nlmsg_len;
	mnl_nlmsg_put_extra_header(header, request.header.nlmsg_len - sizeof(reply->msg));
	header->nlmsg_flags = NLM_F_ACK_TLVS;
	mnl_attr_put_strz(header, NLMSGERR_ATTR_MSG, "there is one");
	CHECK(failure_from_ack(&error, header, &request) == -EEXIST);
	CHECK(!strcmp(error.message, "there is one"));
	reply->msg.nlmsg_len = UINT32_MAX;
	CHECK(failure_from_ack(&error, header, &request) == -EEXIST);
	CHECK(!strcmp(error.message, strerror(EEXIST)));
	reply->msg.nlmsg_len = 3;
	CHECK(failure_from_ack(&error, header, &request) == -EEXIST);
}

static void the_end_of_a_dump_has_an_errno_and_words_too(void)
{
	union message message;
	struct request request;
	struct lunatik_error error;
	struct nlmsghdr *header = begin(&message, NLMSG_DONE);
	int *code = mnl_nlmsg_put_extra_header(header, sizeof(*code));

	begin_request(&request);
	failure_clear(&error, "list");
	CHECK(!failure_from_ack(&error, header, &request));
	*code = -ENOMEM;
	header->nlmsg_flags = NLM_F_ACK_TLVS;
	mnl_attr_put_strz(header, NLMSGERR_ATTR_MSG, "no room for the stack");
	CHECK(failure_from_ack(&error, header, &request) == -ENOMEM);
	CHECK(!strcmp(error.message, "no room for the stack"));
	CHECK(failure_from_ack(&error, begin(&message, NLMSG_DONE), &request) == -EBADMSG);
	CHECK(failure_from_ack(&error, begin(&message, NLMSG_ERROR), &request) == -EBADMSG);
}

static void an_impossible_errno_is_nonsense(void)
{
	union message message;
	struct request request;
	struct lunatik_error error;

	begin_request(&request);
	CHECK(failure_from_ack(&error, begin_ack(&message, INT32_MIN, NLM_F_CAPPED), &request) == -EBADMSG);
}

static void what_does_not_fit_into_a_request_is_not_sent(void)
{
	struct netns nowhere = { .fd = -1 };
	static struct channel channel;
	char text[4000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	channel_init(&channel, &nowhere, &lunatik_contract);
	failure_clear(&channel.error, "close");
	request_begin(&channel.request, &state_attributes, FAMILY, LUNATIK_FAMILY_VERSION, LUNATIK_CMD_CLOSE, NLM_F_ACK);
	request_text(&channel.request, LUNATIK_A_STATE_NAME, text);
	CHECK(channel_send(&channel) == -EINVAL);
	CHECK(!strcmp(channel.error.attribute, "name"));
}

static void only_answers_to_the_request_are_looked_at(void)
{
	static struct channel channel;
	struct datagram *datagram = &channel.datagram;
	union message message;
	size_t size;

	begin(&message, FAMILY);
	size = message.header.nlmsg_len;
	message.header.nlmsg_seq = 6;
	memcpy(datagram->bytes, &message, size);
	message.header.nlmsg_seq = 7;
	memcpy(datagram->bytes + size, &message, size);
	datagram->next = (const struct nlmsghdr *)datagram->bytes;
	datagram->left = (int)(2 * size);
	channel.sequence = 7;
	CHECK((const char *)channel_next(&channel) == datagram->bytes + size);
	CHECK(!channel_next(&channel));
}

static void an_empty_datagram_is_nothing(void)
{
	static struct channel channel;

	channel.datagram.next = (const struct nlmsghdr *)channel.datagram.bytes;
	CHECK(!channel_next(&channel));
}

static void check_set(const struct attribute_set *set, uint16_t type, const char *name)
{
	if (!set || !strcmp(name, "unspec"))
		return;
	CHECK(attribute_name(set, type));
	CHECK(!strcmp(attribute_name(set, type), name));
}

/* The lists of the contract are indented by 4 for sets and 8 for attributes; `operations` come after all of them. */
static void attributes_have_the_contracts_names(void)
{
	static const struct {
		const char *name;
		const struct attribute_set *set;
	} sets[] = {
		{ "state", &state_attributes }, { "run", &run_attributes }, { "message", &message_attributes },
		{ "event", &event_attributes }, { "info", &info_attributes },
	};
	const struct attribute_set *set = NULL;
	FILE *contract = fopen("kmod/lunatik.yaml", "r");
	char line[512], name[64];
	uint16_t type = 0;
	bool within = false;
	size_t i, seen = 0;

	CHECK(contract);
	while (fgets(line, sizeof(line), contract) && strcmp(line, "operations:\n") != 0) {
		if (!strcmp(line, "attribute-sets:\n")) {
			within = true;
		} else if (within && sscanf(line, "    name: %63s", name) == 1 && line[4] == 'n') {
			for (set = NULL, type = 0, i = 0; i < MNL_ARRAY_SIZE(sets); i++)
				set = strcmp(sets[i].name, name) ? set : sets[i].set;
			CHECK(set);
		} else if (within && sscanf(line, "        name: %63s", name) == 1 && line[8] == 'n') {
			check_set(set, ++type, name);
			seen++;
		}
	}
	fclose(contract);
	CHECK(seen == LUNATIK_A_STATE_MAX + LUNATIK_A_RUN_MAX + LUNATIK_A_MESSAGE_MAX + LUNATIK_A_EVENT_MAX +
		      LUNATIK_A_INFO_MAX);
	CHECK(!attribute_name(&state_attributes, LUNATIK_A_STATE_MAX + 1));
	CHECK(!attribute_name(&state_attributes, 0));
}

static void read_all_ways(const struct nlmsghdr *header, const struct request *request)
{
	struct lunatik_error error = { 0 };
	union {
		struct lunatik_state state;
		struct lunatik_info info;
		struct run_message part;
		struct message_part message;
		struct lunatik_event event;
	} into;

	memset(&into, 0, sizeof(into));
	attributes_read(&state_attributes, header, &into.state);
	memset(&into, 0, sizeof(into));
	attributes_read(&info_attributes, header, &into.info);
	memset(&into, 0, sizeof(into));
	attributes_read(&run_attributes, header, &into.part);
	memset(&into, 0, sizeof(into));
	attributes_read(&message_attributes, header, &into.message);
	memset(&into, 0, sizeof(into));
	attributes_read(&event_attributes, header, &into.event);
	failure_clear(&error, "list");
	failure_from_ack(&error, header, request);
	CHECK(memchr(error.message, '\0', sizeof(error.message)));
	CHECK(memchr(error.attribute, '\0', sizeof(error.attribute)));
}

/*
 * The datagram gets an allocation of its own size, for the sanitizer to watch its end. It is rounded up as a channel's
 * buffer is, since libmnl rounds up where a message ends.
 */
static void receive(const union message *datagram, size_t size, const struct request *request)
{
	static struct channel channel;
	const struct nlmsghdr *header;
	void *copy = calloc(1, MNL_ALIGN(size));

	CHECK(copy);
	memcpy(copy, datagram, size);
	channel.datagram.next = copy;
	channel.datagram.left = (int)size;
	while ((header = channel_next(&channel)))
		read_all_ways(header, request);
	free(copy);
}

static void changed_bytes_do_no_harm(void)
{
	union message originals[5], message;
	struct request request;
	int round, change;

	srandom(1);
	begin_request(&request);
	put_state(begin(&originals[0], FAMILY));
	mnl_attr_put_strz(begin_ack(&originals[1], -EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS), NLMSGERR_ATTR_MSG, "words");
	mnl_attr_put_u32(&originals[1].header, NLMSGERR_ATTR_OFFS, 20);
	mnl_attr_put(begin(&originals[2], FAMILY), LUNATIK_A_RUN_VALUES, 3, "\x01\x02\x03");
	mnl_attr_put_u32(&originals[2].header, LUNATIK_A_RUN_STATUS, ECANCELED);
	mnl_attr_put_u64(begin(&originals[3], FAMILY), LUNATIK_A_MESSAGE_SEQUENCE, 1);
	mnl_attr_put_u32(&originals[3].header, LUNATIK_A_MESSAGE_SIZE, 3);
	mnl_attr_put(&originals[3].header, LUNATIK_A_MESSAGE_DATA, 3, "abc");
	mnl_attr_put_u32(begin(&originals[4], FAMILY), LUNATIK_A_EVENT_TYPE, LUNATIK_EVENT_TYPE_CLOSED);
	mnl_attr_put(&originals[4].header, LUNATIK_A_STATE_STEP, 3, "abc");

	for (round = 0; round < 100000; round++) {
		size_t size;

		message = originals[round % 5];
		size = message.header.nlmsg_len;
		for (change = (int)(random() % 4); change >= 0; change--)
			message.bytes[(size_t)random() % size] = (char)random();
		if (random() % 4 == 0)
			size = sizeof(message.header) + (size_t)random() % (size - sizeof(message.header));
		receive(&message, size, &request);
	}
}

int main(void)
{
	a_listed_state_is_read();
	what_may_be_absent_is_seen_when_it_is_there();
	a_step_and_a_digest_are_bytes();
	texts_are_cut_and_ended();
	later_attributes_are_passed_over();
	numbers_of_another_size_are_refused();
	parts_of_a_run_are_read();
	an_ack_is_success();
	a_refusal_has_the_kernels_words_and_the_attribute();
	an_offset_beyond_the_head_is_the_tail();
	a_missing_attribute_is_named();
	a_refusal_may_repeat_the_request();
	the_end_of_a_dump_has_an_errno_and_words_too();
	an_impossible_errno_is_nonsense();
	what_does_not_fit_into_a_request_is_not_sent();
	only_answers_to_the_request_are_looked_at();
	an_empty_datagram_is_nothing();
	attributes_have_the_contracts_names();
	changed_bytes_do_no_harm();
	puts("messages: ok");
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 *	malformed
 *
 * Takes each request of the contract, and does to each of its attributes, one after the other, what is wrong or odd: leaves
 * it out, doubles it, makes it too long or too short, nests it, gives it another type. Then cuts the request at every byte,
 * and does to its headers what can be done to them. Each has to be answered, once, and what must be refused is. After each
 * the one state that is there is used, and made anew.
 *
 * Prints how many were refused, and how many taken.
 */
#include "../fuzz/contract.h"
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>

#define STATE	"victim"

enum way {
	RIGHT,
	MISSING,
	DOUBLED,
	DOUBLED_WRONG,	/* a right one, and one that is too short */
	EMPTY,
	SHORT,
	LONG,
	HUGE,
	NESTED,		/* marked so */
	IN_A_NEST,
	OTHER_ENDIAN,
	UNKNOWN,	/* of a type that nobody has */
	WAYS,
};

static const char *const way_names[] = {
	"right", "missing", "doubled", "doubled and wrong", "empty", "short", "long", "huge", "nested", "in a nest", "other endian",
	"unknown",
};

static struct wire_message message;
static struct wire_totals empty;
static unsigned int taken, refused;
static int control;

/* --- requests --- */

struct value {
	char bytes[1 << 16];
	size_t size;
};

static void set(struct value *value, const void *bytes, size_t size)
{
	memcpy(value->bytes, bytes, size);
	value->size = size;
}

/* What a client would write there. */
static void right_value(const struct contract_attribute *attribute, struct value *value)
{
	static const struct {
		const char *name;
		uint64_t number;
		const char *text;
	} values[] = {
		{ "name", 0, STATE }, { "code", 0, "return 1" }, { "data", 0, "data" }, { "chunk-name", 0, "=chunk" }, { "pattern", 0, "*" },
		{ "step", 0, "step" }, { "maxalloc", 1 << 20, NULL }, { "generation", 100, NULL }, { "expect-generation", 1, NULL },
		{ "budget", 5000000, NULL }, { "total", 100, NULL },
	};
	uint64_t number = 0;

	value->size = 0;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		if (strcmp(values[i].name, attribute->name) != 0)
			continue;
		number = values[i].number;
		if (values[i].text)
			set(value, values[i].text, strlen(values[i].text) + (attribute->kind == CONTRACT_STRING));
	}
	if (attribute->kind == CONTRACT_U32)
		set(value, &(uint32_t){ (uint32_t)number }, sizeof(uint32_t));
	else if (attribute->kind == CONTRACT_U64)
		set(value, &number, sizeof(number));
}

/* Those that only some requests have, and that make others of them. */
static int is_extra(const struct contract_attribute *attribute)
{
	static const char *const extras[] = { "token", "upload", "port", "handle", "force", "pause", "expect-generation" };

	for (size_t i = 0; i < sizeof(extras) / sizeof(*extras); i++)
		if (!strcmp(extras[i], attribute->name))
			return 1;
	return 0;
}

static int is_required(const struct contract_request *request, const struct contract_attribute *attribute)
{
	static const char *const required[] = {
		"dostring code", "data data", "set maxalloc", "upload code", "upload total",
	};
	char both[64];

	if (!strcmp(attribute->name, "name"))
		return 1;
	snprintf(both, sizeof(both), "%s %s", request->name, attribute->name);
	for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++)
		if (!strcmp(required[i], both))
			return 1;
	return 0;
}

/* Whether nothing but a refusal will do. */
static int must_refuse(const struct contract_request *request, const struct contract_attribute *attribute, enum way way)
{
	int is_text = attribute->kind == CONTRACT_STRING;
	int is_number = attribute->kind == CONTRACT_U32 || attribute->kind == CONTRACT_U64;

	switch (way) {
	case MISSING:
		return is_required(request, attribute);
	case DOUBLED_WRONG:
	case SHORT:
		return is_number || is_text;
	case EMPTY:
		return is_number || is_text || !strcmp(attribute->name, "step");
	case LONG:
		return is_number || attribute->kind == CONTRACT_FLAG || attribute->most;
	case HUGE:
		return attribute->kind != CONTRACT_BINARY || strcmp(attribute->name, "code") != 0;
	case NESTED:
	case IN_A_NEST:
	case UNKNOWN:
		return 1;
	default:
		return 0;
	}
}

static void put_spoilt(const struct contract_attribute *attribute, struct value *value, enum way way)
{
	size_t size = value->size;

	memset(value->bytes + size, attribute->kind == CONTRACT_STRING ? 'a' : 0, sizeof(value->bytes) - size);
	switch (way) {
	case MISSING:
		return;
	case DOUBLED:
		wire_put(&message, attribute->type, value->bytes, size);
		break;
	case DOUBLED_WRONG:
		wire_put(&message, attribute->type, value->bytes, size);
		size -= !!size;
		break;
	case EMPTY:
		size = 0;
		break;
	case SHORT:
		size -= !!size;
		break;
	case LONG:
		/* a text has its NUL at the end, or that would be what is wrong */
		size = attribute->most ? attribute->most + 1 : size + 1;
		if (attribute->kind == CONTRACT_STRING) {
			value->bytes[value->size - 1] = 'a';
			value->bytes[size++] = '\0';
		}
		break;
	case HUGE:
		size = 65000;
		break;
	case NESTED:
		wire_put(&message, attribute->type | NLA_F_NESTED, value->bytes, size);
		return;
	case IN_A_NEST: {
		struct value inner;
		struct nlattr head = { (uint16_t)(NLA_HDRLEN + size), attribute->type };

		memcpy(inner.bytes, &head, sizeof(head));
		memcpy(inner.bytes + NLA_HDRLEN, value->bytes, size);
		wire_put(&message, attribute->type | NLA_F_NESTED, inner.bytes, NLA_HDRLEN + NLA_ALIGN(size));
		return;
	}
	case OTHER_ENDIAN:
		wire_put(&message, attribute->type | NLA_F_NET_BYTEORDER, value->bytes, size);
		return;
	case UNKNOWN:
		wire_put(&message, 200, value->bytes, size);
		break;
	default:
		break;
	}
	wire_put(&message, attribute->type, value->bytes, size);
}

/* The request with one attribute spoilt, by its place, or none with one beyond the last. */
static void compose(const struct contract_request *request, size_t spoilt, enum way way)
{
	static struct value value;
	int uploaded = spoilt < request->count && request->flags && !strcmp(request->attributes[spoilt].name, "upload");

	wire_begin(&message, request->command, request->flags);
	for (size_t i = 0; i < request->count; i++) {
		const struct contract_attribute *attribute = &request->attributes[i];

		/* with an upload there is no code */
		if ((i != spoilt && is_extra(attribute)) || (uploaded && !strcmp(attribute->name, "code")))
			continue;
		right_value(attribute, &value);
		put_spoilt(attribute, &value, i == spoilt ? way : RIGHT);
	}
}

/* --- what comes of them --- */

/* Whatever the request has done is undone, and the state that it was about works. */
static void start_anew(const char *request, const char *attribute, const char *how)
{
	static struct wire_message order;
	char when[256];
	int code;

	snprintf(when, sizeof(when), "after %s, %s %s", request, attribute, how);
	wire_begin_for(&order, LUNATIK_CMD_PUTSTATE, 0, STATE);
	while (!wire_ask(control, &order))
		;
	wire_begin_run(&order, STATE, "return 7 / 2", 10000000);
	code = wire_ask(control, &order);
	if (code && code != ENOENT)
		errx(1, "%s: the state does not work: %s", when, strerror(code));
	wire_begin_for(&order, LUNATIK_CMD_CLOSE, 0, STATE);
	code = wire_ask(control, &order);
	if (code && code != ENOENT)
		errx(1, "%s: the state cannot be closed: %s", when, strerror(code));
	wire_expect(control, empty, when);
	wire_new(control, STATE);
}

static void send_and_judge(const char *request, const char *attribute, const char *how, int has_to_be_refused)
{
	int fd = wire_open();
	int code = wire_ask(fd, &message);

	close(fd);
	if (code == WIRE_SILENCE)
		errx(1, "%s, %s %s: no answer", request, attribute, how);
	if (has_to_be_refused && !code)
		errx(1, "%s, %s %s: is not refused", request, attribute, how);
	if (code)
		refused++;
	else
		taken++;
	start_anew(request, attribute, how);
}

static void spoil_attributes(const struct contract_request *request)
{
	for (size_t i = 0; i < request->count; i++) {
		const struct contract_attribute *attribute = &request->attributes[i];

		for (enum way way = RIGHT; way < WAYS; way++) {
			compose(request, i, way);
			send_and_judge(request->name, attribute->name, way_names[way], must_refuse(request, attribute, way));
		}
	}
}

/* Not every attribute is whole then, and what follows the last is too short to be one. */
static void cut(const struct contract_request *request)
{
	struct nlmsghdr *header = (void *)message.bytes;
	size_t whole;

	compose(request, request->count, RIGHT);
	whole = message.size;
	for (size_t size = NLMSG_HDRLEN; size < whole; size++) {
		compose(request, request->count, RIGHT);
		message.size = size;
		header->nlmsg_len = (uint32_t)size;
		send_and_judge(request->name, "all", "cut", size < NLMSG_HDRLEN + GENL_HDRLEN);
	}
}

/* The kernel passes over what is not a message or not a request; so there is a right one behind it, which is answered. */
static void spoil_headers(const struct contract_request *request)
{
	static struct wire_message order;
	struct nlmsghdr *header = (void *)message.bytes;
	struct genlmsghdr *generic = (void *)(message.bytes + NLMSG_HDRLEN);
	int fd;

	for (unsigned int i = 0; i < 16 + 256 + 40; i++) {
		compose(request, request->count, RIGHT);
		if (i < 16)
			header->nlmsg_flags ^= (uint16_t)(1 << i);
		else if (i < 16 + 256)
			generic->version = (uint8_t)(i - 16);
		else
			header->nlmsg_len = i - 16 - 256 < 32 ? i - 16 - 256 : (uint32_t)(1ULL << (i - 16 - 256 - 32) * 4) + (uint32_t)message.size;
		fd = wire_open();
		wire_send(fd, &message);
		wire_begin(&order, LUNATIK_CMD_INFO, 0);
		if (wire_send(fd, &order) || wire_verdict(fd) == WIRE_SILENCE)
			errx(1, "%s, headers: no answer", request->name);
		close(fd);
		start_anew(request->name, "headers", "changed");
	}
}

static void spoil_commands(void)
{
	for (unsigned int command = 0; command < 256; command++) {
		for (unsigned int dump = 0; dump < 2; dump++) {
			wire_begin_for(&message, (uint8_t)command, dump ? NLM_F_DUMP : 0, STATE);
			send_and_judge("a command", "number", "any", command == 0 || command >= LUNATIK_CMD_READY);
		}
	}
}

int main(void)
{
	const struct contract_request *request;

	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	control = wire_open();
	empty = wire_totals(control);
	wire_new(control, STATE);
	for (size_t i = 0; (request = contract_request(i)); i++) {
		spoil_attributes(request);
		cut(request);
		spoil_headers(request);
	}
	spoil_commands();
	wire_close(control, STATE);
	wire_expect(control, empty, "at the end");
	printf("%u taken, %u refused\n", taken, refused);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 *	requests FAMILY SEED SECONDS
 *
 * Sends requests of the contract of lunatik, or of kstate, that are wrong in random ways: with what lies on the borders in
 * them, bytes, lengths and types changed, attributes left out, doubled, nested and cut off, several in one datagram, on
 * sockets that are configured at random, not always read, and closed at any moment.
 *
 * Goes on in rounds, each with a seed of its own that is printed, each in a new network namespace. With 0 seconds there is
 * one round, SEED's. In every other round two threads share the sockets; the others do the same each time, unless they
 * last for so long that runs in them are aborted. Prints how many requests were taken, and how many refused.
 */
#include "../attacks/wire.h"
#include "contract.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <sys/socket.h>

#define SOCKETS		6
#define MESSAGES	1500
#define PATIENCE	8

static int sockets[SOCKETS];
static atomic_ulong taken, refused;

/* Whose requests. */
static const struct contract_request *(*request_of)(size_t i) = contract_request;
static bool of_pages;

/* What was told last, so that some of what names it is right. */
static uint64_t token;
static uint32_t upload, port;

/* --- values --- */

static const char *some_text(const char *attribute)
{
	static const char *const names[] = {
		"a", "b", "c", "a", "b", "c", "", "a/b", "nosuch", "-", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	static const char *const pages[] = {
		"a", "b", "a.b", "a", "b", "a.b", "", ".a", "a..b", "a.", "a_b", "nosuch", "\xc3\xa4",
	};
	static const char *const chunks[] = { "=chunk", "@file", "chunk", "", "=" };
	static const char *const patterns[] = { "*", "a", "[a-b]", "*[a-*\\", "?", "[!a]*", "" };

	if (!strcmp(attribute, "chunk-name"))
		return chunks[wire_below(sizeof(chunks) / sizeof(*chunks))];
	if (!strcmp(attribute, "pattern"))
		return patterns[wire_below(sizeof(patterns) / sizeof(*patterns))];
	if (of_pages)
		return pages[wire_below(sizeof(pages) / sizeof(*pages))];
	return names[wire_below(sizeof(names) / sizeof(*names))];
}

static const char *some_code(void)
{
	static const char *const codes[] = {
		"return 1", "print('x')", "error('x')", "return return", "t = {} for i = 1, 100 do t[i] = i end return t", "",
		"\x1bLua", "while true do end", "coroutine.wrap(function() while true do end end)()", "lunatik.send(('x'):rep(5000))",
		"function receive_callback(m) return m end", "print(('y'):rep(30000)) return ('z'):rep(30000)",
		"return setmetatable({}, { __close = error })", "local x <close> = setmetatable({}, { __close = function() while true do end end })",
		"t = nil collectgarbage()", "error({ 1, 2, { 3 } })",
	};

	return codes[wire_below(sizeof(codes) / sizeof(*codes))];
}

static uint64_t some_number(const char *attribute)
{
	static const uint64_t borders[] = {
		0, 1, 2, 64, 4096, 65535, 65536, 1 << 20, (1 << 20) + 1, 256 << 20, UINT32_MAX, 1ULL << 32, INT64_MAX, 1ULL << 63, UINT64_MAX,
	};

	if (!strcmp(attribute, "token") && wire_below(4))
		return token;
	if (!strcmp(attribute, "upload") && wire_below(4))
		return upload;
	if (!strcmp(attribute, "port") && wire_below(2))
		return port;
	/* no round is to last for long */
	if (!strcmp(attribute, "budget") || !strcmp(attribute, "wait"))
		return 1 + wire_below(3000);
	if (wire_below(2))
		return wire_below(50);
	return borders[wire_below(sizeof(borders) / sizeof(*borders))] - !wire_below(8);
}

static void put_value(struct wire_message *message, const struct contract_attribute *attribute)
{
	static const char bytes[LUNATIK_DATA_MAX + 8];
	uint64_t number;
	const char *text;

	switch (attribute->kind) {
	case CONTRACT_STRING:
		text = some_text(attribute->name);
		wire_put(message, attribute->type, text, strlen(text) + 1);
		break;
	case CONTRACT_BINARY:
		text = strcmp(attribute->name, "code") ? bytes : some_code();
		wire_put(message, attribute->type, text,
			 text != bytes ? strlen(text) : wire_below(attribute->most ? attribute->most + 2 : sizeof(bytes)));
		break;
	case CONTRACT_FLAG:
		wire_put(message, attribute->type, "", 0);
		break;
	default:
		number = some_number(attribute->name);
		wire_put(message, attribute->type, &number, attribute->kind == CONTRACT_U32 ? 4 : 8);
	}
}

/* --- requests --- */

/* What a client has to say, without which nothing comes of a request. */
static int is_wanted(const struct contract_attribute *attribute)
{
	static const char *const wanted[] = { "name", "code", "data", "total", "maxalloc", "budget" };

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!strcmp(wanted[i], attribute->name))
			return wire_below(16) != 0;
	return wire_below(4) == 0;
}

static void compose(struct wire_message *message)
{
	const struct contract_request *request;
	size_t count = 0;

	while (request_of(count))
		count++;
	request = request_of(wire_below((uint32_t)count));
	wire_begin(message, request->command, request->flags);
	for (size_t i = 0; i < request->count; i++)
		if (is_wanted(&request->attributes[i]))
			put_value(message, &request->attributes[i]);
}

static struct nlmsghdr *header_of(struct wire_message *message)
{
	return (void *)message->bytes;
}

static size_t attribute_at(const struct wire_message *message)
{
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	uint32_t skip = wire_below(4);
	struct nlattr head;

	while (at + NLA_HDRLEN <= message->size) {
		memcpy(&head, message->bytes + at, sizeof(head));
		if (!skip-- || head.nla_len < NLA_HDRLEN)
			break;
		at += NLA_ALIGN(head.nla_len);
	}
	return at;
}

static void change_attribute(struct wire_message *message)
{
	size_t at = attribute_at(message);
	struct nlattr head;

	if (at + NLA_HDRLEN > message->size)
		return;
	memcpy(&head, message->bytes + at, sizeof(head));
	switch (wire_below(5)) {
	case 0:
		head.nla_len = (uint16_t)wire_random();
		break;
	case 1:
		head.nla_len = (uint16_t)(head.nla_len + wire_below(5) - 2);
		break;
	case 2:
		head.nla_type = (uint16_t)wire_below(40);
		break;
	case 3:
		head.nla_type = (uint16_t)wire_random();
		break;
	default:
		head.nla_type |= wire_below(2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
	}
	memcpy(message->bytes + at, &head, sizeof(head));
}

static void change_header(struct wire_message *message)
{
	struct nlmsghdr *header = header_of(message);
	struct genlmsghdr *generic = (void *)(message->bytes + NLMSG_HDRLEN);

	switch (wire_below(7)) {
	case 0:
		header->nlmsg_flags ^= (uint16_t)(1 << wire_below(16));
		break;
	case 1:
		header->nlmsg_len = wire_below(2) ? wire_below(64) : wire_random();
		break;
	case 2:
		generic->cmd = (uint8_t)wire_random();
		break;
	case 3:
		generic->version = (uint8_t)wire_random();
		break;
	case 4:
		generic->reserved = (uint16_t)wire_random();
		break;
	case 5:
		header->nlmsg_flags = (uint16_t)wire_random();
		break;
	default:
		header->nlmsg_pid = wire_random();
	}
}

static void change_bytes(struct wire_message *message)
{
	uint32_t size = (uint32_t)message->size - NLMSG_HDRLEN;

	for (uint32_t i = 0; size && i < 1 + wire_below(4); i++)
		message->bytes[NLMSG_HDRLEN + wire_below(size)] = (char)wire_random();
}

static void cut(struct wire_message *message)
{
	message->size = NLMSG_HDRLEN + wire_below((uint32_t)(message->size - NLMSG_HDRLEN + 1));
	if (wire_below(4))
		header_of(message)->nlmsg_len = (uint32_t)message->size;
}

static void append(struct wire_message *message)
{
	char bytes[600];
	uint32_t size = wire_below(sizeof(bytes));

	for (uint32_t i = 0; i < size; i++)
		bytes[i] = (char)wire_random();
	if (message->size + size > WIRE_ROOM - 1024)
		return;
	if (wire_below(2)) {
		wire_put(message, (uint16_t)wire_below(40), bytes, size);
		return;
	}
	memcpy(message->bytes + message->size, bytes, size);
	message->size += size;
	header_of(message)->nlmsg_len = (uint32_t)message->size;
}

/* Doubles a part of the message somewhere in it, or moves it. */
static void splice(struct wire_message *message)
{
	size_t from = attribute_at(message), to = attribute_at(message);
	size_t size = wire_below(200);

	if (from > message->size || to > message->size)
		return;
	if (size > message->size - from)
		size = message->size - from;
	if (message->size + size > WIRE_ROOM - 1024)
		return;
	memmove(message->bytes + to + size, message->bytes + to, message->size - to);
	memmove(message->bytes + to, message->bytes + (from < to ? from : from + size), size);
	message->size += size;
	header_of(message)->nlmsg_len = (uint32_t)message->size;
}

static void spoil(struct wire_message *message)
{
	static void (*const ways[])(struct wire_message *message) = {
		change_bytes, change_attribute, change_attribute, change_header, cut, append, splice,
	};

	ways[wire_below(sizeof(ways) / sizeof(*ways))](message);
}

/* --- sockets --- */

static int open_socket(void)
{
	int fd = wire_open(), on = 1, room = (int)wire_below(300000);
	struct sockaddr_nl address = { 0 };
	socklen_t size = sizeof(address);

	wire_set_patience(fd, 5000);
	if (wire_below(2))
		setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (!wire_below(3))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (!getsockname(fd, (struct sockaddr *)&address, &size))
		port = address.nl_pid;
	return fd;
}

static void remember(uint8_t command, const struct nlattr *attribute)
{
	if (of_pages)
		return;
	if (command == LUNATIK_CMD_UPLOAD && attribute->nla_type == LUNATIK_A_RUN_UPLOAD)
		memcpy(&upload, attribute + 1, sizeof(upload));
	else if ((command == LUNATIK_CMD_GETSTATE || command == LUNATIK_CMD_NEWSTATE) && attribute->nla_type == LUNATIK_A_STATE_TOKEN)
		memcpy(&token, attribute + 1, sizeof(token));
}

static void count_verdicts(const char *datagram, size_t size)
{
	const struct nlmsghdr *message = (const void *)datagram;
	int left = (int)size, code;

	for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
		if (message->nlmsg_type != NLMSG_ERROR && message->nlmsg_type != NLMSG_DONE)
			continue;
		memcpy(&code, NLMSG_DATA(message), sizeof(code));
		atomic_fetch_add(code ? &refused : &taken, 1);
	}
}

/* What is there, without waiting for it: a request that was spoilt may have no answer. */
static void drain(int fd)
{
	static _Thread_local char datagram[1 << 16] __attribute__((aligned(8)));
	ssize_t got;

	for (int patience = PATIENCE; patience; patience--) {
		got = recv(fd, datagram, wire_below(8) ? sizeof(datagram) : wire_below(4096), MSG_DONTWAIT);
		if (got < 0)
			return;
		wire_each(datagram, (size_t)got, remember);
		count_verdicts(datagram, (size_t)got);
	}
}

/* One message, or several behind each other. */
static void send_some(int fd, struct wire_message *message)
{
	static _Thread_local char datagram[3 * WIRE_ROOM];
	size_t size = 0;

	for (uint32_t count = wire_below(6) ? 1 : 2 + wire_below(2); count; count--) {
		compose(message);
		for (uint32_t times = wire_below(3); times; times--)
			spoil(message);
		memcpy(datagram + size, message->bytes, message->size);
		size += NLMSG_ALIGN(message->size);
	}
	if (send(fd, datagram, size, 0) < 0 && errno != ENOBUFS && errno != EMSGSIZE && errno != EBADF)
		err(1, "send");
}

static void *send_all(void *seed)
{
	struct wire_message *message = malloc(sizeof(*message));
	int *socket;

	if (!message)
		err(1, "memory");
	wire_seed((uint64_t)(uintptr_t)seed);
	for (unsigned int i = 0; i < MESSAGES; i++) {
		socket = &sockets[wire_below(SOCKETS)];
		send_some(*socket, message);
		if (wire_below(4))
			drain(*socket);
		if (!wire_below(40)) {
			/* another thread may be at the old one, and finds a new one in its place */
			int fd = open_socket();

			if (dup3(fd, *socket, 0) < 0)
				err(1, "dup");
			close(fd);
		}
	}
	free(message);
	return NULL;
}

/* --- rounds --- */

#define STATES	5
static const char *const states[STATES] = { "a", "b", "c", "nosuch", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

static atomic_bool over;

/* A budget may be spoilt to one of years. */
static void *end_long_runs(void *context)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000000L };
	struct wire_message *message = malloc(sizeof(*message));
	int fd = wire_open();

	(void)context;
	if (!message)
		err(1, "memory");
	for (unsigned int pauses = 1; !over; pauses++) {
		nanosleep(&pause, NULL);
		for (size_t i = 0; i < STATES && pauses % 60 == 0; i++) {
			wire_begin_for(message, LUNATIK_CMD_ABORT, 0, states[i]);
			wire_ask(fd, message);
		}
	}
	close(fd);
	free(message);
	return NULL;
}

static void close_states(int fd)
{
	static struct wire_message message;

	for (size_t i = 0; i < STATES; i++) {
		wire_begin_for(&message, LUNATIK_CMD_PUTSTATE, 0, states[i]);
		while (!wire_ask(fd, &message))
			;
		wire_begin_for(&message, LUNATIK_CMD_CLOSE, 0, states[i]);
		wire_ask(fd, &message);
	}
}

/* Of every state that was made, so that nothing is left; pages go with their namespace. */
static void expect_nothing_left(int control)
{
	close_states(control);
	/* a name may have been spoilt to another that is right */
	if (wire_totals(control).states == 0)
		wire_expect(control, (struct wire_totals){ 0, 0, 0 }, "after a round");
}

static pthread_t begin(void *(*work)(void *context), void *context)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, context))
		errx(1, "threads");
	return thread;
}

static void send_in_threads(uint64_t seed)
{
	pthread_t senders[2], ender = 0;
	size_t count = 1 + seed % 2;

	over = false;
	if (!of_pages)
		ender = begin(end_long_runs, NULL);
	for (size_t i = 0; i < count; i++)
		senders[i] = begin(send_all, (void *)(uintptr_t)(seed + i * 1000003));
	for (size_t i = 0; i < count; i++)
		pthread_join(senders[i], NULL);
	over = true;
	if (!of_pages)
		pthread_join(ender, NULL);
}

static void run_round(uint64_t seed)
{
	int control;

	printf("seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	/* the last one's goes with all that is in it */
	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	wire_seed(seed);
	control = wire_open();
	for (size_t i = 0; i < SOCKETS; i++)
		sockets[i] = open_socket();
	send_in_threads(seed);
	for (size_t i = 0; i < SOCKETS; i++)
		close(sockets[i]);
	if (!of_pages && seed % 3)
		expect_nothing_left(control);
	close(control);
}

int main(int argc, char **argv)
{
	uint64_t seed;
	time_t end;

	if (argc != 4)
		errx(2, "usage: requests FAMILY SEED SECONDS");
	of_pages = !strcmp(argv[1], KSTATE_FAMILY_NAME);
	if (of_pages)
		request_of = contract_page_request;
	wire_speak(argv[1]);
	seed = strtoull(argv[2], NULL, 0);
	end = time(NULL) + strtol(argv[3], NULL, 0);
	do
		run_round(seed++);
	while (time(NULL) < end);
	printf("%lu taken, %lu refused\n", taken, refused);
	return 0;
}

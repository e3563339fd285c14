// SPDX-License-Identifier: MIT
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#define PATIENCE_S	20

/* The family, and its number, which all namespaces share. */
static const char *family_name = LUNATIK_FAMILY_NAME;
static uint16_t family;

/* --- messages --- */

static void begin(struct wire_message *message, uint16_t type, uint8_t command, uint16_t flags)
{
	static uint32_t sequence;
	struct nlmsghdr header = { 0, type, (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags), ++sequence, 0 };
	struct genlmsghdr generic = { command, LUNATIK_FAMILY_VERSION, 0 };

	message->size = NLMSG_HDRLEN + GENL_HDRLEN;
	header.nlmsg_len = (uint32_t)message->size;
	memcpy(message->bytes, &header, sizeof(header));
	memcpy(message->bytes + NLMSG_HDRLEN, &generic, sizeof(generic));
}

void wire_put(struct wire_message *message, uint16_t type, const void *value, size_t size)
{
	struct nlattr head = { (uint16_t)(NLA_HDRLEN + size), type };
	char *at = &message->bytes[message->size];

	if (message->size + NLA_HDRLEN + NLA_ALIGN(size) > WIRE_ROOM)
		errx(1, "a message of more than %d bytes", WIRE_ROOM);
	memcpy(at, &head, sizeof(head));
	memcpy(at + NLA_HDRLEN, value, size);
	memset(at + NLA_HDRLEN + size, 0, NLA_ALIGN(size) - size);
	message->size += NLA_HDRLEN + NLA_ALIGN(size);
	((struct nlmsghdr *)message->bytes)->nlmsg_len = (uint32_t)message->size;
}

void wire_put_text(struct wire_message *message, uint16_t type, const char *text)
{
	wire_put(message, type, text, strlen(text) + 1);
}

void wire_put_u32(struct wire_message *message, uint16_t type, uint32_t value)
{
	wire_put(message, type, &value, sizeof(value));
}

void wire_put_u64(struct wire_message *message, uint16_t type, uint64_t value)
{
	wire_put(message, type, &value, sizeof(value));
}

/* --- sockets --- */

void wire_set_patience(int fd, unsigned int ms)
{
	struct timeval patience = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000L };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		err(1, "SO_RCVTIMEO");
}

int wire_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int room = 2 * WIRE_ROOM, on = 1;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		err(1, "netlink socket");
	wire_set_patience(fd, PATIENCE_S * 1000);
	/* for large messages, which who has no privileges does not send */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	return fd;
}

int wire_send(int fd, const struct wire_message *message)
{
	return send(fd, message->bytes, message->size, 0) < 0 ? errno : 0;
}

int wire_verdict(int fd)
{
	static _Thread_local char datagram[1 << 16] __attribute__((aligned(8)));

	for (;;) {
		const struct nlmsghdr *message = (void *)datagram;
		ssize_t got = recv(fd, datagram, sizeof(datagram), 0);
		int left = (int)got, code;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? WIRE_SILENCE : errno;
		for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
			if (message->nlmsg_type != NLMSG_ERROR && message->nlmsg_type != NLMSG_DONE)
				continue;
			memcpy(&code, NLMSG_DATA(message), sizeof(code));
			return -code;
		}
	}
}

int wire_ask(int fd, const struct wire_message *message)
{
	int code = wire_send(fd, message);

	return code ? code : wire_verdict(fd);
}

void wire_each(const char *datagram, size_t size, void (*take)(uint8_t command, const struct nlattr *attribute))
{
	const struct nlmsghdr *message = (const void *)datagram;
	int left = (int)size;

	for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
		const struct genlmsghdr *generic = NLMSG_DATA(message);
		const char *end = (const char *)message + message->nlmsg_len;
		const char *at = (const char *)(generic + 1);

		if (message->nlmsg_type < NLMSG_MIN_TYPE)
			continue;
		while (at + NLA_HDRLEN <= end) {
			const struct nlattr *attribute = (const void *)at;

			if (attribute->nla_len < NLA_HDRLEN || at + attribute->nla_len > end)
				break;
			take(generic->cmd, attribute);
			at += NLA_ALIGN(attribute->nla_len);
		}
	}
}

static void take_family(uint8_t command, const struct nlattr *attribute)
{
	(void)command;
	if (attribute->nla_type == CTRL_ATTR_FAMILY_ID)
		memcpy(&family, attribute + 1, sizeof(family));
}

static void look_up(void)
{
	static struct wire_message message;
	char answer[8192] __attribute__((aligned(8)));
	int fd = wire_open();
	ssize_t got;

	begin(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	wire_put_text(&message, CTRL_ATTR_FAMILY_NAME, family_name);
	if (wire_send(fd, &message) || (got = recv(fd, answer, sizeof(answer), 0)) < 0)
		err(1, "nlctrl");
	wire_each(answer, (size_t)got, take_family);
	close(fd);
	if (!family)
		errx(1, "no family %s", family_name);
}

void wire_begin(struct wire_message *message, uint8_t command, uint16_t flags)
{
	if (!family)
		look_up();
	begin(message, family, command, flags);
}

void wire_speak(const char *name)
{
	family_name = name;
	family = 0;
}

/* --- requests --- */

/* The name is the first attribute of each set that has one. */
_Static_assert(LUNATIK_A_STATE_NAME == 1 && LUNATIK_A_RUN_NAME == 1 && LUNATIK_A_MESSAGE_NAME == 1, "names differ");

void wire_begin_for(struct wire_message *message, uint8_t command, uint16_t flags, const char *state)
{
	wire_begin(message, command, flags);
	wire_put_text(message, LUNATIK_A_STATE_NAME, state);
}

void wire_begin_run(struct wire_message *message, const char *state, const char *code, uint64_t budget)
{
	wire_begin_for(message, LUNATIK_CMD_DOSTRING, NLM_F_DUMP, state);
	wire_put(message, LUNATIK_A_RUN_CODE, code, strlen(code));
	wire_put_u64(message, LUNATIK_A_RUN_BUDGET, budget);
}

static void must(int fd, const struct wire_message *message, const char *what, const char *state)
{
	int code = wire_ask(fd, message);

	if (code)
		errx(1, "%s %s: %s", what, state, code == WIRE_SILENCE ? "no answer" : strerror(code));
}

void wire_new(int fd, const char *state)
{
	struct wire_message message;

	wire_begin_for(&message, LUNATIK_CMD_NEWSTATE, 0, state);
	must(fd, &message, "newstate", state);
}

void wire_close(int fd, const char *state)
{
	struct wire_message message;

	wire_begin_for(&message, LUNATIK_CMD_CLOSE, 0, state);
	must(fd, &message, "close", state);
}

/* --- totals --- */

static _Thread_local struct wire_totals totals;

static void take_totals(uint8_t command, const struct nlattr *attribute)
{
	if (command != LUNATIK_CMD_INFO)
		return;
	switch (attribute->nla_type) {
	case LUNATIK_A_INFO_STATES:
		memcpy(&totals.states, attribute + 1, sizeof(totals.states));
		break;
	case LUNATIK_A_INFO_SESSIONS:
		memcpy(&totals.sessions, attribute + 1, sizeof(totals.sessions));
		break;
	case LUNATIK_A_INFO_MEMORY:
		memcpy(&totals.memory, attribute + 1, sizeof(totals.memory));
		break;
	}
}

struct wire_totals wire_totals(int fd)
{
	struct wire_message message;
	char answer[8192] __attribute__((aligned(8)));
	ssize_t got;

	totals = (struct wire_totals){ UINT32_MAX, UINT32_MAX, UINT64_MAX };
	wire_begin(&message, LUNATIK_CMD_INFO, 0);
	if (wire_send(fd, &message) || (got = recv(fd, answer, sizeof(answer), 0)) < 0)
		err(1, "info");
	wire_each(answer, (size_t)got, take_totals);
	if (totals.states == UINT32_MAX || wire_verdict(fd))
		errx(1, "info: no totals");
	return totals;
}

static int is_same(struct wire_totals a, struct wire_totals b)
{
	return a.states == b.states && a.sessions == b.sessions && a.memory == b.memory;
}

void wire_expect(int fd, struct wire_totals expected, const char *when)
{
	struct wire_totals now = wire_totals(fd);

	for (int tries = 0; !is_same(now, expected) && tries < 100 * PATIENCE_S; tries++) {
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
		now = wire_totals(fd);
	}
	if (!is_same(now, expected))
		errx(1, "%s: states, sessions, memory are %u, %u, %llu and were %u, %u, %llu", when, now.states, now.sessions,
		     (unsigned long long)now.memory, expected.states, expected.sessions, (unsigned long long)expected.memory);
}

/* --- chance --- */

static _Thread_local uint64_t chance = 1;

void wire_seed(uint64_t seed)
{
	chance = (seed + 1) * 0x9e3779b97f4a7c15ULL | 1;
}

uint32_t wire_random(void)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (uint32_t)(chance >> 16);
}

uint32_t wire_below(uint32_t n)
{
	return n ? wire_random() % n : 0;
}

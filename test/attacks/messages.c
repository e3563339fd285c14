// SPDX-License-Identifier: MIT
/*
 *	messages SEED COUNT
 *
 * Sends COUNT requests that are wrong in random ways: right ones with bytes, lengths and types changed, attributes left out,
 * doubled, nested and cut off, several in one datagram. Whatever the kernel answers is read. Prints how many it took and how
 * many it refused.
 */
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/lunatik.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ROOM	8192
#define PATIENCE	20

static uint64_t state;
static unsigned long taken, refused;

struct message {
	size_t size;
	char bytes[ROOM] __attribute__((aligned(8)));
};

static uint32_t random32(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static uint32_t below(uint32_t n)
{
	return n ? random32() % n : 0;
}

static void put(struct message *message, uint16_t type, const void *value, size_t size)
{
	struct nlattr head = { (uint16_t)(NLA_HDRLEN + size), type };

	if (message->size + NLA_HDRLEN + NLA_ALIGN(size) > ROOM)
		return;
	memcpy(message->bytes + message->size, &head, sizeof(head));
	memcpy(message->bytes + message->size + NLA_HDRLEN, value, size);
	message->size += NLA_HDRLEN + NLA_ALIGN(size);
}

static void put_text(struct message *message, uint16_t type, const char *text)
{
	put(message, type, text, strlen(text) + 1);
}

static const char *some_name(void)
{
	static const char *const names[] = { "a", "b", "c", "", "a/b", "nosuch", "-", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	return names[below(sizeof(names) / sizeof(*names))];
}

static const char *some_code(void)
{
	static const char *const codes[] = {
		"return 1", "print('x')", "error('x')", "return return", "t = {} for i = 1, 100 do t[i] = i end return t", "",
		"\x1bLua", "while true do end",
	};

	return codes[below(sizeof(codes) / sizeof(*codes))];
}

static uint64_t some_size(void)
{
	static const uint64_t sizes[] = { 0, 1, 65535, 65536, 1 << 20, 256 << 20, UINT64_MAX, INT64_MAX, 1ULL << 32 };

	return sizes[below(sizeof(sizes) / sizeof(*sizes))];
}

static void put_number(struct message *message, uint16_t type, uint64_t number, size_t size)
{
	put(message, type, &number, size);
}

static void compose_change(struct message *message, uint16_t expected, uint16_t generation, uint16_t step)
{
	static const char marks[LUNATIK_STEP_MAX + 1];

	if (!below(8))
		put_number(message, expected, below(4), 8);
	if (!below(8))
		put_number(message, generation, below(3) ? below(1000) : some_size(), 8);
	if (!below(8))
		put(message, step, marks, below(sizeof(marks) + 1));
}

static void compose_state_change(struct message *message)
{
	compose_change(message, LUNATIK_A_STATE_EXPECT_GENERATION, LUNATIK_A_STATE_GENERATION, LUNATIK_A_STATE_STEP);
}

/* What a socket was told last, so that some of it is right. */
static uint64_t token;
static uint32_t upload;

static void put_token(struct message *message, uint16_t type)
{
	if (!below(3))
		put_number(message, type, below(3) ? token : random32(), 8);
}

static void compose_newstate(struct message *message)
{
	put_text(message, LUNATIK_A_STATE_NAME, some_name());
	if (below(2))
		put_number(message, LUNATIK_A_STATE_MAXALLOC, some_size(), 8);
	if (!below(4))
		put_number(message, LUNATIK_A_STATE_CONTEXT, below(3), 4);
	if (!below(4))
		put(message, LUNATIK_A_STATE_HANDLE, "", 0);
	compose_state_change(message);
}

static void compose_close(struct message *message)
{
	put_text(message, LUNATIK_A_STATE_NAME, some_name());
	put_token(message, LUNATIK_A_STATE_TOKEN);
	if (!below(8))
		put_number(message, LUNATIK_A_STATE_EXPECT_GENERATION, below(4), 8);
}

static void compose_reference(struct message *message)
{
	put_text(message, LUNATIK_A_STATE_NAME, some_name());
	if (below(2))
		put(message, LUNATIK_A_STATE_HANDLE, "", 0);
	put_token(message, LUNATIK_A_STATE_TOKEN);
}

static void compose_putstate(struct message *message)
{
	compose_reference(message);
	if (!below(3))
		put(message, LUNATIK_A_STATE_FORCE, "", 0);
}

static void compose_set(struct message *message)
{
	put_text(message, LUNATIK_A_STATE_NAME, some_name());
	put_number(message, LUNATIK_A_STATE_MAXALLOC, some_size(), 8);
	put_token(message, LUNATIK_A_STATE_TOKEN);
	compose_state_change(message);
}

static void compose_run(struct message *message)
{
	put_number(message, LUNATIK_A_RUN_BUDGET, 1 + below(2000), 8);
	if (!below(4))
		put(message, LUNATIK_A_RUN_PAUSE, "", 0);
	if (!below(3))
		put_number(message, LUNATIK_A_RUN_WAIT, below(3000), 8);
	put_token(message, LUNATIK_A_RUN_TOKEN);
	compose_change(message, LUNATIK_A_RUN_EXPECT_GENERATION, LUNATIK_A_RUN_GENERATION, LUNATIK_A_RUN_STEP);
}

static void put_code(struct message *message)
{
	const char *code = some_code();

	put(message, LUNATIK_A_RUN_CODE, code, strlen(code));
}

static void compose_dostring(struct message *message)
{
	put_text(message, LUNATIK_A_RUN_NAME, some_name());
	if (!below(4))
		put_number(message, LUNATIK_A_RUN_UPLOAD, below(3) ? upload : random32(), 4);
	if (below(8))
		put_code(message);
	if (below(2))
		put_text(message, LUNATIK_A_RUN_CHUNK_NAME, below(4) ? "=chunk" : "chunk");
	compose_run(message);
}

static void compose_data(struct message *message)
{
	static const char data[LUNATIK_PATTERN_MAX];

	put_text(message, LUNATIK_A_RUN_NAME, some_name());
	put(message, LUNATIK_A_RUN_DATA, data, below(sizeof(data)));
	compose_run(message);
}

static void compose_upload(struct message *message)
{
	put_text(message, LUNATIK_A_RUN_NAME, some_name());
	put_token(message, LUNATIK_A_RUN_TOKEN);
	if (below(2))
		put_number(message, LUNATIK_A_RUN_UPLOAD, below(4) ? upload : random32(), 4);
	if (below(2))
		put_number(message, LUNATIK_A_RUN_OFFSET, below(4) ? below(40) : random32(), 4);
	if (below(2))
		put_number(message, LUNATIK_A_RUN_TOTAL, below(4) ? below(40) : random32(), 4);
	put_code(message);
}

static void compose_receive(struct message *message)
{
	put_text(message, LUNATIK_A_MESSAGE_NAME, some_name());
	put_token(message, LUNATIK_A_MESSAGE_TOKEN);
}

static void compose_show(struct message *message)
{
	if (below(8))
		put_text(message, LUNATIK_A_STATE_NAME, some_name());
}

static void compose_list(struct message *message)
{
	if (below(2))
		put_text(message, LUNATIK_A_STATE_PATTERN, below(3) ? some_name() : "*[a-*\\");
}

static void compose_info(struct message *message)
{
	(void)message;
}

static void compose_abort(struct message *message)
{
	put_text(message, LUNATIK_A_RUN_NAME, some_name());
	if (below(2))
		put_number(message, LUNATIK_A_RUN_PORT, below(3) ? 0 : random32(), 4);
}

/* What a client would send, with what lies on the borders in it. */
static void compose(struct message *message, uint16_t family, uint32_t sequence)
{
	static const struct {
		uint8_t command;
		uint16_t flags;
		void (*compose)(struct message *message);
	} operations[] = {
		{ LUNATIK_CMD_NEWSTATE, 0, compose_newstate },
		{ LUNATIK_CMD_CLOSE, 0, compose_close },
		{ LUNATIK_CMD_DOSTRING, NLM_F_DUMP, compose_dostring },
		{ LUNATIK_CMD_GETSTATE, 0, compose_reference },
		{ LUNATIK_CMD_PUTSTATE, 0, compose_putstate },
		{ LUNATIK_CMD_DATA, NLM_F_DUMP, compose_data },
		{ LUNATIK_CMD_LIST, 0, compose_show },
		{ LUNATIK_CMD_LIST, NLM_F_DUMP, compose_list },
		{ LUNATIK_CMD_INFO, 0, compose_info },
		{ LUNATIK_CMD_ABORT, 0, compose_abort },
		{ LUNATIK_CMD_SET, 0, compose_set },
		{ LUNATIK_CMD_UPLOAD, 0, compose_upload },
		{ LUNATIK_CMD_RECEIVE, 0, compose_receive },
		{ LUNATIK_CMD_RECEIVE, NLM_F_DUMP, compose_receive },
	};
	uint32_t which = below(sizeof(operations) / sizeof(*operations));
	struct genlmsghdr generic = { operations[which].command, LUNATIK_FAMILY_VERSION, 0 };
	uint16_t flags = NLM_F_REQUEST | NLM_F_ACK | operations[which].flags;
	struct nlmsghdr header;

	memset(message->bytes, 0, ROOM);
	message->size = NLMSG_HDRLEN;
	memcpy(message->bytes + message->size, &generic, sizeof(generic));
	message->size += GENL_HDRLEN;
	operations[which].compose(message);
	header = (struct nlmsghdr){ (uint32_t)message->size, family, flags, sequence, 0 };
	memcpy(message->bytes, &header, sizeof(header));
}

static size_t attribute_at(const struct message *message)
{
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	uint32_t skip = below(4);
	struct nlattr head;

	while (at + NLA_HDRLEN <= message->size) {
		memcpy(&head, message->bytes + at, sizeof(head));
		if (!skip-- || head.nla_len < NLA_HDRLEN)
			break;
		at += NLA_ALIGN(head.nla_len);
	}
	return at;
}

static void change_attribute(struct message *message)
{
	size_t at = attribute_at(message);
	struct nlattr head;

	if (at + NLA_HDRLEN > message->size)
		return;
	memcpy(&head, message->bytes + at, sizeof(head));
	switch (below(4)) {
	case 0:
		head.nla_len = (uint16_t)random32();
		break;
	case 1:
		head.nla_len = (uint16_t)(head.nla_len + below(5) - 2);
		break;
	case 2:
		head.nla_type = (uint16_t)below(32);
		break;
	default:
		head.nla_type |= below(2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
	}
	memcpy(message->bytes + at, &head, sizeof(head));
}

static void change_header(struct message *message)
{
	struct nlmsghdr *header = (struct nlmsghdr *)message->bytes;
	struct genlmsghdr *generic = (struct genlmsghdr *)(message->bytes + NLMSG_HDRLEN);

	switch (below(6)) {
	case 0:
		header->nlmsg_flags = (uint16_t)random32();
		break;
	case 1:
		header->nlmsg_len = below(2) ? below(64) : random32();
		break;
	case 2:
		generic->cmd = (uint8_t)random32();
		break;
	case 3:
		generic->version = (uint8_t)random32();
		break;
	case 4:
		generic->reserved = (uint16_t)random32();
		break;
	default:
		header->nlmsg_pid = random32();
	}
}

static void spoil(struct message *message)
{
	size_t size;

	switch (below(7)) {
	case 0:
		for (uint32_t i = 0; i < 1 + below(4); i++)
			message->bytes[NLMSG_HDRLEN + below((uint32_t)(message->size - NLMSG_HDRLEN))] = (char)random32();
		return;
	case 1:
		change_attribute(message);
		return;
	case 2:
		change_header(message);
		return;
	case 3:
		message->size = NLMSG_HDRLEN + below((uint32_t)(message->size - NLMSG_HDRLEN + 1));
		break;
	case 4:
		size = below(600);
		if (message->size + size > ROOM)
			return;
		for (size_t i = 0; i < size; i++)
			message->bytes[message->size++] = (char)random32();
		break;
	case 5:
		put(message, (uint16_t)below(32), message->bytes, below(256));
		break;
	default:
		return;
	}
	((struct nlmsghdr *)message->bytes)->nlmsg_len = (uint32_t)message->size;
}

static int open_socket(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = 5 };
	int on = 1;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)))
		err(1, "socket");
	if (below(2) && setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on)))
		err(1, "socket");
	return fd;
}

/* Keeps what later requests may name. */
static void remember(const struct nlmsghdr *message)
{
	const struct genlmsghdr *generic = NLMSG_DATA(message);
	const char *end = (const char *)message + message->nlmsg_len;
	const char *at = (const char *)(generic + 1);
	struct nlattr head;

	for (; at + NLA_HDRLEN <= end; at += NLA_ALIGN(head.nla_len)) {
		memcpy(&head, at, sizeof(head));
		if (head.nla_len < NLA_HDRLEN || at + head.nla_len > end)
			return;
		if (generic->cmd == LUNATIK_CMD_UPLOAD && head.nla_type == LUNATIK_A_RUN_UPLOAD)
			memcpy(&upload, at + NLA_HDRLEN, sizeof(upload));
		else if (generic->cmd == LUNATIK_CMD_GETSTATE && head.nla_type == LUNATIK_A_STATE_TOKEN)
			memcpy(&token, at + NLA_HDRLEN, sizeof(token));
	}
}

/*
 * What is there, without waiting for it: a request that was spoilt may have no answer. Returns whether that was all: a
 * script whose budget was spoilt says something whenever it is asked, for ever.
 */
static int drain(int fd)
{
	static char datagram[1 << 16];
	int patience = PATIENCE;
	ssize_t got;

	while (patience-- && (got = recv(fd, datagram, sizeof(datagram), MSG_DONTWAIT)) >= 0) {
		struct nlmsghdr *message = (struct nlmsghdr *)datagram;
		int left = (int)got;

		for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
			if (message->nlmsg_type != NLMSG_ERROR && message->nlmsg_type != NLMSG_DONE)
				remember(message);
			else if (*(int *)NLMSG_DATA(message))
				refused++;
			else
				taken++;
		}
	}
	return patience >= 0;
}

static uint16_t family_of(const char *name)
{
	struct message message = { .size = NLMSG_HDRLEN };
	struct genlmsghdr generic = { CTRL_CMD_GETFAMILY, 1, 0 };
	int fd = open_socket();
	struct nlattr *attribute;
	ssize_t got;
	size_t at;

	memcpy(message.bytes + message.size, &generic, sizeof(generic));
	message.size += GENL_HDRLEN;
	put_text(&message, CTRL_ATTR_FAMILY_NAME, name);
	*(struct nlmsghdr *)message.bytes = (struct nlmsghdr){ (uint32_t)message.size, GENL_ID_CTRL, NLM_F_REQUEST, 1, 0 };
	if (send(fd, message.bytes, message.size, 0) < 0 || (got = recv(fd, message.bytes, ROOM, 0)) < 0)
		err(1, "nlctrl");
	close(fd);
	for (at = NLMSG_HDRLEN + GENL_HDRLEN; at + NLA_HDRLEN <= (size_t)got; at += NLA_ALIGN(attribute->nla_len)) {
		attribute = (struct nlattr *)(message.bytes + at);
		if (attribute->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(uint16_t *)(attribute + 1);
	}
	errx(1, "no family %s", name);
}

int main(int argc, char **argv)
{
	static struct message message;
	unsigned long count;
	uint16_t family;
	int fd;

	if (argc != 3)
		errx(2, "usage: messages SEED COUNT");
	state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15ULL + 1;
	count = strtoul(argv[2], NULL, 0);
	family = family_of(LUNATIK_FAMILY_NAME);
	fd = open_socket();
	for (unsigned long i = 0; i < count; i++) {
		compose(&message, family, (uint32_t)i);
		for (uint32_t times = below(3); times; times--)
			spoil(&message);
		if (send(fd, message.bytes, message.size, 0) < 0 && errno != ENOBUFS && errno != EMSGSIZE)
			err(1, "send");
		/* A dump that goes on is left lying, with the socket, and so are some that do not. */
		if (!drain(fd) || below(50) == 0) {
			close(fd);
			fd = open_socket();
		}
	}
	close(fd);
	printf("%lu taken, %lu refused\n", taken, refused);
	return 0;
}

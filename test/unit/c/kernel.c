// SPDX-License-Identifier: MIT
#include "kernel.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define SOCKETS	8

static struct {
	int client;
	int kernel;
} sockets[SOCKETS] = { [0 ... SOCKETS - 1] = { -1, -1 } };

static answer *kernel;
unsigned int requests;
uint32_t joined;
uint32_t version_spoken = LUNATIK_FAMILY_VERSION;

/* To the one request that is being answered; several of them may lie in one datagram. */
static union message datagram;
static size_t datagram_size;

struct nlmsghdr *add(uint16_t type, uint32_t sequence)
{
	struct nlmsghdr *header = (void *)(datagram.bytes + datagram_size);

	mnl_nlmsg_put_header(header);
	header->nlmsg_type = type;
	header->nlmsg_seq = sequence;
	return header;
}

struct nlmsghdr *add_generic(uint8_t command, uint32_t sequence)
{
	struct nlmsghdr *header = add(FAMILY, sequence);
	struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));

	generic->cmd = command;
	return header;
}

void added(const struct nlmsghdr *header)
{
	datagram_size += MNL_ALIGN(header->nlmsg_len);
}

void add_end(uint16_t type, uint32_t sequence, int code)
{
	struct nlmsghdr *header = add(type, sequence);

	if (type == NLMSG_ERROR) {
		struct nlmsgerr *reply = mnl_nlmsg_put_extra_header(header, sizeof(*reply));

		reply->error = code;
		header->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	} else {
		memcpy(mnl_nlmsg_put_extra_header(header, sizeof(code)), &code, sizeof(code));
	}
	added(header);
}

void transmit(size_t socket)
{
	CHECK(write(sockets[socket].kernel, datagram.bytes, datagram_size) == (ssize_t)datagram_size);
	datagram_size = 0;
}

static void answer_family(const union message *request, size_t socket)
{
	struct nlmsghdr *header = add(GENL_ID_CTRL, request->header.nlmsg_seq);
	struct nlattr *groups, *group;

	mnl_nlmsg_put_extra_header(header, sizeof(struct genlmsghdr));
	mnl_attr_put_u16(header, CTRL_ATTR_FAMILY_ID, FAMILY);
	mnl_attr_put_u32(header, CTRL_ATTR_VERSION, version_spoken);
	groups = mnl_attr_nest_start(header, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(header, 1);
	mnl_attr_put_strz(header, CTRL_ATTR_MCAST_GRP_NAME, "others");
	mnl_attr_put_u32(header, CTRL_ATTR_MCAST_GRP_ID, GROUP + 1);
	mnl_attr_nest_end(header, group);
	group = mnl_attr_nest_start(header, 2);
	mnl_attr_put_u32(header, CTRL_ATTR_MCAST_GRP_ID, GROUP);
	mnl_attr_put_strz(header, CTRL_ATTR_MCAST_GRP_NAME, LUNATIK_MCGRP_EVENTS);
	mnl_attr_nest_end(header, group);
	mnl_attr_nest_end(header, groups);
	added(header);
	transmit(socket);
}

bool is_open(size_t i)
{
	char byte;

	return sockets[i].kernel >= 0 && recv(sockets[i].kernel, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static size_t socket_of(int client)
{
	size_t i;

	for (i = 0; i < SOCKETS && !(sockets[i].client == client && is_open(i)); i++)
		;
	CHECK(i < SOCKETS);
	return i;
}

static ssize_t hear(int fd, const struct iovec *parts, int count)
{
	static union message request;
	size_t size = 0;
	int i;

	for (i = 0; i < count; i++) {
		CHECK(size + parts[i].iov_len <= sizeof(request));
		memcpy(request.bytes + size, parts[i].iov_base, parts[i].iov_len);
		size += parts[i].iov_len;
	}
	CHECK(request.header.nlmsg_len == size);
	if (request.header.nlmsg_type == GENL_ID_CTRL)
		answer_family(&request, socket_of(fd));
	else
		kernel(&request, socket_of(fd), requests++);
	return (ssize_t)size;
}

/* The library and the test are compiled so that these stand for send(), writev() and so on, see c.mk. */
ssize_t kernel_send(int fd, const void *bytes, size_t size, int flags);
ssize_t kernel_writev(int fd, const struct iovec *parts, int count);
int kernel_connect(int fd, const struct sockaddr *address, socklen_t length);
int kernel_bind(struct mnl_socket *socket, unsigned int groups, pid_t pid);
int kernel_setsockopt(const struct mnl_socket *socket, int type, void *value, socklen_t length);

ssize_t kernel_send(int fd, const void *bytes, size_t size, int flags)
{
	const struct iovec part = { (void *)bytes, size };

	(void)flags;
	return hear(fd, &part, 1);
}

ssize_t kernel_writev(int fd, const struct iovec *parts, int count)
{
	return hear(fd, parts, count);
}

int kernel_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	(void)fd, (void)address, (void)length;
	return 0;
}

int kernel_bind(struct mnl_socket *socket, unsigned int groups, pid_t pid)
{
	(void)socket, (void)groups, (void)pid;
	return 0;
}

int kernel_setsockopt(const struct mnl_socket *socket, int type, void *value, socklen_t length)
{
	(void)socket;
	if (type == NETLINK_ADD_MEMBERSHIP && length == sizeof(joined))
		memcpy(&joined, value, length);
	return 0;
}

static size_t free_socket(void)
{
	size_t i;

	for (i = 0; i < SOCKETS && is_open(i); i++)
		;
	CHECK(i < SOCKETS);
	if (sockets[i].kernel >= 0)
		close(sockets[i].kernel);
	return i;
}

int netns_open(struct netns *netns, const char *where, struct lunatik_error *error)
{
	(void)where, (void)error;
	netns->fd = -1;
	return 0;
}

void netns_close(struct netns *netns)
{
	(void)netns;
}

int netns_socket(const struct netns *netns, struct lunatik_error *error)
{
	size_t i = free_socket();
	int pair[2];

	(void)netns, (void)error;
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	sockets[i].client = pair[0];
	sockets[i].kernel = pair[1];
	return pair[0];
}

uint8_t command_of(const union message *request)
{
	return ((const struct genlmsghdr *)mnl_nlmsg_get_payload(&request->header))->cmd;
}

const struct nlattr *find(const union message *request, uint16_t type)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, &request->header, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attribute) == type)
			return attribute;
	}
	return NULL;
}

uint64_t number(const union message *request, uint16_t type)
{
	const struct nlattr *attribute = find(request, type);

	if (!attribute)
		return 0;
	return mnl_attr_get_payload_len(attribute) == 4 ? mnl_attr_get_u32(attribute) : mnl_attr_get_u64(attribute);
}

bool is_dump(const union message *request)
{
	return (request->header.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}

void kernel_is(answer *as)
{
	kernel = as;
}

struct lunatik_session *open_with(answer *with)
{
	struct lunatik_session *session;

	kernel_is(with);
	session = lunatik_open(NULL, NULL);
	CHECK(session);
	requests = 0;
	return session;
}

void no_request(const union message *request, size_t socket, unsigned int before)
{
	(void)request, (void)socket, (void)before;
	CHECK(!"a request");
}

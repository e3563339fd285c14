// SPDX-License-Identifier: MIT
/*
 * The C library under libFuzzer: whatever the kernel might answer, to any of its operations. The fuzzer's input says which
 * operation, and is read as instructions for making messages, so that a good part of them comes near to what is right: types
 * and sequence numbers are, unless the input wants others, and so are lengths.
 *
 * Built with sanitizers. What lies in the library's buffer behind a datagram is poisoned.
 */
#include "lunatik.h"
#include "netns.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <sanitizer/asan_interface.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <libmnl/libmnl.h>

#define FAMILY		0x20
#define DATAGRAM_ROOM	32768

/* --- input --- */

static const uint8_t *input;
static size_t input_left;

static uint8_t take8(void)
{
	if (!input_left)
		return 0;
	input_left--;
	return *input++;
}

static uint16_t take16(void)
{
	uint8_t low = take8();

	return (uint16_t)(low | take8() << 8);
}

/* Once in a while. */
static int oddly(void)
{
	return take8() % 16 == 15;
}

/* --- answers --- */

static struct nlmsghdr request;
static uint8_t request_command;
static int own_family;

static uint8_t datagram[2 * DATAGRAM_ROOM] __attribute__((aligned(8)));
static size_t datagram_size;

static void add(const void *bytes, size_t size)
{
	if (datagram_size + size > sizeof(datagram))
		return;
	memcpy(datagram + datagram_size, bytes, size);
	datagram_size += size;
}

static void add_input(size_t size)
{
	size = size < input_left ? size : input_left;
	add(input, size);
	input += size;
	input_left -= size;
	add("\0\0\0", MNL_ALIGN(size) - size);
}

static void add_attribute(void)
{
	uint16_t type = take8(), size = take8();
	struct nlattr head = { 0, type };

	if (size == 255)
		size = take16();
	size = size < input_left ? size : (uint16_t)input_left;
	head.nla_len = (uint16_t)(NLA_HDRLEN + size);
	if (oddly())
		head.nla_len = take16();
	if (oddly())
		head.nla_type = take16();
	add(&head, sizeof(head));
	add_input(size);
}

static void add_attributes(void)
{
	for (unsigned int count = take8() % 12; count; count--)
		add_attribute();
}

static void add_body(uint16_t type)
{
	struct genlmsghdr generic = { oddly() ? take8() : request_command, 1, 0 };
	struct nlmsgerr reply = { 0 };
	int code = -(take8() % 140);

	switch (type) {
	case NLMSG_ERROR:
		reply.error = oddly() ? (int)((uint32_t)take16() << 16 | take16()) : code;
		reply.msg = request;
		if (oddly())
			reply.msg.nlmsg_len = take16();
		add(&reply, sizeof(reply));
		break;
	case NLMSG_DONE:
		add(&code, sizeof(code));
		break;
	default:
		add(&generic, sizeof(generic));
	}
	add_attributes();
}

static void add_message(void)
{
	static const uint16_t types[] = { FAMILY, FAMILY, FAMILY, NLMSG_DONE, NLMSG_ERROR, GENL_ID_CTRL, NLMSG_NOOP };
	size_t at = datagram_size;
	struct nlmsghdr header = {
		.nlmsg_type = types[take8() % (sizeof(types) / sizeof(*types))],
		.nlmsg_flags = take16(),
		.nlmsg_seq = request.nlmsg_seq,
	};

	if (oddly())
		header.nlmsg_type = take16();
	if (oddly())
		header.nlmsg_seq = take8();
	add(&header, sizeof(header));
	add_body(header.nlmsg_type);
	header.nlmsg_len = (uint32_t)(datagram_size - at);
	if (oddly())
		header.nlmsg_len = (uint32_t)take16() << (take8() % 17);
	if (at + sizeof(header) <= datagram_size)
		memcpy(datagram + at, &header, sizeof(header));
}

/* The answer to who asks for the family, unless the input has one. */
static void add_family(void)
{
	struct nlmsghdr header = { .nlmsg_type = GENL_ID_CTRL, .nlmsg_seq = request.nlmsg_seq };
	struct genlmsghdr generic = { CTRL_CMD_NEWFAMILY, 2, 0 };
	struct { struct nlattr head; uint16_t id, pad; } id = { { NLA_HDRLEN + 2, CTRL_ATTR_FAMILY_ID }, FAMILY, 0 };
	struct { struct nlattr head; uint32_t version; } version = { { NLA_HDRLEN + 4, CTRL_ATTR_VERSION }, LUNATIK_FAMILY_VERSION };

	header.nlmsg_len = sizeof(header) + sizeof(generic) + sizeof(id) + sizeof(version);
	add(&header, sizeof(header));
	add(&generic, sizeof(generic));
	add(&id, sizeof(id));
	add(&version, sizeof(version));
}

/* --- the kernel; compiled so that these stand for send(), recv() and so on, see fuzz.mk --- */

ssize_t kernel_send(int fd, const void *bytes, size_t size, int flags);
ssize_t kernel_writev(int fd, const struct iovec *parts, int count);
ssize_t kernel_recv(int fd, void *bytes, size_t size, int flags);
ssize_t kernel_recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length);
int kernel_poll(struct pollfd *fds, nfds_t count, int timeout);
int kernel_connect(int fd, const struct sockaddr *address, socklen_t length);
int kernel_setsockopt_any(int fd, int level, int name, const void *value, socklen_t length);
int kernel_bind(struct mnl_socket *socket, unsigned int groups, pid_t pid);
int kernel_setsockopt(const struct mnl_socket *socket, int type, void *value, socklen_t length);

ssize_t kernel_send(int fd, const void *bytes, size_t size, int flags)
{
	(void)fd, (void)flags;
	memcpy(&request, bytes, sizeof(request));
	request_command = ((const uint8_t *)bytes)[sizeof(request)];
	return (ssize_t)size;
}

ssize_t kernel_writev(int fd, const struct iovec *parts, int count)
{
	ssize_t size = 0;

	kernel_send(fd, parts->iov_base, parts->iov_len, 0);
	for (int i = 0; i < count; i++)
		size += (ssize_t)parts[i].iov_len;
	return size;
}

ssize_t kernel_recv(int fd, void *bytes, size_t size, int flags)
{
	(void)fd;
	ASAN_UNPOISON_MEMORY_REGION(bytes, DATAGRAM_ROOM);
	datagram_size = 0;
	if (request.nlmsg_type == GENL_ID_CTRL && !own_family) {
		own_family = 1;
		add_family();
	} else if (!input_left) {
		errno = EAGAIN;
		return -1;
	} else {
		for (unsigned int count = 1 + take8() % 3; count; count--)
			add_message();
	}
	memcpy(bytes, datagram, datagram_size < size ? datagram_size : size);
	if (datagram_size < size)
		ASAN_POISON_MEMORY_REGION((uint8_t *)bytes + datagram_size, DATAGRAM_ROOM - datagram_size);
	return (ssize_t)(flags & MSG_TRUNC || datagram_size < size ? datagram_size : size);
}

ssize_t kernel_recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length)
{
	struct sockaddr_nl *address = (void *)from;

	(void)length;
	address->nl_pid = oddly();
	return kernel_recv(fd, bytes, size, flags);
}

int kernel_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	(void)fds, (void)count, (void)timeout;
	return 0;
}

int kernel_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	(void)fd, (void)address, (void)length;
	return 0;
}

int kernel_setsockopt_any(int fd, int level, int name, const void *value, socklen_t length)
{
	(void)fd, (void)level, (void)name, (void)value, (void)length;
	return 0;
}

int kernel_bind(struct mnl_socket *socket, unsigned int groups, pid_t pid)
{
	(void)socket, (void)groups, (void)pid;
	return 0;
}

int kernel_setsockopt(const struct mnl_socket *socket, int type, void *value, socklen_t length)
{
	(void)socket, (void)type, (void)value, (void)length;
	return 0;
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
	(void)netns, (void)error;
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* --- operations --- */

/* Each byte that the library hands out is there. */
static size_t seen;

static void look_at(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		seen += ((const uint8_t *)bytes)[i];
}

static int look_at_part(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	(void)context, (void)part;
	look_at(bytes, size);
	return oddly() ? -ENOMEM : 0;
}

static bool stop(void *context)
{
	(void)context;
	return oddly();
}

static const struct lunatik_sink sink = { look_at_part, stop, NULL };

/* Texts end somewhere in their field. */
static void look_at_text(const char *text, size_t room)
{
	if (!memchr(text, '\0', room))
		abort();
}

static void look_at_state(const struct lunatik_state *state)
{
	look_at_text(state->name, sizeof(state->name));
	look_at_text(state->script_name, sizeof(state->script_name));
	if (state->step_size > sizeof(state->step))
		abort();
}

static void do_list(struct lunatik_session *session)
{
	struct lunatik_state *states = NULL;
	size_t count = 0;

	if (lunatik_list(session, NULL, &states, &count))
		return;
	for (size_t i = 0; i < count; i++)
		look_at_state(&states[i]);
	free(states);
}

static void do_show(struct lunatik_session *session)
{
	struct lunatik_state state;

	if (!lunatik_show(session, "web", &state))
		look_at_state(&state);
	if (!lunatik_getstate(session, "web", LUNATIK_HANDLE, &state))
		look_at_state(&state);
	lunatik_closestate(session, "web", NULL);
}

static void do_info(struct lunatik_session *session)
{
	struct lunatik_info info;

	if (lunatik_getinfo(session, &info))
		return;
	look_at_text(info.module, sizeof(info.module));
	look_at_text(info.lua, sizeof(info.lua));
	look_at_text(info.kernel, sizeof(info.kernel));
	look_at_text(info.build, sizeof(info.build));
}

static void do_run(struct lunatik_session *session)
{
	/* Larger than a message may be, so that it is uploaded. */
	static const char code[100000];
	const struct lunatik_chunk chunk = { .state = "web", .code = code, .size = oddly() ? sizeof(code) : 10 };
	const struct lunatik_data data = { .state = "web", .bytes = code, .size = 10 };
	struct lunatik_run *run = lunatik_run_open(session);
	struct lunatik_outcome outcome;

	if (!run)
		return;
	lunatik_dostring(run, &chunk, &sink, &outcome);
	lunatik_senddata(run, &data, &sink, &outcome);
	if (!lunatik_run_start(run, &chunk, &sink))
		lunatik_run_finish(run, &sink, &outcome);
	lunatik_run_close(run);
}

static void do_receive(struct lunatik_session *session)
{
	struct lunatik_receiver *receiver = lunatik_receiver_open(session, "web");
	struct lunatik_message message;

	while (receiver && !lunatik_receiver_next(receiver, 0, &message)) {
		look_at(message.data, message.size);
		if (message.closed)
			break;
	}
	lunatik_receiver_close(receiver);
}

static void do_monitor(struct lunatik_session *session)
{
	struct lunatik_monitor *monitor = lunatik_monitor_open(session);
	struct lunatik_event event;

	while (monitor && !lunatik_monitor_next(monitor, 0, &event))
		look_at_text(event.name, sizeof(event.name));
	lunatik_monitor_close(monitor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const operations[])(struct lunatik_session *session) = {
		do_list, do_show, do_info, do_run, do_receive, do_monitor,
	};
	struct lunatik_error error;
	struct lunatik_session *session;
	uint8_t which;

	input = data;
	input_left = size;
	which = take8();
	own_family = which & 0x80;
	session = lunatik_open(NULL, &error);
	if (!session)
		return 0;
	operations[which % 0x80 % (sizeof(operations) / sizeof(*operations))](session);
	look_at_text(lunatik_session_error(session)->message, sizeof(error.message));
	lunatik_close(session);
	return 0;
}

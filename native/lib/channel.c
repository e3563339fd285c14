// SPDX-License-Identifier: MIT
#include "channel.h"
#include "attributes.h"
#include "clock.h"
#include "failure.h"
#include "family.h"
#include "netns.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

/*
 * The kernel answers before sendmsg() returns, or inside recvmsg(). This limit is never reached, then, unless something
 * is wrong there, and turns a client that hangs into one that says so.
 */
#define PATIENCE_SECONDS	10

void channel_init(struct channel *channel, const struct netns *netns, const struct contract *contract)
{
	channel->netns = netns;
	channel->contract = contract;
	channel->socket = NULL;
	channel->family = 0;
	channel->sequence = 0;
	channel->room = DATAGRAM_LEAST;
	failure_clear(&channel->error, "");
}

void channel_close(struct channel *channel)
{
	if (channel->socket)
		mnl_socket_close(channel->socket);
	channel->socket = NULL;
}

static int enable(const struct channel *channel, int option)
{
	int on = 1;

	return mnl_socket_setsockopt(channel->socket, option, &on, sizeof(on));
}

static int set_up(struct channel *channel)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = mnl_socket_get_fd(channel->socket);

	/* libmnl's setsockopt is for SOL_NETLINK only. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return -1;
	if (enable(channel, NETLINK_EXT_ACK) || enable(channel, NETLINK_CAP_ACK) ||
	    enable(channel, NETLINK_GET_STRICT_CHK))
		return -1;
	if (mnl_socket_bind(channel->socket, 0, MNL_SOCKET_AUTOPID))
		return -1;
	/* Whoever has the privilege can send to any netlink socket; to one that is connected, only its peer can. */
	return connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel));
}

static int channel_open(struct channel *channel)
{
	int fd = netns_socket(channel->netns, &channel->error);

	if (fd < 0)
		return fd;
	channel->socket = mnl_socket_fdopen(fd);
	if (!channel->socket) {
		int code = errno;

		close(fd);
		return failure_set(&channel->error, code, NULL);
	}
	if (set_up(channel)) {
		int code = errno;

		channel_close(channel);
		return failure_set(&channel->error, code, "cannot set up a generic netlink socket: %s",
				   strerrordesc_np(code));
	}
	return 0;
}

int channel_begin(struct channel *channel, const char *operation, const struct attribute_set *set, uint8_t command,
		  uint16_t flags)
{
	int status;

	failure_clear(&channel->error, operation);
	if (!channel->socket) {
		status = channel_open(channel);
		if (status)
			return status;
	}
	if (!channel->family) {
		status = family_look_up(channel);
		if (status)
			return status;
	}
	request_begin(&channel->request, set, channel->family, (uint8_t)channel->contract->version, command, flags);
	return 0;
}

static int refuse_wrong(struct channel *channel)
{
	const struct request *request = &channel->request;
	const char *name = attribute_name(request->set, request->wrong);

	snprintf(channel->error.attribute, sizeof(channel->error.attribute), "%s", name);
	return failure_set(&channel->error, EINVAL, "%s %s", name, request->wrong_how);
}

int channel_send(struct channel *channel)
{
	struct nlmsghdr *header = &channel->request.header;

	if (channel->request.wrong)
		return refuse_wrong(channel);
	header->nlmsg_seq = ++channel->sequence;
	if (send(mnl_socket_get_fd(channel->socket), header, header->nlmsg_len, 0) < 0)
		return channel_broke(channel, errno);
	return 0;
}

int channel_send_tail(struct channel *channel, uint16_t type, const void *bytes, size_t size)
{
	static const char padding[MNL_ALIGNTO];
	struct request *request = &channel->request;
	struct iovec parts[3] = { { .iov_base = request->bytes }, { (void *)bytes, size },
				  { (void *)padding, MNL_ALIGN(size) - size } };
	struct nlattr *attribute = mnl_nlmsg_get_payload_tail(&request->header);
	ssize_t sent;

	if (!bytes && size)
		request_wrong(request, type, "is NULL");
	else if (!request_bytes(request, type, "", 0))
		request_wrong(request, type, "is too long");
	if (request->wrong)
		return refuse_wrong(channel);
	attribute->nla_len += size;
	parts[0].iov_len = request->header.nlmsg_len;
	request->header.nlmsg_len += MNL_ALIGN(size);
	request->header.nlmsg_seq = ++channel->sequence;
	sent = writev(mnl_socket_get_fd(channel->socket), parts, MNL_ARRAY_SIZE(parts));
	/* Extended acks are looked up in what is here; beyond is the tail. */
	request->tail = type;
	request->header.nlmsg_len = parts[0].iov_len - MNL_ATTR_HDRLEN;
	return sent < 0 ? channel_broke(channel, errno) : 0;
}

int channel_receive(struct channel *channel)
{
	struct datagram *datagram = &channel->datagram;
	ssize_t size;

	datagram->left = 0;
	size = recv(mnl_socket_get_fd(channel->socket), datagram->bytes, channel->room, MSG_TRUNC);
	if (size < 0)
		return -errno;
	if ((size_t)size > channel->room)
		return -EMSGSIZE;
	datagram->next = (const struct nlmsghdr *)datagram->bytes;
	datagram->left = (int)size;
	return 0;
}

static int receive_now(struct channel *channel)
{
	struct sockaddr_nl from = { 0 };
	socklen_t length = sizeof(from);
	struct datagram *datagram = &channel->datagram;
	ssize_t size = recvfrom(mnl_socket_get_fd(channel->socket), datagram->bytes, channel->room,
				MSG_TRUNC | MSG_DONTWAIT, (struct sockaddr *)&from, &length);

	datagram->left = 0;
	if (size < 0)
		return -errno;
	if ((size_t)size > channel->room)
		return -EMSGSIZE;
	/* To a group, unlike to a socket that is connected, others can send, too. */
	if (from.nl_pid)
		return 0;
	datagram->next = (const struct nlmsghdr *)datagram->bytes;
	datagram->left = (int)size;
	return 0;
}

/* For poll(), which knows of no wait that is longer, but of one that is for ever. */
static int milliseconds_left(uint64_t deadline)
{
	uint64_t now = clock_now();
	uint64_t left;

	if (deadline == LUNATIK_DEFAULT)
		return -1;
	left = deadline > now ? (deadline - now + 999) / 1000 : 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

int channel_receive_until(struct channel *channel, uint64_t deadline)
{
	struct pollfd readable = { .fd = mnl_socket_get_fd(channel->socket), .events = POLLIN };
	int status = receive_now(channel);

	while (status == -EAGAIN) {
		int ready = deadline ? poll(&readable, 1, milliseconds_left(deadline)) : 0;

		if (ready <= 0)
			return ready ? -errno : -ETIMEDOUT;
		status = receive_now(channel);
	}
	return status;
}

const struct nlmsghdr *channel_next_any(struct channel *channel)
{
	struct datagram *datagram = &channel->datagram;
	const struct nlmsghdr *message = datagram->next;

	/* libmnl compares lengths as signed numbers, and so takes one beyond 2^31 for a small one. */
	if (!mnl_nlmsg_ok(message, datagram->left) || message->nlmsg_len > (uint32_t)datagram->left)
		return NULL;
	datagram->next = mnl_nlmsg_next(message, &datagram->left);
	return message;
}

const struct nlmsghdr *channel_next(struct channel *channel)
{
	const struct nlmsghdr *message;

	while ((message = channel_next_any(channel)))
		if (message->nlmsg_seq == channel->sequence)
			return message;
	return NULL;
}

int channel_verdict(struct channel *channel, const struct nlmsghdr *message)
{
	int status = failure_from_ack(&channel->error, message, &channel->request);

	/*
	 * The module explains each of its refusals. An ENOENT without a word is generic netlink's own: nobody has this
	 * number now. The next request looks for the family again.
	 */
	if (status == -ENOENT && !(message->nlmsg_flags & NLM_F_ACK_TLVS) &&
	    message->nlmsg_type == NLMSG_ERROR && channel->request.header.nlmsg_type == channel->family) {
		channel->family = 0;
		return failure_set(&channel->error, EPROTONOSUPPORT, "the module %s has been unloaded",
				   channel->contract->name);
	}
	return status;
}

int channel_broke(struct channel *channel, int code)
{
	channel_close(channel);
	if (code == EAGAIN)
		return failure_set(&channel->error, ETIMEDOUT, "the kernel does not answer");
	return failure_set(&channel->error, code, "netlink socket: %s", strerrordesc_np(code));
}

static int receive_or_break(struct channel *channel)
{
	int status;

	do {
		status = channel_receive(channel);
	} while (status == -EINTR);
	return status ? channel_broke(channel, -status) : 0;
}

int channel_not_understood(struct channel *channel)
{
	channel_close(channel);
	return failure_set(&channel->error, EBADMSG, "the kernel's answer is not understood");
}

int channel_exchange(struct channel *channel, channel_take *take, void *context)
{
	int status = channel_send(channel);

	return status ? status : channel_answer(channel, take, context);
}

int channel_answer(struct channel *channel, channel_take *take, void *context)
{
	const struct nlmsghdr *message = NULL;
	int status;

	while (!message) {
		status = receive_or_break(channel);
		if (status)
			return status;
		message = channel_next(channel);
	}
	if (message->nlmsg_type == NLMSG_ERROR) {
		status = channel_verdict(channel, message);
		return status || !take ? status : channel_not_understood(channel);
	}
	if (!take || message->nlmsg_type != channel->request.header.nlmsg_type)
		return channel_not_understood(channel);
	return take(message, context) ? channel_not_understood(channel) : 0;
}

/* Take one message of a dump. 1 goes on, 0 is its end, negative an errno. */
static int dump_step(struct channel *channel, const struct nlmsghdr *message, channel_take *take, void *context)
{
	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
		return channel_verdict(channel, message);
	if (message->nlmsg_type != channel->request.header.nlmsg_type)
		return channel_not_understood(channel);
	switch (take(message, context)) {
	case 0:
		return 1;
	case -ENOMEM:
		channel_close(channel);
		return failure_set(&channel->error, ENOMEM, NULL);
	default:
		return channel_not_understood(channel);
	}
}

int channel_dump(struct channel *channel, channel_take *take, void *context, bool *torn)
{
	int status = channel_send(channel);

	*torn = false;
	if (status)
		return status;
	for (;;) {
		const struct nlmsghdr *message;

		status = receive_or_break(channel);
		if (status)
			return status;
		while ((message = channel_next(channel))) {
			*torn |= message->nlmsg_flags & NLM_F_DUMP_INTR;
			status = dump_step(channel, message, take, context);
			if (status <= 0)
				return status;
		}
		/* It is a long one. */
		channel->room = DATAGRAM_MOST;
	}
}

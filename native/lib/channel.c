// SPDX-License-Identifier: MIT
#include "channel.h"
#include "attributes.h"
#include "failure.h"
#include "family.h"
#include "netns.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

/*
 * The kernel answers before sendmsg() returns, or inside recvmsg(). This limit is never reached, then, unless something
 * is wrong there, and turns a client that hangs into one that says so.
 */
#define PATIENCE_SECONDS	10

void channel_init(struct channel *channel, const struct netns *netns)
{
	channel->netns = netns;
	channel->socket = NULL;
	channel->receive_buffer = 0;
	channel->family = 0;
	channel->sequence = 0;
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
	int fd = mnl_socket_get_fd(channel->socket);

	/* libmnl's setsockopt is for SOL_NETLINK only. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return -1;
	if (channel->receive_buffer &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &channel->receive_buffer, sizeof(channel->receive_buffer)))
		return -1;
	if (enable(channel, NETLINK_EXT_ACK) || enable(channel, NETLINK_CAP_ACK) ||
	    enable(channel, NETLINK_GET_STRICT_CHK))
		return -1;
	return mnl_socket_bind(channel->socket, 0, MNL_SOCKET_AUTOPID);
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
	request_begin(&channel->request, set, channel->family, command, flags);
	return 0;
}

static int refuse_overflow(struct channel *channel)
{
	const char *name = attribute_name(channel->request.set, channel->request.overflow);

	snprintf(channel->error.attribute, sizeof(channel->error.attribute), "%s", name);
	return failure_set(&channel->error, EINVAL, "%s is too long", name);
}

int channel_send(struct channel *channel)
{
	struct iovec head;

	return channel_send_bulk(channel, &head, 0);
}

int channel_send_bulk(struct channel *channel, struct iovec *parts, size_t pieces)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *header = &channel->request.header;
	const struct msghdr message = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = parts,
		.msg_iovlen = 1 + pieces,
	};
	uint32_t head = header->nlmsg_len;
	ssize_t sent;
	size_t i;

	if (channel->request.overflow)
		return refuse_overflow(channel);
	parts[0] = (struct iovec){ header, head };
	for (i = 1; i <= pieces; i++)
		header->nlmsg_len += parts[i].iov_len;
	header->nlmsg_seq = ++channel->sequence;
	sent = sendmsg(mnl_socket_get_fd(channel->socket), &message, 0);
	/* What extended acks are looked up in is the head alone. */
	header->nlmsg_len = head;
	return sent < 0 ? channel_broke(channel, errno) : 0;
}

ssize_t channel_receive(struct channel *channel, int flags)
{
	struct sockaddr_nl sender;
	struct iovec part = { channel->received, sizeof(channel->received) };
	struct msghdr message = {
		.msg_name = &sender,
		.msg_namelen = sizeof(sender),
		.msg_iov = &part,
		.msg_iovlen = 1,
	};
	ssize_t size = recvmsg(mnl_socket_get_fd(channel->socket), &message, flags);

	channel->next = (const struct nlmsghdr *)channel->received;
	channel->left = 0;
	if (size < 0)
		return -errno;
	if (message.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	/* Other processes can send to this socket, if they have the privilege: not from port 0, though. */
	if (message.msg_namelen == sizeof(sender) && sender.nl_pid == 0)
		channel->left = (int)size;
	return size;
}

const struct nlmsghdr *channel_next(struct channel *channel)
{
	/* libmnl compares lengths as signed numbers, and so takes one beyond 2^31 for a small one. */
	while (mnl_nlmsg_ok(channel->next, channel->left) && channel->next->nlmsg_len <= (uint32_t)channel->left) {
		const struct nlmsghdr *message = channel->next;

		channel->next = mnl_nlmsg_next(message, &channel->left);
		if (message->nlmsg_seq == channel->sequence)
			return message;
	}
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
		return failure_set(&channel->error, EPROTONOSUPPORT, "the module lunatik has been unloaded");
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

static ssize_t receive_or_break(struct channel *channel)
{
	ssize_t size;

	do {
		size = channel_receive(channel, 0);
	} while (size == -EINTR);
	return size < 0 ? channel_broke(channel, (int)-size) : size;
}

/* Nonsense from the kernel: whatever else it has to say on this socket, nobody will read it. */
static int not_understood(struct channel *channel)
{
	channel_close(channel);
	return failure_set(&channel->error, EBADMSG, "the kernel's answer is not understood");
}

int channel_exchange(struct channel *channel, channel_take *take, void *context)
{
	const struct nlmsghdr *message = NULL;
	int status = channel_send(channel);

	if (status)
		return status;
	while (!message) {
		ssize_t size = receive_or_break(channel);

		if (size < 0)
			return (int)size;
		message = channel_next(channel);
	}
	if (message->nlmsg_type == NLMSG_ERROR) {
		status = channel_verdict(channel, message);
		return status || !take ? status : not_understood(channel);
	}
	if (!take || message->nlmsg_type != channel->request.header.nlmsg_type)
		return not_understood(channel);
	return take(message, context) ? not_understood(channel) : 0;
}

/* Take one message of a dump. 1 goes on, 0 is its end, negative an errno. */
static int dump_step(struct channel *channel, const struct nlmsghdr *message, channel_take *take, void *context)
{
	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
		return channel_verdict(channel, message);
	if (message->nlmsg_type != channel->request.header.nlmsg_type)
		return not_understood(channel);
	switch (take(message, context)) {
	case 0:
		return 1;
	case -ENOMEM:
		channel_close(channel);
		return failure_set(&channel->error, ENOMEM, NULL);
	default:
		return not_understood(channel);
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
		ssize_t size = receive_or_break(channel);

		if (size < 0)
			return (int)size;
		while ((message = channel_next(channel))) {
			*torn |= message->nlmsg_flags & NLM_F_DUMP_INTR;
			status = dump_step(channel, message, take, context);
			if (status <= 0)
				return status;
		}
	}
}

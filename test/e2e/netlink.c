// SPDX-License-Identifier: MIT
/*
 *	netlink <ORDERS >ANSWERS
 *
 * Sends generic netlink messages, just as they are, by as many sockets as it is told to. For requests that no client of
 * ours would make.
 *
 * An order is three numbers of 32 bits: a verb, a socket (from 0, opened when it is first named), and a size. `send` has a
 * message of that size behind it, and its answer is all that comes up to an error, an ack, or the end of a dump. `hear`
 * answers with the next datagram. `shut` closes the socket; its answer is empty. An answer has its size before it.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#define MOST	(4 << 20)
#define SOCKETS	64

enum verb { SEND, HEAR, SHUT };

struct order {
	uint32_t verb;
	uint32_t socket;
	uint32_t size;
};

static int sockets[SOCKETS];
static char request[MOST], answer[MOST];
static size_t answer_size;

static void enable(int fd, int option)
{
	int on = 1;

	if (setsockopt(fd, SOL_NETLINK, option, &on, sizeof(on)))
		err(1, "setsockopt");
}

static int open_socket(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = 10 };
	int room = MOST;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err(1, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		err(1, "setsockopt");
	enable(fd, NETLINK_EXT_ACK);
	enable(fd, NETLINK_CAP_ACK);
	return fd;
}

static int socket_of(const struct order *order)
{
	if (order->socket >= SOCKETS)
		errx(1, "there is no socket %u", order->socket);
	if (!sockets[order->socket])
		sockets[order->socket] = open_socket();
	return sockets[order->socket];
}

/* Adds a datagram to the answer. Returns whether it has an error, an ack or the end of a dump. */
static int hear(int fd)
{
	const struct nlmsghdr *message = (void *)(answer + answer_size);
	ssize_t got = recv(fd, answer + answer_size, sizeof(answer) - answer_size, 0);
	int left = (int)got;

	if (got < 0)
		err(3, "recv");
	answer_size += NLMSG_ALIGN((size_t)got);
	for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left))
		if (message->nlmsg_type < NLMSG_MIN_TYPE)
			return 1;
	return 0;
}

static void obey(const struct order *order)
{
	int fd = socket_of(order);

	answer_size = 0;
	switch (order->verb) {
	case SEND:
		if (send(fd, request, order->size, 0) < 0)
			err(2, "send");
		while (!hear(fd))
			;
		break;
	case HEAR:
		hear(fd);
		break;
	case SHUT:
		close(fd);
		sockets[order->socket] = 0;
		break;
	}
}

static void tell(void)
{
	const uint32_t size = (uint32_t)answer_size;

	if (fwrite(&size, sizeof(size), 1, stdout) != 1 || fwrite(answer, 1, answer_size, stdout) != answer_size ||
	    fflush(stdout))
		err(1, "standard output");
}

int main(void)
{
	struct order order;

	while (fread(&order, sizeof(order), 1, stdin) == 1) {
		if (order.size > sizeof(request) || fread(request, 1, order.size, stdin) != order.size)
			errx(1, "an order without its message");
		obey(&order);
		tell();
	}
	return ferror(stdin);
}

// SPDX-License-Identifier: MIT
/*
 *	netlink <REQUEST >ANSWERS
 *
 * Sends one generic netlink message, just as it is, and passes on what comes back, up to an error, an ack, the end of a
 * dump, or a single answer. For requests that no client of ours would make.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#define MOST	(4 << 20)

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

static size_t read_request(char *request)
{
	size_t size = fread(request, 1, MOST, stdin);

	if (ferror(stdin))
		err(1, "standard input");
	return size;
}

static int is_last(const char *datagram, int left)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)datagram;

	for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left))
		if (message->nlmsg_type < NLMSG_MIN_TYPE || !(message->nlmsg_flags & NLM_F_MULTI))
			return 1;
	return 0;
}

int main(void)
{
	static char request[MOST], datagram[1 << 16];
	size_t size = read_request(request);
	int fd = open_socket();
	ssize_t got;

	if (send(fd, request, size, 0) < 0)
		err(2, "send");
	do {
		got = recv(fd, datagram, sizeof(datagram), 0);
		if (got < 0)
			err(3, "recv");
		if (fwrite(datagram, 1, (size_t)got, stdout) != (size_t)got)
			err(1, "standard output");
	} while (!is_last(datagram, (int)got));
	return 0;
}

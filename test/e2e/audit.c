// SPDX-License-Identifier: MIT
/*
 *	audit on
 *	audit off
 *
 * Switches the kernel's audit on, and prints the records that come from then on, a line each, as "TYPE TEXT"; first of all
 * "on", once they are listened to. Or switches it off.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/netlink.h>
#include <sys/socket.h>

static int open_socket(unsigned int groups)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err(1, "socket");
	return fd;
}

static void set_enabled(int fd, int enabled)
{
	struct {
		struct nlmsghdr head;
		struct audit_status status;
	} request = {
		.head = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = AUDIT_SET,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.status = { .mask = AUDIT_STATUS_ENABLED, .enabled = (unsigned int)enabled },
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
	} answer = { 0 };

	if (send(fd, &request, sizeof(request), 0) < 0 || recv(fd, &answer, sizeof(answer), MSG_TRUNC) < 0)
		err(1, "audit");
	if (answer.error.error) {
		errno = -answer.error.error;
		err(1, "audit is not switched");
	}
}

static void print_record(const struct nlmsghdr *record, size_t size)
{
	int length = (int)(size - NLMSG_HDRLEN);

	printf("%u %.*s\n", record->nlmsg_type, length, (const char *)NLMSG_DATA(record));
	fflush(stdout);
}

static _Noreturn void print_records(int fd)
{
	union {
		struct nlmsghdr head;
		char bytes[16384];
	} record;

	for (;;) {
		ssize_t size = recv(fd, &record, sizeof(record), 0);

		if (size < 0 && errno != ENOBUFS)
			err(1, "recv");
		if (size > (ssize_t)NLMSG_HDRLEN)
			print_record(&record.head, (size_t)size);
	}
}

int main(int argc, char **argv)
{
	int records, control = open_socket(0);

	if (argc == 2 && strcmp(argv[1], "off") == 0) {
		set_enabled(control, 0);
		return 0;
	}
	if (argc != 2 || strcmp(argv[1], "on") != 0)
		errx(2, "usage: audit on|off");
	records = open_socket(1U << (AUDIT_NLGRP_READLOG - 1));
	set_enabled(control, 1);
	puts("on");
	fflush(stdout);
	print_records(records);
}

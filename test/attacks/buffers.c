// SPDX-License-Identifier: MIT
/*
 *	buffers
 *
 * Sockets with as little room as there can be, or none; reads of one byte, of none, that only look, that lose what does not
 * fit; filters that drop all; many messages in a datagram, and datagrams that are none.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/genetlink.h>
#include <sys/socket.h>

#define STATE	"victim"
/* Of a run that is left lying: the next that wants the state waits for so long. */
#define LITTLE_US	20000

#define MANY	1000

static struct wire_message message;
static struct wire_totals before;
static int control;

static void ends_well(int fd, const char *what)
{
	close(fd);
	/* what is over is over at once, but for what a socket that has gone was in the middle of */
	wire_begin_run(&message, STATE, "t = nil collectgarbage() return 7 / 2", 20000000);
	if (wire_ask(control, &message))
		errx(1, "%s: the state does not work", what);
	wire_close(control, STATE);
	wire_new(control, STATE);
	wire_expect(control, before, what);
}

static int with_room(int receive, int send_room)
{
	int fd = wire_open();

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive, sizeof(receive)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &send_room, sizeof(send_room)))
		err(1, "setsockopt");
	wire_set_patience(fd, 200);
	return fd;
}

/* Answers that find no room, and a dump that cannot go on: asked for more than would fit, then read for a while. */
static void little_room(int receive, int send_room)
{
	char datagram[1 << 16];
	int fd = with_room(receive, send_room);

	for (int i = 0; i < 4; i++) {
		wire_begin_for(&message, LUNATIK_CMD_LIST, 0, STATE);
		wire_send(fd, &message);
		wire_begin_run(&message, STATE, "for i = 1, 3000 do print(i, ('x'):rep(100)) end return 1", LITTLE_US);
		wire_send(fd, &message);
		wire_begin_for(&message, LUNATIK_CMD_RECEIVE, 0, STATE);
		wire_send(fd, &message);
		wire_begin_run(&message, STATE, "for i = 1, 9 do lunatik.send(('m'):rep(9999)) end", 5000000);
		wire_ask(control, &message);
		wire_begin_for(&message, LUNATIK_CMD_RECEIVE, NLM_F_DUMP, STATE);
		wire_send(fd, &message);
		for (int reads = 0; reads < 20; reads++)
			recv(fd, datagram, sizeof(datagram), MSG_DONTWAIT);
	}
	ends_well(fd, "after little room");
}

static void odd_reads(int flags, size_t size)
{
	char byte[16];
	int fd = with_room(65536, 65536);

	wire_begin_run(&message, STATE, "for i = 1, 5000 do print(i, ('x'):rep(100)) end return ('y'):rep(1e5)", 5000000);
	if (wire_send(fd, &message))
		err(1, "a run");
	for (int reads = 0; reads < 300; reads++)
		if (recv(fd, byte, size, flags) < 0)
			break;
	ends_well(fd, "after odd reads");
}

/* Nothing comes through, or a piece of it. */
static void filtered(uint32_t keep)
{
	struct sock_filter code[] = { { BPF_RET | BPF_K, 0, 0, keep } };
	struct sock_fprog program = { 1, code };
	char datagram[4096];
	int fd = with_room(65536, 65536);

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		err(1, "filter");
	for (int i = 0; i < 10; i++) {
		wire_begin_run(&message, STATE, "for i = 1, 5000 do print(i) end", 5000000);
		wire_send(fd, &message);
		wire_begin(&message, LUNATIK_CMD_LIST, NLM_F_DUMP);
		wire_send(fd, &message);
		for (int reads = 0; reads < 5; reads++)
			recv(fd, datagram, sizeof(datagram), MSG_DONTWAIT);
	}
	ends_well(fd, "after a filter");
}

/* Each message is done, or refused since another goes on; what is behind the last one is no message. */
static void many_in_one(const char *code, size_t excess)
{
	static char datagram[MANY * 80 + 64];
	int fd = with_room(1 << 20, 1 << 24);
	size_t size = 0;

	wire_begin_run(&message, STATE, code, 5000000);
	for (int i = 0; i < MANY && size + message.size + excess <= sizeof(datagram); i++) {
		memcpy(datagram + size, message.bytes, message.size);
		size += NLMSG_ALIGN(message.size);
	}
	memset(datagram + size, 0x11, excess);
	if (send(fd, datagram, size + excess, 0) < 0)
		err(1, "many in one");
	for (int reads = 0; reads < 100; reads++)
		recv(fd, datagram, sizeof(datagram), MSG_DONTWAIT);
	ends_well(fd, "after many messages in one");
}

static void no_message_at_all(void)
{
	char datagram[64];
	int fd = wire_open();

	for (int fill = 0; fill < 256; fill += 85) {
		memset(datagram, fill, sizeof(datagram));
		for (size_t size = 0; size < sizeof(datagram); size++)
			send(fd, datagram, size, 0);
	}
	ends_well(fd, "after datagrams that are no messages");
}

/* Whoever guesses a token takes part in what another has; one that is nearly right is as good as none. */
static void guess(void)
{
	int holder = wire_open(), fd = wire_open();

	wire_begin_for(&message, LUNATIK_CMD_GETSTATE, 0, STATE);
	wire_put(&message, LUNATIK_A_STATE_HANDLE, "", 0);
	if (wire_ask(holder, &message))
		errx(1, "a handle");
	for (uint32_t i = 0; i < 3000; i++) {
		uint64_t token = (uint64_t)wire_random() << 32 | (i & 1 ? (uint32_t)getpid() : wire_random());

		wire_begin_for(&message, LUNATIK_CMD_SET, 0, STATE);
		wire_put_u64(&message, LUNATIK_A_STATE_MAXALLOC, 2 << 20);
		wire_put_u64(&message, LUNATIK_A_STATE_TOKEN, token);
		if (wire_ask(fd, &message) != EBUSY)
			errx(1, "the token %llx is as good as the right one", (unsigned long long)token);
	}
	close(holder);
	ends_well(fd, "after guesses");
}

int main(void)
{
	static const int rooms[] = { 0, 1, 2000, 5000, 1 << 30 };
	static const int flags[] = { 0, MSG_PEEK, MSG_TRUNC, MSG_PEEK | MSG_TRUNC, MSG_DONTWAIT, MSG_WAITALL, MSG_OOB, MSG_ERRQUEUE };

	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	control = wire_open();
	wire_new(control, STATE);
	before = wire_totals(control);
	for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
		for (size_t j = 0; j < sizeof(rooms) / sizeof(*rooms); j++)
			little_room(rooms[i], rooms[j]);
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		for (size_t size = 0; size < 2; size++)
			odd_reads(flags[i], size);
	filtered(0);
	filtered(1);
	filtered(20);
	for (size_t excess = 0; excess < 40; excess += 13) {
		many_in_one("return 1", excess);
		many_in_one("while true do end", excess);
	}
	no_message_at_all();
	guess();
	wire_close(control, STATE);
	wire_expect(control, (struct wire_totals){ 0, 0, 0 }, "at the end");
	return 0;
}

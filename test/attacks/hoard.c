// SPDX-License-Identifier: MIT
/*
 *	hoard
 *
 * Holds as much as it gets of everything that the module holds for a client: states full of data and of messages that
 * nobody takes, uploads that are never finished, handles, runs that are suspended with output. It goes on until nothing
 * more is to be had for a while, or the kernel kills it, as it may. Prints "hoarded" where it lives to see that, and waits.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/socket.h>

/* Rounds in a row that bring nothing. */
#define IN_VAIN		20

#define ROUNDS_MOST	4000

static struct wire_message message;
static char filling[32000];
static const char endless[] = "while true do print(('x'):rep(1000)) end";

/* Answers are not waited for by who has no memory to get them. */
static int open_impatient(void)
{
	int fd = wire_open();

	wire_set_patience(fd, 2000);
	return fd;
}

static int fill_state(int control, const char *name)
{
	int got;

	wire_begin_for(&message, LUNATIK_CMD_NEWSTATE, 0, name);
	wire_put_u64(&message, LUNATIK_A_STATE_MAXALLOC, 4 << 20);
	got = !wire_ask(control, &message);
	wire_begin_run(&message, name, "t = {} for i = 1, 30000 do t[i] = ('x'):rep(i % 200) .. i end", 5000000);
	got |= !wire_ask(control, &message);
	wire_begin_run(&message, name, "for i = 1, 40 do lunatik.send(('m'):rep(32000)) end", 5000000);
	got |= !wire_ask(control, &message);
	return got;
}

static int begin_uploads(int fd, const char *name)
{
	int got = 0;

	for (int i = 0; i < LUNATIK_UPLOADS_MAX; i++) {
		wire_begin_for(&message, LUNATIK_CMD_UPLOAD, 0, name);
		wire_put_u32(&message, LUNATIK_A_RUN_TOTAL, LUNATIK_CODE_MAX);
		wire_put(&message, LUNATIK_A_RUN_CODE, filling, sizeof(filling));
		got |= !wire_ask(fd, &message);
	}
	return got;
}

/* One of them holds the state; those that wait for it hold what they are to run. */
static void leave_runs(const char *name)
{
	for (int i = 0; i < 3; i++) {
		int fd = open_impatient();

		wire_begin_for(&message, LUNATIK_CMD_DOSTRING, NLM_F_DUMP, name);
		wire_put(&message, LUNATIK_A_RUN_CODE, filling, sizeof(filling));
		wire_put_u64(&message, LUNATIK_A_RUN_BUDGET, 0);
		wire_send(fd, &message);
	}
}

static int take_more(int control, unsigned int round)
{
	int fd = open_impatient(), got;
	char name[32];

	snprintf(name, sizeof(name), "hoard.%u", round);
	got = fill_state(control, name);
	wire_begin_for(&message, LUNATIK_CMD_GETSTATE, 0, name);
	wire_put(&message, LUNATIK_A_STATE_HANDLE, "", 0);
	got |= !wire_ask(fd, &message);
	wire_begin_for(&message, LUNATIK_CMD_RECEIVE, 0, name);
	got |= !wire_ask(fd, &message);
	got |= begin_uploads(fd, name);
	leave_runs(name);
	return got;
}

int main(void)
{
	const struct rlimit descriptors = { 65536, 65536 };
	unsigned int vain = 0;
	int control;

	if (unshare(CLONE_NEWNET) || setrlimit(RLIMIT_NOFILE, &descriptors))
		err(1, "unshare");
	/* a chunk that prints as long as somebody reads, behind much that says nothing */
	memset(filling, ' ', sizeof(filling));
	memcpy(filling, endless, sizeof(endless) - 1);
	control = open_impatient();
	for (unsigned int round = 0; vain < IN_VAIN && round < ROUNDS_MOST; round++)
		vain = take_more(control, round) ? 0 : vain + 1;
	puts("hoarded");
	fflush(stdout);
	pause();
	return 0;
}

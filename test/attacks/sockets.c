// SPDX-License-Identifier: MIT
/*
 *	sockets COUNT
 *
 * Opens so many sockets, each with a handle, an upload and a subscription; as many more that wait to run something; and
 * closes them, one after the other or all at once with the process that has them. Nothing is left.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/wait.h>

#define BUSY	"busy"

static struct wire_message message;
static unsigned int count;
static int control;

static void name_of(unsigned int i, char *name, size_t size)
{
	snprintf(name, size, "s%u", i);
}

static void must(int fd, const char *what)
{
	int code = wire_ask(fd, &message);

	if (code)
		errx(1, "%s: %s", what, strerror(code));
}

/* A state that only this socket may use, half of a chunk, and the word when the state sends something. */
static void hold(int fd, unsigned int i)
{
	char name[32];

	name_of(i, name, sizeof(name));
	wire_begin_for(&message, LUNATIK_CMD_NEWSTATE, 0, name);
	wire_put(&message, LUNATIK_A_STATE_HANDLE, "", 0);
	must(fd, "newstate");
	wire_begin_for(&message, LUNATIK_CMD_UPLOAD, 0, name);
	wire_put_u32(&message, LUNATIK_A_RUN_TOTAL, 4000);
	wire_put(&message, LUNATIK_A_RUN_CODE, "return", 6);
	must(fd, "upload");
	wire_begin_for(&message, LUNATIK_CMD_RECEIVE, 0, name);
	must(fd, "receive");
}

/* With a budget, as none of them waits for longer than that. */
static void wait_for_busy(int fd)
{
	wire_begin_run(&message, BUSY, "return 1", 600000000);
	if (wire_send(fd, &message))
		err(1, "a run that waits");
}

static void open_all(int *fds)
{
	for (unsigned int i = 0; i < count; i++) {
		fds[i] = wire_open();
		if (i & 1)
			wait_for_busy(fds[i]);
		else
			hold(fds[i], i);
	}
}

static void close_states(void)
{
	char name[32];

	for (unsigned int i = 0; i < count; i += 2) {
		name_of(i, name, sizeof(name));
		wire_close(control, name);
	}
}

static int occupy(void)
{
	int fd = wire_open();

	wire_begin_run(&message, BUSY, "while true do print(('x'):rep(1000)) end", 0);
	if (wire_send(fd, &message))
		err(1, "a run");
	return fd;
}

static void check(struct wire_totals all, const struct wire_totals *before)
{
	unsigned int half = (count + 1) / 2;

	if (all.states != before->states + half || all.sessions != half)
		errx(1, "%u states and %u sessions of %u sockets", all.states, all.sessions, half);
}

/* Whoever dies with thousands of sockets takes all with him. */
static void die_with_all(int *fds, const struct wire_totals *before)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (!child) {
		open_all(fds);
		check(wire_totals(control), before);
		raise(SIGKILL);
	}
	waitpid(child, NULL, 0);
	close_states();
	wire_expect(control, *before, "after the death of who had all sockets");
}

static void close_one_by_one(int *fds, const struct wire_totals *before)
{
	open_all(fds);
	check(wire_totals(control), before);
	/* in no particular order */
	for (unsigned int i = 0; i < count; i++)
		close(fds[(unsigned long)i * 7919 % count]);
	close_states();
	wire_expect(control, *before, "after all sockets were closed");
}

int main(int argc, char **argv)
{
	struct wire_totals before;
	struct rlimit limit;
	int *fds, busy;

	if (argc != 2)
		errx(2, "usage: sockets COUNT");
	count = (unsigned int)strtoul(argv[1], NULL, 10);
	limit.rlim_cur = limit.rlim_max = count + 100;
	fds = calloc(count, sizeof(*fds));
	if (!fds || !count || count % 7919 == 0 || setrlimit(RLIMIT_NOFILE, &limit) || unshare(CLONE_NEWNET))
		err(1, "so many sockets");
	control = wire_open();
	wire_new(control, BUSY);
	busy = occupy();
	before = wire_totals(control);
	close_one_by_one(fds, &before);
	die_with_all(fds, &before);
	free(fds);
	close(busy);
	wire_close(control, BUSY);
	wire_expect(control, (struct wire_totals){ 0, 0, 0 }, "at the end");
	return 0;
}

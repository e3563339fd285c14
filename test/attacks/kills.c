// SPDX-License-Identifier: MIT
/*
 *	kills SEED COUNT
 *
 * Clients that do all there is to do, to states that they share, are killed at any moment, COUNT of them. Nothing is left
 * of them but the states that they made and the pins that they took, which are meant to stay.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/wait.h>

#define CLIENTS	6
#define MOST_US	30000

static const char *const names[] = { "a", "b", "c" };

static const char *some_name(void)
{
	return names[wire_below(sizeof(names) / sizeof(*names))];
}

static const char *some_code(void)
{
	static const char *const codes[] = {
		"return 1", "while true do end", "for i = 1, 1e5 do print(i) end", "t = {} for i = 1, 1e4 do t[i] = ('x'):rep(i) end",
		"coroutine.wrap(function() while true do end end)()", "for i = 1, 100 do lunatik.send(('m'):rep(i * 300)) end",
		"table.sort({ 3, 1, 2 }, function() for i = 1, 1e7 do end end)", "return ('y'):rep(300000)", "error({})",
		"function receive_callback(m) return #m end", "t = nil collectgarbage()",
	};

	return codes[wire_below(sizeof(codes) / sizeof(*codes))];
}

/* --- what a client does --- */

static struct wire_message message;

static void begin_something(void)
{
	const char *name = some_name();
	static const char filling[30000];

	switch (wire_below(12)) {
	case 0:
		wire_begin_for(&message, LUNATIK_CMD_NEWSTATE, 0, name);
		if (wire_below(2))
			wire_put(&message, LUNATIK_A_STATE_HANDLE, "", 0);
		break;
	case 1:
		wire_begin_for(&message, LUNATIK_CMD_CLOSE, 0, name);
		break;
	case 2:
		wire_begin_for(&message, LUNATIK_CMD_GETSTATE, 0, name);
		if (wire_below(2))
			wire_put(&message, LUNATIK_A_STATE_HANDLE, "", 0);
		break;
	case 3:
		wire_begin_for(&message, LUNATIK_CMD_PUTSTATE, 0, name);
		break;
	case 4:
		wire_begin_for(&message, LUNATIK_CMD_RECEIVE, wire_below(2) ? NLM_F_DUMP : 0, name);
		break;
	case 5:
		wire_begin_for(&message, LUNATIK_CMD_UPLOAD, 0, name);
		wire_put_u32(&message, LUNATIK_A_RUN_TOTAL, 1 + wire_below(1 << 20));
		wire_put(&message, LUNATIK_A_RUN_CODE, filling, 1 + wire_below(sizeof(filling)));
		break;
	case 6:
		wire_begin(&message, LUNATIK_CMD_LIST, NLM_F_DUMP);
		break;
	case 7:
		wire_begin_for(&message, LUNATIK_CMD_ABORT, 0, name);
		break;
	case 8:
		wire_begin_for(&message, LUNATIK_CMD_DATA, NLM_F_DUMP, name);
		wire_put(&message, LUNATIK_A_RUN_DATA, filling, wire_below(sizeof(filling)));
		break;
	default:
		wire_begin_run(&message, name, some_code(), wire_below(3) ? wire_below(50000) : 0);
		if (wire_below(2))
			wire_put_u64(&message, LUNATIK_A_RUN_WAIT, wire_below(50000));
	}
}

/* Never comes back. Some of what it asks for it never hears the end of. */
static void *be_busy(void *seed)
{
	char datagram[4096];
	int fd = wire_open();

	wire_seed((uint64_t)(uintptr_t)seed);
	for (;;) {
		begin_something();
		wire_send(fd, &message);
		for (uint32_t reads = wire_below(8); reads; reads--)
			if (recv(fd, datagram, sizeof(datagram), wire_below(2) ? MSG_DONTWAIT : 0) < 0)
				break;
		if (!wire_below(6)) {
			close(fd);
			fd = wire_open();
		}
	}
	return NULL;
}

/* --- their end --- */

static pid_t start(uint64_t seed)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (!child)
		be_busy((void *)(uintptr_t)seed);
	return child;
}

static void sleep_us(uint32_t us)
{
	nanosleep(&(struct timespec){ .tv_nsec = us * 1000L }, NULL);
}

static void bury(int fd)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		wire_begin_for(&message, LUNATIK_CMD_PUTSTATE, 0, names[i]);
		while (!wire_ask(fd, &message))
			;
		wire_begin_for(&message, LUNATIK_CMD_CLOSE, 0, names[i]);
		/* a run or handle whose owner is dead goes with its socket, a moment later */
		for (int code, tries = 0; (code = wire_ask(fd, &message)) && code != ENOENT; tries++) {
			if (tries == 3000)
				errx(1, "%s cannot be closed: %s", names[i], strerror(code));
			sleep_us(10000);
		}
	}
}

int main(int argc, char **argv)
{
	pid_t clients[CLIENTS] = { 0 };
	unsigned long count;
	uint64_t seed;
	int control;

	if (argc != 3)
		errx(2, "usage: kills SEED COUNT");
	seed = strtoull(argv[1], NULL, 0);
	count = strtoul(argv[2], NULL, 0);
	wire_seed(seed);
	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	control = wire_open();
	for (unsigned long i = 0; i < count + CLIENTS; i++) {
		pid_t *client = &clients[i % CLIENTS];

		if (*client) {
			sleep_us(wire_below(MOST_US / CLIENTS));
			kill(*client, SIGKILL);
			/* it ends within a slice, whatever it was at */
			waitpid(*client, NULL, 0);
		}
		*client = i < count ? start(seed + 1000003 * i) : 0;
	}
	bury(control);
	wire_expect(control, (struct wire_totals){ 0, 0, 0 }, "after the last client");
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 *	loop STATE
 *
 * An event loop that does several things at once for a state, and never waits for one of them: runs the lines of standard
 * input there, each as a chunk, and prints what these print, what the state sends, and what happens to it.
 *
 * Of the four, only a chunk has nothing to poll: the kernel runs Lua in the thread that asks for it. Short ones end where
 * they are started. Others go to a thread of their own, which says by an eventfd that it has finished.
 *
 *	cc -pthread -o loop loop.c $(pkg-config --cflags --libs lunatik)
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/eventfd.h>

#include <lunatik.h>

static const char *state;
static struct lunatik_run *run;
static struct lunatik_receiver *receiver;
static struct lunatik_monitor *monitor;

static _Noreturn void fail(const struct lunatik_error *error)
{
	errx(EXIT_FAILURE, "%s: %s", error->operation, error->message);
}

/* --- chunks --- */

/* The chunk that goes on, if there is one. */
static struct {
	bool busy;
	int finished;	/* eventfd */
	int status;
	pthread_t thread;
} chunk;

static int print(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	(void)context;
	if (part == LUNATIK_PART_OUTPUT)
		fwrite(bytes, 1, size, stdout);
	return 0;
}

static const struct lunatik_sink sink = { .part = print };

static void *finish_in_thread(void *unused)
{
	chunk.status = lunatik_run_finish(run, &sink, NULL);
	eventfd_write(chunk.finished, 1);
	return unused;
}

static void report(int status)
{
	if (status)
		printf("! %s\n", lunatik_run_error(run)->message);
}

static void start_chunk(const char *line)
{
	const struct lunatik_chunk what = {
		.state = state,
		.name = "=stdin",
		.code = line,
		.size = strlen(line),
		.budget = LUNATIK_DEFAULT,
		.wait = LUNATIK_DEFAULT,
	};

	if (!lunatik_run_start(run, &what, &sink)) {
		report(lunatik_run_finish(run, &sink, NULL));
		return;
	}
	if (pthread_create(&chunk.thread, NULL, finish_in_thread, NULL))
		errx(EXIT_FAILURE, "no thread");
	chunk.busy = true;
}

static void end_chunk(void)
{
	eventfd_t count;

	eventfd_read(chunk.finished, &count);
	pthread_join(chunk.thread, NULL);
	chunk.busy = false;
	report(chunk.status);
}

/* --- lines --- */

static struct {
	bool ended;
	size_t size;
	char bytes[4096];
} input;

static void read_input(void)
{
	ssize_t got = read(STDIN_FILENO, input.bytes + input.size, sizeof(input.bytes) - input.size);

	if (got < 0 && errno != EINTR)
		err(EXIT_FAILURE, "standard input");
	input.ended = got == 0;
	if (got > 0)
		input.size += (size_t)got;
}

/* Start the first of the lines that are there. Whether there was one. */
static bool start_line(void)
{
	char *end = memchr(input.bytes, '\n', input.size);

	if (!end && input.size == sizeof(input.bytes))
		errx(EXIT_FAILURE, "a line is too long");
	if (!end)
		return false;
	*end++ = '\0';
	start_chunk(input.bytes);
	input.size -= (size_t)(end - input.bytes);
	memmove(input.bytes, end, input.size);
	return true;
}

/* --- messages and events --- */

static void take_messages(void)
{
	struct lunatik_message message;
	int status;

	while (!(status = lunatik_receiver_next(receiver, 0, &message))) {
		if (message.closed)
			errx(EXIT_SUCCESS, "%s was closed", state);
		if (message.lost)
			printf("< %llu messages were lost\n", (unsigned long long)message.lost);
		printf("< %.*s\n", (int)message.size, (const char *)message.data);
	}
	/* While another session has a handle of it, the messages wait. */
	if (status != -ETIMEDOUT && status != -EBUSY)
		fail(lunatik_receiver_error(receiver));
}

static void take_events(void)
{
	static const char *const names[] = { "created", "closed", "set", "error", "limit", "time-out", "aborted" };
	struct lunatik_event event;
	int status;

	while ((status = lunatik_monitor_next(monitor, 0, &event)) != -ETIMEDOUT) {
		if (status == -ENOBUFS)
			puts("* events were lost");
		else if (status)
			fail(lunatik_monitor_error(monitor));
		else if (!strcmp(event.name, state) && event.type < sizeof(names) / sizeof(names[0]))
			printf("* %s\n", names[event.type]);
	}
}

/* --- the loop --- */

/* Take all that is there, and then wait. Whether to go on. */
static bool turn(void)
{
	struct pollfd wait[] = {
		{ .fd = lunatik_receiver_fd(receiver), .events = POLLIN },
		{ .fd = lunatik_monitor_fd(monitor), .events = POLLIN },
		{ .fd = chunk.finished, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};

	while (!chunk.busy && start_line())
		;
	take_messages();
	take_events();
	fflush(stdout);
	if (input.ended && !chunk.busy)
		return false;
	/* A line at a time: more of them wait where they are. */
	if (chunk.busy || input.ended)
		wait[3].fd = -1;
	if (poll(wait, 4, -1) < 0 && errno != EINTR)
		err(EXIT_FAILURE, "poll");
	if (wait[2].revents)
		end_chunk();
	if (wait[3].revents)
		read_input();
	return true;
}

int main(int argc, char **argv)
{
	struct lunatik_error error;
	struct lunatik_session *session;

	if (argc != 2)
		errx(EXIT_FAILURE, "usage: loop STATE");
	state = argv[1];
	session = lunatik_open(NULL, &error);
	if (!session)
		fail(&error);
	chunk.finished = eventfd(0, EFD_CLOEXEC);
	if (chunk.finished < 0)
		err(EXIT_FAILURE, "eventfd");
	run = lunatik_run_open(session);
	receiver = run ? lunatik_receiver_open(session, state) : NULL;
	monitor = receiver ? lunatik_monitor_open(session) : NULL;
	if (!monitor)
		fail(lunatik_session_error(session));
	while (turn())
		;
	lunatik_monitor_close(monitor);
	lunatik_receiver_close(receiver);
	lunatik_run_close(run);
	lunatik_close(session);
	return EXIT_SUCCESS;
}

// SPDX-License-Identifier: MIT
/*
 *	abandoned
 *
 * Leaves everything in the middle: uploads at every byte; dumps after any number of datagrams, by closing the socket, by
 * asking for something else, by never reading on; scripts while another thread receives what they print. Each time nothing
 * is left of it.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#define STATE	"victim"
#define CHUNK	"return 'abandoned', 7 / 2 -- some bytes"
#define STATES	600

static struct wire_message message;
static int control;
static struct wire_totals before;
static const struct wire_totals nothing;

static int add_fragment(int fd, uint32_t upload, size_t from, size_t to)
{
	wire_begin_for(&message, LUNATIK_CMD_UPLOAD, 0, STATE);
	if (upload)
		wire_put_u32(&message, LUNATIK_A_RUN_UPLOAD, upload);
	else
		wire_put_u32(&message, LUNATIK_A_RUN_TOTAL, sizeof(CHUNK) - 1);
	wire_put_u32(&message, LUNATIK_A_RUN_OFFSET, (uint32_t)from);
	wire_put(&message, LUNATIK_A_RUN_CODE, &CHUNK[from], to - from);
	return wire_ask(fd, &message);
}

/* All before `at` in one fragment, the next byte in another. The numbers of a socket's uploads go up from 1. */
static void upload_up_to(size_t at)
{
	int fd = wire_open();
	int code;

	if (add_fragment(fd, 0, 0, at) || (at < sizeof(CHUNK) - 1 && add_fragment(fd, 1, at, at + 1)))
		errx(1, "upload: byte %zu is refused", at);
	/* it is not complete, but for the last two */
	wire_begin_for(&message, LUNATIK_CMD_DOSTRING, NLM_F_DUMP, STATE);
	wire_put_u32(&message, LUNATIK_A_RUN_UPLOAD, 1);
	code = wire_ask(fd, &message);
	if (!code != (at + 1 >= sizeof(CHUNK) - 1))
		errx(1, "upload: %zu bytes of %zu run: %s", at + 1, sizeof(CHUNK) - 1, strerror(code));
	close(fd);
	/* what has run is the state's */
	if (code)
		wire_expect(control, before, "after an upload that was abandoned");
}

static void uploads(void)
{
	for (size_t at = 1; at < sizeof(CHUNK); at++)
		upload_up_to(at);
}

/* Receives so many datagrams. Returns whether there were as many. */
static int receive_some(int fd, unsigned int count)
{
	char datagram[512];

	while (count && recv(fd, datagram, sizeof(datagram), MSG_TRUNC) >= 0)
		count--;
	return !count;
}

enum end { CLOSE, ASK, LEAVE, ENDS };

/* Begins a dump, takes so many datagrams of it, and leaves it so. */
static void leave_dump(const char *what, unsigned int datagrams, enum end end)
{
	static struct wire_message order;
	int fd = wire_open();

	if (wire_send(fd, &message) || !receive_some(fd, datagrams))
		err(1, "%s", what);
	if (end == ASK) {
		/* as well a dump, which has to be refused or to take its place, as what is none */
		wire_begin(&order, LUNATIK_CMD_LIST, NLM_F_DUMP);
		wire_send(fd, &order);
		wire_begin(&order, LUNATIK_CMD_INFO, 0);
		wire_send(fd, &order);
	} else if (end == LEAVE) {
		usleep(20000);
	}
	close(fd);
}

/* What has run in the state is the state's, so that goes, too. */
static void nothing_is_left(const char *what)
{
	wire_close(control, STATE);
	wire_new(control, STATE);
	wire_expect(control, before, what);
}

static void leave_listing(unsigned int datagrams, enum end end)
{
	wire_begin(&message, LUNATIK_CMD_LIST, NLM_F_DUMP);
	leave_dump("a listing", datagrams, end);
	nothing_is_left("a listing");
}

static void leave_run(const char *code, unsigned int datagrams, enum end end)
{
	wire_begin_run(&message, STATE, code, 0);
	leave_dump(code, datagrams, end);
	nothing_is_left(code);
}

static void dumps(void)
{
	char name[32];

	for (unsigned int i = 0; i < STATES; i++) {
		snprintf(name, sizeof(name), "one.of.many.%u", i);
		wire_new(control, name);
	}
	before = wire_totals(control);
	for (unsigned int datagrams = 0; datagrams < 10; datagrams++) {
		for (enum end end = CLOSE; end < ENDS; end++) {
			leave_listing(datagrams, end);
			leave_run("for i = 1, 3000 do print(('x'):rep(100)) end return ('y'):rep(2e5)", datagrams, end);
			leave_run("while true do print(('x'):rep(100)) end", datagrams, end);
		}
	}
	for (unsigned int i = 0; i < STATES; i++) {
		snprintf(name, sizeof(name), "one.of.many.%u", i);
		wire_close(control, name);
	}
}

/* A message that is half taken waits for the next reader, whole. */
static void messages(void)
{
	uint64_t sent;

	wire_begin_run(&message, STATE, "for i = 1, 7 do lunatik.send(('m'):rep(32768)) end", 10000000);
	if (wire_ask(control, &message))
		errx(1, "send");
	sent = wire_totals(control).memory;
	for (unsigned int datagrams = 1; datagrams < 6; datagrams++) {
		wire_begin_for(&message, LUNATIK_CMD_RECEIVE, NLM_F_DUMP, STATE);
		leave_dump("messages", datagrams, CLOSE);
		if (wire_totals(control).memory > sent)
			errx(1, "messages: there are more than were sent");
	}
	wire_begin_for(&message, LUNATIK_CMD_RECEIVE, NLM_F_DUMP, STATE);
	if (wire_ask(control, &message))
		errx(1, "receive");
	nothing_is_left("messages");
}

struct listener {
	int fd;
	atomic_int over;
};

static void *listen_on(void *argument)
{
	struct listener *listener = argument;

	wire_verdict(listener->fd);
	atomic_store(&listener->over, 1);
	return NULL;
}

/* A socket to take the place of another; a thread that receives there does not wait for long. */
static int open_impatient(void)
{
	int fd = wire_open();

	wire_set_patience(fd, 50);
	return fd;
}

/*
 * The descriptor goes while a thread is in the kernel with it, running Lua. What that holds stays until it comes back:
 * when the run is aborted, or before that, as runs go back to who began them now and then. In one step another socket is
 * there instead, as the thread would wait for ever on one that was opened a moment ago.
 */
static void close_under(const char *code, int end_by_shutdown)
{
	struct listener listener = { .fd = wire_open() };
	int other = open_impatient();
	pthread_t thread;

	wire_begin_run(&message, STATE, code, 0);
	if (wire_send(listener.fd, &message) || pthread_create(&thread, NULL, listen_on, &listener))
		errx(1, "a script that is closed under");
	usleep(1000 * (5 + wire_below(40)));
	if (end_by_shutdown)
		shutdown(listener.fd, SHUT_RDWR);
	else if (dup2(other, listener.fd) < 0)
		err(1, "dup2");
	wire_begin_for(&message, LUNATIK_CMD_ABORT, 0, STATE);
	while (wire_ask(control, &message) && !atomic_load(&listener.over))
		usleep(1000);
	pthread_join(thread, NULL);
	close(other);
	close(listener.fd);
	nothing_is_left("a script whose socket was closed");
}

int main(void)
{
	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	control = wire_open();
	wire_new(control, STATE);
	before = wire_totals(control);
	uploads();
	wire_close(control, STATE);
	wire_expect(control, nothing, "after uploads");
	wire_new(control, STATE);
	dumps();
	before = wire_totals(control);
	messages();
	for (int round = 0; round < 30; round++) {
		close_under("while true do end", round & 1);
		close_under("coroutine.wrap(function() while true do end end)()", round & 1);
		close_under("while true do print(1) end", round & 1);
	}
	wire_close(control, STATE);
	wire_expect(control, nothing, "at the end");
	return 0;
}

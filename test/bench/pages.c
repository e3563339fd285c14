// SPDX-License-Identifier: MIT
/* Pages by the C library, and what they are compared with, in one process. */
#include "stopwatch.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kstate.h>
#include <linux/kstate.h>

#define PAGE	"bench.page"

static kstate_state_p writer, reader;
static int page_fd;
static uint64_t version;
static unsigned char there[KSTATE_MAX_SIZE], here[KSTATE_MAX_SIZE], staging[KSTATE_MAX_SIZE];

static void check(int status)
{
	if (status)
		stopwatch_fail("%s", strerror(-status));
}

/* The compiler is not to see that nobody looks at what was copied. */
static void copy(void *to, const void *from)
{
	memcpy(to, from, KSTATE_MAX_SIZE);
	__asm__ volatile("" : : "r"(to) : "memory");
}

static void read_page(void)
{
	size_t size = sizeof(here);

	check(kstate_read(reader, here, &size, NULL));
}

static void copy_once(void)
{
	copy(here, there);
}

static void commit(void)
{
	struct kstate_data data = {.version = version, .address = (uintptr_t)there, .size = sizeof(there)};

	if (ioctl(page_fd, KSTATE_IOC_COMMIT, &data))
		stopwatch_fail("a commit: %m");
	version++;
}

/* A call that does nothing, by way of the same file; a copy in; a copy to where it is seen. */
static void call_and_copy_twice(void)
{
	ioctl(page_fd, _IO('p', 0xaf));
	copy(staging, there);
	copy(here, staging);
}

/* --- waking --- */

static int request, answer;

static void add_one(int fd)
{
	if (write(fd, &(uint64_t){1}, sizeof(uint64_t)) < 0)
		stopwatch_fail("an eventfd: %m");
}

static void take(int fd)
{
	struct pollfd waited = {.fd = fd, .events = POLLIN};
	uint64_t value;

	if (poll(&waited, 1, -1) != 1 || read(fd, &value, sizeof(value)) != sizeof(value))
		stopwatch_fail("waiting: %m");
}

/* Answers what it is woken by, for ever. */
static void *answer_all(void *fd)
{
	for (;;) {
		take(*(int *)fd);
		add_one(answer);
	}
	return NULL;
}

static void wake_by_eventfd(void)
{
	add_one(request);
	take(answer);
}

static void wake_by_page(void)
{
	commit();
	take(answer);
}

static void begin_watcher(int *fd)
{
	pthread_t thread;

	check(-pthread_create(&thread, NULL, answer_all, fd));
	pthread_detach(thread);
}

/* A watcher of its own, so that commits that are timed alone wake nobody. */
static void prepare_waking(void)
{
	static kstate_state_p watched;
	static int watched_fd;

	watched = kstate_new_state();
	check(kstate_subscribe_state(watched, PAGE, KSTATE_READ));
	watched_fd = kstate_get_fd(watched);
	request = eventfd(0, EFD_CLOEXEC);
	answer = eventfd(0, EFD_CLOEXEC);
	if (request < 0 || answer < 0)
		stopwatch_fail("eventfd: %m");
	begin_watcher(&request);
	begin_watcher(&watched_fd);
}

static void prepare(void)
{
	writer = kstate_new_state();
	reader = kstate_new_state();
	check(kstate_subscribe_state(writer, PAGE, KSTATE_WRITE));
	check(kstate_subscribe_state(reader, PAGE, KSTATE_READ));
	page_fd = kstate_get_fd(writer);
	memset(there, 1, sizeof(there));
}

int main(int argc, char **argv)
{
	static const struct stopwatch_operation operations[] = {
		{ "read", read_page, true },
		{ "memcpy", copy_once, true },
		{ "commit", commit, true },
		{ "call-and-copies", call_and_copy_twice, true },
		{ NULL, NULL, false },
	};
	static const struct stopwatch_operation waking[] = {
		{ "wake-page", wake_by_page, true },
		{ "wake-eventfd", wake_by_eventfd, true },
		{ NULL, NULL, false },
	};

	prepare();
	if (argc < 2 || strcmp(argv[1], "waking") != 0)
		return stopwatch_serve(operations);
	prepare_waking();
	return stopwatch_serve(waking);
}

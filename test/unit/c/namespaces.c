// SPDX-License-Identifier: MIT
/* Threads that enter a namespace, each of which has come to its end before the call that starts it returns. */
#include "check.h"
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* All of this program is compiled to call the one for the other, see c.mk. */
#undef pthread_create
typedef int create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
create pthread_create, pthread_create_late;

static bool refuse_threads;

struct begun {
	void *(*start)(void *);
	void *argument;
	atomic_bool ended;
};

static void *run(void *context)
{
	struct begun *begun = context;
	void *result = begun->start(begun->argument);

	begun->ended = true;
	return result;
}

int pthread_create_late(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
	struct begun begun = { .start = start, .argument = argument };
	int err;

	if (refuse_threads)
		return EAGAIN;
	err = pthread_create(thread, attributes, run, &begun);
	while (!err && !begun.ended)
		sched_yield();
	return err;
}

/* Of no inode that a namespace could have: it has to be entered, and cannot be. */
static struct netns no_namespace(void)
{
	struct netns netns = { .fd = open("/dev/null", O_RDONLY | O_CLOEXEC) };

	CHECK(netns.fd >= 0);
	return netns;
}

static void is_refused(int code, const char *words)
{
	struct netns netns = no_namespace();
	struct lunatik_error error = { 0 };

	CHECK(netns_socket(&netns, &error) == -code);
	CHECK(error.code == code);
	CHECK(strstr(error.message, words));
	netns_close(&netns);
}

static void what_cannot_be_entered_is_told_and_no_descriptor(void)
{
	is_refused(EINVAL, "cannot enter the network namespace");
}

static void a_thread_that_cannot_be_started_is_told(void)
{
	refuse_threads = true;
	is_refused(EAGAIN, "cannot start a thread in the network namespace");
	refuse_threads = false;
}

int main(void)
{
	what_cannot_be_entered_is_told_and_no_descriptor();
	a_thread_that_cannot_be_started_is_told();
	puts("namespaces: ok");
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 *	pulse NETNS
 *
 * Feels whether the machine goes on. Two threads for each processor:
 *  - one of real-time priority sleeps, over and over, and sees how late it is woken: so long something did not let go
 *    of that processor;
 *  - one of ordinary priority runs a chunk of known result in a state of its own, and sees how long that takes.
 *
 * A line on standard input is answered by the longest of each since the last one, in microseconds, and how many there
 * were. The states go with NETNS, which is somebody else's to make and delete.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lunatik.h"

#define BEAT_NS		2000000L
#define RUN_NS		20000000L
#define SECOND_NS	1000000000L

static const char CHUNK[] = "local x = 0 for i = 1, 100 do x = x + 1 / i end return x";
/* the sum as CBOR has it: a double */
static const unsigned char RESULT[] = { 0xfb, 0x40, 0x14, 0xbf, 0xdf, 0xe4, 0x59, 0x12, 0x43 };

static const char *netns;
static atomic_long longest_pause, longest_run, beats, runs;

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND_NS + time.tv_nsec;
}

static void sleep_until(long when)
{
	const struct timespec time = { .tv_sec = when / SECOND_NS, .tv_nsec = when % SECOND_NS };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void note(atomic_long *longest, long value)
{
	long before = atomic_load(longest);

	while (value > before && !atomic_compare_exchange_weak(longest, &before, value))
		;
}

static void stay_on(long cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set))
		err(1, "processor %ld", cpu);
}

static void *beat(void *cpu)
{
	const struct sched_param first = { .sched_priority = 50 };
	long due, woken;

	stay_on((long)cpu);
	if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &first))
		errx(1, "no real-time priority");
	for (;;) {
		due = now() + BEAT_NS;
		sleep_until(due);
		woken = now();
		note(&longest_pause, woken > due ? woken - due : 0);
		atomic_fetch_add(&beats, 1);
	}
	return NULL;
}

struct result {
	unsigned char bytes[16];
	size_t size;
};

static int take(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	struct result *result = context;

	if (part != LUNATIK_PART_VALUES || size > sizeof(result->bytes) - result->size)
		return EPROTO;
	memcpy(result->bytes + result->size, bytes, size);
	result->size += size;
	return 0;
}

static void *run(void *cpu)
{
	char name[32];
	const struct lunatik_chunk chunk = {
		.state = name, .name = "=pulse", .code = CHUNK, .size = sizeof(CHUNK) - 1, .budget = 0,
		.wait = LUNATIK_DEFAULT,
	};
	struct lunatik_session *session;
	struct lunatik_run *runner;
	long began;

	stay_on((long)cpu);
	snprintf(name, sizeof(name), "pulse.%ld", (long)cpu);
	session = lunatik_open(netns, NULL);
	if (!session || lunatik_newstate(session, name, LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL))
		errx(1, "no state in %s", netns);
	runner = lunatik_run_open(session);
	if (!runner)
		errx(1, "%s", lunatik_session_error(session)->message);
	for (;;) {
		struct result result = { .size = 0 };
		const struct lunatik_sink sink = { .part = take, .context = &result };

		began = now();
		if (lunatik_dostring(runner, &chunk, &sink, NULL))
			errx(1, "%s: %s", name, lunatik_run_error(runner)->message);
		if (result.size != sizeof(RESULT) || memcmp(result.bytes, RESULT, sizeof(RESULT)) != 0)
			errx(1, "%s: the sum is wrong", name);
		note(&longest_run, now() - began);
		atomic_fetch_add(&runs, 1);
		sleep_until(began + RUN_NS);
	}
	return NULL;
}

static void start(void *(*work)(void *), long cpu)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, (void *)cpu))
		errx(1, "no thread");
}

int main(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	long cpu;
	int c;

	if (argc != 2)
		errx(2, "usage: pulse NETNS");
	netns = argv[1];
	for (cpu = 0; cpu < cpus; cpu++) {
		start(beat, cpu);
		start(run, cpu);
	}
	while ((c = getchar()) != EOF) {
		if (c != '\n')
			continue;
		printf("%ld %ld %ld %ld\n", atomic_exchange(&longest_pause, 0) / 1000,
		       atomic_exchange(&longest_run, 0) / 1000, atomic_exchange(&beats, 0), atomic_exchange(&runs, 0));
		fflush(stdout);
	}
	return 0;
}

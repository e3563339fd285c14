// SPDX-License-Identifier: MIT
/*
 *	page-reader count READS
 *	page-reader look READS
 *
 * Reads pages of several sizes under a writer at full speed. The first form does what the library does, by the rules that
 * kstate.h of the kernel gives, and counts what the library does not tell: how often it was tried again, how often the
 * kernel had to be asked, what was torn, and how long the longest took, in nanoseconds. It prints that as JSON.
 *
 * The second reads by the library, between a line "begin" and a line "end", for somebody to see what system calls it makes;
 * its writer is no faster than writers are.
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/kstate.h>

#include "kstate.h"

#define expect(holds) ((holds) ? (void)0 : errx(1, "line %d: not so: %s", __LINE__, #holds))

#define TRIES		2
#define WORDS		(KSTATE_SIZE_MAX / sizeof(uint32_t))
/* Microseconds between commits of a writer that has something else to do. */
#define PAUSE		100

static const uint32_t sizes[] = {4, 100, 1000, KSTATE_SIZE_MAX};

#define SIZES		(sizeof(sizes) / sizeof(*sizes))

static struct {
	unsigned long long commits, torn, retries, asked, longest;
} told;

/* --- the writer --- */

static void commit(int fd, uint64_t version, uint32_t size)
{
	static uint32_t words[WORDS];
	struct kstate_data data = {.version = version, .address = (uintptr_t)words, .size = size};

	for (uint32_t i = 0; i < size / sizeof(*words); i++)
		words[i] = (uint32_t)version + 1;
	expect(!ioctl(fd, KSTATE_IOC_COMMIT, &data));
}

/* All of a version is its number. Goes when this process does. */
static pid_t writer_of(kstate_state_p state, uint32_t size, useconds_t pause)
{
	int fd = kstate_get_fd(state);
	pid_t child;

	expect(!kstate_set_size(state, size));
	child = fork();
	expect(child >= 0);
	if (child)
		return child;
	expect(!prctl(PR_SET_PDEATHSIG, SIGKILL));
	for (uint64_t version = 0;; version++) {
		commit(fd, version, size);
		if (pause)
			usleep(pause);
	}
}

static void end(pid_t child)
{
	expect(!kill(child, SIGKILL) && waitpid(child, NULL, 0) == child);
}

static kstate_state_p subscribed(kstate_permissions_t permissions)
{
	kstate_state_p state = kstate_new_state();

	expect(!kstate_subscribe_state(state, "read", permissions));
	return state;
}

/* --- the reader --- */

/* Returns whether it was read, as of one moment. */
static bool try(const struct kstate_map *map, uint32_t *words, uint64_t *version)
{
	uint64_t now = __atomic_load_n(&map->version, __ATOMIC_ACQUIRE);
	const struct kstate_slot *slot = &map->slots[now % KSTATE_SLOTS];

	if (__atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) != now)
		return false;
	memcpy(words, (const char *)map + (1 + now % KSTATE_SLOTS) * KSTATE_SIZE_MAX, __atomic_load_n(&slot->size, __ATOMIC_RELAXED));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*version = now;
	return __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED) == now;
}

static void ask(kstate_state_p state, uint32_t *words, uint64_t *version)
{
	struct kstate_data data = {.address = (uintptr_t)words, .size = KSTATE_SIZE_MAX};

	expect(!ioctl(kstate_get_fd(state), KSTATE_IOC_READ, &data));
	*version = data.version;
	told.asked++;
}

static uint64_t read_once(kstate_state_p state, uint32_t *words)
{
	const struct kstate_map *map = kstate_get_map(state);
	uint64_t version;

	for (int i = 0; i < TRIES; i++) {
		if (try(map, words, &version))
			return version;
		told.retries++;
	}
	ask(state, words, &version);
	return version;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static bool is_whole(const uint32_t *words, uint32_t size, uint64_t version)
{
	return words[0] == (uint32_t)version && !memcmp(words, words + 1, size - sizeof(*words));
}

static void count_reads(kstate_state_p state, uint32_t size, unsigned long reads)
{
	static uint32_t words[WORDS];
	uint64_t version = 0;

	for (unsigned long i = 0; i < reads; i++) {
		uint64_t began = now(), took;

		version = read_once(state, words);
		took = now() - began;
		told.longest = took > told.longest ? took : told.longest;
		told.torn += !is_whole(words, size, version);
	}
	told.commits += version;
}

static void count(unsigned long reads)
{
	for (size_t i = 0; i < SIZES; i++) {
		kstate_state_p writer = subscribed(KSTATE_WRITE);
		kstate_state_p reader = subscribed(KSTATE_READ);
		pid_t child = writer_of(writer, sizes[i], 0);

		count_reads(reader, sizes[i], reads / SIZES);
		end(child);
		kstate_free_state(&reader);
		kstate_free_state(&writer);
	}
	printf("{\"reads\":%lu,\"commits\":%llu,\"torn\":%llu,\"retries\":%llu,\"asked\":%llu,\"longest\":%llu}\n", reads,
	       told.commits, told.torn, told.retries, told.asked, told.longest);
}

static void say(const char *line)
{
	expect(write(STDOUT_FILENO, line, strlen(line)) > 0);
}

static void look(unsigned long reads)
{
	static uint32_t words[WORDS];
	kstate_state_p writer = subscribed(KSTATE_WRITE);
	kstate_state_p reader = subscribed(KSTATE_READ);
	pid_t child = writer_of(writer, KSTATE_SIZE_MAX, PAUSE);
	uint64_t version = 0, first = 0;

	say("begin\n");
	/* beyond them until the writer had a processor, too */
	for (unsigned long i = 0; i < reads || (version == first && i < 1000 * reads); i++) {
		size_t size = sizeof(words);

		expect(!kstate_read(reader, words, &size, &version));
		first = first ? first : version;
	}
	say("end\n");
	end(child);
	/* there was something to be seen */
	expect(version > first);
}

int main(int argc, char **argv)
{
	unsigned long reads = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (reads && !strcmp(argv[1], "count"))
		count(reads);
	else if (reads && !strcmp(argv[1], "look"))
		look(reads);
	else
		errx(2, "usage: page-reader count READS | page-reader look READS");
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 *	page-kills COUNT SEED FOLDER
 *
 * COUNT processes that do all there is to do with pages are killed: every other one at a system call, before it or after
 * it, the next of them each time, so that there is none at which nobody died; the rest at any moment, in the middle of
 * calls too. Pages are kept in files of FOLDER meanwhile, and another process uses the same pages as all of them.
 *
 * Afterwards there are no pages but those that are kept in files, and these work as if nothing had been: whole, to be
 * written, put on disk, deleted, and loaded again. Prints how many system calls there were to die at.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kstate.h"

#define expect(holds) ((holds) ? (void)0 : errx(1, "line %d: not so: %s", __LINE__, #holds))

/* Microseconds that one lives who is killed at any moment; it goes through everything in about that. */
#define LONGEST		30000

#define WORDS		(KSTATE_MAX_SIZE / sizeof(uint32_t))

static const char *folder;

static const char *file_of(const char *page)
{
	static char name[4096];

	snprintf(name, sizeof(name), "%s/%s", folder, page);
	return name;
}

/* --- what they do --- */

/* Others may be faster, have removed the page, have it, or use the file; whatever else is wrong ends this with a word. */
static int may_fail(int result, int line)
{
	switch (result) {
	case 0:
	case -EPERM:
	case -EIDRM:
	case -EBUSY:
	case -EAGAIN:
	case -ENOENT:
	case -EINVAL:
		return result;
	default:
		errx(1, "line %d: %s", line, strerror(-result));
	}
}

#define attempt(call) may_fail(call, __LINE__)

/* All of it is one number, which is the version's. */
static void fill(kstate_transaction_p transaction)
{
	uint32_t *words = kstate_get_transaction_ptr(transaction);

	for (size_t i = 0; words && i < kstate_get_transaction_size(transaction) / sizeof(*words); i++)
		words[i] = (uint32_t)kstate_get_transaction_version(transaction) + 1;
}

static kstate_state_p subscribed(const char *name, kstate_permissions_t permissions)
{
	kstate_state_p state = kstate_new_state();

	attempt(kstate_subscribe_state(state, name, permissions));
	return state;
}

static kstate_transaction_p filled(kstate_state_p state)
{
	kstate_transaction_p transaction = kstate_new_transaction();

	attempt(kstate_start_transaction(transaction, state, KSTATE_WRITE));
	fill(transaction);
	return transaction;
}

static void write_one(kstate_state_p state)
{
	kstate_transaction_p transaction = filled(state);

	attempt(kstate_commit_transaction(transaction));
	kstate_free_transaction(&transaction);
}

static void write_and_look(void)
{
	kstate_state_p writer = subscribed("plain", KSTATE_WRITE);
	kstate_state_p reader = subscribed("plain", KSTATE_READ);
	struct pollfd waited = {.fd = kstate_get_fd(reader), .events = POLLIN};
	uint32_t words[WORDS];
	size_t size = sizeof(words);
	uint64_t version;

	attempt(kstate_set_rate(reader, 1000000));
	kstate_get_state_ptr(reader);
	write_one(writer);
	attempt(kstate_read(reader, words, &size, &version));
	poll(&waited, 1, 1);
	attempt(kstate_acknowledge(reader, &version));
	attempt(kstate_set_size(writer, KSTATE_MAX_SIZE));
	kstate_free_state(&reader);
	kstate_free_state(&writer);
}

static void write_together(void)
{
	kstate_state_p a = subscribed("together.a", KSTATE_WRITE);
	kstate_state_p b = subscribed("together.b", KSTATE_WRITE);
	kstate_transaction_p both[] = {filled(a), filled(b)};
	uint32_t words[2][WORDS];
	struct kstate_view views[] = {{.state = a, .data = words[0], .size = sizeof(words[0])},
				      {.state = b, .data = words[1], .size = sizeof(words[1])}};

	attempt(kstate_commit_many(both, 2));
	attempt(kstate_read_many(views, 2));
	for (int i = 0; i < 2; i++)
		kstate_free_transaction(&both[i]);
	attempt(kstate_delete(a));
	kstate_free_state(&a);
	kstate_free_state(&b);
}

/* A page that stays in its file, whoever dies; or is deleted. */
static void keep(const char *name, bool for_ever)
{
	kstate_state_p state = subscribed(name, KSTATE_WRITE);

	attempt(kstate_set_persistent(state, file_of(name)));
	write_one(state);
	attempt(kstate_sync(state, 0));
	write_one(state);
	if (!for_ever)
		attempt(kstate_delete(state));
	kstate_free_state(&state);
}

static void do_everything(void)
{
	write_and_look();
	write_together();
	keep("kept.1", true);
	keep("kept.2", false);
}

static void live_for_ever(void)
{
	for (;;)
		do_everything();
}

/* --- how they die --- */

/* A process that goes when this one does. */
static pid_t forked(void)
{
	pid_t child = fork();

	expect(child >= 0);
	if (!child)
		expect(!prctl(PR_SET_PDEATHSIG, SIGKILL));
	return child;
}

/* Waits for its end, which is by that signal, or by itself if that is 0. */
static void expect_end(pid_t child, int signal)
{
	int status;

	expect(waitpid(child, &status, 0) == child);
	if (signal ? !WIFSIGNALED(status) || WTERMSIG(status) != signal : status != 0)
		errx(1, "it ended with status %x", (unsigned int)status);
}

static void kill_at_any_moment(void)
{
	pid_t child = forked();

	if (!child)
		live_for_ever();
	usleep((useconds_t)(random() % LONGEST));
	expect(!kill(child, SIGKILL));
	expect_end(child, SIGKILL);
}

static void be_traced(void)
{
	expect(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	do_everything();
	_exit(0);
}

/* Lets it go on to its next system call, or out of it. Returns false where it has come to its end. */
static bool next_stop(pid_t child)
{
	int status;

	expect(!ptrace(PTRACE_SYSCALL, child, NULL, NULL));
	expect(waitpid(child, &status, 0) == child);
	if (WIFSTOPPED(status))
		return true;
	if (status)
		errx(1, "it ended with status %x", (unsigned int)status);
	return false;
}

/* Returns whether there was such a call, the first being 1, and each counted twice: before and after. */
static bool kill_at_call(unsigned long call)
{
	pid_t child = forked();
	int status;

	if (!child)
		be_traced();
	expect(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
	for (unsigned long i = 0; i < call; i++)
		if (!next_stop(child))
			return false;
	expect(!kill(child, SIGKILL));
	expect_end(child, SIGKILL);
	return true;
}

static void kill_all(unsigned long count)
{
	unsigned long call = 1;
	unsigned long most = 0;

	for (unsigned long i = 0; i < count; i++) {
		if (i % 2) {
			kill_at_any_moment();
		} else if (kill_at_call(call)) {
			most = call > most ? call : most;
			/* not one by one: it is a step further on that counts, and there is not always time for all */
			call += count < 1000 ? 3 : 1;
		} else {
			call = 1 + (call + 1) % 3;
		}
	}
	printf("%lu killed, at up to %lu calls\n", count, most);
}

/* --- what is left --- */

static void expect_gone(const char *name)
{
	kstate_state_p state = kstate_new_state();
	int err = kstate_subscribe_state(state, name, KSTATE_READ);

	if (err != -ENOENT)
		errx(1, "%s is still there, or its name is not free: %s", name, strerror(-err));
	kstate_free_state(&state);
}

static uint64_t expect_whole(kstate_state_p state)
{
	uint32_t words[WORDS];
	size_t size = sizeof(words);
	uint64_t version;

	expect(!kstate_read(state, words, &size, &version));
	for (size_t i = 0; i < size / sizeof(*words); i++)
		expect(words[i] == (uint32_t)version);
	return version;
}

/* A deleted page lets go of its file when its last version is there. */
static void persist(kstate_state_p state, const char *name)
{
	int err;

	while ((err = kstate_set_persistent(state, file_of(name))) == -EBUSY)
		usleep(1000);
	expect(!err);
}

static void expect_working(const char *name)
{
	kstate_state_p state = kstate_new_state();
	uint64_t version;

	expect(!kstate_subscribe_state(state, name, KSTATE_WRITE));
	persist(state, name);
	expect_whole(state);
	write_one(state);
	version = expect_whole(state);
	expect(!kstate_sync(state, version) && !kstate_delete(state));
	kstate_free_state(&state);
	expect_gone(name);
	/* what is in the file is what was there last */
	state = kstate_new_state();
	expect(!kstate_subscribe_state(state, name, KSTATE_WRITE));
	persist(state, name);
	expect(expect_whole(state) == version && !kstate_delete(state));
	kstate_free_state(&state);
}

int main(int argc, char **argv)
{
	static const char *const plain[] = {"plain", "together.a", "together.b"};
	static const char *const kept[] = {"kept.1", "kept.2"};
	pid_t companion;

	if (argc != 4)
		errx(2, "usage: page-kills COUNT SEED FOLDER");
	srandom((unsigned int)strtoul(argv[2], NULL, 10));
	folder = argv[3];
	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	companion = forked();
	if (!companion)
		live_for_ever();
	kill_all(strtoul(argv[1], NULL, 10));
	expect(!kill(companion, SIGKILL));
	expect_end(companion, SIGKILL);
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		expect_gone(plain[i]);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		expect_working(kept[i]);
	return 0;
}

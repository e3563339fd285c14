// SPDX-License-Identifier: MIT
/*
 *	pages CHECK
 *
 * Uses pages by the C library, with the module kstate loaded, and ends with 0 where they do what CHECK is about. Otherwise it
 * says what does not hold, and where.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/fs.h>
#include <linux/kstate.h>
#include <linux/userfaultfd.h>

#include "kstate.h"

/* clang's analyzer knows that errx() does not return */
#define expect(holds) ((holds) ? (void)0 : errx(1, "line %d: not so: %s", __LINE__, #holds))
#define expect_equal(got, wanted) equal((long long)(got), (long long)(wanted), #got, __LINE__)

#define BOTH		(KSTATE_READ | KSTATE_WRITE)
#define MILLISECOND	1000000LL
#define WRITERS		4

/* Of ext4, whose header only the kernel has. */
#define EXT4_SHUTDOWN		_IOR('X', 125, uint32_t)
#define EXT4_SHUTDOWN_NO_LOG	2
#define ROUNDS		100

static void equal(long long got, long long wanted, const char *what, int line)
{
	if (got != wanted)
		errx(1, "line %d: %s is %lld, not %lld", line, what, got, wanted);
}

static kstate_state_p subscribed(const char *name, uint32_t permissions)
{
	kstate_state_p state = kstate_new_state();

	expect_equal(kstate_subscribe_state(state, name, (kstate_permissions_t)permissions), 0);
	return state;
}

static kstate_transaction_p started(kstate_state_p state, uint32_t permissions)
{
	kstate_transaction_p transaction = kstate_new_transaction();

	expect_equal(kstate_start_transaction(transaction, state, permissions), 0);
	return transaction;
}

static void set(kstate_transaction_p transaction, uint32_t value)
{
	memcpy(kstate_get_transaction_ptr(transaction), &value, sizeof(value));
}

static uint64_t version_of(kstate_state_p state)
{
	unsigned char data[KSTATE_MAX_SIZE];
	size_t size = sizeof(data);
	uint64_t version;

	expect_equal(kstate_read(state, data, &size, &version), 0);
	return version;
}

static uint32_t value_of(kstate_state_p state)
{
	uint32_t data[KSTATE_MAX_SIZE / sizeof(uint32_t)];
	size_t size = sizeof(data);

	expect_equal(kstate_read(state, data, &size, NULL), 0);
	return data[0];
}

static int put(kstate_state_p state, uint32_t value)
{
	kstate_transaction_p transaction = started(state, KSTATE_WRITE);
	int err;

	set(transaction, value);
	err = kstate_commit_transaction(transaction);
	kstate_free_transaction(&transaction);
	return err;
}

static int try_to_subscribe(const char *name, uint32_t permissions)
{
	kstate_state_p state = kstate_new_state();
	int result = kstate_subscribe_state(state, name, (kstate_permissions_t)permissions);

	expect_equal(kstate_state_is_subscribed(state), result == 0);
	kstate_free_state(&state);
	return result;
}

/* Whether storing there is a fault. */
static bool is_read_only(void *address)
{
	pid_t child = fork();
	int status;

	expect(child >= 0);
	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile unsigned char *)address = 1;
		_exit(0);
	}
	expect(waitpid(child, &status, 0) == child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

/* --- names and subscriptions --- */

static void names(void)
{
	static const char *const good[] = {"a", "0", "ab.c", "a.b.c", "A.1.z", "Fred.Jim"};
	static const char *const bad[] = {"", ".", ".a", "a.", "a..b", "a b", "a_b", "a-b", "a/b", "a&b", "\xc3\xa4", "a\n"};
	char longest[KSTATE_MAX_NAME_LEN + 2];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		expect_equal(try_to_subscribe(good[i], KSTATE_WRITE), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_equal(try_to_subscribe(bad[i], KSTATE_WRITE), -EINVAL);
	memset(longest, 'x', sizeof(longest));
	longest[KSTATE_MAX_NAME_LEN + 1] = '\0';
	expect_equal(try_to_subscribe(longest, KSTATE_WRITE), -EINVAL);
	longest[KSTATE_MAX_NAME_LEN] = '\0';
	expect_equal(try_to_subscribe(longest, KSTATE_WRITE), 0);
}

static void subscribe(void)
{
	kstate_state_p state = kstate_new_state();

	expect_equal(kstate_subscribe_state(NULL, "page", KSTATE_WRITE), -EINVAL);
	expect_equal(try_to_subscribe("page", 0), -EINVAL);
	expect_equal(try_to_subscribe("page", 4), -EINVAL);
	expect_equal(try_to_subscribe("page", BOTH | 8), -EINVAL);
	expect_equal(try_to_subscribe(NULL, KSTATE_WRITE), -EINVAL);
	expect_equal(try_to_subscribe("page", KSTATE_READ), -ENOENT);
	expect_equal(kstate_subscribe_state(state, "page", KSTATE_WRITE), 0);
	expect_equal(kstate_get_state_permissions(state), BOTH);
	expect_equal(kstate_subscribe_state(state, "page", KSTATE_WRITE), -EINVAL);
	expect_equal(try_to_subscribe("page", KSTATE_READ), 0);
	expect(!strcmp(kstate_get_state_name(state), "page"));
	kstate_unsubscribe_state(state);
	kstate_unsubscribe_state(state);
	kstate_unsubscribe_state(NULL);
	expect(!kstate_get_state_name(state) && !kstate_get_state_permissions(state) && !kstate_get_state_id(state));
	expect(!kstate_get_state_ptr(state) && !kstate_get_size(state));
	expect_equal(kstate_get_fd(state), -EINVAL);
	kstate_free_state(&state);
	kstate_free_state(&state);
}

static void last(void)
{
	kstate_state_p first = subscribed("page", KSTATE_WRITE);
	kstate_state_p second = subscribed("page", KSTATE_READ);

	expect_equal(put(first, 7), 0);
	kstate_free_state(&first);
	/* one who leaves does not take the name from the others */
	first = subscribed("page", KSTATE_WRITE);
	expect_equal(value_of(first), 7);
	kstate_free_state(&first);
	kstate_free_state(&second);
	expect_equal(try_to_subscribe("page", KSTATE_READ), -ENOENT);
	first = subscribed("page", KSTATE_WRITE);
	expect_equal(value_of(first), 0);
	expect_equal(version_of(first), 0);
	kstate_free_state(&first);
}

/* In a process of that user and group. */
static void as(uid_t user, gid_t group, void (*check)(void))
{
	pid_t child = fork();
	int status;

	expect(child >= 0);
	if (!child) {
		expect(!setgroups(0, NULL) && !setgid(group) && !setuid(user));
		check();
		_exit(0);
	}
	expect(waitpid(child, &status, 0) == child);
	expect_equal(status, 0);
}

static void may_read(void)
{
	expect_equal(try_to_subscribe("page", KSTATE_WRITE), -EACCES);
	expect_equal(try_to_subscribe("page", KSTATE_READ), 0);
}

static void may_nothing(void)
{
	expect_equal(try_to_subscribe("page", KSTATE_READ), -EACCES);
	expect_equal(try_to_subscribe("mine", KSTATE_WRITE), 0);
}

static void write_to(const char *file, const char *text)
{
	FILE *stream = fopen(file, "w");

	expect(stream && fputs(text, stream) >= 0 && !fclose(stream));
}

static void as_root_of(uid_t user, gid_t group)
{
	char map[32];

	/* who changed its user owns none of its files under proc, unless it is told to */
	expect(!prctl(PR_SET_DUMPABLE, 1) && !unshare(CLONE_NEWUSER));
	snprintf(map, sizeof(map), "0 %u 1", user);
	write_to("/proc/self/uid_map", map);
	write_to("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", group);
	write_to("/proc/self/gid_map", map);
}

/* Root in a user namespace, which is user 1 outside: as of files, that is over what is of user 1 and its group. */
static void may_override(void)
{
	as_root_of(1, 1);
	expect_equal(try_to_subscribe("theirs", KSTATE_WRITE), 0);
	expect_equal(try_to_subscribe("page", KSTATE_READ), -EACCES);
}

static void make_theirs(void)
{
	umask(0777);
	expect_equal(kstate_subscribe_state(kstate_new_state(), "theirs", KSTATE_WRITE), 0);
	may_override();
}

static void may_not_open(void)
{
	expect_equal(try_to_subscribe("page", KSTATE_READ), -EACCES);
	expect_equal(try_to_subscribe("mine", KSTATE_WRITE), -EACCES);
}

static void mode(void)
{
	kstate_state_p state;

	umask(0027);
	state = subscribed("page", KSTATE_WRITE);
	as(1, 0, may_not_open);
	expect(!chmod("/dev/kstate", 0666));
	as(1, 0, may_read);
	as(1, 1, may_nothing);
	as(1, 1, make_theirs);
	expect(!chmod("/dev/kstate", 0600));
	kstate_free_state(&state);
}

/* --- pointers --- */

static void pointers(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_transaction_p transaction = started(state, KSTATE_READ);
	const uint32_t *live = kstate_get_state_ptr(state);

	expect(live && live == kstate_get_state_ptr(state));
	expect_equal(*live, 0);
	expect(is_read_only((void *)live));
	expect(is_read_only(kstate_get_transaction_ptr(transaction)));
	expect(mprotect((void *)live, KSTATE_MAX_SIZE, PROT_READ | PROT_WRITE) && errno == EACCES);
	expect_equal(kstate_abort_transaction(transaction), 0);
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_WRITE), 0);
	expect(!is_read_only(kstate_get_transaction_ptr(transaction)));
	set(transaction, 5);
	expect_equal(*(volatile const uint32_t *)live, 0);
	expect_equal(kstate_commit_transaction(transaction), 0);
	expect_equal(*(volatile const uint32_t *)live, 5);
	expect(live == kstate_get_state_ptr(state));
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_READ), 0);
	expect(is_read_only(kstate_get_transaction_ptr(transaction)));
	kstate_free_transaction(&transaction);
	kstate_free_state(&state);
}

/* --- transactions --- */

static void starting(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p reader = subscribed("page", KSTATE_READ);
	kstate_state_p unset = kstate_new_state();
	kstate_transaction_p transaction = kstate_new_transaction();

	expect_equal(kstate_start_transaction(NULL, state, KSTATE_READ), -EINVAL);
	expect_equal(kstate_start_transaction(transaction, NULL, KSTATE_READ), -EINVAL);
	expect_equal(kstate_start_transaction(transaction, unset, KSTATE_READ), -EINVAL);
	expect_equal(kstate_start_transaction(transaction, state, 0), -EINVAL);
	expect_equal(kstate_start_transaction(transaction, state, 4), -EINVAL);
	expect_equal(kstate_start_transaction(transaction, reader, KSTATE_WRITE), -EINVAL);
	expect(!kstate_transaction_is_active(transaction) && !kstate_get_transaction_ptr(transaction));
	expect(!kstate_get_transaction_name(transaction) && !kstate_get_transaction_id(transaction));
	expect(!kstate_get_transaction_size(transaction) && !kstate_get_transaction_version(transaction));
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_WRITE), 0);
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_WRITE), -EINVAL);
	expect_equal(kstate_get_transaction_permissions(transaction), BOTH);
	expect(!strcmp(kstate_get_transaction_name(transaction), "page"));
	kstate_free_transaction(&transaction);
	kstate_free_transaction(&transaction);
	kstate_free_state(&unset);
	kstate_free_state(&reader);
	kstate_free_state(&state);
}

static void ending(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_transaction_p transaction = kstate_new_transaction();

	expect_equal(kstate_abort_transaction(NULL), -EINVAL);
	expect_equal(kstate_commit_transaction(NULL), -EINVAL);
	expect_equal(kstate_abort_transaction(transaction), -EINVAL);
	expect_equal(kstate_commit_transaction(transaction), -EINVAL);
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_READ), 0);
	expect_equal(kstate_commit_transaction(transaction), -EPERM);
	expect(kstate_transaction_is_active(transaction));
	expect_equal(kstate_abort_transaction(transaction), 0);
	expect_equal(kstate_abort_transaction(transaction), -EINVAL);
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_WRITE), 0);
	expect_equal(kstate_commit_transaction(transaction), 0);
	expect_equal(kstate_commit_transaction(transaction), -EINVAL);
	expect_equal(version_of(state), 0);
	kstate_free_transaction(&transaction);
	kstate_free_state(&state);
}

static void conflict(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_transaction_p one = started(state, KSTATE_WRITE);
	kstate_transaction_p two = started(state, KSTATE_WRITE);
	kstate_transaction_p idle = started(state, KSTATE_WRITE);

	set(one, 1);
	set(two, 2);
	expect_equal(kstate_commit_transaction(two), 0);
	expect_equal(kstate_commit_transaction(one), -EPERM);
	expect(!kstate_transaction_is_active(one));
	expect_equal(value_of(state), 2);
	expect_equal(version_of(state), 1);
	/* nothing written: it succeeds all the same, and disturbs nobody */
	expect_equal(*(uint32_t *)kstate_get_transaction_ptr(idle), 0);
	expect_equal(kstate_commit_transaction(idle), 0);
	expect_equal(version_of(state), 1);
	kstate_free_transaction(&one);
	kstate_free_transaction(&two);
	kstate_free_transaction(&idle);
	kstate_free_state(&state);
}

static void outlive(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p other = subscribed("page", KSTATE_READ);
	kstate_transaction_p transaction = started(state, KSTATE_WRITE);
	kstate_transaction_p alone;

	kstate_free_state(&state);
	set(transaction, 9);
	expect_equal(kstate_commit_transaction(transaction), 0);
	expect_equal(value_of(other), 9);
	alone = started(other, KSTATE_READ);
	kstate_free_state(&other);
	expect(!strcmp(kstate_get_transaction_name(alone), "page"));
	expect_equal(*(uint32_t *)kstate_get_transaction_ptr(alone), 9);
	kstate_free_transaction(&alone);
	expect_equal(try_to_subscribe("page", KSTATE_READ), -ENOENT);
	kstate_free_transaction(&transaction);
}

static int add_one(kstate_transaction_p transaction, void *ptr, void *context)
{
	uint32_t value;

	(void)transaction;
	memcpy(&value, ptr, sizeof(value));
	value++;
	memcpy(ptr, &value, sizeof(value));
	return *(int *)context;
}

static void add_many(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	int result = 0;

	/* what was tried some dozens of times may fail in the end: then it has not happened */
	for (int i = 0; i < ROUNDS; i++)
		while (kstate_transaction_using_fn(state, add_one, &result, true) == -EPERM)
			;
	kstate_free_state(&state);
}

static void function(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	int result = 0;
	int status;

	expect_equal(kstate_transaction_using_fn(NULL, add_one, &result, true), -EINVAL);
	expect_equal(kstate_transaction_using_fn(state, NULL, &result, true), -EINVAL);
	result = 42;
	expect_equal(kstate_transaction_using_fn(state, add_one, &result, true), 42);
	expect_equal(value_of(state), 0);
	for (int i = 0; i < WRITERS; i++)
		if (!fork()) {
			add_many();
			_exit(0);
		}
	for (int i = 0; i < WRITERS; i++)
		expect(wait(&status) > 0 && status == 0);
	expect_equal(value_of(state), WRITERS * ROUNDS);
	expect_equal(version_of(state), WRITERS * ROUNDS);
	kstate_free_state(&state);
}

/* --- several pages --- */

static void together(void)
{
	kstate_state_p a = subscribed("a", KSTATE_WRITE);
	kstate_state_p b = subscribed("b", KSTATE_WRITE);
	kstate_transaction_p both[] = {started(a, KSTATE_WRITE), started(b, KSTATE_WRITE)};

	expect_equal(kstate_commit_many(both, 0), -EINVAL);
	expect_equal(kstate_commit_many(NULL, 1), -EINVAL);
	expect_equal(kstate_commit_many(both, KSTATE_MAX_MANY + 1), -EINVAL);
	set(both[0], 1);
	set(both[1], 2);
	expect_equal(kstate_commit_many(both, 2), 0);
	expect(!kstate_transaction_is_active(both[0]) && !kstate_transaction_is_active(both[1]));
	expect(value_of(a) == 1 && value_of(b) == 2);
	expect_equal(kstate_start_transaction(both[0], a, KSTATE_WRITE), 0);
	expect_equal(kstate_start_transaction(both[1], b, KSTATE_WRITE), 0);
	set(both[0], 3);
	expect_equal(put(b, 4), 0);
	/* b was only looked at, but it is not any more what was seen */
	expect_equal(kstate_commit_many(both, 2), -EPERM);
	expect(value_of(a) == 1 && value_of(b) == 4);
	/* also where both were */
	expect_equal(kstate_start_transaction(both[0], a, KSTATE_WRITE), 0);
	expect_equal(kstate_start_transaction(both[1], b, KSTATE_WRITE), 0);
	expect_equal(put(b, 5), 0);
	expect_equal(kstate_commit_many(both, 2), -EPERM);
	expect_equal(kstate_start_transaction(both[0], a, KSTATE_WRITE), 0);
	expect_equal(kstate_start_transaction(both[1], b, KSTATE_WRITE), 0);
	expect_equal(kstate_commit_many(both, 2), 0);
	expect(version_of(a) == 1 && version_of(b) == 3);
	expect_equal(kstate_start_transaction(both[0], a, KSTATE_WRITE), 0);
	expect_equal(kstate_start_transaction(both[1], b, KSTATE_READ), 0);
	expect_equal(kstate_commit_many(both, 2), -EPERM);
	expect(kstate_transaction_is_active(both[0]));
	expect_equal(kstate_abort_transaction(both[1]), 0);
	expect_equal(kstate_commit_many(both, 2), -EINVAL);
	kstate_free_transaction(&both[0]);
	kstate_free_transaction(&both[1]);
	kstate_free_state(&a);
	kstate_free_state(&b);
}

static void same_twice(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_transaction_p both[] = {started(state, KSTATE_WRITE), started(state, KSTATE_WRITE)};

	set(both[0], 1);
	set(both[1], 2);
	expect_equal(kstate_commit_many(both, 2), -EINVAL);
	expect_equal(version_of(state), 0);
	kstate_free_transaction(&both[0]);
	kstate_free_transaction(&both[1]);
	kstate_free_state(&state);
}

static void sixteen(void)
{
	kstate_state_p states[KSTATE_MAX_MANY];
	kstate_transaction_p transactions[KSTATE_MAX_MANY];
	struct kstate_view views[KSTATE_MAX_MANY] = {0};
	uint32_t values[KSTATE_MAX_MANY][KSTATE_MAX_SIZE / sizeof(uint32_t)];
	char name[] = "page.a";

	for (uint32_t i = 0; i < KSTATE_MAX_MANY; i++, name[5]++) {
		states[i] = subscribed(name, KSTATE_WRITE);
		transactions[i] = started(states[i], KSTATE_WRITE);
		set(transactions[i], i + 1);
		views[i] = (struct kstate_view){.state = states[i], .data = values[i], .size = sizeof(values[i])};
	}
	expect_equal(kstate_commit_many(transactions, KSTATE_MAX_MANY), 0);
	expect_equal(kstate_read_many(views, 0), -EINVAL);
	expect_equal(kstate_read_many(views, KSTATE_MAX_MANY), 0);
	for (uint32_t i = 0; i < KSTATE_MAX_MANY; i++) {
		expect(values[i][0] == i + 1 && views[i].version == 1 && views[i].size == KSTATE_MAX_SIZE);
		kstate_free_transaction(&transactions[i]);
	}
	views[3].size = 8;
	expect_equal(kstate_read_many(views, KSTATE_MAX_MANY), -EMSGSIZE);
	for (uint32_t i = 0; i < KSTATE_MAX_MANY; i++)
		kstate_free_state(&states[i]);
}

static struct kstate_view view_of(kstate_state_p state)
{
	static unsigned char data[KSTATE_MAX_SIZE];

	return (struct kstate_view){.state = state, .data = data, .size = sizeof(data)};
}

/* Elsewhere the names are the same, and other pages have them. */
static void apart(void)
{
	kstate_state_p page = subscribed("page", KSTATE_WRITE), again = subscribed("page", KSTATE_READ);
	kstate_state_p other = subscribed("other", KSTATE_WRITE), elsewhere[2];
	struct kstate_view views[3] = {view_of(page), view_of(other), view_of(page)};

	expect_equal(kstate_read_many(views, 2), 0);
	expect_equal(kstate_read_many(views, 3), -EINVAL);
	views[2] = view_of(again);
	expect_equal(kstate_read_many(views, 3), -EINVAL);
	expect(!unshare(CLONE_NEWNET));
	elsewhere[0] = subscribed("page", KSTATE_WRITE);
	elsewhere[1] = subscribed("third", KSTATE_WRITE);
	for (int i = 0; i < 2; i++) {
		views[1] = view_of(elsewhere[i]);
		expect_equal(kstate_read_many(views, 2), -EXDEV);
	}
	views[0] = view_of(elsewhere[0]);
	expect_equal(kstate_read_many(views, 2), 0);
	/* one that is gone is no other's double */
	expect_equal(kstate_delete(elsewhere[0]), 0);
	views[0] = view_of(elsewhere[0]);
	expect_equal(kstate_read_many(views, 2), -EIDRM);
}

/* --- sizes, delete --- */

static void sizes(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p reader = subscribed("page", KSTATE_READ);
	kstate_transaction_p transaction = started(state, KSTATE_WRITE);
	unsigned char data[KSTATE_MAX_SIZE];
	size_t size = 3;

	expect_equal(kstate_get_size(state), KSTATE_MAX_SIZE);
	expect_equal(kstate_set_size(state, 0), -EINVAL);
	expect_equal(kstate_set_size(state, KSTATE_MAX_SIZE + 1), -EINVAL);
	expect_equal(kstate_set_size(state, SIZE_MAX), -EINVAL);
	expect_equal(kstate_set_size(reader, 5), -EACCES);
	expect_equal(kstate_set_size(state, 1), 0);
	expect_equal(kstate_set_size(state, 4), 0);
	/* somebody has changed its size since */
	set(transaction, 1);
	expect_equal(kstate_commit_transaction(transaction), -EPERM);
	expect_equal(put(state, 0xffffffff), 0);
	expect_equal(kstate_set_size(state, 3), -EINVAL);
	expect_equal(kstate_read(reader, data, &size, NULL), -EMSGSIZE);
	expect_equal(size, 4);
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_WRITE), 0);
	expect_equal(kstate_set_size(state, 6), 0);
	expect_equal(version_of(state), 2);
	size = sizeof(data);
	expect_equal(kstate_read(reader, data, &size, NULL), 0);
	expect(size == 6 && !memcmp(data, "\xff\xff\xff\xff\0\0", 6));
	set(transaction, 2);
	expect_equal(kstate_commit_transaction(transaction), -EPERM);
	kstate_free_transaction(&transaction);
	kstate_free_state(&reader);
	kstate_free_state(&state);
}

static void delete(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p other = subscribed("page", KSTATE_READ);
	kstate_transaction_p transaction = started(state, KSTATE_WRITE);
	size_t size = KSTATE_MAX_SIZE;
	unsigned char data[KSTATE_MAX_SIZE];
	uint64_t version;

	expect_equal(kstate_delete(state), -EBUSY);
	expect_equal(kstate_delete(other), -EACCES);
	kstate_free_state(&other);
	expect_equal(kstate_delete(state), 0);
	expect_equal(kstate_delete(state), -EIDRM);
	expect_equal(kstate_read(state, data, &size, &version), -EIDRM);
	expect_equal(kstate_set_size(state, 5), -EIDRM);
	set(transaction, 1);
	expect_equal(kstate_commit_transaction(transaction), -EIDRM);
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_READ), -EIDRM);
	expect(read(kstate_get_fd(state), &version, sizeof(version)) < 0 && errno == EIDRM);
	expect_equal(kstate_set_rate(state, 0), -EIDRM);
	expect_equal(kstate_sync(state, 0), -EIDRM);
	expect_equal(kstate_set_persistent(state, "/tmp/none"), -EIDRM);
	expect(!unlink("/tmp/none"));
	expect(mmap(NULL, KSTATE_MAP_SIZE, PROT_READ, MAP_SHARED, kstate_get_fd(state), 0) == MAP_FAILED && errno == EIDRM);
	expect_equal(try_to_subscribe("page", KSTATE_READ), -ENOENT);
	/* the name is free, and what it has now is another page */
	other = subscribed("page", KSTATE_WRITE);
	expect_equal(put(other, 1), 0);
	kstate_free_state(&state);
	expect_equal(value_of(other), 1);
	kstate_free_transaction(&transaction);
	kstate_free_state(&other);
}

/* --- waiting --- */

static bool is_readable(int fd, int milliseconds)
{
	struct pollfd waited = {.fd = fd, .events = POLLIN};

	expect(poll(&waited, 1, milliseconds) >= 0);
	return waited.revents & POLLIN;
}

static uint64_t acknowledged(int fd)
{
	uint64_t version;

	expect_equal(read(fd, &version, sizeof(version)), sizeof(version));
	return version;
}

/* Each of those that wait for the descriptor, also where one would do for a change. */
static void ended(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
	int first = epoll_create1(EPOLL_CLOEXEC), second = epoll_create1(EPOLL_CLOEXEC);

	expect(!epoll_ctl(first, EPOLL_CTL_ADD, kstate_get_fd(state), &event));
	expect(!epoll_ctl(second, EPOLL_CTL_ADD, kstate_get_fd(state), &event));
	expect_equal(kstate_delete(state), 0);
	expect_equal(epoll_wait(first, &event, 1, 0), 1);
	expect_equal(epoll_wait(second, &event, 1, 0), 1);
	close(first);
	close(second);
	kstate_free_state(&state);
}

/* One more than a page may have; and one that leaves makes room. */
static void many(void)
{
	static kstate_state_p states[KSTATE_SUBSCRIBERS_MAX];
	const struct rlimit files = {.rlim_cur = KSTATE_SUBSCRIBERS_MAX + 100, .rlim_max = KSTATE_SUBSCRIBERS_MAX + 100};

	expect(!setrlimit(RLIMIT_NOFILE, &files));
	for (size_t i = 0; i < KSTATE_SUBSCRIBERS_MAX; i++)
		states[i] = subscribed("page", i ? KSTATE_READ : KSTATE_WRITE);
	expect_equal(try_to_subscribe("page", KSTATE_READ), -EUSERS);
	expect_equal(put(states[0], 1), 0);
	expect(is_readable(kstate_get_fd(states[KSTATE_SUBSCRIBERS_MAX - 1]), 0));
	kstate_free_state(&states[1]);
	expect_equal(try_to_subscribe("page", KSTATE_READ), 0);
	for (size_t i = 0; i < KSTATE_SUBSCRIBERS_MAX; i++)
		kstate_free_state(&states[i]);
}

static void waiting(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p reader = subscribed("page", KSTATE_READ);
	int fd = kstate_get_fd(reader);
	pid_t child;

	expect(!is_readable(fd, 0));
	expect_equal(put(state, 1), 0);
	expect_equal(put(state, 2), 0);
	expect(is_readable(fd, 0) && is_readable(fd, 0));
	expect(read(fd, &(uint32_t){0}, sizeof(uint32_t)) < 0 && errno == EINVAL);
	expect_equal(acknowledged(fd), 2);
	expect(!is_readable(fd, 0));
	child = fork();
	if (!child) {
		usleep(100000);
		_exit(put(state, 3) ? 1 : 0);
	}
	/* a read waits */
	expect_equal(acknowledged(fd), 3);
	expect(waitpid(child, NULL, 0) == child);
	child = fork();
	if (!child) {
		usleep(100000);
		_exit(put(state, 4) ? 1 : 0);
	}
	expect(is_readable(fd, -1));
	expect_equal(acknowledged(fd), 4);
	expect(waitpid(child, NULL, 0) == child);
	kstate_free_state(&reader);
	/* what is there already counts as a change for who comes later */
	reader = subscribed("page", KSTATE_READ);
	expect(is_readable(kstate_get_fd(reader), 0));
	kstate_free_state(&reader);
	kstate_free_state(&state);
}

/* Who waits for a file that is no subscription yet, and looks only when something has changed. */
static void early(void)
{
	struct kstate_subscribe wanted = {.permissions = KSTATE_PERMIT_READ, .name = "page"};
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};
	int waiter = epoll_create1(EPOLL_CLOEXEC);
	int fd = open("/dev/kstate", O_RDONLY | O_CLOEXEC);

	expect_equal(put(state, 1), 0);
	expect(fd >= 0 && !epoll_ctl(waiter, EPOLL_CTL_ADD, fd, &event));
	expect_equal(epoll_wait(waiter, &event, 1, 0), 1);
	expect_equal(event.events, EPOLLERR);
	expect_equal(epoll_wait(waiter, &event, 1, 0), 0);
	expect(!ioctl(fd, KSTATE_IOC_SUBSCRIBE, &wanted));
	expect_equal(epoll_wait(waiter, &event, 1, 0), 1);
	expect_equal(event.events, EPOLLIN);
	close(waiter);
	close(fd);
	kstate_free_state(&state);
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Commits as fast as it can, for a while. */
static void write_fast(kstate_state_p state, long long nanoseconds)
{
	long long end = now() + nanoseconds;
	uint32_t value = 0;

	while (now() < end)
		expect_equal(put(state, ++value), 0);
}

#define RATE		(50 * MILLISECOND)
/* Of what has to be done between two changes, also where everything is slow. */
#define SLOW_RATE	(1500 * MILLISECOND)
#define WHILE		(1000 * MILLISECOND)

static void rate(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p reader = subscribed("page", KSTATE_READ);
	int fd = kstate_get_fd(reader);
	uint64_t version = 0;
	int shown = 0;
	long long began, last_time = 0;
	pid_t child;

	expect_equal(kstate_set_rate(reader, UINT64_MAX), -EINVAL);
	expect_equal(kstate_set_rate(reader, RATE), 0);
	began = now();
	child = fork();
	if (!child) {
		write_fast(state, WHILE);
		_exit(0);
	}
	while (is_readable(fd, 1500)) {
		version = acknowledged(fd);
		last_time = now();
		shown++;
	}
	expect(waitpid(child, NULL, 0) == child);
	/* not more often than the rate, but seen; and the last in the end */
	expect(shown > 2 && shown <= (last_time - began) / RATE + 2);
	expect_equal(version, version_of(state));
	/* without the rate everything is shown at once again */
	expect_equal(kstate_set_rate(reader, 0), 0);
	expect_equal(put(state, 1), 0);
	expect(is_readable(fd, 0));
	kstate_free_state(&reader);
	kstate_free_state(&state);
}

static void still(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p reader = subscribed("page", KSTATE_READ);
	kstate_transaction_p transaction;

	expect_equal(kstate_set_rate(reader, 3600LL * 1000 * MILLISECOND), 0);
	expect_equal(put(state, 1), 0);
	expect_equal(value_of(reader), 1);
	expect_equal(put(state, 2), 0);
	expect_equal(value_of(reader), 1);
	transaction = started(reader, KSTATE_READ);
	expect_equal(*(uint32_t *)kstate_get_transaction_ptr(transaction), 1);
	kstate_free_transaction(&transaction);
	expect_equal(kstate_set_rate(reader, 0), 0);
	expect_equal(value_of(reader), 2);
	/* who writes sees what is there, whatever the rate */
	expect_equal(kstate_set_rate(state, 3600LL * 1000 * MILLISECOND), 0);
	expect_equal(put(state, 3), 0);
	expect_equal(put(state, 4), 0);
	expect_equal(value_of(reader), 4);
	kstate_free_state(&reader);
	kstate_free_state(&state);
}

/* What began to be held still later than the rate did is due here later than it is told. */
static void told(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p reader = subscribed("page", KSTATE_READ);
	uint64_t version;

	expect_equal(kstate_acknowledge(NULL, &version), -EINVAL);
	expect_equal(kstate_acknowledge(reader, NULL), -EINVAL);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_set_rate(reader, SLOW_RATE), 0);
	expect_equal(kstate_acknowledge(reader, &version), 0);
	expect_equal(version, 1);
	usleep(SLOW_RATE / 2 / 1000);
	expect_equal(value_of(reader), 1);
	expect_equal(put(state, 2), 0);
	expect_equal(kstate_acknowledge(reader, &version), -EAGAIN);
	expect_equal(value_of(reader), 1);
	expect(is_readable(kstate_get_fd(reader), 10000));
	expect_equal(kstate_acknowledge(reader, &version), 0);
	expect_equal(version, 2);
	expect_equal(value_of(reader), 2);
	kstate_free_state(&reader);
	kstate_free_state(&state);
}

/* --- in files --- */

#define FILE_MOST	16384
#define RECORDS_APART	8192
/* Bytes of a record before its data, and where among them its version is. */
#define HEAD		64
#define VERSION		16

static char file_name[] = "/tmp/page.XXXXXX";

static void make_file(void)
{
	int fd = mkstemp(file_name);

	expect(fd >= 0);
	close(fd);
}

static void deleted(kstate_state_p *state)
{
	expect_equal(kstate_delete(*state), 0);
	kstate_free_state(state);
}

/* A page of that name, new, with what is in the file. */
static kstate_state_p loaded(const char *name, uint64_t version, uint32_t value)
{
	kstate_state_p state = subscribed(name, KSTATE_WRITE);

	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(version_of(state), version);
	expect_equal(value_of(state), value);
	return state;
}

static void persistent(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p reader = subscribed("page", KSTATE_READ);
	kstate_state_p other = subscribed("other", KSTATE_WRITE);

	make_file();
	expect_equal(kstate_sync(state, 0), -EINVAL);
	expect_equal(kstate_set_persistent(state, NULL), -EINVAL);
	expect_equal(kstate_set_persistent(state, "/tmp"), -EISDIR);
	expect_equal(kstate_set_persistent(state, "/dev/null"), -EINVAL);
	expect_equal(kstate_set_persistent(state, "/proc/self/comm"), -EINVAL);
	expect_equal(kstate_set_persistent(state, "/nowhere/page"), -ENOENT);
	expect_equal(kstate_set_persistent(reader, file_name), -EACCES);
	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(kstate_set_persistent(other, file_name), -EBUSY);
	expect_equal(kstate_set_persistent(state, "/tmp/another"), -EEXIST);
	unlink("/tmp/another");
	for (uint32_t i = 1; i <= 9; i++)
		expect_equal(put(state, i), 0);
	expect_equal(kstate_sync(reader, 10), -EINVAL);
	expect_equal(kstate_sync(reader, 0), 0);
	kstate_free_state(&reader);
	kstate_free_state(&state);
	/* it stays without subscribers */
	state = subscribed("page", KSTATE_READ);
	expect_equal(value_of(state), 9);
	kstate_free_state(&state);
	state = subscribed("page", KSTATE_WRITE);
	deleted(&state);
	state = loaded("page", 9, 9);
	expect_equal(put(state, 10), 0);
	expect_equal(kstate_sync(state, 10), 0);
	deleted(&state);
	/* a page that was written already keeps what it has, and the file gets it, though its version is less */
	expect_equal(put(other, 77), 0);
	expect_equal(kstate_set_persistent(other, file_name), 0);
	expect_equal(value_of(other), 77);
	expect_equal(kstate_sync(other, 1), 0);
	deleted(&other);
	state = loaded("page", 1, 77);
	deleted(&state);
	unlink(file_name);
}

static void coalesced(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	uint64_t version;

	make_file();
	expect_equal(kstate_set_persistent(state, file_name), 0);
	write_fast(state, 300 * MILLISECOND);
	/* nobody asks, and it comes all the same; who deletes the page does not lose it */
	expect_equal(put(state, 4242), 0);
	version = version_of(state);
	deleted(&state);
	state = loaded("page", version, 4242);
	deleted(&state);
	unlink(file_name);
}

static size_t file_bytes(unsigned char *bytes)
{
	FILE *file = fopen(file_name, "r");
	size_t size;

	expect(file);
	size = fread(bytes, 1, FILE_MOST, file);
	fclose(file);
	return size;
}

static void set_file(const unsigned char *bytes, size_t size)
{
	FILE *file = fopen(file_name, "w");

	expect(file && fwrite(bytes, 1, size, file) == size && !fclose(file));
}

/* What is loaded of a file with that in it: a version, or 0 for none. All of it is there, or the file is refused. */
static uint64_t version_in(const unsigned char *bytes, size_t size)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	uint64_t version;
	int err;

	set_file(bytes, size);
	err = kstate_set_persistent(state, file_name);
	expect(!err || err == -EBADMSG);
	version = version_of(state);
	expect(!err == (version != 0) || !size);
	expect_equal(value_of(state), version);
	deleted(&state);
	return version;
}

/* One bit wrong, of those in the mask one after the other. */
static void flip(unsigned char *bytes, size_t size, size_t at, unsigned char mask, uint64_t version)
{
	for (unsigned int bit = 1; bit <= mask; bit <<= 1) {
		if (!(mask & bit))
			continue;
		bytes[at] ^= (unsigned char)bit;
		expect_equal(version_in(bytes, size), version);
		bytes[at] ^= (unsigned char)bit;
	}
}

/* In the newer record: the older one counts, and the other way round. Every bit before the data, and some in those. */
static void flip_all(unsigned char *bytes, size_t size)
{
	for (size_t at = 0; at < size - RECORDS_APART; at += at < HEAD ? 1 : 97) {
		unsigned char mask = at < HEAD ? 0xff : (unsigned char)(1 << at % 8);

		flip(bytes, size, at, mask, 2);
		flip(bytes, size, RECORDS_APART + at, mask, 1);
	}
}

static void damaged(void)
{
	static unsigned char bytes[FILE_MOST];
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	size_t size;

	make_file();
	expect_equal(kstate_set_persistent(state, file_name), 0);
	for (uint32_t i = 1; i <= 2; i++) {
		expect_equal(put(state, i), 0);
		expect_equal(kstate_sync(state, 0), 0);
	}
	deleted(&state);
	usleep(200000);
	size = file_bytes(bytes);
	expect(size > RECORDS_APART && size < FILE_MOST);
	expect_equal(version_in(bytes, size), 2);
	flip_all(bytes, size);
	for (size_t length = size - 1; length > size / 2; length -= length > size - 3 ? 1 : 701)
		expect_equal(version_in(bytes, length), 1);
	expect_equal(version_in(bytes, 100), 0);
	expect_equal(version_in(bytes, 0), 0);
	bytes[0] ^= 1;
	bytes[RECORDS_APART] ^= 1;
	expect_equal(version_in(bytes, size), 0);
	unlink(file_name);
}

static void full(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	char page_file[] = "/tmp/page.full/page";
	FILE *filler;

	expect(!mkdir("/tmp/page.full", 0700) && !mount("none", "/tmp/page.full", "tmpfs", 0, "size=64k"));
	expect_equal(kstate_set_persistent(state, page_file), 0);
	filler = fopen("/tmp/page.full/filler", "w");
	expect(filler);
	while (fputc(0, filler) != EOF && !fflush(filler))
		fseek(filler, 4095, SEEK_CUR);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), -ENOSPC);
	/* it goes on meanwhile, and is written when there is room again */
	expect_equal(put(state, 2), 0);
	expect(!truncate("/tmp/page.full/filler", 0));
	fclose(filler);
	expect(!unlink("/tmp/page.full/filler"));
	while (kstate_sync(state, 2))
		usleep(10000);
	expect(umount("/tmp/page.full") && errno == EBUSY);
	deleted(&state);
	while (umount("/tmp/page.full"))
		usleep(10000);
	/* a disk that may not be written */
	state = subscribed("page", KSTATE_WRITE);
	expect(!mount("none", "/tmp/page.full", "tmpfs", MS_RDONLY, ""));
	expect_equal(kstate_set_persistent(state, page_file), -EROFS);
	expect(!umount("/tmp/page.full") && !rmdir("/tmp/page.full"));
	kstate_free_state(&state);
}

/* Of one that has lost its name there is nothing to promise. */
static void removed_before(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	char name[] = "/tmp/page.removed";
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	expect(fd >= 0 && !unlink(name));
	expect(ioctl(kstate_get_fd(state), KSTATE_IOC_PERSIST, &fd) < 0 && errno == ENOENT);
	kstate_free_state(&state);
	close(fd);
}

/* One that never had a name makes no claim to be found again. */
static void nameless(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	int fd = memfd_create("page", MFD_CLOEXEC);

	expect(fd >= 0 && !ioctl(kstate_get_fd(state), KSTATE_IOC_PERSIST, &fd));
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	deleted(&state);
	close(fd);
}

/* What others do with the file that the page was given is nothing to how it is written. */
static void appended(void)
{
	static unsigned char bytes[FILE_MOST];
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	int fd;

	make_file();
	fd = open(file_name, O_RDWR | O_CLOEXEC);
	expect(fd >= 0 && !ioctl(kstate_get_fd(state), KSTATE_IOC_PERSIST, &fd));
	expect(!fcntl(fd, F_SETFL, O_APPEND));
	for (uint32_t i = 1; i <= 9; i++) {
		expect_equal(put(state, i), 0);
		expect_equal(kstate_sync(state, i), 0);
	}
	close(fd);
	expect(file_bytes(bytes) < FILE_MOST);
	deleted(&state);
	state = loaded("page", 9, 9);
	deleted(&state);
	unlink(file_name);
}

/* Rights and limits are those of who opened the file, and not of the kernel. */
static void keep_in_it(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);

	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	deleted(&state);
}

static void opener(void)
{
	struct stat status;

	make_file();
	expect(!chown(file_name, 1, 1) && !chmod(file_name, 04777) && !chmod("/dev/kstate", 0666));
	as(2, 2, keep_in_it);
	expect(!chmod("/dev/kstate", 0600));
	/* as of whatever a process writes to that may not keep it */
	expect(!stat(file_name, &status));
	expect_equal(status.st_mode & 07777, 0777);
	unlink(file_name);
}

static void mode_for_all(mode_t mode)
{
	expect(!seteuid(0) && !chmod(file_name, mode) && !seteuid(2));
}

/* A file that may not be opened to write any more is not written, though it was opened once. */
static void permitted(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p other = subscribed("other", KSTATE_WRITE);
	char other_name[] = "/tmp/page.other";
	int fd;

	make_file();
	expect(!seteuid(2));
	mode_for_all(0666);
	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	mode_for_all(0644);
	expect_equal(put(state, 2), 0);
	expect_equal(kstate_sync(state, 2), -EACCES);
	mode_for_all(0666);
	while (kstate_sync(state, 2))
		usleep(10000);
	deleted(&state);
	/* who makes a file may write it, whatever mode he gives it */
	fd = open(other_name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	expect(fd >= 0 && !ioctl(kstate_get_fd(other), KSTATE_IOC_PERSIST, &fd));
	close(fd);
	expect_equal(put(other, 1), 0);
	expect_equal(kstate_sync(other, 1), 0);
	deleted(&other);
	expect(!seteuid(0) && !unlink(file_name) && !unlink(other_name));
}

static pid_t waiting_for(kstate_state_p state)
{
	pid_t child = fork();

	expect(child >= 0);
	if (!child)
		_exit(-kstate_sync(state, 0));
	return child;
}

/* What the wait has come to, as an errno. */
static int outcome_of(pid_t child)
{
	int status;

	expect(waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool still_waits(pid_t child)
{
	usleep(300000);
	return waitpid(child, NULL, WNOHANG) == 0;
}

static pid_t persisting(kstate_state_p state, int fd)
{
	pid_t child = fork();

	expect(child >= 0);
	if (!child)
		_exit(ioctl(kstate_get_fd(state), KSTATE_IOC_PERSIST, &fd) ? errno : 0);
	return child;
}

static void hear(int number)
{
	(void)number;
}

/* What the page of a file has to wait for that somebody has a lease of, who will give it up or have it taken from him. */
static void leased(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p other = subscribed("other", KSTATE_WRITE);
	kstate_state_p next = subscribed("next", KSTATE_WRITE);
	char other_name[] = "/tmp/page.other";
	pid_t patient, impatient;
	int fd;

	make_file();
	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(kstate_set_persistent(other, other_name), 0);
	signal(SIGIO, SIG_IGN);
	expect(!sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = hear }, NULL));
	fd = open(file_name, O_RDWR | O_CLOEXEC);
	expect(fd >= 0 && !fcntl(fd, F_SETLEASE, F_WRLCK));
	expect_equal(put(state, 1), 0);
	patient = waiting_for(state);
	expect(still_waits(patient));
	/* nobody else does */
	expect_equal(put(other, 1), 0);
	expect_equal(kstate_sync(other, 1), 0);
	expect(!fcntl(fd, F_SETLEASE, F_UNLCK));
	expect_equal(outcome_of(patient), 0);
	write_to("/proc/sys/fs/lease-break-time", "1");
	expect(!fcntl(fd, F_SETLEASE, F_WRLCK));
	expect_equal(put(state, 2), 0);
	expect_equal(kstate_sync(state, 2), 0);
	write_to("/proc/sys/fs/lease-break-time", "45");
	/* also the last version of all */
	expect(!fcntl(fd, F_SETLEASE, F_WRLCK));
	expect_equal(put(state, 3), 0);
	deleted(&state);
	/* who waits for that can be interrupted, and so stopped, and frozen */
	impatient = persisting(next, fd);
	expect(still_waits(impatient));
	expect(!kill(impatient, SIGUSR1));
	expect_equal(outcome_of(impatient), EINTR);
	kstate_free_state(&next);
	expect(!fcntl(fd, F_SETLEASE, F_UNLCK));
	close(fd);
	state = loaded("page", 3, 3);
	deleted(&state);
	deleted(&other);
	unlink(file_name);
	unlink(other_name);
}

#define FOLDER		"/tmp/page.folder"

static void keep_in_folder(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);

	expect_equal(kstate_set_persistent(state, FOLDER "/page"), 0);
	deleted(&state);
}

/* Where a file was made its name is on disk before the page is persistent; by which calls is seen from outside. */
static void entered(void)
{
	expect(!mkdir(FOLDER, 0700) && !chmod("/dev/kstate", 0666));
	keep_in_folder();
	/* a folder that may be passed, and not read */
	expect(!unlink(FOLDER "/page") && !chmod(FOLDER, 0333));
	as(2, 2, keep_in_folder);
	expect(!chmod("/dev/kstate", 0600) && !unlink(FOLDER "/page") && !rmdir(FOLDER));
}

/* The file goes with the page, however long others keep what they had open of it. */
static void released(void)
{
	kstate_state_p old = subscribed("page", KSTATE_WRITE);
	kstate_state_p state;

	make_file();
	expect_equal(kstate_set_persistent(old, file_name), 0);
	expect_equal(put(old, 1), 0);
	expect_equal(kstate_delete(old), 0);
	state = loaded("page", 1, 1);
	expect_equal(kstate_sync(old, 1), -EIDRM);
	deleted(&state);
	kstate_free_state(&old);
	unlink(file_name);
}

/* Between two writes nothing keeps a file system from becoming read-only; what cannot be written then is written later. */
static void remounted(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);

	expect(!mkdir("/tmp/page.ro", 0700) && !mount("none", "/tmp/page.ro", "tmpfs", 0, ""));
	expect_equal(kstate_set_persistent(state, "/tmp/page.ro/page"), 0);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	expect(!mount("none", "/tmp/page.ro", "tmpfs", MS_REMOUNT | MS_RDONLY, ""));
	expect_equal(kstate_sync(state, 1), 0);
	expect_equal(put(state, 2), 0);
	expect_equal(kstate_sync(state, 2), -EROFS);
	expect(!mount("none", "/tmp/page.ro", "tmpfs", MS_REMOUNT, ""));
	while (kstate_sync(state, 2))
		usleep(10000);
	deleted(&state);
	while (umount("/tmp/page.ro"))
		usleep(10000);
	expect(!rmdir("/tmp/page.ro"));
}

/* Whoever does it: nothing of the page's is written to what others put in the file's place, and nothing promised of it. */
static void replaced(void)
{
	static unsigned char bytes[FILE_MOST];
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	char other[] = "/tmp/page.other";

	make_file();
	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	expect(!link(file_name, other) && !unlink(file_name));
	set_file((const unsigned char *)"another", 7);
	expect_equal(put(state, 2), 0);
	/* it has a name still */
	expect_equal(kstate_sync(state, 2), 0);
	expect_equal(kstate_set_persistent(state, other), 0);
	expect_equal(kstate_set_persistent(state, file_name), -EEXIST);
	expect(!unlink(other));
	expect_equal(kstate_sync(state, 2), -ENOENT);
	expect_equal(put(state, 3), 0);
	expect_equal(kstate_sync(state, 0), -ENOENT);
	expect_equal(value_of(state), 3);
	deleted(&state);
	expect(file_bytes(bytes) == 7 && !memcmp(bytes, "another", 7));
	unlink(file_name);
	removed_before();
	nameless();
}

/* A record that is written over, be it with itself, may be lost with the power, and be the only one. */
static void untouched(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	struct stat before, after;

	make_file();
	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	deleted(&state);
	expect(!stat(file_name, &before));
	usleep(10000);
	state = loaded("page", 1, 1);
	expect_equal(kstate_sync(state, 1), 0);
	deleted(&state);
	expect(!stat(file_name, &after) && !memcmp(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim)));
	unlink(file_name);
}

/* What others write to the file is theirs until the next version is there, which is whole whatever they wrote. */
static void overwritten(void)
{
	static unsigned char bytes[FILE_MOST];
	kstate_state_p state = subscribed("page", KSTATE_WRITE);

	make_file();
	expect_equal(kstate_set_persistent(state, file_name), 0);
	memset(bytes, 0xff, sizeof(bytes));
	for (uint32_t i = 1; i <= 6; i++) {
		set_file(bytes, (size_t)(i % 3) * 5000);
		expect_equal(put(state, i), 0);
		expect_equal(kstate_sync(state, i), 0);
	}
	deleted(&state);
	state = loaded("page", 6, 6);
	deleted(&state);
	unlink(file_name);
}

/* A first write that the power cut short may have left its length. */
static void blank(void)
{
	static unsigned char bytes[FILE_MOST];
	kstate_state_p state;

	make_file();
	for (size_t size = 1; size < RECORDS_APART + KSTATE_MAX_SIZE; size += 1777) {
		set_file(bytes, size);
		state = loaded("page", 0, 0);
		expect_equal(put(state, 1), 0);
		expect_equal(kstate_sync(state, 1), 0);
		deleted(&state);
		state = loaded("page", 1, 1);
		deleted(&state);
	}
	/* more of them than there would be, and another byte among them */
	state = subscribed("page", KSTATE_WRITE);
	set_file(bytes, sizeof(bytes));
	expect_equal(kstate_set_persistent(state, file_name), -EBADMSG);
	bytes[99] = 1;
	set_file(bytes, 100);
	expect_equal(kstate_set_persistent(state, file_name), -EBADMSG);
	kstate_free_state(&state);
	unlink(file_name);
}

static void claim_elsewhere(void)
{
	kstate_state_p state;

	expect(!unshare(CLONE_NEWNET));
	state = subscribed("page", KSTATE_WRITE);
	expect_equal(kstate_set_persistent(state, file_name), -EBUSY);
	kstate_free_state(&state);
}

static void claimed(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p other = subscribed("other", KSTATE_WRITE);
	char hard[] = "/tmp/page.hard", soft[] = "/tmp/page.soft";

	make_file();
	expect(!link(file_name, hard) && !symlink(file_name, soft));
	expect_equal(kstate_set_persistent(state, hard), 0);
	expect_equal(kstate_set_persistent(other, file_name), -EBUSY);
	expect_equal(kstate_set_persistent(other, soft), -EBUSY);
	/* in another process and another namespace, where it is another page */
	as(0, 0, claim_elsewhere);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	deleted(&state);
	/* and free for the next when the last that was to be written is */
	expect_equal(kstate_set_persistent(other, soft), 0);
	expect_equal(value_of(other), 1);
	deleted(&other);
	unlink(hard);
	unlink(soft);
	unlink(file_name);
}

/* --- on disks that fail --- */

#define DISK		"/tmp/page.disk"

/* A file system of its own, which loop and ext4 have to be there for. */
static void mount_disk(void)
{
	expect(!mkdir(DISK, 0700));
	expect(!system("truncate -s 8M /tmp/page.image && mkfs.ext4 -q /tmp/page.image && mount -o loop /tmp/page.image " DISK));
}

/* Once files there have been let go. */
static void leave_disk(void)
{
	while (umount(DISK)) {
		expect(errno == EBUSY);
		usleep(10000);
	}
	expect(!rmdir(DISK));
}

static void unmount_disk(void)
{
	leave_disk();
	expect(!unlink("/tmp/page.image"));
}

static void freeze(unsigned long command)
{
	int fd = open(DISK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	expect(fd >= 0 && !ioctl(fd, command, 0));
	close(fd);
}

/* More than there are threads for. */
#define CROWD		300

/* Pages on the disk, with something to be written each. */
static void crowd(kstate_state_p *states)
{
	char name[32];

	for (unsigned int i = 0; i < CROWD; i++) {
		snprintf(name, sizeof(name), "crowd.%u", i);
		states[i] = subscribed(name, KSTATE_WRITE);
		snprintf(name, sizeof(name), DISK "/%u", i);
		expect_equal(kstate_set_persistent(states[i], name), 0);
	}
}

/* Nobody waits for the file of a page that is gone, though it is the last to have it. */
static void let_go(kstate_state_p *state)
{
	expect_equal(put(*state, 1), 0);
	deleted(state);
}

/* What hangs is who waits for that disk, and nobody and nothing else. */
static void hung(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p other = subscribed("other", KSTATE_WRITE);
	static kstate_state_p others[CROWD];
	kstate_state_p lost = subscribed("lost", KSTATE_WRITE);
	char name[] = DISK "/page", lost_name[] = DISK "/lost";
	pid_t patient, impatient;
	int status;

	mount_disk();
	make_file();
	expect_equal(kstate_set_persistent(state, name), 0);
	expect_equal(kstate_set_persistent(lost, lost_name), 0);
	expect_equal(kstate_set_persistent(other, file_name), 0);
	crowd(others);
	expect(!unlink(lost_name));
	freeze(FIFREEZE);
	let_go(&lost);
	for (unsigned int i = 0; i < CROWD; i++)
		expect_equal(put(others[i], 1), 0);
	expect_equal(put(state, 1), 0);
	patient = waiting_for(state);
	impatient = waiting_for(state);
	usleep(200000);
	for (uint32_t i = 2; i <= ROUNDS; i++) {
		expect_equal(put(state, i), 0);
		expect_equal(put(other, i), 0);
	}
	expect_equal(kstate_sync(other, 0), 0);
	expect_equal(value_of(state), ROUNDS);
	expect(!kill(impatient, SIGKILL) && waitpid(impatient, &status, 0) == impatient && WIFSIGNALED(status));
	expect(waitpid(patient, &status, WNOHANG) == 0);
	/* also who lets go of it */
	kstate_free_state(&state);
	state = subscribed("page", KSTATE_WRITE);
	for (uint32_t i = 0; i < CROWD; i++)
		expect_equal(put(others[i], 2), 0);
	expect_equal(put(other, ROUNDS + 1), 0);
	expect_equal(kstate_sync(other, 0), 0);
	freeze(FITHAW);
	expect(waitpid(patient, &status, 0) == patient && status == 0);
	expect_equal(kstate_sync(state, 0), 0);
	for (unsigned int i = 0; i < CROWD; i++) {
		expect_equal(kstate_sync(others[i], 2), 0);
		deleted(&others[i]);
	}
	deleted(&state);
	deleted(&other);
	unmount_disk();
	unlink(file_name);
}

/* A disk that is gone: who waits is told, the page goes on, and can be let go of. */
static void dead(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	char name[] = DISK "/page";
	int fd;

	mount_disk();
	expect_equal(kstate_set_persistent(state, name), 0);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	fd = open(DISK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect(fd >= 0 && !ioctl(fd, EXT4_SHUTDOWN, &(uint32_t){EXT4_SHUTDOWN_NO_LOG}));
	close(fd);
	expect_equal(put(state, 2), 0);
	expect_equal(kstate_sync(state, 2), -EIO);
	/* it tries again, and is told again */
	expect_equal(kstate_sync(state, 0), -EIO);
	expect_equal(kstate_sync(state, 1), 0);
	expect_equal(put(state, 3), 0);
	expect_equal(value_of(state), 3);
	deleted(&state);
	unmount_disk();
}

/* The file has lost its name before the last version is there, and so has the version; whether there is a page still or not. */
static void lost(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	char name[] = DISK "/page";
	pid_t patient;

	mount_disk();
	expect_equal(kstate_set_persistent(state, name), 0);
	expect(!unlink(name));
	freeze(FIFREEZE);
	expect_equal(put(state, 1), 0);
	patient = waiting_for(state);
	expect(still_waits(patient));
	deleted(&state);
	freeze(FITHAW);
	expect_equal(outcome_of(patient), ENOENT);
	unmount_disk();
}

/* Whoever opens the file waits. */
static int hold_who_opens(const char *name)
{
	int watch = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);

	expect(watch >= 0 && !fanotify_mark(watch, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, name));
	return watch;
}

/* The one who has come until now does no longer, nor does anybody else. */
static void let_in(int watch)
{
	struct fanotify_event_metadata event;
	struct fanotify_response response = { .response = FAN_ALLOW };

	expect(!fanotify_mark(watch, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL));
	expect_equal(read(watch, &event, sizeof(event)), sizeof(event));
	response.fd = event.fd;
	expect_equal(write(watch, &response, sizeof(response)), sizeof(response));
	close(event.fd);
	close(watch);
}

/* A page that is removed while its file is loaded has that no longer than one that had it for long. */
static void ending_early(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p other = subscribed("other", KSTATE_WRITE);
	pid_t first, second;
	int fd, watch;

	make_file();
	expect_equal(kstate_set_persistent(state, file_name), 0);
	expect_equal(put(state, 1), 0);
	deleted(&state);
	state = subscribed("page", KSTATE_WRITE);
	fd = open(file_name, O_RDWR | O_CLOEXEC);
	expect(fd >= 0);
	usleep(300000);
	watch = hold_who_opens(file_name);
	first = persisting(state, fd);
	expect(still_waits(first));
	deleted(&state);
	second = persisting(other, fd);
	expect(still_waits(second));
	let_in(watch);
	expect_equal(outcome_of(first), EIDRM);
	expect_equal(outcome_of(second), 0);
	expect_equal(value_of(other), 1);
	close(fd);
	deleted(&other);
	unlink(file_name);
}

/* Memory that does not come until somebody says so. */
static struct uffdio_range never;

static int make_never(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register wanted = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	void *memory = mmap(NULL, KSTATE_MAX_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	expect(memory != MAP_FAILED && fd >= 0 && !ioctl(fd, UFFDIO_API, &api));
	never = (struct uffdio_range){.start = (uintptr_t)memory, .len = KSTATE_MAX_SIZE};
	wanted.range = never;
	expect(!ioctl(fd, UFFDIO_REGISTER, &wanted));
	return fd;
}

/* Has the file to itself for as long, as whoever writes has. */
static void *write_never(void *file)
{
	expect_equal(pwrite((int)(intptr_t)file, (void *)never.start, 1, FILE_MOST), 1);
	return NULL;
}

/* As many as are written at a time, and more. */
#define SELFISH		20

/* Who has all that is written of his on a disk wait holds up himself. */
static void selfish(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_state_p others[SELFISH];
	pthread_t threads[SELFISH];
	int files[SELFISH];
	int fd = make_never();
	char name[32];

	mount_disk();
	expect_equal(kstate_set_persistent(state, DISK "/page"), 0);
	expect(!chmod(DISK, 0777));
	for (unsigned int i = 0; i < SELFISH; i++) {
		snprintf(name, sizeof(name), "other.%u", i);
		others[i] = subscribed(name, KSTATE_WRITE);
		snprintf(name, sizeof(name), DISK "/%u", i);
		/* of this thread alone: those that write do not hear of anything */
		setfsuid(2);
		expect_equal(kstate_set_persistent(others[i], name), 0);
		files[i] = open(name, O_RDWR | O_CLOEXEC);
		setfsuid(0);
		expect(files[i] >= 0 && !pthread_create(&threads[i], NULL, write_never, (void *)(intptr_t)files[i]));
	}
	usleep(300000);
	for (unsigned int i = 0; i < SELFISH; i++)
		expect_equal(put(others[i], 1), 0);
	usleep(300000);
	expect_equal(put(state, 1), 0);
	expect_equal(kstate_sync(state, 1), 0);
	expect(!ioctl(fd, UFFDIO_ZEROPAGE, &(struct uffdio_zeropage){.range = never}));
	for (unsigned int i = 0; i < SELFISH; i++) {
		expect(!pthread_join(threads[i], NULL) && !close(files[i]));
		expect_equal(kstate_sync(others[i], 1), 0);
		deleted(&others[i]);
	}
	deleted(&state);
	unmount_disk();
	close(fd);
}

/* --- on a disk that fails where it is told to --- */

#define BLOCK		4096
#define SECTOR		512
/* Called as the first of them would be in any case. */
#define NULL_BLOCK	"/sys/kernel/config/nullb/nullb0"

static void mount_failing_disk(void)
{
	expect(!mkdir(DISK, 0700));
	expect(!system("modprobe null_blk nr_devices=0; mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config"));
	expect(!mkdir(NULL_BLOCK, 0700));
	write_to(NULL_BLOCK "/size", "16");
	write_to(NULL_BLOCK "/memory_backed", "1");
	write_to(NULL_BLOCK "/power", "1");
	expect(!system("mkfs.ext4 -q -b 4096 /dev/nullb0 && mount /dev/nullb0 " DISK));
}

static void unmount_failing_disk(void)
{
	leave_disk();
	write_to(NULL_BLOCK "/power", "0");
	expect(!rmdir(NULL_BLOCK));
}

/* Lets the disk fail, or not any more, at that place of a file. */
static void fail(const char *name, int place, bool fails)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	int block = place / BLOCK;
	char sectors[64];
	long first;

	expect(fd >= 0 && !ioctl(fd, FIBMAP, &block) && block);
	close(fd);
	first = (long)block * (BLOCK / SECTOR);
	snprintf(sectors, sizeof(sectors), "%c%ld-%ld", fails ? '+' : '-', first, first + BLOCK / SECTOR - 1);
	write_to(NULL_BLOCK "/badblocks", sectors);
}

/* Of the version in the second record of a file what is on the disk, and not only in memory. */
static uint64_t version_on_disk(const char *name)
{
	static unsigned char bytes[BLOCK] __attribute__((aligned(BLOCK)));
	int fd = open(name, O_RDONLY | O_DIRECT | O_CLOEXEC);
	uint64_t version;

	expect(fd >= 0);
	expect_equal(pread(fd, bytes, sizeof(bytes), RECORDS_APART), sizeof(bytes));
	close(fd);
	memcpy(&version, bytes + VERSION, sizeof(version));
	return version;
}

/* What could not be written stays in memory, as if it had been; what is loaded is what is on disk. */
static void believed(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	char name[] = DISK "/page";

	mount_failing_disk();
	expect_equal(kstate_set_persistent(state, name), 0);
	for (uint32_t i = 1; i <= 5; i++) {
		expect_equal(put(state, i), 0);
		expect_equal(kstate_sync(state, i), 0);
	}
	fail(name, RECORDS_APART, true);
	expect_equal(put(state, 6), 0);
	expect_equal(kstate_sync(state, 6), -EIO);
	deleted(&state);
	usleep(300000);
	fail(name, RECORDS_APART, false);
	expect_equal(version_on_disk(name), 4);
	state = subscribed("page", KSTATE_WRITE);
	expect_equal(kstate_set_persistent(state, name), 0);
	expect_equal(value_of(state), 5);
	expect_equal(kstate_sync(state, 5), 0);
	expect_equal(version_on_disk(name), 4);
	expect_equal(put(state, 7), 0);
	expect_equal(kstate_sync(state, 6), 0);
	expect_equal(version_on_disk(name), 6);
	deleted(&state);
	unmount_failing_disk();
}

/* Of klogctl(), which names it for programs of the kernel's only. */
#define READ_ALL	3

static bool is_logged(const char *words)
{
	static char log[1 << 20];
	int size = klogctl(READ_ALL, log, sizeof(log) - 1);

	expect(size >= 0);
	log[size] = '\0';
	return strstr(log, words);
}

/* Of a record that cannot be read nobody knows how new it is; also where its first block can. */
static void unreadable(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	char name[] = DISK "/page";
	char line[100];
	struct stat file;

	mount_failing_disk();
	expect_equal(kstate_set_persistent(state, name), 0);
	for (uint32_t i = 1; i <= 2; i++) {
		expect_equal(put(state, i), 0);
		expect_equal(kstate_sync(state, i), 0);
	}
	deleted(&state);
	usleep(300000);
	expect(!stat(name, &file));
	snprintf(line, sizeof(line), "kstate: one of the records in inode %lu on nullb0 cannot be read", (unsigned long)file.st_ino);
	expect(!is_logged(line));
	fail(name, RECORDS_APART + BLOCK, true);
	write_to("/proc/sys/vm/drop_caches", "3");
	state = subscribed("page", KSTATE_WRITE);
	expect_equal(kstate_set_persistent(state, name), 0);
	expect_equal(value_of(state), 1);
	expect(is_logged(line));
	fail(name, RECORDS_APART + BLOCK, false);
	deleted(&state);
	unmount_failing_disk();
}

/* --- ids, texts --- */

static void ids(void)
{
	kstate_state_p one = subscribed("page", KSTATE_WRITE);
	kstate_state_p two = subscribed("page", KSTATE_WRITE);
	uint32_t id = kstate_get_state_id(one);

	expect(id && kstate_get_state_id(two) && id != kstate_get_state_id(two));
	kstate_unsubscribe_state(one);
	expect_equal(kstate_subscribe_state(one, "page", KSTATE_WRITE), 0);
	expect_equal(kstate_get_state_id(one), id);
	kstate_free_state(&one);
	kstate_free_state(&two);
}

static void unique(void)
{
	char *one = kstate_get_unique_name("Fred");
	char *two = kstate_get_unique_name("Fred");

	expect(one && two && strcmp(one, two) != 0 && !strncmp(one, "Fred.", 5));
	expect(!kstate_get_unique_name(NULL) && !kstate_get_unique_name("a b") && !kstate_get_unique_name(""));
	expect_equal(try_to_subscribe(one, KSTATE_WRITE), 0);
	free(one);
	free(two);
}

static void texts(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);
	kstate_transaction_p transaction = started(state, KSTATE_READ);
	char wanted[256];
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	kstate_print_state(stream, "< ", state, true);
	kstate_print_transaction(stream, NULL, transaction, true);
	snprintf(wanted, sizeof(wanted), "< State %u on 'page' for read|write\nTransaction %u for read on 'page'\n",
		 kstate_get_state_id(state), kstate_get_transaction_id(transaction));
	kstate_free_transaction(&transaction);
	kstate_free_state(&state);
	expect(!fclose(stream) && !strcmp(text, wanted));
	free(text);
}

static const struct {
	const char *name;
	void (*run)(void);
} checks[] = {
	{"names", names},	 {"subscribe", subscribe}, {"last", last},	   {"mode", mode},
	{"pointers", pointers},	 {"starting", starting},   {"ending", ending},	   {"conflict", conflict},
	{"outlive", outlive},	 {"function", function},   {"together", together}, {"same-twice", same_twice},
	{"sixteen", sixteen},	 {"apart", apart},	   {"sizes", sizes},	   {"delete", delete},	   {"waiting", waiting},
	{"rate", rate},		 {"still", still},	   {"told", told},	   {"ids", ids},
	{"unique", unique},	 {"texts", texts},	   {"persistent", persistent}, {"coalesced", coalesced},
	{"damaged", damaged},	 {"full", full},	   {"replaced", replaced}, {"overwritten", overwritten},
	{"untouched", untouched},
	{"blank", blank},	 {"claimed", claimed},	   {"hung", hung},	   {"dead", dead},
	{"ended", ended},	 {"many", many},	   {"appended", appended}, {"released", released},
	{"remounted", remounted}, {"opener", opener},	   {"leased", leased},	   {"permitted", permitted},
	{"lost", lost},		 {"believed", believed},   {"unreadable", unreadable},
	{"ending-early", ending_early}, {"selfish", selfish}, {"early", early}, {"entered", entered},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(checks) / sizeof(*checks); i++)
		if (!strcmp(checks[i].name, argv[1])) {
			checks[i].run();
			return 0;
		}
	errx(2, "usage: pages CHECK");
}

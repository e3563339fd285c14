// SPDX-License-Identifier: MIT
/*
 *	page-failures each
 *	page-failures many ROUNDS
 *
 * Does everything that can be done with a page, and has the kernel's allocations and copies fail (starve.h) meanwhile.
 * "each" does each thing again and again, and fails its first allocation, then its second, and so on until it goes by with
 * none left to fail; "many" fails a tenth of all, in ROUNDS rounds.
 *
 * It may be refused for want of memory alone, or be done as ever, where the kernel could do without. Where it was refused
 * the page is what it was, and it can be done with nothing failing; and in the end there is no page. Prints of each thing how many
 * failures there were, or how often it was refused.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kstate.h>

#include "../e2e/page-family.h"
#include "kstate.h"
#include "starve.h"

#define expect(holds) ((holds) ? (void)0 : errx(1, "line %d: not so: %s", __LINE__, #holds))

#define DEVICE		"/dev/kstate"
#define FILE_NAME	"/tmp/starved"
#define PINNED		3

struct request {
	const char *what;
	/* What is to be there before: nothing failing. */
	void (*prepare)(void);
	/* Returns 0 or an errno. */
	int (*act)(void);
	/* What it does is there, where it was done, and not where it was refused. */
	void (*look)(bool done);
	bool once;	/* cannot be done again where it has been, in spite of a refusal */
};

/* Two pages, and what was opened or mapped by a request. */
static int first = -1, second = -1, opened = -1, file = -1;
static void *mapped = MAP_FAILED;
static size_t mapped_size;
static bool one_by_one;
static unsigned char bytes[2][KSTATE_SIZE_MAX];

static int result_of(long result)
{
	return result < 0 ? errno : 0;
}

static int subscribe(int fd, const char *name, uint32_t permissions)
{
	struct kstate_subscribe wanted = {.permissions = permissions, .mode = 0600};

	strncpy(wanted.name, name, KSTATE_NAME_MAX);
	return result_of(ioctl(fd, KSTATE_IOC_SUBSCRIBE, &wanted));
}

static int open_device(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		err(1, DEVICE);
	return fd;
}

static uint64_t version_of(int fd)
{
	static unsigned char there[KSTATE_SIZE_MAX];
	struct kstate_data data = {.address = (uintptr_t)there, .size = sizeof(there)};

	expect(!ioctl(fd, KSTATE_IOC_READ, &data));
	return data.version;
}

static bool is_there(const char *name)
{
	int fd = open_device();
	int why = subscribe(fd, name, KSTATE_PERMIT_READ);

	expect(!why || why == ENOENT);
	close(fd);
	return !why;
}

/* --- before it --- */

static void nothing(void)
{
}

static void a_file(void)
{
	opened = open_device();
}

static void a_page(void)
{
	first = open_device();
	expect(!subscribe(first, "first", KSTATE_PERMIT_WRITE));
}

static void a_page_and_a_file(void)
{
	a_page();
	a_file();
}

static void two_pages(void)
{
	a_page();
	second = open_device();
	expect(!subscribe(second, "second", KSTATE_PERMIT_WRITE));
}

static int put(int fd, uint64_t version, uint32_t flags)
{
	struct kstate_data data = {.version = version, .address = (uintptr_t)bytes[0], .size = sizeof(bytes[0]), .flags = flags};

	return result_of(ioctl(fd, KSTATE_IOC_COMMIT, &data));
}

static void a_written_page(void)
{
	a_page();
	expect(!put(first, 0, 0));
}

static void a_page_and_an_empty_file(void)
{
	a_page();
	file = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	expect(file >= 0);
}

/* A page that was deleted a moment ago may have the file still. */
static int persist(void)
{
	int why;

	while ((why = result_of(ioctl(first, KSTATE_IOC_PERSIST, &file))) == EBUSY)
		usleep(1000);
	return why;
}

static int synchronize(void)
{
	return result_of(ioctl(first, KSTATE_IOC_SYNC, &(__u64){0}));
}

static void a_persistent_page(void)
{
	a_page_and_an_empty_file();
	expect(!persist() && !put(first, 0, 0));
}

static void a_page_and_its_old_file(void)
{
	a_persistent_page();
	expect(!synchronize() && !ioctl(first, KSTATE_IOC_DELETE));
	close(first);
	a_page();
}

static void pinned_pages(void)
{
	static const char *const names[PINNED] = {"first", "second", "third"};

	for (int i = 0; i < PINNED; i++)
		expect(!family_about(KSTATE_CMD_CREATE, names[i]));
}

/* --- what is done --- */

static int open_it(void)
{
	opened = open(DEVICE, O_RDWR | O_CLOEXEC);
	return result_of(opened);
}

static int subscribe_new(void)
{
	return subscribe(opened, "first", KSTATE_PERMIT_WRITE);
}

static int subscribe_old(void)
{
	return subscribe(opened, "first", KSTATE_PERMIT_READ);
}

static int map(size_t size, off_t offset)
{
	mapped_size = size;
	mapped = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, first, offset);
	return mapped == MAP_FAILED ? errno : 0;
}

static int map_slots(void)
{
	return map(KSTATE_MAP_SIZE, 0);
}

static int map_live(void)
{
	return map(KSTATE_SIZE_MAX, KSTATE_LIVE_OFFSET);
}

static int commit(void)
{
	return put(first, 0, 0);
}

static int commit_and_tell(void)
{
	return put(first, 0, KSTATE_ANNOUNCE);
}

static int read_it(void)
{
	struct kstate_data data = {.address = (uintptr_t)bytes[0], .size = sizeof(bytes[0])};

	return result_of(ioctl(first, KSTATE_IOC_READ, &data));
}

static int many(unsigned long command)
{
	struct kstate_part parts[2] = {
		{.data = {.address = (uintptr_t)bytes[0], .size = KSTATE_SIZE_MAX}, .file = first},
		{.data = {.address = (uintptr_t)bytes[1], .size = KSTATE_SIZE_MAX}, .file = second},
	};
	struct kstate_many told = {.parts = (uintptr_t)parts, .count = 2};

	return result_of(ioctl(first, command, &told));
}

static int commit_many(void)
{
	return many(KSTATE_IOC_COMMIT_MANY);
}

static int read_many(void)
{
	return many(KSTATE_IOC_READ_MANY);
}

static int resize(void)
{
	return result_of(ioctl(first, KSTATE_IOC_RESIZE, &(__u32){100}));
}

static int pace(void)
{
	return result_of(ioctl(first, KSTATE_IOC_RATE, &(__u64){1000000}));
}

static int delete_it(void)
{
	return result_of(ioctl(first, KSTATE_IOC_DELETE));
}

static int wait_for_it(void)
{
	struct pollfd waited = {.fd = first, .events = POLLIN};

	return poll(&waited, 1, 1000) < 0 ? errno : 0;
}

static int acknowledge(void)
{
	uint64_t version;

	return result_of(read(first, &version, sizeof(version)));
}

static int close_it(void)
{
	int fd = first;

	first = -1;
	return result_of(close(fd));
}

static int create(void)
{
	return -family_about(KSTATE_CMD_CREATE, "first");
}

static int remove_it(void)
{
	return -family_about(KSTATE_CMD_DELETE, "first");
}

static int list_one(void)
{
	return -family_about(KSTATE_CMD_LIST, "first");
}

static int list_all(void)
{
	return -family_ask(family_begin(KSTATE_CMD_LIST, NLM_F_DUMP), NULL, NULL);
}

/* --- what is there afterwards --- */

static void look_at_nothing(bool done)
{
	(void)done;
}

static void look_for_first(bool done)
{
	/* who was not told may have been obeyed */
	expect(!done || is_there("first"));
}

static void look_at_subscription(bool done)
{
	/* or nobody would have the page */
	expect(is_there("first") == done);
}

static void look_for_none(bool done)
{
	expect(!done || !is_there("first"));
}

/* There is something to be looked at, and nothing is in it. */
static void look_at_map(bool done)
{
	expect(!done || *(const uint64_t *)mapped == 0);
}

static void look_at_version(bool done)
{
	expect(version_of(first) == done);
}

static void look_at_both(bool done)
{
	expect(version_of(first) == done && version_of(second) == done);
}

/* It is taken by this page, or by none. */
static void look_at_file(bool done)
{
	int other = open_device();

	expect(!subscribe(other, "other", KSTATE_PERMIT_WRITE));
	expect(result_of(ioctl(other, KSTATE_IOC_PERSIST, &file)) == (done ? EBUSY : 0));
	if (!done)
		expect(!ioctl(other, KSTATE_IOC_DELETE));
	close(other);
}

static void look_at_disk(bool done)
{
	expect(!done || lseek(file, 0, SEEK_END) > KSTATE_SIZE_MAX);
}

static const struct request requests[] = {
	{"open", nothing, open_it, look_at_nothing, false},
	{"subscribe, making the page", a_file, subscribe_new, look_at_subscription, true},
	{"subscribe", a_page_and_a_file, subscribe_old, look_for_first, true},
	{"map", a_page, map_slots, look_at_map, false},
	{"map the live copy", a_page, map_live, look_at_map, false},
	{"commit", a_page, commit, look_at_version, true},
	{"commit, announced", a_page, commit_and_tell, look_at_version, true},
	{"commit of many", two_pages, commit_many, look_at_both, true},
	{"read", a_page, read_it, look_at_nothing, false},
	{"read of many", two_pages, read_many, look_at_nothing, false},
	{"resize", a_page, resize, look_at_nothing, false},
	{"rate", a_page, pace, look_at_nothing, false},
	{"wait", a_written_page, wait_for_it, look_at_nothing, false},
	{"acknowledge", a_written_page, acknowledge, look_at_nothing, true},
	{"persist", a_page_and_an_empty_file, persist, look_at_file, false},
	{"persist what there was", a_page_and_its_old_file, persist, look_at_file, false},
	{"sync", a_persistent_page, synchronize, look_at_disk, false},
	{"delete", a_page, delete_it, look_for_none, true},
	{"close", a_page, close_it, look_for_none, true},
	{"create", nothing, create, look_for_first, false},
	{"delete by netlink", pinned_pages, remove_it, look_for_none, true},
	{"list of one", pinned_pages, list_one, look_at_nothing, false},
	{"list of all", pinned_pages, list_all, look_at_nothing, false},
};

/* --- rounds --- */

static bool is_for_want_of_memory(int why)
{
	/* a copy that fails is told as EFAULT, a message for which there is no memory as ENOBUFS */
	return why == ENOMEM || why == ENOBUFS || why == EFAULT;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void leave(void)
{
	static const char *const names[] = {"first", "second", "third", "other"};

	if (mapped != MAP_FAILED)
		munmap(mapped, mapped_size);
	mapped = MAP_FAILED;
	close_one(&first);
	close_one(&second);
	close_one(&opened);
	close_one(&file);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		int why = -family_about(KSTATE_CMD_DELETE, names[i]);

		expect(!why || why == ENOENT);
		expect(!is_there(names[i]));
	}
	unlink(FILE_NAME);
}

/* What was not heard of an answer is not to be another's. */
static void renew_socket(void)
{
	family_close();
	family_open();
}

/* Returns whether the nth failed; of many, whether the request was refused. */
static bool round_of(const struct request *request, unsigned int nth)
{
	bool failed;
	int why;

	request->prepare();
	starve(nth);
	why = request->act();
	failed = starved();
	if (why && (!failed || !is_for_want_of_memory(why)))
		errx(1, "%s, failure %u: %s", request->what, nth, strerror(why));
	renew_socket();
	request->look(!why);
	if (why && !request->once)
		expect(!request->act());
	leave();
	return one_by_one ? failed : why != 0;
}

/* What was refused before can be done. */
static void expect_possible(const struct request *request)
{
	request->prepare();
	expect(!request->act());
	request->look(true);
	leave();
}

static unsigned int each(const struct request *request)
{
	unsigned int failures = 0;

	while (round_of(request, failures + 1))
		failures++;
	return failures;
}

static unsigned int some(const struct request *request, unsigned long rounds)
{
	unsigned int refusals = 0;

	for (unsigned long round = 0; round < rounds; round++)
		refusals += round_of(request, 1);
	return refusals;
}

int main(int argc, char **argv)
{
	one_by_one = argc == 2 && !strcmp(argv[1], "each");
	if (!one_by_one && !(argc == 3 && !strcmp(argv[1], "many")))
		errx(2, "usage: page-failures each | page-failures many ROUNDS");
	/* events are made for who listens, and need not read them */
	family_open();
	family_listen();
	family_open();
	starve_prepare(one_by_one);
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		printf("%s: %u\n", requests[i].what,
		       one_by_one ? each(&requests[i]) : some(&requests[i], strtoul(argv[2], NULL, 10)));
		expect_possible(&requests[i]);
	}
	return 0;
}

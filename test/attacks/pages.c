// SPDX-License-Identifier: MIT
/*
 *	page-attacks ATTACK [COUNT [SEED]]
 *
 * Uses pages in ways that do no good, by system calls of its own where the C library would not let it, and ends with 0 where
 * the module kstate has withstood. Otherwise it says what did not, and where. What it prints are figures.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/kstate.h>

#include "kstate.h"

#define expect(holds) ((holds) ? (void)0 : errx(1, "line %d: not so: %s", __LINE__, #holds))
#define expect_error(call, wanted) refused((long)(call), wanted, #call, __LINE__)

#define PAGE		4096
#define DEVICE		"/dev/kstate"

static void refused(long result, int wanted, const char *what, int line)
{
	int got = result == -1 ? errno : 0;

	if (got != wanted)
		errx(1, "line %d: %s: errno %d, not %d", line, what, got, wanted);
}

static int opened(int flags)
{
	int fd = open(DEVICE, flags | O_CLOEXEC);

	if (fd < 0)
		err(1, DEVICE);
	return fd;
}

static int subscribe(int fd, const char *name, uint32_t permissions)
{
	struct kstate_subscribe wanted = {.permissions = permissions, .mode = 0600};

	strncpy(wanted.name, name, KSTATE_NAME_MAX);
	return ioctl(fd, KSTATE_IOC_SUBSCRIBE, &wanted);
}

static int subscribed(const char *name)
{
	int fd = opened(O_RDWR);

	expect(!subscribe(fd, name, KSTATE_PERMIT_WRITE));
	return fd;
}

static int commit(int fd, uint64_t version, const void *data, uint32_t size)
{
	struct kstate_data told = {.version = version, .address = (uintptr_t)data, .size = size};

	return ioctl(fd, KSTATE_IOC_COMMIT, &told);
}

/* --- ioctl: each argument wrong in each way --- */

static void wrong_subscribes(void)
{
	struct kstate_subscribe wanted = {.permissions = KSTATE_PERMIT_WRITE, .mode = 01600, .name = "page"};
	int fd = opened(O_RDWR);
	int reader = opened(O_RDONLY);

	expect_error(ioctl(fd, KSTATE_IOC_SUBSCRIBE, NULL), EFAULT);
	expect_error(ioctl(fd, KSTATE_IOC_SUBSCRIBE, &wanted), EINVAL);
	wanted.mode = 0600;
	memset(wanted.name, 'a', sizeof(wanted.name));
	expect_error(ioctl(fd, KSTATE_IOC_SUBSCRIBE, &wanted), EINVAL);
	expect_error(subscribe(fd, "", KSTATE_PERMIT_WRITE), EINVAL);
	expect_error(subscribe(fd, "a..b", KSTATE_PERMIT_WRITE), EINVAL);
	expect_error(subscribe(fd, "page", 0), EINVAL);
	expect_error(subscribe(fd, "page", 7), EINVAL);
	expect_error(subscribe(fd, "page", KSTATE_PERMIT_READ), ENOENT);
	expect_error(subscribe(reader, "page", KSTATE_PERMIT_WRITE), EACCES);
	expect_error(subscribe(fd, "page", KSTATE_PERMIT_WRITE), 0);
	expect_error(subscribe(fd, "other", KSTATE_PERMIT_WRITE), EBADFD);
	expect_error(subscribe(reader, "page", KSTATE_PERMIT_READ), 0);
	expect_error(commit(reader, 0, "x", 1), EACCES);
	expect_error(ioctl(reader, KSTATE_IOC_RESIZE, &(__u32){4}), EACCES);
	expect_error(ioctl(reader, KSTATE_IOC_DELETE), EACCES);
	expect_error(ioctl(fd, _IO('p', 0xaf)), ENOTTY);
	expect_error(ioctl(fd, _IO('q', 0xa0)), ENOTTY);
	close(fd);
	close(reader);
}

static void too_early(void)
{
	struct kstate_data data = {0};
	int fd = opened(O_RDWR);
	struct pollfd waited = {.fd = fd, .events = POLLIN};

	expect_error(ioctl(fd, KSTATE_IOC_COMMIT, &data), EBADFD);
	expect_error(ioctl(fd, KSTATE_IOC_READ, &data), EBADFD);
	expect_error(ioctl(fd, KSTATE_IOC_RESIZE, &(__u32){4}), EBADFD);
	expect_error(ioctl(fd, KSTATE_IOC_RATE, &(__u64){4}), EBADFD);
	expect_error(ioctl(fd, KSTATE_IOC_DELETE), EBADFD);
	expect_error(ioctl(fd, KSTATE_IOC_PERSIST, &(__s32){0}), EBADFD);
	expect_error(ioctl(fd, KSTATE_IOC_SYNC, &(__u64){0}), EBADFD);
	expect_error(read(fd, &(uint64_t){0}, 8), EBADFD);
	expect_error(write(fd, "x", 1), EINVAL);
	expect(poll(&waited, 1, 0) == 1 && waited.revents == POLLERR);
	expect(mmap(NULL, KSTATE_MAP_SIZE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EBADFD);
	close(fd);
}

static void wrong_data(void)
{
	static unsigned char bytes[2 * PAGE];
	struct kstate_data data = {.address = (uintptr_t)bytes, .size = PAGE, .flags = 2};
	int fd = subscribed("page");

	expect_error(ioctl(fd, KSTATE_IOC_COMMIT, &data), EINVAL);
	expect_error(ioctl(fd, KSTATE_IOC_READ, &data), EINVAL);
	expect_error(ioctl(fd, KSTATE_IOC_COMMIT, NULL), EFAULT);
	expect_error(ioctl(fd, KSTATE_IOC_READ, NULL), EFAULT);
	expect_error(commit(fd, 0, NULL, PAGE), EFAULT);
	expect_error(commit(fd, 0, (void *)-4096UL, PAGE), EFAULT);
	expect_error(commit(fd, 0, bytes, PAGE + 1), EMSGSIZE);
	expect_error(commit(fd, 0, bytes, UINT32_MAX), EMSGSIZE);
	expect_error(commit(fd, 0, bytes, PAGE - 1), EMSGSIZE);
	expect_error(commit(fd, 0, bytes, 0), EMSGSIZE);
	expect_error(commit(fd, 1, bytes, PAGE), ESTALE);
	expect_error(commit(fd, UINT64_MAX, bytes, PAGE), ESTALE);
	data = (struct kstate_data){.address = (uintptr_t)bytes, .size = PAGE - 1};
	expect_error(ioctl(fd, KSTATE_IOC_READ, &data), EMSGSIZE);
	data = (struct kstate_data){.size = PAGE};
	expect_error(ioctl(fd, KSTATE_IOC_READ, &data), EFAULT);
	expect_error(ioctl(fd, KSTATE_IOC_RESIZE, NULL), EFAULT);
	expect_error(ioctl(fd, KSTATE_IOC_RESIZE, &(__u32){0}), EINVAL);
	expect_error(ioctl(fd, KSTATE_IOC_RESIZE, &(__u32){PAGE + 1}), EINVAL);
	expect_error(ioctl(fd, KSTATE_IOC_PERSIST, NULL), EFAULT);
	expect_error(ioctl(fd, KSTATE_IOC_PERSIST, &(__s32){-1}), EBADF);
	expect_error(ioctl(fd, KSTATE_IOC_PERSIST, &fd), EINVAL);
	expect_error(ioctl(fd, KSTATE_IOC_SYNC, NULL), EFAULT);
	expect_error(ioctl(fd, KSTATE_IOC_SYNC, &(__u64){0}), EINVAL);
	expect_error(ioctl(fd, KSTATE_IOC_RATE, NULL), EFAULT);
	expect_error(ioctl(fd, KSTATE_IOC_RATE, &(__u64){KSTATE_INTERVAL_MAX + 1}), EINVAL);
	close(fd);
}

static int many(int fd, unsigned long command, struct kstate_part *parts, uint32_t count)
{
	struct kstate_many told = {.parts = (uintptr_t)parts, .count = count};

	return ioctl(fd, command, &told);
}

static void wrong_parts(void)
{
	static unsigned char bytes[PAGE];
	struct kstate_part parts[2] = {0};
	int fd = subscribed("page");
	int other = subscribed("other");
	int unset = opened(O_RDWR);
	int file = open("/dev/null", O_RDWR);
	const struct kstate_part right[2] = {
		{.data = {.address = (uintptr_t)bytes, .size = PAGE}, .file = fd},
		{.data = {.address = (uintptr_t)bytes, .size = PAGE}, .file = other},
	};
	const struct {
		int file;
		int error;
	} wrong[] = {{-1, EBADF}, {1000000, EBADF}, {file, EINVAL}, {unset, EBADFD}, {fd, EINVAL}};

	expect_error(ioctl(fd, KSTATE_IOC_COMMIT_MANY, NULL), EFAULT);
	expect_error(many(fd, KSTATE_IOC_COMMIT_MANY, NULL, 1), EFAULT);
	expect_error(many(fd, KSTATE_IOC_COMMIT_MANY, parts, 0), EINVAL);
	expect_error(many(fd, KSTATE_IOC_COMMIT_MANY, parts, KSTATE_MANY_MAX + 1), EINVAL);
	expect_error(many(fd, KSTATE_IOC_READ_MANY, parts, UINT32_MAX), EINVAL);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		memcpy(parts, right, sizeof(parts));
		parts[1].file = wrong[i].file;
		expect_error(many(fd, KSTATE_IOC_COMMIT_MANY, parts, 2), wrong[i].error);
		expect_error(many(fd, KSTATE_IOC_READ_MANY, parts, 2), wrong[i].error);
	}
	memcpy(parts, right, sizeof(parts));
	parts[1].reserved = 1;
	expect_error(many(fd, KSTATE_IOC_COMMIT_MANY, parts, 2), EINVAL);
	memcpy(parts, right, sizeof(parts));
	parts[1].data.version = 5;
	expect_error(many(fd, KSTATE_IOC_COMMIT_MANY, parts, 2), ESTALE);
	/* none of it has happened */
	memcpy(parts, right, sizeof(parts));
	expect_error(many(unset, KSTATE_IOC_COMMIT_MANY, parts, 2), 0);
	expect_error(many(unset, KSTATE_IOC_READ_MANY, parts, 2), 0);
	expect(parts[0].data.version == 1 && parts[1].data.version == 1);
	close(fd);
	close(other);
	close(unset);
	close(file);
}

static void ioctls(void)
{
	wrong_subscribes();
	too_early();
	wrong_data();
	wrong_parts();
}

/* Bytes to give or to take. */
static unsigned char room[2 * PAGE];

/* --- mappings --- */

static void *mapped(int fd, size_t size, int protection, int flags, off_t offset)
{
	return mmap(NULL, size, protection, flags, fd, offset);
}

static void mappings(void)
{
	int fd = subscribed("page");
	unsigned char *map, *live;
	void *place;
	int memory, status;

	room[0] = 7;
	expect_error(mapped(fd, KSTATE_MAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0), EACCES);
	expect_error(mapped(fd, KSTATE_MAP_SIZE, PROT_WRITE, MAP_SHARED, 0), EACCES);
	expect_error(mapped(fd, KSTATE_MAP_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, 0), EACCES);
	expect_error(mapped(fd, KSTATE_MAP_SIZE, PROT_READ, MAP_PRIVATE, 0), EINVAL);
	expect_error(mapped(fd, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, KSTATE_LIVE_OFFSET), EACCES);
	expect_error(mapped(fd, KSTATE_MAP_SIZE + PAGE, PROT_READ, MAP_SHARED, 0), EINVAL);
	expect_error(mapped(fd, KSTATE_MAP_SIZE - PAGE, PROT_READ, MAP_SHARED, 0), EINVAL);
	expect_error(mapped(fd, KSTATE_MAP_SIZE, PROT_READ, MAP_SHARED, PAGE), EINVAL);
	expect_error(mapped(fd, 2L * PAGE, PROT_READ, MAP_SHARED, KSTATE_LIVE_OFFSET), EINVAL);
	expect_error(mapped(fd, PAGE, PROT_READ, MAP_SHARED, KSTATE_LIVE_OFFSET + PAGE), EINVAL);
	expect_error(mapped(fd, PAGE, PROT_READ, MAP_SHARED, 1L << 40), EINVAL);
	map = mapped(fd, KSTATE_MAP_SIZE, PROT_READ, MAP_SHARED, 0);
	live = mapped(fd, PAGE, PROT_READ, MAP_SHARED, KSTATE_LIVE_OFFSET);
	expect(map != MAP_FAILED && live != MAP_FAILED);
	expect_error(mprotect(map, KSTATE_MAP_SIZE, PROT_READ | PROT_WRITE), EACCES);
	expect_error(mprotect(live, PAGE, PROT_READ | PROT_EXEC), EACCES);
	expect_error(mremap(map, KSTATE_MAP_SIZE, KSTATE_MAP_SIZE + PAGE, MREMAP_MAYMOVE), EFAULT);
	/* as a debugger would, who may write where the process may not */
	memory = open("/proc/self/mem", O_RDWR);
	expect_error(pwrite(memory, "x", 1, (off_t)(uintptr_t)map), EIO);
	expect_error(pwrite(memory, "x", 1, (off_t)(uintptr_t)live), EIO);
	close(memory);
	/* what was dropped comes again, and what is moved is the same */
	expect(!madvise(map, KSTATE_MAP_SIZE, MADV_DONTNEED) && !madvise(live, PAGE, MADV_DONTNEED));
	place = mapped(-1, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	live = mremap(live, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	expect(live == place);
	expect(!commit(fd, 0, room, PAGE) && ((struct kstate_map *)map)->version == 1 && live[0] == 7);
	expect(!munmap(map + PAGE, PAGE));
	close(fd);
	/* kept after close, in parts and by others */
	expect(map[2L * PAGE] == 7 && live[0] == 7);
	if (!fork())
		_exit(map[2L * PAGE] == 7 && live[0] == 7 ? 0 : 1);
	expect(wait(&status) > 0 && !status && live[0] == 7);
}

/* --- whatever --- */

/* A process that goes when this one does. */
static pid_t forked(void)
{
	pid_t child = fork();

	expect(child >= 0);
	if (!child)
		expect(!prctl(PR_SET_PDEATHSIG, SIGKILL));
	return child;
}

static uint64_t random_state;

static uint32_t dice(uint32_t sides)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 20) % sides;
}

#define FILES	8

static uint64_t any_address(void)
{
	switch (dice(6)) {
	case 0:
		return 0;
	case 1:
		return random_state;
	case 2:
		return (uintptr_t)room + PAGE + dice(PAGE);
	default:
		return (uintptr_t)room;
	}
}

static struct kstate_data any_data(void)
{
	static const uint32_t sizes[] = {0, 1, 4, PAGE - 1, PAGE, PAGE + 1, UINT32_MAX};

	return (struct kstate_data){
		.version = dice(4) ? dice(8) : random_state,
		.address = any_address(),
		.size = sizes[dice(sizeof(sizes) / sizeof(*sizes))],
		.flags = dice(3) ? dice(2) : dice(UINT32_MAX),
	};
}

static void any_name(char *name)
{
	static const char letters[] = {'a', 'b', '.', '\0', ' ', '\xff'};

	for (unsigned int i = 0; i < KSTATE_NAME_MAX + 1; i++)
		name[i] = letters[dice(dice(4) ? 2 : sizeof(letters))];
	if (dice(4))
		name[1 + dice(2)] = '\0';
}

static long any_many(int fd, const int *files)
{
	struct kstate_part parts[KSTATE_MANY_MAX];
	struct kstate_many told = {.parts = dice(8) ? (uintptr_t)parts : any_address(), .count = dice(8) ? 1 + dice(4) : dice(20)};

	for (unsigned int i = 0; i < KSTATE_MANY_MAX; i++)
		parts[i] = (struct kstate_part){.data = any_data(), .file = dice(8) ? files[dice(FILES)] : (int)dice(50)};
	told.reserved = !dice(8);
	return ioctl(fd, dice(2) ? KSTATE_IOC_COMMIT_MANY : KSTATE_IOC_READ_MANY, &told);
}

static long any_mapping(int fd)
{
	size_t size = dice(2) ? KSTATE_MAP_SIZE : (1 + dice(12)) * PAGE;
	off_t offset = dice(2) ? 0 : (off_t)dice(12) * PAGE;
	volatile unsigned char *map = mmap(NULL, size, (int)dice(8), dice(2) ? MAP_SHARED : MAP_PRIVATE, fd, offset);

	if (map == MAP_FAILED)
		return -1;
	expect(!mprotect((void *)map, size, PROT_READ) && map[0] + map[size - 1] >= 0);
	return munmap((void *)map, size);
}

#define KEPT	3

/* Files that pages may be kept in, while there are any; their names. */
static int kept[KEPT] = {-1, -1, -1};
static char kept_names[KEPT][sizeof("/tmp/kept.XXXXXX")];

static void make_kept(void)
{
	for (int i = 0; i < KEPT; i++) {
		strcpy(kept_names[i], "/tmp/kept.XXXXXX");
		kept[i] = mkostemp(kept_names[i], O_CLOEXEC);
		expect(kept[i] >= 0);
	}
}

static void remove_kept(void)
{
	for (int i = 0; i < KEPT; i++)
		expect(!unlink(kept_names[i]));
}

/* Somebody else writes to a page's file, at a time when that is read or written for it. */
static long scribble(int file)
{
	off_t place = dice(16384);

	if (dice(3))
		return pwrite(file, room + dice(PAGE), 1 + dice(100), place);
	return ftruncate(file, dice(2) ? place : 0);
}

static long any_other(int fd)
{
	static const unsigned long others[] = {KSTATE_IOC_RATE, KSTATE_IOC_DELETE, KSTATE_IOC_PERSIST, KSTATE_IOC_SYNC};
	unsigned long command = others[dice(sizeof(others) / sizeof(*others))];
	uint64_t number = dice(2) ? 3 + dice(1000000) : random_state | 1ULL << 31;

	if (command == KSTATE_IOC_PERSIST && dice(2))
		number = (uint32_t)kept[dice(KEPT)];
	if (command == KSTATE_IOC_SYNC && dice(2))
		number = dice(4);
	return ioctl(fd, command, &number);
}

static long anything(int *files)
{
	int *file = &files[dice(FILES)];
	struct kstate_subscribe wanted = {.permissions = dice(5), .mode = dice(8) ? 0600 : random_state & 07777};
	struct kstate_data data = any_data();
	uint32_t size;

	switch (dice(11)) {
	case 0:
		close(*file);
		*file = opened(dice(4) ? O_RDWR | O_NONBLOCK : O_RDONLY | O_NONBLOCK);
		return 0;
	case 1:
	case 2:
		any_name(wanted.name);
		return ioctl(*file, KSTATE_IOC_SUBSCRIBE, &wanted);
	case 3:
		return ioctl(*file, KSTATE_IOC_COMMIT, &data);
	case 4:
		return ioctl(*file, KSTATE_IOC_READ, &data);
	case 5:
		return any_many(*file, files);
	case 6:
		size = dice(4) ? PAGE : dice(2 * PAGE);
		return ioctl(*file, KSTATE_IOC_RESIZE, &size);
	case 7:
		return any_other(*file);
	case 8:
		return any_mapping(*file);
	case 9:
		return scribble(kept[dice(KEPT)]);
	default:
		return read(*file, room, dice(2) ? 8 : dice(20));
	}
}

static unsigned long call_anything(unsigned long count, unsigned long seed)
{
	unsigned long taken = 0;
	int files[FILES];

	random_state = seed * 2654435761U + 1;
	for (int i = 0; i < FILES; i++)
		files[i] = opened(O_RDWR | O_NONBLOCK);
	for (unsigned long i = 0; i < count; i++)
		taken += anything(files) >= 0;
	return taken;
}

/* By two processes, on the same pages and files. Pages that are kept in those go with the namespace. */
static void random_calls(unsigned long count, unsigned long seed)
{
	unsigned long taken;
	pid_t child;
	int status;

	expect(!unshare(CLONE_NEWNET));
	make_kept();
	child = forked();
	taken = call_anything(count, child ? seed : seed + 1000003);
	if (!child)
		_exit(0);
	expect(waitpid(child, &status, 0) == child && !status);
	remove_kept();
	printf("%lu taken, %lu refused\n", taken, count - taken);
}

/* --- torn reads --- */

/* Of pages, with their shares of the reads, in percent: a small page is read more often in the time. */
static const struct {
	uint32_t size;
	unsigned int share;
} pages[] = {{4, 30}, {8, 20}, {64, 20}, {100, 12}, {512, 10}, {1000, 5}, {4096, 3}};

/* Commits until it is killed; every word of a version is the same. */
static void write_for_ever(int fd, uint32_t size)
{
	static uint32_t words[PAGE / sizeof(uint32_t)];

	for (uint64_t version = 0;; version++) {
		for (uint32_t i = 0; i < size / sizeof(uint32_t); i++)
			words[i] = (uint32_t)version + 1;
		expect(!commit(fd, version, words, size));
	}
}

static pid_t writer_of(const char *name, uint32_t size)
{
	int fd = subscribed(name);
	pid_t child;

	expect(!ioctl(fd, KSTATE_IOC_RESIZE, &size));
	child = forked();
	if (!child)
		write_for_ever(fd, size);
	close(fd);
	return child;
}

static void end(pid_t child)
{
	expect(!kill(child, SIGKILL) && waitpid(child, NULL, 0) == child);
}

static void expect_whole(const uint32_t *words, size_t size, uint64_t version)
{
	if (words[0] != (uint32_t)version || memcmp(words, words + 1, size - sizeof(uint32_t)) != 0)
		errx(1, "torn: version %llu begins with %u, ends with %u, or is different between", (unsigned long long)version, words[0],
		     words[size / sizeof(uint32_t) - 1]);
}

static uint64_t read_whole(kstate_state_p state, unsigned long count)
{
	static uint32_t words[PAGE / sizeof(uint32_t)];
	uint64_t version = 0;

	for (unsigned long i = 0; i < count; i++) {
		size_t size = sizeof(words);
		uint64_t before = version;

		expect(!kstate_read(state, words, &size, &version));
		expect(version >= before);
		expect_whole(words, size, version);
	}
	return version;
}

static void torn(unsigned long count)
{
	uint64_t commits = 0;

	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		pid_t writer = writer_of("page", pages[i].size);
		kstate_state_p state = kstate_new_state();

		expect(!kstate_subscribe_state(state, "page", KSTATE_READ));
		commits += read_whole(state, count / 100 * pages[i].share);
		end(writer);
		kstate_free_state(&state);
	}
	printf("%llu commits\n", (unsigned long long)commits);
}

#define TOGETHER	4

static void write_together(int *files)
{
	static uint32_t words[PAGE / sizeof(uint32_t)];
	struct kstate_part parts[TOGETHER];

	for (uint64_t version = 0;; version++) {
		for (size_t i = 0; i < PAGE / sizeof(uint32_t); i++)
			words[i] = (uint32_t)version + 1;
		for (int i = 0; i < TOGETHER; i++)
			parts[i] = (struct kstate_part){
				.data = {.version = version, .address = (uintptr_t)words, .size = PAGE}, .file = files[i]};
		expect(!many(files[0], KSTATE_IOC_COMMIT_MANY, parts, TOGETHER));
	}
}

/* Readers of several pages see all of a commit, or nothing. */
static void halves(unsigned long count)
{
	static uint32_t words[TOGETHER][PAGE / sizeof(uint32_t)];
	static const char *const names[TOGETHER] = {"a", "b", "c", "d"};
	struct kstate_view views[TOGETHER] = {0};
	int files[TOGETHER];
	pid_t writer;

	for (int i = 0; i < TOGETHER; i++) {
		files[i] = subscribed(names[i]);
		views[i].state = kstate_new_state();
		expect(!kstate_subscribe_state(views[i].state, names[i], KSTATE_READ));
		views[i].data = words[i];
	}
	writer = forked();
	if (!writer)
		write_together(files);
	for (unsigned long n = 0; n < count; n++) {
		for (int i = 0; i < TOGETHER; i++)
			views[i].size = PAGE;
		expect(!kstate_read_many(views, TOGETHER));
		for (int i = 0; i < TOGETHER; i++) {
			expect(views[i].version == views[0].version);
			expect_whole(words[i], PAGE, views[0].version);
		}
	}
	end(writer);
	printf("%llu commits\n", (unsigned long long)views[0].version);
}

/* --- ends --- */

/* Everything there is to do with a page, again and again. */
static void live(unsigned long seed)
{
	int files[FILES];

	random_state = seed * 2654435761U + 1;
	for (int i = 0; i < FILES; i++)
		files[i] = opened(O_RDWR | O_NONBLOCK);
	for (;;)
		anything(files);
}

/* Processes that are killed, wherever they are. That nothing is left of them is for who called to find out. */
static void kills(unsigned long count, unsigned long seed)
{
	for (unsigned long i = 0; i < count; i++) {
		pid_t child = forked();

		if (!child)
			live(seed + i);
		usleep(1000 + (useconds_t)(i * 7919 % 20000));
		end(child);
	}
}

static void send_file(int socket, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct iovec byte = {.iov_base = "", .iov_len = 1};
	struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	expect(sendmsg(socket, &message, 0) == 1);
}

static int received_file(int socket)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec byte = {.iov_base = &(char){0}, .iov_len = 1};
	struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	int fd;

	expect(recvmsg(socket, &message, 0) == 1);
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

/* A page whose namespace is about to die: nothing but the file is left, and one that is subscribed to nothing. */
static int orphan(int *unused)
{
	static unsigned char bytes[PAGE] = {1, 2, 3};
	int sockets[2];
	pid_t child;
	int fd;

	expect(!socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	child = fork();
	expect(child >= 0);
	if (!child) {
		expect(!unshare(CLONE_NEWNET));
		fd = subscribed("page");
		expect(!commit(fd, 0, bytes, PAGE));
		send_file(sockets[1], fd);
		send_file(sockets[1], opened(O_RDWR));
		_exit(0);
	}
	fd = received_file(sockets[0]);
	*unused = received_file(sockets[0]);
	expect(waitpid(child, NULL, 0) == child);
	close(sockets[0]);
	close(sockets[1]);
	return fd;
}

static void namespace(void)
{
	int unused, fd = orphan(&unused);
	struct pollfd waited = {.fd = fd, .events = POLLPRI};
	unsigned char bytes[PAGE] = {0};
	struct kstate_data data = {.address = (uintptr_t)bytes, .size = PAGE};
	struct kstate_map *map = mapped(fd, KSTATE_MAP_SIZE, PROT_READ, MAP_SHARED, 0);

	/* it was in a namespace of its own */
	expect_error(subscribe(opened(O_RDWR), "page", KSTATE_PERMIT_READ), ENOENT);
	expect(map != MAP_FAILED);
	expect(poll(&waited, 1, 60000) == 1 && waited.revents & POLLHUP);
	expect_error(commit(fd, 1, bytes, PAGE), EIDRM);
	expect_error(ioctl(fd, KSTATE_IOC_READ, &data), EIDRM);
	expect_error(ioctl(fd, KSTATE_IOC_RESIZE, &(__u32){PAGE}), EIDRM);
	expect_error(ioctl(fd, KSTATE_IOC_DELETE), EIDRM);
	expect_error(read(fd, bytes, 8), EIDRM);
	/* the tables of names go a moment after their pages */
	usleep(200000);
	expect_error(subscribe(unused, "page", KSTATE_PERMIT_READ), ENOENT);
	expect_error(subscribe(unused, "page", KSTATE_PERMIT_WRITE), ESHUTDOWN);
	/* what is mapped stays, as it was, and says so */
	expect(map->removed && map->version == 1);
	expect(!memcmp((char *)map + 2L * PAGE, "\1\2\3", 4));
}

/* --- limits --- */

/* How many pages there can be until that error. */
static void fill(unsigned long limit, int error)
{
	char name[32];
	unsigned long i;
	int fd;

	for (i = 0; i < limit; i++) {
		snprintf(name, sizeof(name), "page.%lu", i);
		fd = open(DEVICE, O_RDWR | O_CLOEXEC);
		if (fd < 0 || subscribe(fd, name, KSTATE_PERMIT_WRITE))
			break;
	}
	expect(errno == error || i == limit);
	printf("%lu pages\n", i);
}

static void hold(void)
{
	int fd = subscribed("held");
	void *map = mapped(fd, KSTATE_MAP_SIZE, PROT_READ, MAP_SHARED, 0);

	expect(map != MAP_FAILED);
	/* by the mapping alone */
	close(fd);
	puts("held");
	fflush(stdout);
	pause();
}

int main(int argc, char **argv)
{
	const char *attack = argc > 1 ? argv[1] : "";
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	unsigned long seed = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;

	if (!strcmp(attack, "ioctls"))
		ioctls();
	else if (!strcmp(attack, "mappings"))
		mappings();
	else if (!strcmp(attack, "random"))
		random_calls(count, seed);
	else if (!strcmp(attack, "torn"))
		torn(count);
	else if (!strcmp(attack, "halves"))
		halves(count);
	else if (!strcmp(attack, "kills"))
		kills(count, seed);
	else if (!strcmp(attack, "namespace"))
		namespace();
	else if (!strcmp(attack, "fill"))
		fill(count, (int)seed);
	else if (!strcmp(attack, "hold"))
		hold();
	else
		errx(2, "usage: page-attacks ATTACK [COUNT [SEED]]");
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 *	power-pages write FOLDER DEVICE PLACE
 *	power-pages check FOLDER [FILE VERSION]…
 *
 * The first form keeps a page in FOLDER/page.1, then the next in page.2 and so on, and commits until the power goes. What
 * kstate_sync() has promised it writes down at PLACE, a number of bytes, of DEVICE, which is the disk that FOLDER is on,
 * behind its file system: so what was promised and what was written come in one order. Where there are files already, it
 * goes on with the last. Old ones it removes, as the disk has no room for all. It says of each promise that it is down.
 *
 * The second form loads each of those files, and then those behind the last, of which nothing was promised. Of every one
 * that version or a newer one must be there, and be whole; a file that was begun holds nothing, or a version that is whole.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kstate.h"

#define expect(holds) ((holds) ? (void)0 : errx(1, "line %d: not so: %s", __LINE__, #holds))

/* Of a block that is written at once, and of what it begins with. */
#define BLOCK		4096
#define MAGIC		0x646573696d6f7270ULL	/* promised */

/* Promises of a file before the next is begun. */
#define PROMISES_MOST	12
#define COMMITS_MOST	6

/* Files that stay, of which some are looked at. */
#define FILES_MOST	64

#define WORDS		(KSTATE_MAX_SIZE / sizeof(uint32_t))

struct promise {
	uint64_t magic;
	uint64_t file;
	uint64_t version;
};

static const char *folder;

static const char *path_of(unsigned long file)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/page.%lu", folder, file);
	return path;
}

static bool is_there(unsigned long file)
{
	return !access(path_of(file), F_OK);
}

/* The first, where there is none yet. */
static unsigned long newest_file(void)
{
	DIR *entries = opendir(folder);
	unsigned long file, newest = 1;
	const struct dirent *entry;

	if (!entries)
		err(1, "%s", folder);
	while ((entry = readdir(entries)))
		if (sscanf(entry->d_name, "page.%lu", &file) == 1 && file > newest)
			newest = file;
	closedir(entries);
	return newest;
}

static unsigned int dice(unsigned int sides)
{
	return (unsigned int)random() % sides;
}

/* A page that is kept in that file. One that was deleted a moment ago may still have it. */
static kstate_state_p loaded(unsigned long file)
{
	kstate_state_p state = kstate_new_state();
	int err = kstate_subscribe_state(state, "power", KSTATE_WRITE);

	if (err)
		errx(1, "subscribing: %s", strerror(-err));
	while ((err = kstate_set_persistent(state, path_of(file))) == -EBUSY)
		usleep(1000);
	if (err)
		errx(1, "%s is not loaded: %s", path_of(file), strerror(-err));
	return state;
}

static void let_go(kstate_state_p *state)
{
	expect(!kstate_delete(*state));
	kstate_free_state(state);
}

/* --- write --- */

static uint64_t commit(kstate_state_p state)
{
	kstate_transaction_p transaction = kstate_new_transaction();
	uint32_t *words;
	uint64_t version;

	expect(!kstate_start_transaction(transaction, state, KSTATE_WRITE));
	words = kstate_get_transaction_ptr(transaction);
	version = kstate_get_transaction_version(transaction) + 1;
	for (size_t i = 0; i < kstate_get_transaction_size(transaction) / sizeof(*words); i++)
		words[i] = (uint32_t)version;
	expect(!kstate_commit_transaction(transaction));
	kstate_free_transaction(&transaction);
	return version;
}

static void write_down(int device, off_t place, unsigned long file, uint64_t version)
{
	static union {
		struct promise promise;
		char bytes[BLOCK];
	} block __attribute__((aligned(BLOCK)));

	block.promise = (struct promise){MAGIC, file, version};
	if (pwrite(device, &block, sizeof(block), place) != sizeof(block))
		err(1, "the promise");
	puts("promised");
	fflush(stdout);
}

static void keep(int device, off_t place, unsigned long file)
{
	static const uint32_t sizes[] = {4, 400, 4032, 4036, KSTATE_MAX_SIZE};
	kstate_state_p state = loaded(file);
	uint64_t version = 0;

	if (file > FILES_MOST)
		unlink(path_of(file - FILES_MOST));
	/* one that was loaded has a size */
	kstate_set_size(state, sizes[dice(sizeof(sizes) / sizeof(*sizes))]);
	for (unsigned int promises = 1 + dice(PROMISES_MOST); promises; promises--) {
		for (unsigned int commits = 1 + dice(COMMITS_MOST); commits; commits--)
			version = commit(state);
		expect(!kstate_sync(state, version));
		write_down(device, place, file, version);
	}
	let_go(&state);
}

/* Somebody else, by whom the file system puts what it knows of our files on disk at any moment. */
static void make_noise(void)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/noise", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	for (;;)
		if (fd < 0 || pwrite(fd, path, 1 + dice(100), 0) < 0 || fsync(fd))
			err(1, "%s", path);
}

static void write_for_ever(const char *device_name, off_t place)
{
	int device = open(device_name, O_WRONLY | O_DIRECT | O_CLOEXEC);
	unsigned long file = newest_file();

	if (device < 0)
		err(1, "%s", device_name);
	srandom((unsigned int)time(NULL));
	if (!fork())
		make_noise();
	for (;;)
		keep(device, place, file++);
}

/* --- check --- */

static void check(unsigned long file, uint64_t promised)
{
	kstate_state_p state = loaded(file);
	uint32_t words[WORDS];
	size_t size = sizeof(words);
	uint64_t version;

	expect(!kstate_read(state, words, &size, &version));
	printf("page.%lu: %llu promised, %llu there\n", file, (unsigned long long)promised, (unsigned long long)version);
	fflush(stdout);
	if (version < promised)
		errx(1, "page.%lu: less than was promised", file);
	for (size_t i = 0; i < size / sizeof(*words); i++)
		if (words[i] != (uint32_t)version)
			errx(1, "page.%lu: version %llu is not whole: word %zu is %u", file, (unsigned long long)version, i, words[i]);
	let_go(&state);
}

int main(int argc, char **argv)
{
	unsigned long last = 0;

	if (argc < 3)
		errx(2, "usage: power-pages write FOLDER DEVICE PLACE | check FOLDER [FILE VERSION]…");
	folder = argv[2];
	if (argc == 5 && !strcmp(argv[1], "write"))
		write_for_ever(argv[3], strtol(argv[4], NULL, 10));
	for (int i = 3; i + 1 < argc; i += 2) {
		last = strtoul(argv[i], NULL, 10);
		check(last, strtoull(argv[i + 1], NULL, 10));
	}
	while (is_there(++last))
		check(last, 0);
	return 0;
}

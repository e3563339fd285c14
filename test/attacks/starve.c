// SPDX-License-Identifier: MIT
#include "starve.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool alone;
static int nth_file, many_file;

static void set(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		err(1, "%s", file);
	close(fd);
}

static void choose(void)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	static const struct {
		const char *name, *value;
	} settings[] = {
		{ "verbose", "0" }, { "ignore-gfp-wait", "N" }, { "ignore-gfp-highmem", "N" }, { "min-order", "0" },
		{ "task-filter", "Y" }, { "interval", "1" }, { "times", "-1" },
	};
	char file[128];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		for (size_t j = 0; j < sizeof(settings) / sizeof(*settings); j++) {
			snprintf(file, sizeof(file), "/sys/kernel/debug/%s/%s", kinds[i], settings[j].name);
			if (!access(file, W_OK))
				set(file, settings[j].value);
		}
		snprintf(file, sizeof(file), "/sys/kernel/debug/%s/probability", kinds[i]);
		set(file, alone ? "0" : "10");
	}
}

void starve_prepare(bool one_by_one)
{
	alone = one_by_one;
	nth_file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	many_file = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	if (nth_file < 0 || many_file < 0)
		err(1, "this kernel fails nothing on demand");
	choose();
}

/*
 * Tells the kernel a number by one of its files. It copies the number, and what is still to fail may be just that: then
 * it has, and is not there any more.
 */
static void tell(int file, unsigned int number)
{
	char text[16];
	size_t size = (size_t)snprintf(text, sizeof(text), "%u", number);

	while (pwrite(file, text, size, 0) < 0)
		if (errno != EFAULT)
			err(1, "fail-nth");
}

/* Whether the nth has failed. Reading it copies, too: where that fails, this was the one. */
static bool nth_has_failed(void)
{
	char text[16] = "";

	return pread(nth_file, text, sizeof(text) - 1, 0) > 0 && !strtoul(text, NULL, 10);
}

void starve(unsigned int nth)
{
	tell(alone ? nth_file : many_file, nth);
}

bool starved(void)
{
	bool failed = alone ? nth_has_failed() : true;

	tell(alone ? nth_file : many_file, 0);
	return failed;
}

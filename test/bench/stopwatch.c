// SPDX-License-Identifier: MIT
#include "stopwatch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAME_MAX_BYTES	31

void stopwatch_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(EXIT_FAILURE);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static const struct stopwatch_operation *find(const struct stopwatch_operation *operation, const char *name)
{
	while (operation->name && strcmp(operation->name, name) != 0)
		operation++;
	if (!operation->name)
		stopwatch_fail("nothing is called %s", name);
	return operation;
}

static uint64_t measure(const struct stopwatch_operation *operation, unsigned int count)
{
	uint64_t began;

	if (operation->warm_up)
		operation->once();
	began = now();
	while (count--)
		operation->once();
	return now() - began;
}

int stopwatch_serve(const struct stopwatch_operation *operations)
{
	char name[NAME_MAX_BYTES + 1];
	unsigned int count;

	while (scanf("%31s %u", name, &count) == 2) {
		printf("%" PRIu64 "\n", measure(find(operations, name), count));
		fflush(stdout);
	}
	return feof(stdin) ? EXIT_SUCCESS : EXIT_FAILURE;
}

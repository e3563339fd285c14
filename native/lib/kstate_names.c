// SPDX-License-Identifier: MIT
/* Names of pages, and the words in which they and what is wanted of them are printed. */
#include "kstate_handle.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool name_is_valid(const char *name)
{
	char before = '.';

	if (!name || strnlen(name, KSTATE_NAME_MAX + 1) > KSTATE_NAME_MAX)
		return false;
	for (; *name; name++) {
		if (!is_name_character(*name) && (*name != '.' || before == '.'))
			return false;
		before = *name;
	}
	return before != '.';
}

char *kstate_get_unique_name(const char *prefix)
{
	static atomic_uint last;
	struct timespec time;
	char *name;

	clock_gettime(CLOCK_REALTIME, &time);
	if (!prefix || asprintf(&name, "%s.%lld%06ld.%ld.%u", prefix, (long long)time.tv_sec, time.tv_nsec / 1000,
				(long)getpid(), atomic_fetch_add(&last, 1)) < 0)
		return NULL;
	if (name_is_valid(name))
		return name;
	free(name);
	return NULL;
}

void print_permissions(FILE *stream, uint32_t permissions)
{
	fputs(permissions & KSTATE_WRITE ? "read|write" : "read", stream);
}

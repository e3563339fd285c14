// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What may be a name: it goes into paths, patterns, tables and other modules' code as it is.
 */
#include <linux/ctype.h>
#include <linux/string.h>
#include <uapi/linux/lunatik.h>

#include "name.h"

static bool name_starts(char c)
{
	return isalnum(c) || c == '_';
}

static bool name_goes_on(char c)
{
	return name_starts(c) || strchr(".-:@", c);
}

/**
 * lunatik_name_valid - whether a state, or a library, may be called so
 * @name: ends with a NUL
 */
bool lunatik_name_valid(const char *name)
{
	size_t i;

	if (!name_starts(name[0]) || !isascii(name[0]))
		return false;
	for (i = 1; name[i]; i++)
		if (!isascii(name[i]) || !name_goes_on(name[i]))
			return false;
	return i <= LUNATIK_NAME_MAX;
}

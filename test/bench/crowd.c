// SPDX-License-Identifier: MIT
/* Many states: made one after the other, listed, and closed again, the last one first. */
#include "stopwatch.h"

#include <stdio.h>
#include <stdlib.h>

#include <lunatik.h>

static struct lunatik_session *session;
static unsigned int count;

static void check(int status)
{
	if (status)
		stopwatch_fail("%s: %s", lunatik_session_error(session)->operation,
			       lunatik_session_error(session)->message);
}

static const char *name_of(unsigned int number)
{
	static char name[32];

	snprintf(name, sizeof(name), "bench-crowd-%u", number);
	return name;
}

static void create(void)
{
	check(lunatik_newstate(session, name_of(count++), LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL));
}

static void list(void)
{
	struct lunatik_state *states;
	size_t listed;

	check(lunatik_list(session, "bench-crowd-*", &states, &listed));
	free(states);
	if (listed != count)
		stopwatch_fail("%zu listed of %u", listed, count);
}

static void close_last(void)
{
	check(lunatik_closestate(session, name_of(--count), NULL));
}

int main(void)
{
	static const struct stopwatch_operation operations[] = {
		{ "create", create, false },
		{ "list", list, false },
		{ "close", close_last, false },
		{ NULL, NULL, false },
	};
	struct lunatik_error error;
	int status;

	session = lunatik_open(NULL, &error);
	if (!session)
		stopwatch_fail("%s: %s", error.operation, error.message);
	status = stopwatch_serve(operations);
	lunatik_close(session);
	return status;
}

// SPDX-License-Identifier: MIT
/* Operations of the C library, and the round trip that they are compared with, in one process. */
#include "nlctrl.h"
#include "stopwatch.h"

#include <lunatik.h>

#define STATE	"bench-operations"
#define PASSING	"bench-passing"

static struct lunatik_session *session;
static struct lunatik_run *run;

static void check(int status)
{
	if (status)
		stopwatch_fail("%s: %s", lunatik_session_error(session)->operation,
			       lunatik_session_error(session)->message);
}

static void show(void)
{
	struct lunatik_state state;

	check(lunatik_show(session, STATE, &state));
}

static void run_empty(void)
{
	static const struct lunatik_chunk chunk = {
		.state = STATE, .code = "", .budget = LUNATIK_DEFAULT, .wait = LUNATIK_DEFAULT,
	};

	if (lunatik_dostring(run, &chunk, NULL, NULL))
		stopwatch_fail("dostring: %s", lunatik_run_error(run)->message);
}

static void new_and_close(void)
{
	struct lunatik_state state;

	check(lunatik_newstate(session, PASSING, LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, &state));
	check(lunatik_closestate(session, PASSING, NULL));
}

static void prepare(void)
{
	struct lunatik_error error;

	nlctrl_open();
	session = lunatik_open(NULL, &error);
	if (!session)
		stopwatch_fail("%s: %s", error.operation, error.message);
	check(lunatik_newstate(session, STATE, LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL));
	run = lunatik_run_open(session);
	if (!run)
		stopwatch_fail("%s", lunatik_session_error(session)->message);
}

int main(void)
{
	static const struct stopwatch_operation operations[] = {
		{ "nlctrl", nlctrl_round_trip, true },
		{ "show", show, true },
		{ "run-empty", run_empty, true },
		{ "new-and-close", new_and_close, true },
		{ NULL, NULL, false },
	};
	int status;

	prepare();
	status = stopwatch_serve(operations);
	lunatik_run_close(run);
	check(lunatik_closestate(session, STATE, NULL));
	lunatik_close(session);
	return status;
}

// SPDX-License-Identifier: MIT
/* A program of somebody who has liblunatik-dev: the names of all states. */
#include <lunatik.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	struct lunatik_error error;
	struct lunatik_session *session = lunatik_open(NULL, &error);
	struct lunatik_state *states = NULL;
	size_t count = 0;

	if (!session) {
		fprintf(stderr, "states: %s\n", error.message);
		return 1;
	}
	if (lunatik_list(session, NULL, &states, &count)) {
		fprintf(stderr, "states: %s\n", lunatik_session_error(session)->message);
		return 1;
	}
	for (size_t i = 0; i < count; i++)
		puts(states[i].name);
	free(states);
	lunatik_close(session);
	return 0;
}

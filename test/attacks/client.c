// SPDX-License-Identifier: MIT
/*
 *	client [NETNS/]STATE BUDGET_MS <CHUNK
 *
 * Runs a chunk in this very thread, and prints how it ended: "0", or the errno and the first line of the error. Where
 * the module `witness` is loaded, the deepest that the kernel's stack was used on the way is printed in front. Starts
 * fast, and dies fast.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lunatik.h"

#define WITNESS		"/sys/kernel/debug/witness/stack"

static char code[LUNATIK_CODE_MAX];

static size_t read_all(void)
{
	size_t size = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, code + size, sizeof(code) - size)) > 0)
		size += (size_t)got;
	if (got < 0)
		err(1, "chunk");
	return size;
}

/* The kernel paints what is free of this thread's stack, and looks afterwards how much of the paint is left. */
static void paint(int witness)
{
	if (witness >= 0 && write(witness, "paint", 5) != 5)
		err(1, "paint");
}

static void print_depth(int witness)
{
	char text[64];
	ssize_t size;

	if (witness < 0)
		return;
	size = pread(witness, text, sizeof(text), 0);
	if (size <= 0)
		err(1, "depth");
	printf("%.*s ", (int)size - 1, text);
}

int main(int argc, char **argv)
{
	struct lunatik_chunk chunk = { .name = "=attack", .code = code, .wait = LUNATIK_DEFAULT };
	const struct lunatik_error *error;
	struct lunatik_error refusal;
	struct lunatik_session *session;
	struct lunatik_run *run;
	int witness, status;
	char *slash;

	if (argc != 3)
		errx(2, "usage: client [NETNS/]STATE BUDGET_MS");
	slash = strchr(argv[1], '/');
	if (slash)
		*slash = '\0';
	chunk.state = slash ? slash + 1 : argv[1];
	chunk.budget = strtoull(argv[2], NULL, 10) * 1000;
	chunk.size = read_all();
	session = lunatik_open(slash ? argv[1] : NULL, &refusal);
	if (!session)
		errx(1, "%s", refusal.message);
	run = lunatik_run_open(session);
	if (!run)
		errx(1, "%s", lunatik_session_error(session)->message);
	witness = open(WITNESS, O_RDWR | O_CLOEXEC);
	puts("begun");
	fflush(stdout);
	paint(witness);
	status = lunatik_dostring(run, &chunk, NULL, NULL);
	print_depth(witness);
	error = lunatik_run_error(run);
	printf(status ? "%d %s\n" : "0\n", error->code, error->message);
	lunatik_run_close(run);
	lunatik_close(session);
	return 0;
}

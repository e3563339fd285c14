// SPDX-License-Identifier: MIT
/* Starts the command that its arguments say, whole processes one after the other, output to /dev/null. */
#include "stopwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char **command;
static posix_spawn_file_actions_t streams;

static void start(void)
{
	pid_t child;
	int status;

	errno = posix_spawnp(&child, command[0], &streams, NULL, command, environ);
	if (errno)
		stopwatch_fail("%s: %m", command[0]);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status))
		stopwatch_fail("%s failed: wait status %#x", command[0], (unsigned int)status);
}

int main(int argc, char **argv)
{
	static const struct stopwatch_operation operations[] = {
		{ "start", start, false },
		{ NULL, NULL, false },
	};

	if (argc < 2)
		stopwatch_fail("which command?");
	command = argv + 1;
	posix_spawn_file_actions_init(&streams);
	posix_spawn_file_actions_addopen(&streams, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	return stopwatch_serve(operations);
}

// SPDX-License-Identifier: MIT
/*
 * lunatik-check MAXALLOC NAME <CHUNK
 *
 * Compiles a chunk as the module would in a new state that may hold MAXALLOC bytes: with the same Lua,
 * the same C library below it and the same configuration (kmod/lua), built for user space. NAME is
 * what error texts call it, as Lua marks it: @FILE or =NAME.
 *
 * A program and not a part of the addon: those sources have a memory limit, a setjmp and a strtod of
 * their own, and a chunk that should ever break them ends a process that holds nothing.
 *
 * Exit status: 0, it compiles. 1, it does not: then standard output has a line "ERRNO LINE", the name
 * of the errno that a run of it would fail with and the line that the message is about, 0 for none;
 * and behind that the message, byte for byte. 2, wrong usage, or the chunk could not be read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/lunatik.h>

#include "lua.h"
#include "lauxlib.h"
#include "lobject.h"

#include "machine.h"

/* as much as the module tells of an error: a token that is quoted may be as long as the chunk */
#define MESSAGE_MAX (16 << 10)

/* Lua's own words, which there may be no machine for */
#define MEMORY "not enough memory"

enum { COMPILES, DOES_NOT, NOT_TRIED };

/* Up to @size bytes of standard input; negative where it cannot be read. */
static ssize_t read_all(char *to, size_t size)
{
	size_t done = 0;
	ssize_t got;

	while (done < size) {
		got = read(STDIN_FILENO, to + done, size - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

/* The line that @message begins with: "NAME:LINE: ", where NAME may have colons too. */
static long line_of(const char *message, const char *name)
{
	char shown[LUA_IDSIZE];
	size_t length;
	char *end;
	long line;

	luaO_chunkid(shown, name, strlen(name));
	length = strlen(shown);
	if (strncmp(message, shown, length) != 0 || message[length] != ':')
		return 0;
	line = strtol(message + length + 1, &end, 10);
	return end[0] == ':' && end[1] == ' ' ? line : 0;
}

static int tell(const char *code, long line, const char *message, size_t size)
{
	printf("%s %ld\n", code, line);
	fwrite(message, 1, size < MESSAGE_MAX ? size : MESSAGE_MAX, stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? DOES_NOT : NOT_TRIED;
}

static int check(const char *chunk, size_t size, const char *name, size_t maxalloc)
{
	struct machine machine;
	const char *message;
	size_t length;
	int status;

	status = machine_load(&machine, chunk, size, name, maxalloc);
	if (status == LUA_OK)
		return COMPILES;
	if (status == LUA_ERRMEM)
		return tell("ECANCELED", 0, MEMORY, sizeof(MEMORY) - 1);
	message = lua_tolstring(machine.thread, -1, &length);
	return tell("ENOEXEC", line_of(message, name), message, length);
}

static int too_large(void)
{
	char message[64];
	int length = snprintf(message, sizeof(message), "a chunk has at most %d bytes", LUNATIK_CODE_MAX);

	return tell("EMSGSIZE", 0, message, (size_t)length);
}

int main(int argc, char **argv)
{
	static char chunk[LUNATIK_CODE_MAX + 1];
	unsigned long long maxalloc;
	ssize_t size;
	char *end;

	maxalloc = argc == 3 ? strtoull(argv[1], &end, 10) : 0;
	if (maxalloc == 0 || *end != '\0') {
		fputs("usage: lunatik-check MAXALLOC NAME <CHUNK\n", stderr);
		return NOT_TRIED;
	}
	size = read_all(chunk, sizeof(chunk));
	if (size < 0) {
		perror("lunatik-check: standard input");
		return NOT_TRIED;
	}
	if (size > LUNATIK_CODE_MAX)
		return too_large();
	return check(chunk, (size_t)size, argv[2], maxalloc);
}

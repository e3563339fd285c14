// SPDX-License-Identifier: MIT
/*
 *	counter [NETNS]
 *
 * Keeps a count in the kernel: makes a state, teaches it what to do with a message, gives it some, and takes what it sends.
 *
 *	cc -o counter counter.c $(pkg-config --cflags --libs lunatik)
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lunatik.h>

#define STATE	"example-counter"

static const char script[] =
	"local counts = {}\n"
	"function receive_callback(word)\n"
	"  counts[word] = (counts[word] or 0) + 1\n"
	"  lunatik.send(word .. ' ' .. counts[word])\n"
	"end\n"
	"print('ready, in ' .. lunatik.name)\n";

static _Noreturn void fail(const struct lunatik_error *error)
{
	errx(EXIT_FAILURE, "%s: %s", error->operation, error->message);
}

/* What the script prints. */
static int print(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	(void)context;
	if (part == LUNATIK_PART_OUTPUT)
		fwrite(bytes, 1, size, stdout);
	return 0;
}

static void teach(struct lunatik_run *run)
{
	const struct lunatik_sink sink = { .part = print };
	const struct lunatik_chunk chunk = {
		.state = STATE,
		.name = "=counter",
		.code = script,
		.size = strlen(script),
		.budget = LUNATIK_DEFAULT,
		.wait = LUNATIK_DEFAULT,
	};

	if (lunatik_dostring(run, &chunk, &sink, NULL))
		fail(lunatik_run_error(run));
}

static void give(struct lunatik_run *run, const char *word)
{
	const struct lunatik_data data = {
		.state = STATE,
		.bytes = word,
		.size = strlen(word),
		.budget = LUNATIK_DEFAULT,
		.wait = LUNATIK_DEFAULT,
	};

	if (lunatik_senddata(run, &data, NULL, NULL))
		fail(lunatik_run_error(run));
}

/* Everything that waits. */
static void take(struct lunatik_receiver *receiver)
{
	struct lunatik_message message;
	int status;

	while (!(status = lunatik_receiver_next(receiver, 0, &message)) && !message.closed)
		printf("%.*s\n", (int)message.size, (const char *)message.data);
	if (status && lunatik_receiver_error(receiver)->code != ETIMEDOUT)
		fail(lunatik_receiver_error(receiver));
}

int main(int argc, char **argv)
{
	struct lunatik_error error;
	struct lunatik_session *session = lunatik_open(argc > 1 ? argv[1] : NULL, &error);
	struct lunatik_run *run;
	struct lunatik_receiver *receiver;

	if (!session)
		fail(&error);
	/* With a handle: nobody else works on it, and it can be closed by whoever finds it after us. */
	if (lunatik_newstate(session, STATE, LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, true, NULL, NULL))
		fail(lunatik_session_error(session));
	run = lunatik_run_open(session);
	receiver = run ? lunatik_receiver_open(session, STATE) : NULL;
	if (!receiver)
		fail(lunatik_session_error(session));
	teach(run);
	give(run, "one");
	give(run, "two");
	give(run, "one");
	take(receiver);
	lunatik_receiver_close(receiver);
	lunatik_run_close(run);
	if (lunatik_closestate(session, STATE, NULL))
		fail(lunatik_session_error(session));
	lunatik_close(session);
	return EXIT_SUCCESS;
}

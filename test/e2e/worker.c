// SPDX-License-Identifier: MIT
/*
 *	worker SEED OPERATIONS STATE…
 *
 * Works on states for ever, choosing at random among these and among the operations named (of them: handle, pin, run,
 * upload, message, receive, list, set). Meant to be killed at any moment, beside others of its kind and of other languages,
 * after which nothing of its may be left in the kernel but a pin, of which it takes one at a time.
 *
 * That a state is in use, or not there, is nothing to it. Anything else that fails ends it with status 1 and a word.
 *
 * Three more are for one state: hold takes its handle, and stays; contend says of each operation how that ended; close
 * says it of closing.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lunatik.h>

static struct lunatik_session *session;
static struct lunatik_run *run;
static const char *seed;

/* What others do to the states. */
static bool is_expected(int code)
{
	return code == 0 || code == EBUSY || code == ENOENT || code == ECANCELED || code == EINTR || code == ETIME ||
	       code == ETIMEDOUT;
}

static int checked(int status, const struct lunatik_error *error)
{
	if (!is_expected(-status) || strstr(error->message, "not exclusive"))
		errx(1, "%s: %s (%d)", error->operation, error->message, error->code);
	return status;
}

static int of_session(int status)
{
	return checked(status, lunatik_session_error(session));
}

static int run_chunk(const char *state, const char *code, size_t size)
{
	const struct lunatik_chunk chunk = {
		.state = state, .code = code, .size = size, .budget = LUNATIK_DEFAULT, .wait = LUNATIK_DEFAULT,
	};

	return checked(lunatik_dostring(run, &chunk, NULL, NULL), lunatik_run_error(run));
}

static void run_short(const char *state)
{
	static const char code[] =
		"owner = nil runs = (runs or 0) + 1 lunatik.send(tostring(runs)) for i = 1, 20000 do end print(('x'):rep(5000))";

	run_chunk(state, code, sizeof(code) - 1);
}

/* Nobody else works on the state between two chunks, for whom a handle is held. */
static void with_handle(const char *state)
{
	char code[100];
	int status;

	if (of_session(lunatik_getstate(session, state, LUNATIK_HANDLE, NULL)))
		return;
	snprintf(code, sizeof(code), "owner = 'c %s' for i = 1, 20000 do end lunatik.send(owner)", seed);
	status = run_chunk(state, code, strlen(code));
	snprintf(code, sizeof(code), "assert(owner == 'c %s', 'not exclusive')", seed);
	if (!status)
		run_chunk(state, code, strlen(code));
	/* Somebody may have taken it away by force. */
	if (lunatik_putstate(session, state, LUNATIK_HANDLE, false, NULL) != -EINVAL)
		of_session(-lunatik_session_error(session)->code);
}

static void with_pin(const char *state)
{
	if (of_session(lunatik_getstate(session, state, LUNATIK_PIN, NULL)))
		return;
	while (of_session(lunatik_putstate(session, state, LUNATIK_PIN, false, NULL)) == -EBUSY)
		;
}

static void upload(const char *state)
{
	static char code[150000];

	memset(code, ' ', sizeof(code));
	/* No text that ends. */
	memcpy(code, "owner = nil", sizeof("owner = nil") - 1);
	run_chunk(state, code, sizeof(code));
}

static void give_message(const char *state)
{
	static const char define[] = "owner = nil function receive_callback(data) return #data end";
	static const char bytes[20000];
	const struct lunatik_data data = {
		.state = state, .bytes = bytes, .size = sizeof(bytes), .budget = LUNATIK_DEFAULT, .wait = LUNATIK_DEFAULT,
	};

	run_chunk(state, define, sizeof(define) - 1);
	checked(lunatik_senddata(run, &data, NULL, NULL), lunatik_run_error(run));
}

static void receive(const char *state)
{
	struct lunatik_receiver *receiver = lunatik_receiver_open(session, state);
	struct lunatik_message message;
	int i, status = 0;

	if (!receiver) {
		of_session(-lunatik_session_error(session)->code);
		return;
	}
	for (i = 0; i < 50 && !status; i++)
		status = checked(lunatik_receiver_next(receiver, 0, &message), lunatik_receiver_error(receiver));
	lunatik_receiver_close(receiver);
}

static void list(const char *state)
{
	struct lunatik_state *states;
	size_t count;

	(void)state;
	of_session(lunatik_list(session, NULL, &states, &count));
	free(states);
}

static void set(const char *state)
{
	of_session(lunatik_setstate(session, state, (1 << 20) + (uint64_t)(rand() % 4096), NULL, NULL));
}

static void hold(const char *state)
{
	if (lunatik_getstate(session, state, LUNATIK_HANDLE, NULL))
		errx(1, "%s", lunatik_session_error(session)->message);
	run_chunk(state, "held = true", strlen("held = true"));
	puts("holds");
	fflush(stdout);
	pause();
}

static void say(const char *what, int status)
{
	printf("%s %s\n", what, status ? strerrorname_np(-status) : "ok");
}

static void say_of_run(const char *what, bool is_message, const char *state)
{
	const struct lunatik_chunk chunk = { .state = state, .code = "", .budget = LUNATIK_DEFAULT, .wait = LUNATIK_DEFAULT };
	const struct lunatik_data data = { .state = state, .bytes = "", .budget = LUNATIK_DEFAULT, .wait = LUNATIK_DEFAULT };

	say(what, is_message ? lunatik_senddata(run, &data, NULL, NULL) : lunatik_dostring(run, &chunk, NULL, NULL));
}

static void contend(const char *state)
{
	struct lunatik_state *states;
	size_t count;

	say_of_run("run", false, state);
	say_of_run("message", true, state);
	say("handle", lunatik_getstate(session, state, LUNATIK_HANDLE, NULL));
	say("pin", lunatik_getstate(session, state, LUNATIK_PIN, NULL));
	say("receive", lunatik_receiver_open(session, state) ? 0 : -lunatik_session_error(session)->code);
	say("set", lunatik_setstate(session, state, 1 << 20, NULL, NULL));
	say("close", lunatik_closestate(session, state, NULL));
	say("list", lunatik_list(session, NULL, &states, &count));
	exit(0);
}

static void close_it(const char *state)
{
	say("close", lunatik_closestate(session, state, NULL));
	exit(0);
}

typedef void (*operation)(const char *state);

static operation operation_called(const char *name)
{
	static const struct {
		const char *name;
		operation operation;
	} all[] = {
		{ "handle", with_handle }, { "pin", with_pin }, { "run", run_short }, { "upload", upload },
		{ "message", give_message }, { "receive", receive }, { "list", list }, { "set", set },
		{ "hold", hold }, { "contend", contend }, { "close", close_it },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i].name, name))
			return all[i].operation;
	errx(2, "no operation is called %s", name);
}

int main(int argc, char **argv)
{
	operation operations[16];
	int count = 0;
	struct lunatik_error error;
	char *name;

	if (argc < 4)
		errx(2, "usage: worker SEED OPERATIONS STATE...");
	seed = argv[1];
	srand((unsigned int)strtoul(seed, NULL, 10));
	for (name = strtok(argv[2], ","); name && count < 16; name = strtok(NULL, ","))
		operations[count++] = operation_called(name);
	if (!count)
		errx(2, "no operations");
	session = lunatik_open(NULL, &error);
	if (!session)
		errx(1, "%s: %s", error.operation, error.message);
	run = lunatik_run_open(session);
	if (!run)
		errx(1, "%s", lunatik_session_error(session)->message);
	puts("at work");
	fflush(stdout);
	for (;;)
		operations[rand() % count](argv[3 + rand() % (argc - 3)]);
}

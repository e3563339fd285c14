// SPDX-License-Identifier: MIT
/*
 *	library
 *
 * liblunatik with the real module, in the conditions that a program meets: everything once, signals in the middle, no
 * descriptors, no limit to a chunk but its caller's, states that others close, readers that stall, threads, a fork. Ends at
 * the first thing that is not as it should be, and says which. Built with sanitizers, and without, for valgrind.
 */
#include "../unit/c/check.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <lunatik.h>

#define SECOND	1000000ULL
#define WHILE	(60 * SECOND)	/* long enough for any machine */

static struct lunatik_session *session;

/* --- states and chunks --- */

static void make(const char *name)
{
	CHECK(!lunatik_newstate(session, name, LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL));
}

static void end(const char *name)
{
	CHECK(!lunatik_closestate(session, name, NULL));
}

static struct lunatik_state shown(const char *name)
{
	struct lunatik_state state;

	CHECK(!lunatik_show(session, name, &state));
	return state;
}

static struct lunatik_run *open_run(void)
{
	struct lunatik_run *run = lunatik_run_open(session);

	CHECK(run);
	return run;
}

static struct lunatik_chunk chunk_of(const char *state, const char *code)
{
	return (struct lunatik_chunk){
		.state = state, .name = "=test", .code = code, .size = strlen(code), .budget = WHILE, .wait = WHILE,
	};
}

struct heard {
	size_t size;
	char bytes[4096];
};

static int hear(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	struct heard *heard = context;

	if (part != LUNATIK_PART_OUTPUT)
		return 0;
	CHECK(heard->size + size < sizeof(heard->bytes));
	memcpy(heard->bytes + heard->size, bytes, size);
	heard->size += size;
	heard->bytes[heard->size] = '\0';
	return 0;
}

static int run_in(const char *state, const char *code, struct heard *heard)
{
	const struct lunatik_chunk chunk = chunk_of(state, code);
	const struct lunatik_sink sink = { .part = hear, .context = heard };
	struct lunatik_run *run = open_run();
	int status;

	if (heard)
		*heard = (struct heard){ 0 };
	status = lunatik_dostring(run, &chunk, heard ? &sink : NULL, NULL);
	lunatik_run_close(run);
	return status;
}

/* --- everything once --- */

static void states_are_made_listed_changed_and_closed(void)
{
	const struct lunatik_change change = { .expect_generation = 1, .generation = 5, .step = "one", .step_size = 3 };
	struct lunatik_state *states, state;
	struct lunatik_info info;
	size_t count;

	CHECK(!lunatik_getinfo(session, &info) && info.states == 0 && info.name_max == LUNATIK_NAME_MAX);
	CHECK(!lunatik_newstate(session, "a", 1 << 18, LUNATIK_CONTEXT_PROCESS, false, NULL, &state));
	CHECK(state.maxalloc == 1 << 18 && state.users == 1 && !state.held && !state.loaded && state.generation == 1);
	make("b");
	CHECK(lunatik_newstate(session, "b", LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL) == -EEXIST);
	CHECK(!strcmp(lunatik_session_error(session)->message, "a state of that name exists"));
	CHECK(!lunatik_list(session, NULL, &states, &count) && count == 2 && !strcmp(states[1].name, "b"));
	free(states);
	CHECK(!lunatik_list(session, "z*", &states, &count) && count == 0 && !states);
	CHECK(!lunatik_setstate(session, "a", 1 << 19, &change, &state));
	CHECK(state.maxalloc == 1 << 19 && state.generation == 5 && state.step_size == 3 && !memcmp(state.step, "one", 3));
	/* The same step once more, whatever else it says; and another, of a state that is gone on. */
	CHECK(lunatik_setstate(session, "a", 1 << 19, &change, NULL) == -EALREADY);
	CHECK(lunatik_setstate(session, "a", 1 << 19, &(struct lunatik_change){ 1, 0, "two", 3 }, NULL) == -ESTALE);
	end("a");
	end("b");
	CHECK(lunatik_show(session, "a", &state) == -ENOENT);
}

static void names_and_limits_that_are_none_are_told_by_the_kernel(void)
{
	static const char *const names[] = { "", "a/b", ".a", "a\n" };
	char name[100];
	size_t i;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CHECK(lunatik_newstate(session, name, LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL) < 0);
	CHECK(!strcmp(lunatik_session_error(session)->attribute, "name"));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK(lunatik_newstate(session, names[i], LUNATIK_DEFAULT, 0, false, NULL, NULL) < 0);
		CHECK(!strcmp(lunatik_session_error(session)->attribute, "name"));
	}
	CHECK(lunatik_newstate(session, "a", 1, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL) < 0);
	CHECK(!strcmp(lunatik_session_error(session)->attribute, "maxalloc"));
	CHECK(lunatik_newstate(session, "a", LUNATIK_DEFAULT, (enum lunatik_context)77, false, NULL, NULL) < 0);
	CHECK(!strcmp(lunatik_session_error(session)->attribute, "context"));
}

static void references_are_taken_and_given_back(void)
{
	struct lunatik_session *other = lunatik_open(NULL, NULL);
	struct lunatik_state state;

	make("a");
	CHECK(!lunatik_getstate(session, "a", LUNATIK_PIN, &state) && state.pins == 1 && !state.token);
	CHECK(lunatik_closestate(session, "a", NULL) == -EBUSY);
	CHECK(!lunatik_putstate(other, "a", LUNATIK_PIN, false, NULL));
	CHECK(lunatik_putstate(session, "a", LUNATIK_PIN, false, NULL) == -EINVAL);
	CHECK(!lunatik_getstate(session, "a", LUNATIK_HANDLE, &state) && state.held && state.token);
	CHECK(lunatik_getstate(other, "a", LUNATIK_HANDLE, NULL) == -EBUSY);
	CHECK(!run_in("a", "x = 1", NULL));
	CHECK(!lunatik_putstate(other, "a", LUNATIK_HANDLE, true, NULL));
	CHECK(!lunatik_getstate(other, "a", LUNATIK_HANDLE, NULL));
	lunatik_close(other);
	CHECK(!shown("a").held);
	end("a");
}

static void a_chunk_says_how_it_ended(void)
{
	struct heard heard;
	struct lunatik_run *run = open_run();
	struct lunatik_outcome outcome;
	struct lunatik_chunk chunk = chunk_of("a", "print(7 / 2)");

	make("a");
	CHECK(!run_in("a", "print(7 / 2) print('b')", &heard) && !strcmp(heard.bytes, "3.5\nb\n"));
	CHECK(run_in("a", "x =", NULL) == -ENOEXEC);
	CHECK(!lunatik_dostring(run, &chunk, NULL, &outcome) && outcome.complete && outcome.curralloc);
	chunk = chunk_of("a", "error('no')");
	CHECK(lunatik_dostring(run, &chunk, NULL, &outcome) == -ECANCELED && outcome.status == ECANCELED);
	CHECK(!strcmp(lunatik_run_error(run)->message, "test:1: no"));
	chunk = chunk_of("a", "while true do end");
	chunk.budget = 1000;
	CHECK(lunatik_dostring(run, &chunk, NULL, NULL) == -ETIME);
	chunk = chunk_of("nosuch", "");
	CHECK(lunatik_dostring(run, &chunk, NULL, &outcome) == -ENOENT && !outcome.complete);
	lunatik_run_close(run);
	end("a");
}

static int refuse_part(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	(void)context, (void)part, (void)bytes, (void)size;
	return EXDEV;
}

static bool always(void *context)
{
	(void)context;
	return true;
}

static void a_sink_and_a_time_limit_end_a_chunk(void)
{
	const struct lunatik_sink refusing = { .part = refuse_part }, stopping = { .stop = always };
	struct lunatik_chunk chunk = chunk_of("a", "print('x') while true do end");
	struct lunatik_run *run = open_run();

	make("a");
	chunk.budget = 0;
	CHECK(lunatik_dostring(run, &chunk, &stopping, NULL) == -EINTR);
	chunk.timeout = 1000;
	CHECK(lunatik_dostring(run, &chunk, NULL, NULL) == -ETIMEDOUT);
	chunk.timeout = 0;
	CHECK(lunatik_dostring(run, &chunk, &refusing, NULL) == -EXDEV);
	CHECK(!shown("a").held);
	lunatik_run_close(run);
	end("a");
}

static int count_values(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	(void)bytes;
	if (part == LUNATIK_PART_VALUES)
		*(size_t *)context += size;
	return 0;
}

static bool has_counted(void *context)
{
	return *(size_t *)context;
}

static void values_are_whole_where_the_abort_comes_too_late(void)
{
	size_t size = 0;
	const struct lunatik_sink sink = { .part = count_values, .stop = has_counted, .context = &size };
	const struct lunatik_chunk chunk = chunk_of("a", "return ('v'):rep(300000)");
	struct lunatik_run *run = open_run();

	make("a");
	CHECK(!lunatik_dostring(run, &chunk, &sink, NULL));
	/* a head of CBOR is five bytes */
	CHECK(size == 300005);
	lunatik_run_close(run);
	end("a");
}

static void long_chunks_are_uploaded_and_messages_given(void)
{
	static const char definition[] = "function receive_callback(m) print(m .. #m) end";
	static char code[200000];
	struct lunatik_run *run = open_run();
	struct heard heard;
	const struct lunatik_sink sink = { .part = hear, .context = &heard };
	const struct lunatik_data data = { .state = "a", .bytes = "hello", .size = 5, .budget = WHILE, .wait = WHILE };

	memset(code, ' ', sizeof(code));
	memcpy(code + sizeof(code) - sizeof(definition), definition, sizeof(definition));
	make("a");
	CHECK(!run_in("a", code, NULL) && shown("a").script_size == sizeof(code) - 1);
	heard.size = 0;
	CHECK(!lunatik_senddata(run, &data, &sink, NULL) && !strcmp(heard.bytes, "hello5\n"));
	heard.size = 0;
	if (lunatik_run_start_data(run, &data, &sink))
		CHECK(!lunatik_run_finish(run, &sink, NULL));
	CHECK(!strcmp(heard.bytes, "hello5\n"));
	lunatik_run_close(run);
	end("a");
}

/* --- what comes by itself --- */

static void messages_that_found_no_room_are_counted(void)
{
	struct lunatik_receiver *receiver;
	struct lunatik_message message;
	uint64_t taken = 0, lost = 0;
	int round;

	make("a");
	receiver = lunatik_receiver_open(session, "a");
	CHECK(receiver && !lunatik_receiver_open(session, "a") && errno == EBUSY);
	CHECK(lunatik_receiver_next(receiver, 0, &message) == -ETIMEDOUT);
	/* The reader stalls, goes on, and stalls again. */
	for (round = 0; round < 2; round++) {
		CHECK(!run_in("a", "for i = 1, 400 do lunatik.send(('x'):rep(1024)) end", NULL));
		while (!lunatik_receiver_next(receiver, 0, &message)) {
			CHECK(message.size == 1024);
			lost += message.lost;
			taken++;
		}
	}
	CHECK(!run_in("a", "lunatik.send('last')", NULL));
	CHECK(!lunatik_receiver_next(receiver, WHILE, &message) && !memcmp(message.data, "last", 4));
	lost += message.lost;
	CHECK(lost && lost == shown("a").refused && taken + lost == 800 && message.sequence == 801);
	lunatik_receiver_close(receiver);
	end("a");
}

static void a_state_that_somebody_closes_is_told(void)
{
	struct lunatik_session *other = lunatik_open(NULL, NULL);
	struct lunatik_receiver *receiver;
	struct lunatik_message message;
	struct lunatik_chunk chunk = chunk_of("a", "");
	struct lunatik_run *run = open_run();
	struct pollfd ready = { .events = POLLIN };

	make("a");
	receiver = lunatik_receiver_open(session, "a");
	CHECK(lunatik_receiver_next(receiver, 0, &message) == -ETIMEDOUT);
	CHECK(!lunatik_closestate(other, "a", NULL));
	ready.fd = lunatik_receiver_fd(receiver);
	CHECK(poll(&ready, 1, 60000) == 1);
	CHECK(!lunatik_receiver_next(receiver, WHILE, &message) && message.closed);
	lunatik_receiver_close(receiver);
	CHECK(lunatik_dostring(run, &chunk, NULL, NULL) == -ENOENT);
	CHECK(lunatik_setstate(session, "a", LUNATIK_DEFAULT - 1, NULL, NULL) < 0);
	CHECK(!lunatik_newstate(session, "a", LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL));
	CHECK(!lunatik_dostring(run, &chunk, NULL, NULL));
	lunatik_run_close(run);
	lunatik_close(other);
	end("a");
}

static void events_that_were_lost_are_told_once(void)
{
	struct lunatik_monitor *monitor = lunatik_monitor_open(session);
	struct lunatik_event event;
	int i, heard = 0, lost = 0, status;

	CHECK(monitor);
	make("a");
	CHECK(!lunatik_monitor_next(monitor, WHILE, &event));
	CHECK(event.type == LUNATIK_EVENT_TYPE_CREATED && !strcmp(event.name, "a") && event.maxalloc);
	for (i = 0; i < 1000; i++)
		CHECK(!lunatik_setstate(session, "a", (1 << 20) + i, NULL, NULL));
	while ((status = lunatik_monitor_next(monitor, 0, &event)) != -ETIMEDOUT) {
		CHECK(!status || (status == -ENOBUFS && !lost));
		heard += !status;
		lost += status == -ENOBUFS;
	}
	CHECK(lost == 1 && heard && heard < 1000);
	end("a");
	CHECK(!lunatik_monitor_next(monitor, WHILE, &event) && event.type == LUNATIK_EVENT_TYPE_CLOSED);
	lunatik_monitor_close(monitor);
}

/* --- signals --- */

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

/* A signal every so many microseconds, which ends system calls; 0 is none any more. */
static void interrupt_every(long microseconds)
{
	const struct sigaction action = { .sa_handler = count_signal };
	const struct itimerval interval = { { 0, microseconds }, { 0, microseconds } };

	CHECK(!sigaction(SIGALRM, &action, NULL) && !setitimer(ITIMER_REAL, &interval, NULL));
}

static void a_signal_ends_a_wait_and_nothing_else(void)
{
	struct lunatik_receiver *receiver;
	struct lunatik_monitor *monitor = lunatik_monitor_open(session);
	struct lunatik_message message;
	struct lunatik_event event;
	struct heard heard;
	int i;

	make("a");
	CHECK(!lunatik_monitor_next(monitor, WHILE, &event));
	receiver = lunatik_receiver_open(session, "a");
	interrupt_every(20000);
	CHECK(lunatik_receiver_next(receiver, WHILE, &message) == -EINTR);
	CHECK(lunatik_receiver_error(receiver)->code == EINTR);
	CHECK(lunatik_monitor_next(monitor, WHILE, &event) == -EINTR);
	for (i = 0; i < 100; i++)
		shown("a");
	signals = 0;
	CHECK(!run_in("a", "for i = 1, 3e6 do end lunatik.send('one') print('end')", &heard));
	CHECK(signals && !strcmp(heard.bytes, "end\n"));
	interrupt_every(0);
	CHECK(!lunatik_receiver_next(receiver, WHILE, &message) && message.size == 3 && !message.lost);
	lunatik_receiver_close(receiver);
	end("a");
	CHECK(!lunatik_monitor_next(monitor, WHILE, &event) && event.type == LUNATIK_EVENT_TYPE_CLOSED);
	lunatik_monitor_close(monitor);
}

/* --- no descriptors --- */

static rlim_t limit_descriptors(rlim_t most)
{
	struct rlimit limit;
	rlim_t before;

	CHECK(!getrlimit(RLIMIT_NOFILE, &limit));
	before = limit.rlim_cur;
	limit.rlim_cur = most;
	CHECK(!setrlimit(RLIMIT_NOFILE, &limit));
	return before;
}

static void without_descriptors_nothing_opens_and_all_goes_on(void)
{
	struct lunatik_chunk chunk = chunk_of("a", "while true do end");
	struct lunatik_run *run = open_run();
	struct lunatik_session *fresh = lunatik_open(NULL, NULL);
	struct lunatik_error error;
	rlim_t before;

	make("a");
	before = limit_descriptors(3);
	errno = 0;
	CHECK(!lunatik_open(NULL, &error) && error.code == EMFILE && errno == EMFILE && *error.message);
	CHECK(!lunatik_run_open(session) && lunatik_session_error(session)->code == EMFILE);
	CHECK(!lunatik_receiver_open(session, "a") && lunatik_session_error(session)->code == EMFILE);
	CHECK(!lunatik_monitor_open(session) && lunatik_session_error(session)->code == EMFILE);
	CHECK(lunatik_abort(fresh, "a", 0, &error) == -EMFILE && error.code == EMFILE);
	shown("a");
	/* There is none for the abort, either: the run's own is closed, and opened anew when one is free. */
	chunk.budget = 0;
	chunk.timeout = 1000;
	CHECK(lunatik_dostring(run, &chunk, NULL, NULL) == -ETIMEDOUT || !"the abort had a socket");
	limit_descriptors(before);
	chunk = chunk_of("a", "");
	CHECK(!lunatik_dostring(run, &chunk, NULL, NULL));
	lunatik_run_close(run);
	lunatik_close(fresh);
	end("a");
}

/* --- threads --- */

struct worker {
	pthread_t thread;
	char state[32];
	struct lunatik_run *run;
};

static void *work(void *context)
{
	struct worker *worker = context;
	struct lunatik_chunk chunk = chunk_of(worker->state, "x = (x or 0) + 1 print(x)");
	int i;

	for (i = 0; i < 50; i++)
		CHECK(!lunatik_dostring(worker->run, &chunk, NULL, NULL));
	chunk = chunk_of(worker->state, "while true do end");
	chunk.budget = 0;
	CHECK(lunatik_dostring(worker->run, &chunk, NULL, NULL) == -EINTR);
	return NULL;
}

static void threads_work_side_by_side_and_are_aborted_by_another(void)
{
	struct worker workers[4] = { 0 };
	int i;

	for (i = 0; i < 4; i++) {
		snprintf(workers[i].state, sizeof(workers[i].state), "thread%d", i);
		make(workers[i].state);
		workers[i].run = open_run();
	}
	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	for (i = 0; i < 4; i++) {
		/* Until it has come so far: what runs before, as any other, can be aborted too. */
		while (shown(workers[i].state).runs < 50)
			usleep(1000);
		while (lunatik_abort(session, workers[i].state, lunatik_run_port(workers[i].run), NULL) == -ENOENT)
			usleep(1000);
		CHECK(!pthread_join(workers[i].thread, NULL));
		lunatik_run_close(workers[i].run);
		end(workers[i].state);
	}
}

/* The child closes what is the parent's, who goes on. */
static void a_fork_takes_nothing_away(void)
{
	struct lunatik_state state;
	int status;
	pid_t child;

	make("a");
	CHECK(!lunatik_getstate(session, "a", LUNATIK_HANDLE, NULL));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		lunatik_close(session);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && !status);
	CHECK(!lunatik_setstate(session, "a", 1 << 20, NULL, &state) && state.held);
	end("a");
}

int main(void)
{
	struct lunatik_error error;
	struct lunatik_info info;

	session = lunatik_open(NULL, &error);
	if (!session) {
		fprintf(stderr, "%s: %s\n", error.operation, error.message);
		return 1;
	}
	CHECK(lunatik_netns(session));
	states_are_made_listed_changed_and_closed();
	names_and_limits_that_are_none_are_told_by_the_kernel();
	references_are_taken_and_given_back();
	a_chunk_says_how_it_ended();
	a_sink_and_a_time_limit_end_a_chunk();
	values_are_whole_where_the_abort_comes_too_late();
	long_chunks_are_uploaded_and_messages_given();
	messages_that_found_no_room_are_counted();
	a_state_that_somebody_closes_is_told();
	events_that_were_lost_are_told_once();
	a_signal_ends_a_wait_and_nothing_else();
	without_descriptors_nothing_opens_and_all_goes_on();
	threads_work_side_by_side_and_are_aborted_by_another();
	a_fork_takes_nothing_away();
	CHECK(!lunatik_getinfo(session, &info) && info.states == 0);
	lunatik_close(session);
	puts("library: ok");
	return 0;
}

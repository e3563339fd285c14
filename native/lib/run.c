// SPDX-License-Identifier: MIT
/*
 * Running a chunk.
 *
 * A short one is over when its request was sent, and its end waits to be received. Any other the kernel runs inside
 * our recv(): each call returns one datagram and, before that, lets Lua go on until there is enough for the next. So
 * whoever wants to run must receive, and whoever does not receive holds up nobody else. Who must not wait asks for a
 * pause: the first receive then does not run Lua.
 *
 * A chunk that is to end early is aborted by way of the session's other socket, and received from until it says that
 * it has ended: only then is the state free again. Closing the socket is for when that does not help: it ends the
 * chunk too, but at a time that nobody tells us.
 *
 * A message to the state goes the same way. A chunk that is too large for one request is brought before, in
 * fragments, by the same socket, whose they are.
 */
#include "clock.h"
#include "failure.h"
#include "lunatik_contract.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

/* What is larger comes in fragments of this size. */
#define FRAGMENT	32768

/* Of a request's bytes, names and numbers need less than half. */
#define SHORT_BODY	1024

/* How long an aborted chunk has to say so. */
#define ABORT_PATIENCE	(2 * 1000000ULL)

/* What a state is asked to do: to run a chunk, or to take a message. */
struct work {
	const char *operation;
	uint8_t command;
	uint16_t type;			/* of the attribute that has the body */
	const char *state;
	const char *chunk_name;
	const void *body;
	size_t size;
	uint64_t budget;
	uint64_t timeout;
	uint64_t wait;
	const struct lunatik_change *change;
};

struct lunatik_run {
	struct lunatik_session *session;
	struct channel channel;
	/* The work that is in it. */
	char state[LUNATIK_NAME_MAX + 1];
	const char *operation;		/* NULL until there is any */
	const struct lunatik_sink *sink;
	bool goes_on;
	bool uploaded;			/* its chunk came in fragments */
	uint64_t deadline;		/* 0 for none */
	struct lunatik_outcome outcome;
	int refusal;			/* errno of the caller's sink, which takes no more; 0 while it does */
	int reason;			/* errno for which else we abort it, 0 while we don't */
	bool line_read;			/* all of line */
	char line[512];			/* the first of the error's text */
};

struct lunatik_run *lunatik_run_open(struct lunatik_session *session)
{
	struct lunatik_run *run;
	struct lunatik_error *error;

	if (!session)
		return failure_give(NULL, &failure_of_nothing);
	error = &session->control.error;
	failure_clear(error, "dostring");
	run = calloc(1, sizeof(*run));
	if (!run) {
		failure_set(error, ENOMEM, NULL);
		return failure_give(NULL, error);
	}
	run->session = session_get(session);
	channel_init(&run->channel, &session->netns, &lunatik_contract);
	run->channel.family = session->control.family;
	if (channel_begin(&run->channel, "dostring", &run_attributes, LUNATIK_CMD_DOSTRING, NLM_F_DUMP)) {
		*error = run->channel.error;
		lunatik_run_close(run);
		return failure_give(NULL, error);
	}
	return run;
}

void lunatik_run_close(struct lunatik_run *run)
{
	if (!run)
		return;
	channel_close(&run->channel);
	session_put(run->session);
	free(run);
}

uint32_t lunatik_run_port(const struct lunatik_run *run)
{
	return run && run->channel.socket ? mnl_socket_get_portid(run->channel.socket) : 0;
}

const struct lunatik_error *lunatik_run_error(const struct lunatik_run *run)
{
	return run ? &run->channel.error : &failure_of_nothing;
}

/* Of NULL it is one without a state, which is refused as such. */
static struct work work_of_chunk(const struct lunatik_chunk *chunk)
{
	static const struct lunatik_chunk none;

	if (!chunk)
		chunk = &none;
	return (struct work){
		"dostring", LUNATIK_CMD_DOSTRING, LUNATIK_A_RUN_CODE, chunk->state, chunk->name, chunk->code,
		chunk->size, chunk->budget, chunk->timeout, chunk->wait, chunk->change,
	};
}

static struct work work_of_data(const struct lunatik_data *data)
{
	static const struct lunatik_data none;

	if (!data)
		data = &none;
	return (struct work){
		"data", LUNATIK_CMD_DATA, LUNATIK_A_RUN_DATA, data->state, NULL, data->bytes, data->size,
		data->budget, data->timeout, data->wait, data->change,
	};
}

static int take_upload(const struct nlmsghdr *message, void *into)
{
	struct run_message answer = { 0 };

	if (attributes_read(&run_attributes, message, &answer) || !answer.upload)
		return -EBADMSG;
	*(uint32_t *)into = answer.upload;
	return 0;
}

/* The first fragment says how many bytes there will be, and its answer what the others call the upload. */
static int upload_fragment(struct lunatik_run *run, const struct work *work, size_t offset, uint32_t *upload)
{
	struct channel *channel = &run->channel;
	size_t left = work->size - offset;
	int status = channel_begin(channel, work->operation, &run_attributes, LUNATIK_CMD_UPLOAD, 0);

	if (status)
		return status;
	request_text(&channel->request, LUNATIK_A_RUN_NAME, work->state);
	session_sign(run->session, &channel->request, LUNATIK_A_RUN_TOKEN);
	if (offset) {
		request_u32(&channel->request, LUNATIK_A_RUN_UPLOAD, *upload);
		request_u32(&channel->request, LUNATIK_A_RUN_OFFSET, (uint32_t)offset);
	} else {
		request_u32(&channel->request, LUNATIK_A_RUN_TOTAL, (uint32_t)work->size);
	}
	status = channel_send_tail(channel, LUNATIK_A_RUN_CODE, (const char *)work->body + offset,
				   left < FRAGMENT ? left : FRAGMENT);
	return status ? status : channel_answer(channel, take_upload, upload);
}

static int upload_whole(struct lunatik_run *run, const struct work *work, uint32_t *upload)
{
	size_t offset;

	for (offset = 0; offset < work->size; offset += FRAGMENT) {
		int status = upload_fragment(run, work, offset, upload);

		if (status) {
			/* What is there already goes with the socket. */
			channel_close(&run->channel);
			return status;
		}
	}
	return 0;
}

static const struct change_types change_types = {
	.expect_generation = LUNATIK_A_RUN_EXPECT_GENERATION,
	.generation = LUNATIK_A_RUN_GENERATION,
	.step = LUNATIK_A_RUN_STEP,
};

static int send_work(struct lunatik_run *run, const struct work *work, uint32_t upload, bool pause)
{
	struct channel *channel = &run->channel;
	struct request *request = &channel->request;
	int status = channel_begin(channel, work->operation, &run_attributes, work->command, NLM_F_DUMP);

	if (status)
		return status;
	request_text(request, LUNATIK_A_RUN_NAME, work->state);
	if (work->chunk_name)
		request_text(request, LUNATIK_A_RUN_CHUNK_NAME, work->chunk_name);
	if (work->budget != LUNATIK_DEFAULT)
		request_u64(request, LUNATIK_A_RUN_BUDGET, work->budget);
	if (work->wait != LUNATIK_DEFAULT)
		request_u64(request, LUNATIK_A_RUN_WAIT, work->wait);
	if (pause)
		request_flag(request, LUNATIK_A_RUN_PAUSE);
	session_sign(run->session, request, LUNATIK_A_RUN_TOKEN);
	request_change(request, &change_types, work->change);
	if (upload) {
		request_u32(request, LUNATIK_A_RUN_UPLOAD, upload);
		return channel_send(channel);
	}
	/* Copying what is short is quicker than having the kernel collect it. */
	if (work->size <= SHORT_BODY && request_bytes(request, work->type, work->body, work->size))
		return channel_send(channel);
	return channel_send_tail(channel, work->type, work->body, work->size);
}

static int refuse_size(struct lunatik_run *run, const struct work *work)
{
	failure_clear(&run->channel.error, work->operation);
	return work->type == LUNATIK_A_RUN_CODE ?
		failure_set(&run->channel.error, EMSGSIZE, "a chunk has at most %d bytes", LUNATIK_CODE_MAX) :
		failure_set(&run->channel.error, EMSGSIZE, "a message has at most %d bytes", LUNATIK_DATA_MAX);
}

static void forget(struct lunatik_run *run)
{
	run->goes_on = false;
	run->outcome = (struct lunatik_outcome){ 0 };
	run->refusal = 0;
	run->reason = 0;
	run->line_read = false;
	run->line[0] = '\0';
}

/* What goes on is left alone, and has to be finished first. */
static int refuse_second(struct lunatik_run *run)
{
	failure_clear(&run->channel.error, run->operation);
	return failure_set(&run->channel.error, EBUSY, "what was started in this run is not finished");
}

static int begin(struct lunatik_run *run, const struct work *work, bool pause)
{
	uint32_t upload = 0;
	int status = 0;

	forget(run);
	run->operation = work->operation;
	if (work->size > (work->type == LUNATIK_A_RUN_CODE ? LUNATIK_CODE_MAX : LUNATIK_DATA_MAX))
		return refuse_size(run, work);
	run->deadline = clock_after(work->timeout);
	run->state[0] = '\0';
	if (work->state)
		strncat(run->state, work->state, sizeof(run->state) - 1);
	run->uploaded = work->size > FRAGMENT;
	if (run->uploaded)
		status = upload_whole(run, work, &upload);
	if (!status)
		status = send_work(run, work, upload, pause);
	run->goes_on = !status;
	return status;
}

/* Also while it is being aborted: where that comes too late, what the chunk gave has to be whole. */
static void give(struct lunatik_run *run, enum lunatik_part part, struct span span)
{
	if (!span.bytes || run->refusal || !run->sink || !run->sink->part)
		return;
	run->refusal = run->sink->part(run->sink->context, part, span.bytes, span.size);
}

/* Of the error's text, which comes in pieces, the first line. */
static void keep_line(struct lunatik_run *run, struct span text)
{
	size_t length = strlen(run->line);
	const char *end;

	if (!text.bytes || run->line_read)
		return;
	end = memchr(text.bytes, '\n', text.size);
	run->line_read = end;
	if (end)
		text.size = (size_t)(end - (const char *)text.bytes);
	if (text.size > sizeof(run->line) - 1 - length)
		text.size = sizeof(run->line) - 1 - length;
	memcpy(run->line + length, text.bytes, text.size);
	run->line[length + text.size] = '\0';
}

static int take_part(struct lunatik_run *run, const struct nlmsghdr *message)
{
	struct run_message part = { 0 };

	if (message->nlmsg_type != run->channel.request.header.nlmsg_type ||
	    attributes_read(&run_attributes, message, &part) || part.status > FAILURE_CODE_MAX)
		return -EBADMSG;
	give(run, LUNATIK_PART_OUTPUT, part.output);
	give(run, LUNATIK_PART_VALUES, part.values);
	give(run, LUNATIK_PART_MESSAGE, part.message);
	give(run, LUNATIK_PART_ERROR_VALUE, part.error_value);
	keep_line(run, part.message);
	if (!part.last)
		return 0;
	run->outcome = (struct lunatik_outcome){
		.complete = true,
		.cut = part.cut,
		.status = part.status,
		.time = part.time,
		.curralloc = part.curralloc,
		.peak = part.peak,
	};
	if (part.status)
		failure_set(&run->channel.error, (int)part.status, run->line[0] ? "%s" : NULL, run->line);
	return 0;
}

/* All that was received. 1 goes on, 0 is the end, negative an errno of the conversation itself. */
static int take_received(struct lunatik_run *run)
{
	const struct nlmsghdr *message;

	while ((message = channel_next(&run->channel))) {
		int status;

		if (message->nlmsg_type != NLMSG_DONE && message->nlmsg_type != NLMSG_ERROR) {
			status = take_part(run, message);
			if (status)
				return status;
			continue;
		}
		/* The last message has told more than this one can; without it, this is all there is. */
		if (!run->outcome.complete && !channel_verdict(&run->channel, message))
			return -EBADMSG;
		return 0;
	}
	return 1;
}

/* Whether there is a reason to end the chunk, which is noted. */
static bool unwanted(struct lunatik_run *run)
{
	const struct lunatik_sink *sink = run->sink;

	if (run->refusal)
		return true;
	if (!run->reason && run->deadline && clock_now() >= run->deadline)
		run->reason = ETIMEDOUT;
	if (!run->reason && sink && sink->stop && sink->stop(sink->context))
		run->reason = EINTR;
	return run->reason;
}

/* Receive once. As take_received(). */
static int receive(struct lunatik_run *run)
{
	int status = channel_receive(&run->channel);

	return status && status != -EINTR ? status : take_received(run);
}

/* Receive until it has ended. 0, or the errno, negative, of the conversation itself. */
static int converse(struct lunatik_run *run)
{
	uint64_t patience = 0;
	int status;

	do {
		if (patience && clock_now() >= patience)
			return -ETIMEDOUT;
		if (!patience && unwanted(run)) {
			patience = clock_now() + ABORT_PATIENCE;
			status = lunatik_abort(run->session, run->state, lunatik_run_port(run), NULL);
			/* It has ended meanwhile, or there is no descriptor to be had for the word: then the socket goes. */
			if (status && status != -ENOENT)
				return -ETIMEDOUT;
		}
		status = receive(run);
	} while (status > 0);
	return status;
}

/* The conversation failed: what is left unread would be taken for answers to the next chunk. */
static void give_up(struct lunatik_run *run, int code)
{
	if (code == EBADMSG)
		channel_not_understood(&run->channel);
	else
		channel_broke(&run->channel, code);
}

/* What the caller gets told, now that it is over. What the chunk did by itself goes before the wish to end it. */
static int verdict(struct lunatik_run *run)
{
	struct lunatik_error *error = &run->channel.error;
	bool ended_by_us = !run->outcome.complete || run->outcome.status == EINTR;

	if (run->refusal)
		failure_set(error, run->refusal, NULL);
	else if (run->reason == EINTR && ended_by_us)
		failure_set(error, EINTR, "stopped by the caller");
	else if (run->reason == ETIMEDOUT && ended_by_us)
		failure_set(error, ETIMEDOUT, "the caller's time limit is over");
	return -error->code;
}

static void end(struct lunatik_run *run, int status)
{
	run->goes_on = false;
	if (status)
		give_up(run, -status);
	/* A chunk that was refused is still there, for somebody who would try again; it goes with the socket. */
	else if (run->uploaded && !run->outcome.complete)
		channel_close(&run->channel);
}

static bool start(struct lunatik_run *run, const struct work *work, const struct lunatik_sink *sink)
{
	int status;

	if (!run)
		return false;
	if (run->goes_on) {
		refuse_second(run);
		return true;
	}
	if (begin(run, work, true))
		return false;
	run->sink = sink;
	status = receive(run);
	if (status <= 0)
		end(run, status);
	run->sink = NULL;
	return run->goes_on;
}

bool lunatik_run_start(struct lunatik_run *run, const struct lunatik_chunk *chunk, const struct lunatik_sink *sink)
{
	const struct work work = work_of_chunk(chunk);

	return start(run, &work, sink);
}

bool lunatik_run_start_data(struct lunatik_run *run, const struct lunatik_data *data, const struct lunatik_sink *sink)
{
	const struct work work = work_of_data(data);

	return start(run, &work, sink);
}

static int refuse_nothing(struct lunatik_run *run)
{
	failure_clear(&run->channel.error, "dostring");
	return failure_set(&run->channel.error, EINVAL, "nothing was started in this run");
}

int lunatik_run_finish(struct lunatik_run *run, const struct lunatik_sink *sink, struct lunatik_outcome *outcome)
{
	if (!run)
		return -EINVAL;
	if (!run->operation)
		return refuse_nothing(run);
	run->sink = sink;
	if (run->goes_on) {
		/* A second that was refused meanwhile has left its word there. */
		failure_clear(&run->channel.error, run->operation);
		end(run, converse(run));
	}
	run->sink = NULL;
	if (outcome)
		*outcome = run->outcome;
	return verdict(run);
}

static int run_whole(struct lunatik_run *run, const struct work *work, const struct lunatik_sink *sink,
		     struct lunatik_outcome *outcome)
{
	if (!run)
		return -EINVAL;
	if (run->goes_on)
		return refuse_second(run);
	begin(run, work, false);
	return lunatik_run_finish(run, sink, outcome);
}

int lunatik_dostring(struct lunatik_run *run, const struct lunatik_chunk *chunk, const struct lunatik_sink *sink,
		     struct lunatik_outcome *outcome)
{
	const struct work work = work_of_chunk(chunk);

	return run_whole(run, &work, sink, outcome);
}

int lunatik_senddata(struct lunatik_run *run, const struct lunatik_data *data, const struct lunatik_sink *sink,
		     struct lunatik_outcome *outcome)
{
	const struct work work = work_of_data(data);

	return run_whole(run, &work, sink, outcome);
}

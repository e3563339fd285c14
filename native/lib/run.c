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
 */
#include "attributes.h"
#include "failure.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/socket.h>

#include <libmnl/libmnl.h>

/* An attribute's length has 16 bits; of a multiple of 4 no padding comes between one and the next. */
#define CODE_PIECE	65528
#define CODE_PIECES	((LUNATIK_CODE_MAX + CODE_PIECE - 1) / CODE_PIECE)

/* Of a request's bytes, names and numbers need less than half. */
#define SHORT_CODE	1024

/* A message that is larger may not fit into the system's default for SO_SNDBUF, as low as that may be set. */
#define MODEST_CODE	4000

/* How long an aborted chunk has to say so. */
#define ABORT_PATIENCE	(2 * 1000000ULL)

struct lunatik_run {
	struct lunatik_session *session;
	struct channel channel;
	/* The chunk that is in it. */
	char state[LUNATIK_NAME_MAX + 1];
	const struct lunatik_sink *sink;
	bool goes_on;
	uint64_t deadline;		/* 0 for none */
	struct lunatik_outcome outcome;
	int reason;			/* errno for which we abort it, 0 while we don't */
	bool line_read;			/* all of line */
	char line[512];			/* the first of the error's text */
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

struct lunatik_run *lunatik_run_open(struct lunatik_session *session)
{
	struct lunatik_run *run = calloc(1, sizeof(*run));
	struct lunatik_error *error = &session->control.error;

	failure_clear(error, "dostring");
	if (!run) {
		failure_set(error, ENOMEM, NULL);
		return NULL;
	}
	run->session = session;
	channel_init(&run->channel, &session->netns);
	run->channel.family = session->control.family;
	if (channel_begin(&run->channel, "dostring", &run_attributes, LUNATIK_CMD_DOSTRING, NLM_F_DUMP)) {
		*error = run->channel.error;
		lunatik_run_close(run);
		return NULL;
	}
	return run;
}

void lunatik_run_close(struct lunatik_run *run)
{
	if (!run)
		return;
	channel_close(&run->channel);
	free(run);
}

uint32_t lunatik_run_port(const struct lunatik_run *run)
{
	return run->channel.socket ? mnl_socket_get_portid(run->channel.socket) : 0;
}

const struct lunatik_error *lunatik_run_error(const struct lunatik_run *run)
{
	return &run->channel.error;
}

/* Cut code into attributes without copying it. Returns the number of parts, from parts[1] on. */
static size_t cut(const char *code, size_t size, struct nlattr *heads, struct iovec *parts)
{
	static const char padding[MNL_ALIGNTO];
	size_t count = 0;

	do {
		size_t piece = size < CODE_PIECE ? size : CODE_PIECE;

		*heads = (struct nlattr){ (uint16_t)(MNL_ATTR_HDRLEN + piece), LUNATIK_A_RUN_CODE };
		parts[++count] = (struct iovec){ heads++, MNL_ATTR_HDRLEN };
		parts[++count] = (struct iovec){ (void *)code, piece };
		code += piece;
		size -= piece;
		if (!size)
			parts[++count] = (struct iovec){ (void *)padding, MNL_ALIGN(piece) - piece };
	} while (size);
	return count;
}

/* Best effort: where it is not enough, sendmsg() says EMSGSIZE. */
static void make_room(struct channel *channel, size_t size)
{
	int fd = mnl_socket_get_fd(channel->socket);
	int room = (int)(size + sizeof(channel->request.bytes) + CODE_PIECES * MNL_ATTR_HDRLEN);
	int present = 0;
	socklen_t length = sizeof(present);

	if (!getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &present, &length) && present >= room)
		return;
	/* Beyond the system's limit takes CAP_NET_ADMIN, which whoever may run chunks has. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
}

static int send_chunk(struct channel *channel, const struct lunatik_chunk *chunk, bool pause)
{
	struct request *request = &channel->request;
	struct nlattr heads[CODE_PIECES];
	struct iovec parts[1 + 2 * CODE_PIECES + 1];

	request_text(request, LUNATIK_A_RUN_NAME, chunk->state);
	if (chunk->name)
		request_text(request, LUNATIK_A_RUN_CHUNK_NAME, chunk->name);
	if (chunk->budget != LUNATIK_DEFAULT)
		request_u64(request, LUNATIK_A_RUN_BUDGET, chunk->budget);
	if (pause)
		request_flag(request, LUNATIK_A_RUN_PAUSE);
	/* Copying what is short is quicker than having the kernel collect it. */
	if (chunk->size <= SHORT_CODE && request_bytes(request, LUNATIK_A_RUN_CODE, chunk->code, chunk->size))
		return channel_send(channel);
	request->bulk = LUNATIK_A_RUN_CODE;
	if (chunk->size > MODEST_CODE)
		make_room(channel, chunk->size);
	return channel_send_bulk(channel, parts, cut(chunk->code, chunk->size, heads, parts));
}

static void forget(struct lunatik_run *run)
{
	run->goes_on = false;
	run->outcome = (struct lunatik_outcome){ 0 };
	run->reason = 0;
	run->line_read = false;
	run->line[0] = '\0';
}

static int begin(struct lunatik_run *run, const struct lunatik_chunk *chunk, bool pause)
{
	struct channel *channel = &run->channel;
	int status = channel_begin(channel, "dostring", &run_attributes, LUNATIK_CMD_DOSTRING, NLM_F_DUMP);

	forget(run);
	if (status)
		return status;
	if (chunk->size > LUNATIK_CODE_MAX)
		return failure_set(&channel->error, EMSGSIZE, "a chunk has at most %d bytes", LUNATIK_CODE_MAX);
	run->deadline = chunk->timeout ? now() + chunk->timeout : 0;
	run->state[0] = '\0';
	strncat(run->state, chunk->state, sizeof(run->state) - 1);
	status = send_chunk(channel, chunk, pause);
	run->goes_on = !status;
	return status;
}

static void give(struct lunatik_run *run, enum lunatik_part part, struct span span)
{
	if (!span.bytes || run->reason || !run->sink || !run->sink->part)
		return;
	run->reason = run->sink->part(run->sink->context, part, span.bytes, span.size);
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
	    attributes_read(&run_attributes, message, &part))
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

/* Whether there is a reason to end the chunk, noted in run->reason. */
static bool unwanted(struct lunatik_run *run)
{
	const struct lunatik_sink *sink = run->sink;

	if (!run->reason && run->deadline && now() >= run->deadline)
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
		if (patience && now() >= patience)
			return -ETIMEDOUT;
		if (!patience && unwanted(run)) {
			patience = now() + ABORT_PATIENCE;
			/* ENOENT: it has ended meanwhile. Whatever else may be wrong, patience ends. */
			lunatik_abort(run->session, run->state, lunatik_run_port(run), NULL);
		}
		status = receive(run);
	} while (status > 0);
	return status;
}

/* The conversation failed: what is left unread would be taken for answers to the next chunk. */
static void give_up(struct lunatik_run *run, int code)
{
	struct lunatik_error *error = &run->channel.error;

	if (code != EBADMSG) {
		channel_broke(&run->channel, code);
		return;
	}
	channel_close(&run->channel);
	failure_set(error, EBADMSG, "the kernel's answer is not understood");
}

/* What the caller gets told, now that it is over. What the chunk did by itself goes before the wish to end it. */
static int verdict(struct lunatik_run *run)
{
	struct lunatik_error *error = &run->channel.error;
	bool ended_by_us = !run->outcome.complete || run->outcome.status == EINTR;

	if (run->reason == EINTR && ended_by_us)
		failure_set(error, EINTR, "stopped by the caller");
	else if (run->reason == ETIMEDOUT && ended_by_us)
		failure_set(error, ETIMEDOUT, "the caller's time limit is over");
	else if (run->reason && run->reason != EINTR && run->reason != ETIMEDOUT)
		failure_set(error, run->reason, NULL);
	return -error->code;
}

static void end(struct lunatik_run *run, int status)
{
	run->goes_on = false;
	if (status)
		give_up(run, -status);
}

bool lunatik_run_start(struct lunatik_run *run, const struct lunatik_chunk *chunk, const struct lunatik_sink *sink)
{
	int status;

	if (begin(run, chunk, true))
		return false;
	run->sink = sink;
	status = receive(run);
	if (status <= 0)
		end(run, status);
	run->sink = NULL;
	return run->goes_on;
}

int lunatik_run_finish(struct lunatik_run *run, const struct lunatik_sink *sink, struct lunatik_outcome *outcome)
{
	run->sink = sink;
	if (run->goes_on)
		end(run, converse(run));
	run->sink = NULL;
	if (outcome)
		*outcome = run->outcome;
	return verdict(run);
}

int lunatik_dostring(struct lunatik_run *run, const struct lunatik_chunk *chunk, const struct lunatik_sink *sink,
		     struct lunatik_outcome *outcome)
{
	begin(run, chunk, false);
	return lunatik_run_finish(run, sink, outcome);
}

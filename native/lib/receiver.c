// SPDX-License-Identifier: MIT
/*
 * Receiving what a state sends.
 *
 * Messages wait in the kernel, and a dump takes them: with as many as fit in one datagram, several for one request.
 * The socket is subscribed, so it is told when something has come since a dump found nothing more; between the two
 * there is nothing to ask for. The word of that may lie before the dump's own end. A dump that nobody goes on to
 * receive from rests, and what comes meanwhile queues up in the kernel.
 *
 * A dump names the state, and the name may be another's by then: so what the socket was told is looked at before.
 */
#include "clock.h"
#include "failure.h"
#include "lunatik_contract.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

#include <libmnl/libmnl.h>

/* No later module sends more at once; what says so is nonsense. */
#define SIZE_MOST	(64U << 20)

struct lunatik_receiver {
	struct lunatik_session *session;
	struct channel channel;
	char state[LUNATIK_NAME_MAX + 1];
	bool due;		/* something may wait in the kernel, and not be on its way */
	bool dumping;
	bool looked;		/* at what the socket was told, in this call */
	bool closed;		/* the state is gone */
	uint64_t last;		/* sequence of the message before; 0 before the first */
	/* A message in parts. */
	uint64_t sequence;
	size_t size;		/* of the whole; 0 for none */
	size_t there;
	char *bytes;
	size_t room;
};

static int subscribe(struct lunatik_receiver *receiver, const char *name)
{
	struct channel *channel = &receiver->channel;
	int status = channel_begin(channel, "receive", &message_attributes, LUNATIK_CMD_RECEIVE, NLM_F_ACK);

	if (status)
		return status;
	request_text(&channel->request, LUNATIK_A_MESSAGE_NAME, name);
	session_sign(receiver->session, &channel->request, LUNATIK_A_MESSAGE_TOKEN);
	status = channel_exchange(channel, NULL, NULL);
	if (!status)
		strncat(receiver->state, name, sizeof(receiver->state) - 1);
	/* Nobody was told of what came before. */
	receiver->due = true;
	return status;
}

struct lunatik_receiver *lunatik_receiver_open(struct lunatik_session *session, const char *name)
{
	struct lunatik_receiver *receiver;
	struct lunatik_error *error;

	if (!session)
		return failure_give(NULL, &failure_of_nothing);
	error = &session->control.error;
	failure_clear(error, "receive");
	receiver = calloc(1, sizeof(*receiver));
	if (!receiver) {
		failure_set(error, ENOMEM, NULL);
		return failure_give(NULL, error);
	}
	receiver->session = session_get(session);
	channel_init(&receiver->channel, &session->netns, &lunatik_contract);
	receiver->channel.family = session->control.family;
	if (subscribe(receiver, name)) {
		*error = receiver->channel.error;
		lunatik_receiver_close(receiver);
		return failure_give(NULL, error);
	}
	return receiver;
}

void lunatik_receiver_close(struct lunatik_receiver *receiver)
{
	if (!receiver)
		return;
	channel_close(&receiver->channel);
	session_put(receiver->session);
	free(receiver->bytes);
	free(receiver);
}

int lunatik_receiver_fd(const struct lunatik_receiver *receiver)
{
	return receiver && receiver->channel.socket ? mnl_socket_get_fd(receiver->channel.socket) : -1;
}

const struct lunatik_error *lunatik_receiver_error(const struct lunatik_receiver *receiver)
{
	return receiver ? &receiver->channel.error : &failure_of_nothing;
}

static int start_dump(struct lunatik_receiver *receiver)
{
	struct channel *channel = &receiver->channel;
	int status = channel_begin(channel, "receive", &message_attributes, LUNATIK_CMD_RECEIVE, NLM_F_DUMP);

	if (status)
		return status;
	request_text(&channel->request, LUNATIK_A_MESSAGE_NAME, receiver->state);
	session_sign(receiver->session, &channel->request, LUNATIK_A_MESSAGE_TOKEN);
	status = channel_send(channel);
	receiver->dumping = !status;
	receiver->due = status;
	receiver->size = 0;
	return status;
}

/* The end of a dump, which has found the queue empty, unless it failed. */
static int end_dump(struct lunatik_receiver *receiver, const struct nlmsghdr *message)
{
	int status = channel_verdict(&receiver->channel, message);

	receiver->dumping = false;
	if (status && status != -ENOENT) {
		receiver->due = true;
		return status;
	}
	failure_clear(&receiver->channel.error, "receive");
	receiver->closed |= status;
	return 0;
}

static int make_room(struct lunatik_receiver *receiver, size_t size)
{
	char *bytes;

	if (size <= receiver->room)
		return 0;
	bytes = realloc(receiver->bytes, size);
	if (!bytes)
		return failure_set(&receiver->channel.error, ENOMEM, NULL);
	receiver->bytes = bytes;
	receiver->room = size;
	return 0;
}

/* Whether a part begins a message, or goes on where the one before ended, and brings something of it. */
static bool fits(const struct lunatik_receiver *receiver, const struct message_part *part)
{
	if (part->size > SIZE_MOST || part->offset > part->size || part->data.size > part->size - part->offset)
		return false;
	if (!part->data.size && part->size)
		return false;
	if (!part->offset)
		return true;
	return receiver->size == part->size && receiver->sequence == part->sequence &&
	       receiver->there == part->offset;
}

/* A message that is whole. Of the first nobody knows whether those before it were lost, or another reader's. */
static int hand_over(struct lunatik_receiver *receiver, const struct message_part *part, const void *bytes,
		     struct lunatik_message *message)
{
	uint64_t last = receiver->last;

	*message = (struct lunatik_message){
		.sequence = part->sequence,
		.lost = last && part->sequence > last ? part->sequence - last - 1 : 0,
		.data = bytes,
		.size = part->size,
	};
	receiver->last = part->sequence;
	return 1;
}

/* 1 with a message that is whole, 0 without, or a negative errno. */
static int take_part(struct lunatik_receiver *receiver, const struct message_part *part,
		     struct lunatik_message *message)
{
	int status;

	if (!fits(receiver, part))
		return channel_not_understood(&receiver->channel);
	if (part->data.size == part->size)
		return hand_over(receiver, part, part->data.bytes, message);
	status = make_room(receiver, part->size);
	if (status)
		return status;
	memcpy(receiver->bytes + part->offset, part->data.bytes, part->data.size);
	receiver->sequence = part->sequence;
	receiver->size = part->size;
	receiver->there = part->offset + part->data.size;
	if (receiver->there < receiver->size)
		return 0;
	receiver->size = 0;
	return hand_over(receiver, part, receiver->bytes, message);
}

/* As take_part(). */
static int take(struct lunatik_receiver *receiver, const struct nlmsghdr *header, struct lunatik_message *message)
{
	const struct genlmsghdr *generic = mnl_nlmsg_get_payload(header);
	struct message_part part = { 0 };

	if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
		return header->nlmsg_seq == receiver->channel.sequence ? end_dump(receiver, header) : 0;
	if (header->nlmsg_type != receiver->channel.family)
		return 0;
	if (attributes_read(&message_attributes, header, &part))
		return channel_not_understood(&receiver->channel);
	if (generic->cmd == LUNATIK_CMD_READY) {
		receiver->due = true;
		receiver->closed |= part.closed;
		return 0;
	}
	if (header->nlmsg_seq != receiver->channel.sequence)
		return 0;
	return take_part(receiver, &part, message);
}

/* Out of what was received. As take_part(). */
static int take_received(struct lunatik_receiver *receiver, struct lunatik_message *message)
{
	const struct nlmsghdr *header;
	int status = 0;

	while (!status && (header = channel_next_any(&receiver->channel)))
		status = take(receiver, header, message);
	return status;
}

static bool is_to_ask(const struct lunatik_receiver *receiver)
{
	return receiver->due && !receiver->dumping;
}

static int receive(struct lunatik_receiver *receiver, uint64_t deadline)
{
	struct channel *channel = &receiver->channel;
	int status;

	/* It was not all in the first: a long one, then, for which larger ones are worth their price. */
	if (receiver->dumping)
		channel->room = DATAGRAM_MOST;
	if (is_to_ask(receiver) && receiver->looked) {
		status = start_dump(receiver);
		if (status)
			return status;
	}
	receiver->looked = true;
	status = channel_receive_until(channel, is_to_ask(receiver) ? 0 : deadline);
	if (status == -ETIMEDOUT && is_to_ask(receiver))
		return 0;
	if (status == -ETIMEDOUT || status == -EINTR)
		return failure_set(&channel->error, -status, "no message came");
	return status ? channel_broke(channel, -status) : 0;
}

static int refuse_nowhere(struct lunatik_receiver *receiver)
{
	if (!receiver)
		return -EINVAL;
	failure_clear(&receiver->channel.error, "receive");
	return failure_set(&receiver->channel.error, EINVAL, "there is nowhere to put the message: NULL was given");
}

int lunatik_receiver_next(struct lunatik_receiver *receiver, uint64_t timeout, struct lunatik_message *message)
{
	uint64_t deadline = clock_after(timeout);
	int status;

	if (!receiver || !message)
		return refuse_nowhere(receiver);
	*message = (struct lunatik_message){ 0 };
	/* A socket that broke is subscribed no more. */
	if (!receiver->channel.socket)
		return -receiver->channel.error.code;
	failure_clear(&receiver->channel.error, "receive");
	receiver->looked = false;
	for (;;) {
		status = take_received(receiver, message);
		if (status)
			return status < 0 ? status : 0;
		if (receiver->closed) {
			message->closed = true;
			return 0;
		}
		status = receive(receiver, deadline);
		if (status)
			return status;
	}
}

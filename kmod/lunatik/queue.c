// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What a state sends to user space, until somebody takes it.
 *
 * Messages wait here and nowhere else: a reader takes them by a dump, in its own context and on its
 * own socket, so a slow one fills no socket's buffer, nothing is sent twice, and no port number
 * that changed hands gets what was somebody else's. What a subscribed socket is sent is the word
 * that there is something (receive.c): once, until it has found the queue empty.
 *
 * What waits is limited in bytes; but a message counts for as many as it takes beside its own, or
 * those of none would be without a limit. So a queue takes no more than twice the limit.
 *
 * A queue is part of its state. A message is the queue's until it is taken, then the taker's; its
 * memory is counted in the namespace's account, and charged to the memory cgroup of the state's
 * creator.
 *
 * Lock: its own, a spinlock of process context, innermost of all.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "account.h"
#include "params.h"
#include "queue.h"
#include "session.h"
#include "turn.h"

static size_t footprint(size_t size)
{
	return struct_size((struct lunatik_message *)NULL, bytes, size);
}

/* What a message counts of the limit. */
static size_t weight(const struct lunatik_message *message)
{
	return max_t(size_t, message->size, footprint(0));
}

void lunatik_queue_init(struct lunatik_queue *queue)
{
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->messages);
	INIT_LIST_HEAD(&queue->reading);
}

/**
 * lunatik_message_new - memory for a message
 * @account: charged with it
 * @size: bytes that it will have
 *
 * Context: process, out of any turn.
 * Return: it, or NULL.
 */
struct lunatik_message *lunatik_message_new(struct lunatik_account *account, size_t size)
{
	struct lunatik_message *message;

	if (!lunatik_account_charge(account, footprint(size)))
		return NULL;
	message = kvmalloc(footprint(size), lunatik_turn_gfp() | __GFP_ACCOUNT);
	if (!message) {
		lunatik_account_discharge(account, footprint(size));
		return NULL;
	}
	message->size = size;
	message->taken = 0;
	return message;
}

/* Of what was made, or taken. Context: process. */
void lunatik_message_free(struct lunatik_account *account, struct lunatik_message *message)
{
	lunatik_account_discharge(account, footprint(message->size));
	kvfree(message);
}

/* Nobody else has the queue any more. Context: process; may sleep. */
void lunatik_queue_drop_all(struct lunatik_queue *queue, struct lunatik_account *account)
{
	struct lunatik_message *message, *next;

	list_for_each_entry_safe(message, next, &queue->messages, node) {
		lunatik_message_free(account, message);
		/* there is no limit to what an administrator may set as one */
		cond_resched();
	}
}

/**
 * lunatik_queue_push - put a message at the end
 * @queue: of the state that sends it
 * @message: the queue's from now on, unless it is refused
 * @port: set to that of the socket that is to be told, or 0
 *
 * Return: whether there was room; if not, that is counted.
 */
bool lunatik_queue_push(struct lunatik_queue *queue, struct lunatik_message *message, u32 *port)
{
	bool room;

	*port = 0;
	spin_lock(&queue->lock);
	message->sequence = ++queue->sequence;
	room = queue->weight + weight(message) <= lunatik_maxqueue;
	if (!room) {
		queue->refused++;
	} else {
		list_add_tail(&message->node, &queue->messages);
		queue->queued += message->size;
		queue->weight += weight(message);
		if (queue->reader && queue->quiet)
			*port = queue->reader->port;
		queue->quiet = false;
	}
	spin_unlock(&queue->lock);
	return room;
}

/* A message of which there is not even this. */
void lunatik_queue_refuse(struct lunatik_queue *queue)
{
	spin_lock(&queue->lock);
	queue->sequence++;
	queue->refused++;
	spin_unlock(&queue->lock);
}

/**
 * lunatik_queue_pop - take the oldest message
 * @queue: from this
 *
 * Return: it, the caller's; NULL where there is none, and then a reader is told of the next.
 */
struct lunatik_message *lunatik_queue_pop(struct lunatik_queue *queue)
{
	struct lunatik_message *message;

	spin_lock(&queue->lock);
	message = list_first_entry_or_null(&queue->messages, struct lunatik_message, node);
	if (message) {
		list_del(&message->node);
		queue->queued -= message->size;
		queue->weight -= weight(message);
	} else {
		queue->quiet = true;
	}
	spin_unlock(&queue->lock);
	return message;
}

/* Puts back the message that was popped last, whole. */
void lunatik_queue_unpop(struct lunatik_queue *queue, struct lunatik_message *message)
{
	message->taken = 0;
	spin_lock(&queue->lock);
	list_add(&message->node, &queue->messages);
	queue->queued += message->size;
	queue->weight += weight(message);
	spin_unlock(&queue->lock);
}

/**
 * lunatik_queue_subscribe - have a session's socket told
 * @queue: without a reader
 * @session: the reader
 * @waits: set to whether there is something already
 *
 * Context: process, the namespace's lock held.
 */
void lunatik_queue_subscribe(struct lunatik_queue *queue, struct lunatik_session *session,
			     bool *waits)
{
	spin_lock(&queue->lock);
	queue->reader = session;
	*waits = !list_empty(&queue->messages);
	queue->quiet = !*waits;
	spin_unlock(&queue->lock);
	list_add(&queue->reading, &session->readings);
}

/**
 * lunatik_queue_unsubscribe - no more of that
 * @queue: perhaps with a reader
 *
 * Context: process, the namespace's lock held.
 * Return: the port of the reader; 0 where there was none.
 */
u32 lunatik_queue_unsubscribe(struct lunatik_queue *queue)
{
	u32 port = queue->reader ? queue->reader->port : 0;

	spin_lock(&queue->lock);
	queue->reader = NULL;
	spin_unlock(&queue->lock);
	list_del_init(&queue->reading);
	return port;
}

/* The reader's socket was full: it is told with the next message. */
void lunatik_queue_not_told(struct lunatik_queue *queue)
{
	spin_lock(&queue->lock);
	queue->quiet = true;
	spin_unlock(&queue->lock);
}

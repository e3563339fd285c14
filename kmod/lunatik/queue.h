/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_QUEUE_H
#define _LUNATIK_QUEUE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct lunatik_account;
struct lunatik_session;

/**
 * struct lunatik_message - what a state sends, on its way
 * @node: in the queue
 * @sequence: its number
 * @size: its bytes
 * @taken: how many a reader has already
 * @bytes: they
 */
struct lunatik_message {
	struct list_head node;
	u64 sequence;
	u32 size;
	u32 taken;
	char bytes[];
};

/**
 * struct lunatik_queue - what a state has sent and nobody has taken yet
 * @lock: of all below
 * @messages: oldest first
 * @queued: bytes in them
 * @weight: what they count of the limit
 * @sequence: of the newest, refused or not
 * @refused: how many there was no room for
 * @quiet: a reader found it empty, and is to be told when it is not
 * @reader: whose socket is subscribed, or NULL; written under the namespace's lock as well
 * @reading: in that session's list, under the namespace's lock
 */
struct lunatik_queue {
	spinlock_t lock;
	struct list_head messages;
	size_t queued;
	size_t weight;
	u64 sequence;
	u64 refused;
	bool quiet;
	struct lunatik_session *reader;
	struct list_head reading;
};

/* told by the parameter and the README */
static_assert(sizeof(struct lunatik_message) == 32);

void lunatik_queue_init(struct lunatik_queue *queue);
void lunatik_queue_drop_all(struct lunatik_queue *queue, struct lunatik_account *account);

struct lunatik_message *lunatik_message_new(struct lunatik_account *account, size_t size);
void lunatik_message_free(struct lunatik_account *account, struct lunatik_message *message);

bool lunatik_queue_push(struct lunatik_queue *queue, struct lunatik_message *message, u32 *port);
void lunatik_queue_refuse(struct lunatik_queue *queue);
struct lunatik_message *lunatik_queue_pop(struct lunatik_queue *queue);
void lunatik_queue_unpop(struct lunatik_queue *queue, struct lunatik_message *message);

void lunatik_queue_subscribe(struct lunatik_queue *queue, struct lunatik_session *session,
			     bool *waits);
u32 lunatik_queue_unsubscribe(struct lunatik_queue *queue);
void lunatik_queue_not_told(struct lunatik_queue *queue);

#endif /* _LUNATIK_QUEUE_H */

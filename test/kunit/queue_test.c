// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lunatik/params.h"
#include "lunatik/queue.c"

#include "beside.h"

struct fixture {
	struct lunatik_account account;
	struct lunatik_queue queue;
	struct lunatik_session session;
};

static int begin(struct kunit *test)
{
	struct fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	fixture->account.max = 1 << 20;
	lunatik_queue_init(&fixture->queue);
	fixture->session.port = 42;
	INIT_LIST_HEAD(&fixture->session.readings);
	lunatik_maxqueue = 1000;
	test->priv = fixture;
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	lunatik_queue_drop_all(&fixture->queue, &fixture->account);
	KUNIT_EXPECT_EQ(test, held(&fixture->account), 0);
}

/* Returns whether there was room. */
static bool push(struct kunit *test, size_t size, u32 *port)
{
	struct fixture *fixture = test->priv;
	struct lunatik_message *message = lunatik_message_new(&fixture->account, size);
	bool room;

	KUNIT_ASSERT_NOT_NULL(test, message);
	room = lunatik_queue_push(&fixture->queue, message, port);
	if (!room)
		lunatik_message_free(&fixture->account, message);
	return room;
}

/* Returns its number; 0 where there was none. */
static u64 pop(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct lunatik_message *message = lunatik_queue_pop(&fixture->queue);
	u64 sequence = message ? message->sequence : 0;

	if (message)
		lunatik_message_free(&fixture->account, message);
	return sequence;
}

static void messages_come_in_the_order_in_which_they_went(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 port;

	KUNIT_EXPECT_TRUE(test, push(test, 10, &port));
	KUNIT_EXPECT_TRUE(test, push(test, 20, &port));
	KUNIT_EXPECT_EQ(test, fixture->queue.queued, 30);
	KUNIT_EXPECT_EQ(test, pop(test), 1);
	KUNIT_EXPECT_EQ(test, pop(test), 2);
	KUNIT_EXPECT_EQ(test, pop(test), 0);
	KUNIT_EXPECT_EQ(test, fixture->queue.queued, 0);
}

static void what_finds_no_room_is_counted_and_leaves_a_gap(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 port;

	KUNIT_EXPECT_TRUE(test, push(test, 960, &port));
	KUNIT_EXPECT_FALSE(test, push(test, 41, &port));
	KUNIT_EXPECT_TRUE(test, push(test, 40, &port));
	lunatik_queue_refuse(&fixture->queue);
	KUNIT_EXPECT_FALSE(test, push(test, 1, &port));
	KUNIT_EXPECT_EQ(test, fixture->queue.refused, 3);
	KUNIT_EXPECT_EQ(test, pop(test), 1);
	KUNIT_EXPECT_EQ(test, pop(test), 3);
	KUNIT_EXPECT_TRUE(test, push(test, 1, &port));
	KUNIT_EXPECT_EQ(test, pop(test), 6);
}

static void messages_of_few_bytes_count_what_they_take_beside(struct kunit *test)
{
	const unsigned int most = 1000 / sizeof(struct lunatik_message);
	struct fixture *fixture = test->priv;
	unsigned int i;
	u32 port;

	for (i = 0; i < most; i++)
		KUNIT_EXPECT_TRUE(test, push(test, i & 1, &port));
	KUNIT_EXPECT_FALSE(test, push(test, 0, &port));
	KUNIT_EXPECT_EQ(test, fixture->queue.queued, most / 2);
	KUNIT_EXPECT_EQ(test, pop(test), 1);
	KUNIT_EXPECT_TRUE(test, push(test, 0, &port));
	KUNIT_EXPECT_FALSE(test, push(test, 0, &port));
}

static void a_message_that_is_put_back_comes_first_and_whole(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct lunatik_message *message;
	u32 port;

	push(test, 10, &port);
	push(test, 20, &port);
	message = lunatik_queue_pop(&fixture->queue);
	message->taken = 7;
	lunatik_queue_unpop(&fixture->queue, message);
	KUNIT_EXPECT_EQ(test, fixture->queue.queued, 30);
	message = lunatik_queue_pop(&fixture->queue);
	KUNIT_EXPECT_EQ(test, message->sequence, 1);
	KUNIT_EXPECT_EQ(test, message->taken, 0);
	lunatik_message_free(&fixture->account, message);
}

static void a_reader_is_told_once_until_it_has_found_nothing(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	bool waits;
	u32 port;

	push(test, 1, &port);
	KUNIT_EXPECT_EQ(test, port, 0);
	lunatik_queue_subscribe(&fixture->queue, &fixture->session, &waits);
	KUNIT_EXPECT_TRUE(test, waits);
	push(test, 1, &port);
	KUNIT_EXPECT_EQ(test, port, 0);
	pop(test);
	pop(test);
	push(test, 1, &port);
	KUNIT_EXPECT_EQ_MSG(test, port, 0, "it has not asked in vain yet");
	pop(test);
	KUNIT_EXPECT_EQ(test, pop(test), 0);
	push(test, 1, &port);
	KUNIT_EXPECT_EQ(test, port, 42);
	push(test, 1, &port);
	KUNIT_EXPECT_EQ(test, port, 0);
	lunatik_queue_not_told(&fixture->queue);
	push(test, 1, &port);
	KUNIT_EXPECT_EQ(test, port, 42);
	KUNIT_EXPECT_EQ(test, lunatik_queue_unsubscribe(&fixture->queue), 42);
	KUNIT_EXPECT_TRUE(test, list_empty(&fixture->session.readings));
	KUNIT_EXPECT_EQ(test, lunatik_queue_unsubscribe(&fixture->queue), 0);
}

static void a_reader_of_an_empty_queue_is_told_of_the_first(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	bool waits;
	u32 port;

	lunatik_queue_subscribe(&fixture->queue, &fixture->session, &waits);
	KUNIT_EXPECT_FALSE(test, waits);
	push(test, 1, &port);
	KUNIT_EXPECT_EQ(test, port, 42);
	lunatik_queue_unsubscribe(&fixture->queue);
}

static void a_message_is_counted_in_the_account(struct kunit *test)
{
	struct lunatik_account account = { .max = 100 };
	struct lunatik_message *message = lunatik_message_new(&account, 100 - sizeof(*message));

	KUNIT_ASSERT_NOT_NULL(test, message);
	KUNIT_EXPECT_EQ(test, held(&account), 100);
	KUNIT_EXPECT_NULL(test, lunatik_message_new(&account, 0));
	lunatik_message_free(&account, message);
	KUNIT_EXPECT_EQ(test, held(&account), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(messages_come_in_the_order_in_which_they_went),
	KUNIT_CASE(what_finds_no_room_is_counted_and_leaves_a_gap),
	KUNIT_CASE(messages_of_few_bytes_count_what_they_take_beside),
	KUNIT_CASE(a_message_that_is_put_back_comes_first_and_whole),
	KUNIT_CASE(a_reader_is_told_once_until_it_has_found_nothing),
	KUNIT_CASE(a_reader_of_an_empty_queue_is_told_of_the_first),
	KUNIT_CASE(a_message_is_counted_in_the_account),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-queue",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);

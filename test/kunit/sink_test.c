// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lunatik/sink.c"

#include "beside.h"

struct fixture {
	struct lunatik_account account;
	size_t room;
	struct lunatik_sink sink, other;
	char bytes[3 * PAGE_SIZE];
};

static int begin(struct kunit *test)
{
	struct fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);
	size_t i;

	if (!fixture)
		return -ENOMEM;
	for (i = 0; i < sizeof(fixture->bytes); i++)
		fixture->bytes[i] = i % 251;
	fixture->account.max = 1 << 20;
	fixture->room = 1 << 20;
	lunatik_sink_init(&fixture->sink, NULL, &fixture->account, &fixture->room);
	lunatik_sink_init(&fixture->other, NULL, &fixture->account, &fixture->room);
	test->priv = fixture;
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	lunatik_sink_free(&fixture->sink);
	lunatik_sink_free(&fixture->other);
	KUNIT_EXPECT_EQ(test, held(&fixture->account), 0);
}

static void bytes_come_out_as_they_went_in(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	char *out = kunit_kzalloc(test, sizeof(fixture->bytes), GFP_KERNEL);
	size_t written, taken = 0, part;
	const char *in;

	KUNIT_ASSERT_NOT_NULL(test, out);
	for (written = 0; written < sizeof(fixture->bytes); written += part) {
		part = min_t(size_t, 777, sizeof(fixture->bytes) - written);
		in = fixture->bytes + written;
		KUNIT_EXPECT_TRUE(test, lunatik_sink_write(&fixture->sink, in, part));
	}
	KUNIT_EXPECT_EQ(test, fixture->sink.size, sizeof(fixture->bytes));
	while ((part = lunatik_sink_take(&fixture->sink, out + taken, 1001)))
		taken += part;
	KUNIT_EXPECT_EQ(test, taken, sizeof(fixture->bytes));
	KUNIT_EXPECT_EQ(test, memcmp(out, fixture->bytes, taken), 0);
	KUNIT_EXPECT_EQ_MSG(test, held(&fixture->account), 0, "pages that were taken go back");
	KUNIT_EXPECT_FALSE(test, fixture->sink.cut);
}

static void sinks_of_a_run_share_their_room(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	char out[8];

	fixture->room = 10;
	KUNIT_EXPECT_TRUE(test, lunatik_sink_write(&fixture->sink, "0123456", 7));
	KUNIT_EXPECT_FALSE(test, lunatik_sink_write(&fixture->other, "abcdefg", 7));
	KUNIT_EXPECT_TRUE(test, fixture->other.cut);
	KUNIT_EXPECT_FALSE(test, fixture->sink.cut);
	KUNIT_EXPECT_EQ(test, lunatik_sink_take(&fixture->other, out, sizeof(out)), 3);
	KUNIT_EXPECT_EQ(test, memcmp(out, "abc", 3), 0);
	KUNIT_EXPECT_FALSE_MSG(test, lunatik_sink_write(&fixture->sink, "7", 1),
			       "what was taken makes no room");
}

static void what_is_cut_off_makes_room_again(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	size_t before = fixture->room;
	char out[4];

	lunatik_sink_write(&fixture->sink, fixture->bytes, sizeof(fixture->bytes));
	lunatik_sink_truncate(&fixture->sink, 3);
	KUNIT_EXPECT_EQ(test, fixture->sink.size, 3);
	KUNIT_EXPECT_EQ(test, fixture->room, before - 3);
	KUNIT_EXPECT_EQ(test, held(&fixture->account), PAGE_SIZE);
	lunatik_sink_write(&fixture->sink, "x", 1);
	KUNIT_EXPECT_EQ(test, lunatik_sink_take(&fixture->sink, out, sizeof(out)), 4);
	KUNIT_EXPECT_EQ(test, memcmp(out, "\0\1\2x", 4), 0);
	lunatik_sink_truncate(&fixture->sink, 0);
	KUNIT_EXPECT_EQ(test, held(&fixture->account), 0);
}

static void lines_are_taken_one_by_one(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	char out[16];

	lunatik_sink_write(&fixture->sink, "ab\n\nlonger", 10);
	KUNIT_EXPECT_EQ(test, lunatik_sink_take_line(&fixture->sink, out, sizeof(out)), 3);
	KUNIT_EXPECT_EQ(test, lunatik_sink_take_line(&fixture->sink, out, sizeof(out)), 1);
	KUNIT_EXPECT_EQ(test, lunatik_sink_take_line(&fixture->sink, out, 4), 4);
	KUNIT_EXPECT_EQ(test, lunatik_sink_take_line(&fixture->sink, out, sizeof(out)), 2);
	KUNIT_EXPECT_EQ(test, lunatik_sink_take_line(&fixture->sink, out, sizeof(out)), 0);
}

static void what_the_namespace_has_no_room_for_is_cut(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->account.max = PAGE_SIZE;
	KUNIT_EXPECT_FALSE(test, lunatik_sink_write(&fixture->sink, fixture->bytes, 2 * PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, fixture->sink.cut);
	KUNIT_EXPECT_EQ(test, fixture->sink.size, PAGE_ROOM);
	KUNIT_EXPECT_FALSE(test, lunatik_sink_write(&fixture->other, "x", 1));
	KUNIT_EXPECT_EQ(test, held(&fixture->account), PAGE_SIZE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bytes_come_out_as_they_went_in),
	KUNIT_CASE(sinks_of_a_run_share_their_room),
	KUNIT_CASE(what_is_cut_off_makes_room_again),
	KUNIT_CASE(lines_are_taken_one_by_one),
	KUNIT_CASE(what_the_namespace_has_no_room_for_is_cut),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-sink",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);

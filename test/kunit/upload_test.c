// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lunatik/upload.c"

#include "beside.h"

struct fixture {
	struct lunatik_net *ns;
	struct lunatik_session session, other;
};

static int begin(struct kunit *test)
{
	struct fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	fixture->ns = make_namespace(test, 1 << 20);
	INIT_LIST_HEAD(&fixture->session.uploads);
	INIT_LIST_HEAD(&fixture->other.uploads);
	test->priv = fixture;
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	lunatik_upload_drop_all(fixture->ns, &fixture->session);
	KUNIT_EXPECT_EQ(test, held(&fixture->ns->memory), 0);
}

/* Begins one and gives it back. Returns its number. */
static u32 put_up(struct kunit *test, u32 total)
{
	struct fixture *fixture = test->priv;
	struct lunatik_upload *upload;

	upload = lunatik_upload_begin(fixture->ns, &fixture->session, 5, total);
	KUNIT_ASSERT_FALSE(test, IS_ERR(upload));
	KUNIT_EXPECT_EQ(test, upload->state, 5);
	KUNIT_EXPECT_EQ(test, upload->total, total);
	KUNIT_EXPECT_EQ(test, upload->size, 0);
	lunatik_upload_give(fixture->ns, &fixture->session, upload);
	return upload->number;
}

static void use_up(struct kunit *test, struct lunatik_upload *upload)
{
	struct fixture *fixture = test->priv;

	lunatik_upload_used(fixture->ns, &fixture->session);
	lunatik_upload_free(fixture->ns, upload);
}

static void an_upload_is_taken_by_one_at_a_time(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 number = put_up(test, 100);
	struct lunatik_upload *upload = lunatik_upload_take(fixture->ns, &fixture->session, number);

	KUNIT_ASSERT_NOT_NULL(test, upload);
	KUNIT_EXPECT_NULL(test, lunatik_upload_take(fixture->ns, &fixture->session, number));
	lunatik_upload_give(fixture->ns, &fixture->session, upload);
	KUNIT_EXPECT_NULL(test, lunatik_upload_take(fixture->ns, &fixture->session, number + 1));
	KUNIT_EXPECT_NULL_MSG(test, lunatik_upload_take(fixture->ns, &fixture->other, number),
			      "it is another's");
	KUNIT_EXPECT_PTR_EQ(test, lunatik_upload_take(fixture->ns, &fixture->session, number),
			    upload);
	use_up(test, upload);
	KUNIT_EXPECT_EQ(test, fixture->session.upload_count, 0);
}

static void a_session_has_a_few_and_their_numbers_differ(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 numbers[LUNATIK_UPLOADS_MAX];
	struct lunatik_upload *upload;
	int i, j;

	for (i = 0; i < LUNATIK_UPLOADS_MAX; i++) {
		numbers[i] = put_up(test, i);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_NE(test, numbers[i], numbers[j]);
	}
	upload = lunatik_upload_begin(fixture->ns, &fixture->session, 5, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(upload), -ENOSPC);
	upload = lunatik_upload_take(fixture->ns, &fixture->session, numbers[0]);
	KUNIT_ASSERT_NOT_NULL(test, upload);
	KUNIT_EXPECT_EQ_MSG(test,
			    PTR_ERR_OR_ZERO(lunatik_upload_begin(fixture->ns, &fixture->session,
								 5, 1)),
			    -ENOSPC, "one that is taken counts");
	use_up(test, upload);
	KUNIT_EXPECT_NE(test, put_up(test, 1), numbers[0]);
}

static void numbers_begin_again_at_one(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->session.last_upload = U32_MAX - 1;
	KUNIT_EXPECT_EQ(test, put_up(test, 1), U32_MAX);
	KUNIT_EXPECT_EQ(test, put_up(test, 1), 1);
}

static void an_upload_takes_its_memory_at_once(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct lunatik_upload *upload;

	fixture->ns->memory.max = footprint(1000);
	put_up(test, 1000);
	KUNIT_EXPECT_EQ(test, held(&fixture->ns->memory), footprint(1000));
	upload = lunatik_upload_begin(fixture->ns, &fixture->session, 5, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(upload), -EDQUOT);
	KUNIT_EXPECT_EQ(test, fixture->session.upload_count, 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_upload_is_taken_by_one_at_a_time),
	KUNIT_CASE(a_session_has_a_few_and_their_numbers_differ),
	KUNIT_CASE(numbers_begin_again_at_one),
	KUNIT_CASE(an_upload_takes_its_memory_at_once),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-upload",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);

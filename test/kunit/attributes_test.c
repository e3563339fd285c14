// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lunatik/attributes.c"

#include "beside.h"

/* An attribute with these bytes in it. */
static struct nlattr *attribute(struct kunit *test, const void *bytes, size_t size)
{
	struct nlattr *attr = kunit_kzalloc(test, nla_total_size(size), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, attr);
	attr->nla_type = 1;
	attr->nla_len = nla_attr_size(size);
	memcpy(nla_data(attr), bytes, size);
	return attr;
}

static struct nlattr *number(struct kunit *test, u64 value)
{
	return attribute(test, &value, sizeof(value));
}

static struct netlink_ext_ack extack;
static struct lunatik_change change;

static int parse(const struct nlattr *expect, const struct nlattr *generation,
		 const struct nlattr *step)
{
	extack = (struct netlink_ext_ack){ };
	return lunatik_parse_change(expect, generation, step, &change, &extack);
}

static const char longest[] = "0123456789-123456789-123456789-123456789-123456789-123456789-12";
static const char too_long[] = "0123456789-123456789-123456789-123456789-123456789-123456789-123";
static_assert(sizeof(longest) == LUNATIK_NAME_MAX + 1);

static bool may_start(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_';
}

static bool may_go_on(int c)
{
	return may_start(c) || c == '.' || c == '-' || c == ':' || c == '@';
}

static void names_are_made_of_few_characters(struct kunit *test)
{
	static const char *const right[] = { "a", "Z", "0", "_", "a.b_c-d:e@f", "web", longest };
	char name[3] = "x";
	size_t i;
	int c;

	for (i = 0; i < ARRAY_SIZE(right); i++)
		KUNIT_EXPECT_TRUE_MSG(test, lunatik_name_valid(right[i]), "%s", right[i]);
	KUNIT_EXPECT_FALSE(test, lunatik_name_valid(""));
	for (c = 1; c < 256; c++) {
		name[0] = c;
		name[1] = '\0';
		KUNIT_EXPECT_EQ_MSG(test, lunatik_name_valid(name), may_start(c), "%#x", c);
		name[0] = 'x';
		name[1] = c;
		KUNIT_EXPECT_EQ_MSG(test, lunatik_name_valid(name), may_go_on(c), "x%#x", c);
	}
}

static void names_are_read_whole_or_refused(struct kunit *test)
{
	static const struct {
		const char *bytes;
		size_t size;
	} wrong[] = {
		{ "", 1 }, { "a\0b", 4 }, { "a\0", 3 }, { "a/b", 4 }, { ".a", 3 },
		{ too_long, sizeof(too_long) },
	};
	struct nlattr *right = attribute(test, longest, sizeof(longest));
	const char *name = NULL;
	size_t i;

	extack = (struct netlink_ext_ack){ };
	KUNIT_EXPECT_EQ(test, lunatik_parse_name(right, &name, &extack), 0);
	KUNIT_EXPECT_STREQ(test, name, longest);
	KUNIT_EXPECT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, lunatik_parse_name(NULL, &name, &extack), -EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct nlattr *attr = attribute(test, wrong[i].bytes, wrong[i].size);

		extack = (struct netlink_ext_ack){ };
		KUNIT_EXPECT_EQ_MSG(test, lunatik_parse_name(attr, &name, &extack), -EINVAL,
				    "%s", wrong[i].bytes);
		KUNIT_EXPECT_NOT_NULL(test, extack._msg);
		KUNIT_EXPECT_PTR_EQ(test, extack.bad_attr, (const struct nlattr *)attr);
	}
}

static void changes_count_from_one(struct kunit *test)
{
	struct nlattr *zero = number(test, 0);

	KUNIT_EXPECT_EQ(test, parse(number(test, 7), number(test, U64_MAX), NULL), 0);
	KUNIT_EXPECT_EQ(test, change.expect, 7);
	KUNIT_EXPECT_EQ(test, change.generation, U64_MAX);
	KUNIT_EXPECT_EQ(test, change.step_size, 0);
	KUNIT_EXPECT_EQ(test, parse(NULL, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, change.expect, 0);
	KUNIT_EXPECT_EQ(test, change.generation, 0);
	KUNIT_EXPECT_EQ(test, parse(number(test, 1), zero, NULL), -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, extack.bad_attr, (const struct nlattr *)zero);
	KUNIT_EXPECT_EQ(test, parse(zero, NULL, NULL), -EINVAL);
}

static void a_mark_has_one_byte_to_sixty_four(struct kunit *test)
{
	static const char mark[LUNATIK_STEP_MAX + 1] = "mark";
	static const struct {
		size_t size;
		int err;
	} marks[] = {
		{ 0, -EINVAL }, { 1, 0 },
		{ LUNATIK_STEP_MAX, 0 }, { LUNATIK_STEP_MAX + 1, -EINVAL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		struct nlattr *step = attribute(test, mark, marks[i].size);

		KUNIT_EXPECT_EQ(test, parse(NULL, NULL, step), marks[i].err);
		KUNIT_EXPECT_EQ(test, !extack._msg, !marks[i].err);
		KUNIT_EXPECT_EQ(test, change.step_size, marks[i].err ? 0 : marks[i].size);
		KUNIT_EXPECT_EQ(test, memcmp(change.step, mark, change.step_size), 0);
	}
}

static void a_refusal_waits_for_its_words_to_be_heard(struct kunit *test)
{
	struct netlink_ext_ack told = { ._msg = "words" }, hears = { };
	struct lunatik_refusal refusal;

	lunatik_refuse_later(&refusal, -EINVAL, &told);
	KUNIT_EXPECT_EQ(test, lunatik_refuse_now(&refusal, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, lunatik_refuse_now(&refusal, &hears), -EINVAL);
	KUNIT_EXPECT_STREQ(test, hears._msg, "words");
	lunatik_refuse_later(&refusal, 0, &told);
	hears._msg = NULL;
	KUNIT_EXPECT_EQ(test, lunatik_refuse_now(&refusal, &hears), 0);
	KUNIT_EXPECT_NULL(test, hears._msg);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(names_are_made_of_few_characters),
	KUNIT_CASE(names_are_read_whole_or_refused),
	KUNIT_CASE(changes_count_from_one),
	KUNIT_CASE(a_mark_has_one_byte_to_sixty_four),
	KUNIT_CASE(a_refusal_waits_for_its_words_to_be_heard),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-attributes",
	.test_cases = cases,
};

kunit_test_suite(suite);

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lunatik/script.c"

#include "beside.h"

static struct lunatik_script *script_of(struct kunit *test, const char *name, const char *text,
					size_t size)
{
	struct lunatik_script *script = lunatik_script_new(name, text, size);

	KUNIT_ASSERT_NOT_NULL(test, script);
	return script;
}

/* The examples of FIPS 180. */
static void a_digest_is_sha256_of_the_whole_text(struct kunit *test)
{
	static const u8 of_abc[] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
		0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
		0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
	};
	static const u8 of_many_a[] = {
		0xcd, 0xc7, 0x6e, 0x5c, 0x99, 0x14, 0xfb, 0x92,
		0x81, 0xa1, 0xc7, 0xe2, 0x84, 0xd7, 0x3e, 0x67,
		0xf1, 0x80, 0x9a, 0x48, 0xa4, 0x97, 0x20, 0x0e,
		0x04, 0x6d, 0x39, 0xcc, 0xc7, 0x11, 0x2c, 0xd0,
	};
	char *many = kvmalloc(1000000, GFP_KERNEL);
	struct lunatik_script *script = script_of(test, "abc", "abc", 3);

	lunatik_script_digest(script, "abc");
	KUNIT_EXPECT_EQ(test, memcmp(script->sha256, of_abc, sizeof(of_abc)), 0);
	KUNIT_EXPECT_EQ(test, script->size, 3);
	KUNIT_EXPECT_STREQ(test, script->name, "abc");
	kfree(script);
	KUNIT_ASSERT_NOT_NULL(test, many);
	memset(many, 'a', 1000000);
	script = script_of(test, "many", many, 1000000);
	lunatik_script_digest(script, many);
	KUNIT_EXPECT_EQ(test, memcmp(script->sha256, of_many_a, sizeof(of_many_a)), 0);
	kfree(script);
	kvfree(many);
}

static void a_short_chunk_is_known_again_by_its_bytes(struct kunit *test)
{
	static char text[LUNATIK_SCRIPT_KNOWN + 1];
	size_t sizes[] = { 0, 1, LUNATIK_SCRIPT_KNOWN };
	struct lunatik_script *last, *script;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		last = script_of(test, "a", text, sizes[i]);
		lunatik_script_digest(last, text);
		script = script_of(test, "other", text, sizes[i]);
		KUNIT_EXPECT_TRUE(test, lunatik_script_is_same(script, last));
		KUNIT_EXPECT_EQ(test, memcmp(script->sha256, last->sha256, SHA256_DIGEST_SIZE), 0);
		KUNIT_EXPECT_STREQ(test, script->name, "other");
		if (sizes[i]) {
			script->text[sizes[i] - 1] ^= 1;
			KUNIT_EXPECT_FALSE(test, lunatik_script_is_same(script, last));
		}
		kfree(script);
		script = script_of(test, "a", text, sizes[i] + 1);
		KUNIT_EXPECT_FALSE(test, lunatik_script_is_same(script, last));
		KUNIT_EXPECT_FALSE(test, lunatik_script_is_same(script, NULL));
		kfree(script);
		kfree(last);
	}
}

static void a_long_chunk_is_not(struct kunit *test)
{
	static char text[LUNATIK_SCRIPT_KNOWN + 1];
	struct lunatik_script *last = script_of(test, "a", text, sizeof(text));
	struct lunatik_script *script = script_of(test, "a", text, sizeof(text));

	lunatik_script_digest(last, text);
	KUNIT_EXPECT_FALSE(test, lunatik_script_is_same(script, last));
	kfree(script);
	kfree(last);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_digest_is_sha256_of_the_whole_text),
	KUNIT_CASE(a_short_chunk_is_known_again_by_its_bytes),
	KUNIT_CASE(a_long_chunk_is_not),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-script",
	.test_cases = cases,
};

kunit_test_suite(suite);

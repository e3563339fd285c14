// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The arena as it is without KASAN: with it every block is a far one, and nothing of the classes
 * would be tested.
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "lua/luaconf.h"
#include "beside.h"

#undef CONFIG_KASAN
#include "lunatik/arena.c"

#define ROOM	(64 << 20)

struct fixture {
	struct lunatik_vm vm;
	struct lunatik_account account;
};

static int begin(struct kunit *test)
{
	struct fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	fixture->account.max = ROOM;
	lunatik_arena_init(&fixture->vm.arena, &fixture->account, ROOM);
	test->priv = fixture;
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	lunatik_arena_destroy(&fixture->vm.arena);
	KUNIT_EXPECT_EQ(test, held(&fixture->account), 0);
}

static struct lunatik_arena *arena_in(struct kunit *test)
{
	return &((struct fixture *)test->priv)->vm.arena;
}

static void *resize(struct kunit *test, void *block, size_t old, size_t new)
{
	return lunatik_arena_realloc(&((struct fixture *)test->priv)->vm, block, old, new);
}

static void every_size_has_the_smallest_class_that_holds_it(struct kunit *test)
{
	size_t size;

	for (size = 1; size <= SMALL; size++) {
		size_t whole = rounded(size);
		unsigned int class = class_of(whole);

		KUNIT_ASSERT_GE(test, whole, size);
		KUNIT_ASSERT_LT(test, class, (unsigned int)CLASSES);
		KUNIT_ASSERT_EQ(test, size_of(class), whole);
		if (class)
			KUNIT_ASSERT_LT(test, size_of(class - 1), size);
	}
	KUNIT_EXPECT_EQ(test, class_of(rounded(SMALL)), (unsigned int)CLASSES - 1);
}

static void a_free_stretch_is_cut_into_classes(struct kunit *test)
{
	size_t size;

	for (size = GRAIN; size <= PAGE_BLOCKS; size += GRAIN) {
		size_t part = rounded_down(size);

		KUNIT_ASSERT_LE(test, part, size);
		KUNIT_ASSERT_EQ(test, size_of(class_of(part)), part);
		if (class_of(part) + 1 < CLASSES)
			KUNIT_ASSERT_GT(test, size_of(class_of(part) + 1), size);
	}
}

/* Where arena.c says that a block of this size lies. */
static bool lies_right(void *block, size_t size)
{
	if (size <= SMALL)
		return (unsigned long)block % GRAIN == 8;
	return size <= PIECE_MAX ? PAGE_ALIGNED(block) : (unsigned long)block % GRAIN == 0;
}

static const size_t sizes[] = {
	1, 15, 16, 17, 24, 496, 511, 512, 513, 640, 641, 2048, SMALL - 1, SMALL, SMALL + 1,
	PAGE_SIZE, PAGE_SIZE + 1, 3 * PAGE_SIZE - 1,
	PIECE_MAX, PIECE_MAX + 1, PIECE_MAX + PAGE_SIZE + 9,
};

static void blocks_lie_where_their_size_says(struct kunit *test)
{
	void *blocks[ARRAY_SIZE(sizes)];
	size_t total = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		blocks[i] = resize(test, NULL, 0, sizes[i]);
		KUNIT_ASSERT_NOT_NULL(test, blocks[i]);
		KUNIT_EXPECT_TRUE_MSG(test, lies_right(blocks[i], sizes[i]), "%zu", sizes[i]);
		memset(blocks[i], i + 1, sizes[i]);
		total += sizes[i];
	}
	KUNIT_EXPECT_EQ(test, arena_in(test)->curralloc, total);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_NULL_MSG(test, memchr_inv(blocks[i], i + 1, sizes[i]),
				      "%zu overwritten", sizes[i]);
		KUNIT_EXPECT_NULL(test, resize(test, blocks[i], sizes[i], 0));
	}
	KUNIT_EXPECT_EQ(test, arena_in(test)->curralloc, 0);
	KUNIT_EXPECT_EQ(test, arena_in(test)->peak, total);
}

static void resized_blocks_keep_their_bytes(struct kunit *test)
{
	size_t from, to, common;
	void *block;

	for (from = 0; from < ARRAY_SIZE(sizes); from++) {
		for (to = 0; to < ARRAY_SIZE(sizes); to++) {
			block = resize(test, NULL, 0, sizes[from]);
			KUNIT_ASSERT_NOT_NULL(test, block);
			memset(block, 0xa5, sizes[from]);
			block = resize(test, block, sizes[from], sizes[to]);
			KUNIT_ASSERT_NOT_NULL(test, block);
			common = min(sizes[from], sizes[to]);
			KUNIT_EXPECT_NULL_MSG(test, memchr_inv(block, 0xa5, common),
					      "%zu to %zu", sizes[from], sizes[to]);
			resize(test, block, sizes[to], 0);
		}
	}
	KUNIT_EXPECT_EQ(test, arena_in(test)->curralloc, 0);
}

/* A table of live blocks, each full of its number, against random requests. */
static void random_requests_never_touch_other_blocks(struct kunit *test)
{
	static struct {
		unsigned char *block;
		size_t size;
	} live[256];
	struct rnd_state random;
	size_t total = 0;
	unsigned int i, round;

	memset(live, 0, sizeof(live));
	prandom_seed_state(&random, 1);
	for (round = 0; round < 20000; round++) {
		size_t size = prandom_u32_state(&random) % 8 ? prandom_u32_state(&random) % 700 :
			prandom_u32_state(&random) % (3 * PAGE_SIZE);
		void *block;

		i = prandom_u32_state(&random) % ARRAY_SIZE(live);
		block = resize(test, live[i].block, live[i].size, size);
		KUNIT_ASSERT_EQ(test, !!block, !!size);
		if (block) {
			size_t common = min(live[i].size, size);

			KUNIT_ASSERT_TRUE(test, !memchr_inv(block, (unsigned char)i, common));
			memset(block, i, size);
		}
		total += size - live[i].size;
		live[i].block = block;
		live[i].size = size;
		KUNIT_ASSERT_EQ(test, arena_in(test)->curralloc, total);
	}
	for (i = 0; i < ARRAY_SIZE(live); i++) {
		KUNIT_EXPECT_TRUE(test, !live[i].block ||
				  !memchr_inv(live[i].block, (unsigned char)i, live[i].size));
		resize(test, live[i].block, live[i].size, 0);
	}
	arena_sort(arena_in(test));
	KUNIT_EXPECT_EQ(test, arena_in(test)->held, 0);
}

static void what_is_free_is_joined_for_larger_blocks(struct kunit *test)
{
	enum { COUNT = 64 * PAGE_BLOCKS / GRAIN };
	void **blocks = kunit_kcalloc(test, COUNT, sizeof(*blocks), GFP_KERNEL);
	size_t before;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, blocks);
	for (i = 0; i < COUNT; i++)
		blocks[i] = resize(test, NULL, 0, GRAIN);
	before = arena_in(test)->held;
	KUNIT_EXPECT_EQ(test, before, 64 * PAGE_SIZE);
	for (i = 0; i < COUNT; i++)
		resize(test, blocks[i], GRAIN, 0);
	blocks[0] = resize(test, NULL, 0, SMALL);
	KUNIT_EXPECT_NOT_NULL(test, blocks[0]);
	KUNIT_EXPECT_LT(test, arena_in(test)->held, before / 8);
	resize(test, blocks[0], SMALL, 0);
}

static void the_limit_is_met_exactly_and_refusals_change_nothing(struct kunit *test)
{
	struct lunatik_arena *arena = arena_in(test);
	char *block;

	arena->maxalloc = 1000;
	block = resize(test, NULL, 0, 600);
	KUNIT_ASSERT_NOT_NULL(test, block);
	memset(block, 7, 600);
	KUNIT_EXPECT_NULL(test, resize(test, NULL, 0, 401));
	KUNIT_EXPECT_NULL(test, resize(test, block, 600, 1001));
	KUNIT_EXPECT_NULL(test, resize(test, block, 600, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, arena->curralloc, 600);
	KUNIT_EXPECT_NULL(test, memchr_inv(block, 7, 600));
	block = resize(test, block, 600, 1000);
	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_NULL(test, resize(test, NULL, 0, 1));
	/* a limit below what is held, as `set` may leave it */
	arena->maxalloc = 10;
	block = resize(test, block, 1000, 900);
	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_NULL(test, resize(test, block, 900, 901));
	resize(test, block, 900, 0);
	KUNIT_EXPECT_EQ(test, arena->curralloc, 0);
}

static void shrinking_succeeds_where_nothing_is_left(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	static const size_t steps[] = {
		PIECE_MAX + 1, 5 * PAGE_SIZE, PAGE_SIZE + 1, SMALL, 100, 1
	};
	size_t size = 2 * PIECE_MAX;
	char *block = resize(test, NULL, 0, size);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, block);
	memset(block, 9, size);
	fixture->account.max = held(&fixture->account);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		block = resize(test, block, size, steps[i]);
		KUNIT_ASSERT_NOT_NULL(test, block);
		size = steps[i];
		KUNIT_EXPECT_NULL(test, memchr_inv(block, 9, size));
		KUNIT_EXPECT_LE(test, held(&fixture->account), fixture->account.max);
	}
	KUNIT_EXPECT_EQ(test, arena_in(test)->curralloc, 1);
	resize(test, block, size, 0);
}

static void what_the_namespace_has_no_room_for_is_refused(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	char *small = resize(test, NULL, 0, 100);

	KUNIT_ASSERT_NOT_NULL(test, small);
	fixture->account.max = held(&fixture->account);
	KUNIT_EXPECT_NULL(test, resize(test, NULL, 0, PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, resize(test, NULL, 0, PIECE_MAX + 1));
	KUNIT_EXPECT_NULL(test, resize(test, small, 100, 2 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, held(&fixture->account), fixture->account.max);
	KUNIT_EXPECT_EQ(test, arena_in(test)->curralloc, 100);
	resize(test, small, 100, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_size_has_the_smallest_class_that_holds_it),
	KUNIT_CASE(a_free_stretch_is_cut_into_classes),
	KUNIT_CASE(blocks_lie_where_their_size_says),
	KUNIT_CASE(resized_blocks_keep_their_bytes),
	KUNIT_CASE(random_requests_never_touch_other_blocks),
	KUNIT_CASE(what_is_free_is_joined_for_larger_blocks),
	KUNIT_CASE(the_limit_is_met_exactly_and_refusals_change_nothing),
	KUNIT_CASE(shrinking_succeeds_where_nothing_is_left),
	KUNIT_CASE(what_the_namespace_has_no_room_for_is_refused),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-arena",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);

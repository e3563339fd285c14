// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <linux/export.h>
#include <linux/module.h>

/* The module that is loaded beside this one exports them. */
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(symbol)
#include "lunatik/libraries.c"

#include "beside.h"

static int opens(struct lua_State *thread)
{
	return 1;
}

static int opens_too(struct lua_State *thread)
{
	return 1;
}

static struct lunatik_library first = { .name = "kunit.a", .open = opens, .owner = THIS_MODULE };
static struct lunatik_library second = {
	.name = "kunit.b", .open = opens_too, .owner = THIS_MODULE
};

static int begin(struct kunit *test)
{
	struct lunatik_vm *vm = kunit_kzalloc(test, sizeof(*vm), GFP_KERNEL);

	if (!vm)
		return -ENOMEM;
	INIT_LIST_HEAD(&vm->libraries);
	/* without a clock, which would stop what is none of Lua's */
	vm->glance = true;
	test->priv = vm;
	return lunatik_register(&first) ?: lunatik_register(&second);
}

static void end(struct kunit *test)
{
	lunatik_unregister(&first);
	lunatik_unregister(&second);
	KUNIT_EXPECT_TRUE(test, list_empty(&libraries));
}

/* As require() looks: in the machine's turn, and still there afterwards. */
static int find_in_turn(struct kunit *test, const char *name, lunatik_opener *open)
{
	struct lunatik_vm *vm = test->priv;
	bool in_turn;
	int err;

	lunatik_turn_begin(vm);
	err = lunatik_libraries_find(vm, name, open);
	in_turn = vm->on_cpu;
	lunatik_turn_end(vm);
	KUNIT_EXPECT_TRUE(test, in_turn);
	return err;
}

static lunatik_opener require(struct kunit *test, const char *name)
{
	lunatik_opener open = NULL;

	KUNIT_EXPECT_EQ(test, find_in_turn(test, name, &open), 0);
	return open;
}

static int refused(struct kunit *test, const char *name)
{
	lunatik_opener open = NULL;
	int err = find_in_turn(test, name, &open);

	KUNIT_EXPECT_NULL(test, open);
	return err;
}

static void put_all(struct kunit *test)
{
	struct lunatik_vm *vm = test->priv;

	lunatik_libraries_put(&vm->libraries);
	INIT_LIST_HEAD(&vm->libraries);
}

static void a_library_is_found_by_its_name(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, require(test, "kunit.a"), &opens);
	KUNIT_EXPECT_PTR_EQ(test, require(test, "kunit.b"), &opens_too);
	KUNIT_EXPECT_EQ(test, refused(test, "kunit"), -ENOENT);
	KUNIT_EXPECT_EQ(test, refused(test, ""), -ENOENT);
	put_all(test);
}

static void a_machine_keeps_a_module_once(struct kunit *test)
{
	int before = module_refcount(THIS_MODULE);

	refused(test, "kunit.c");
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	require(test, "kunit.a");
	require(test, "kunit.a");
	require(test, "kunit.b");
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	put_all(test);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
}

static void what_is_unregistered_is_not_found_but_kept(struct kunit *test)
{
	int before = module_refcount(THIS_MODULE);

	require(test, "kunit.a");
	lunatik_unregister(&first);
	KUNIT_EXPECT_EQ(test, refused(test, "kunit.a"), -ENOENT);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	KUNIT_EXPECT_EQ(test, lunatik_register(&first), 0);
	put_all(test);
}

static void what_cannot_be_required_is_refused(struct kunit *test)
{
	struct lunatik_library wrong[] = {
		{ .name = NULL, .open = opens }, { .name = "", .open = opens },
		{ .name = "a/b", .open = opens }, { .name = "kunit.c", .open = NULL },
	};
	struct lunatik_library same = { .name = "kunit.b", .open = opens, .owner = THIS_MODULE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		KUNIT_EXPECT_EQ_MSG(test, lunatik_register(&wrong[i]), -EINVAL, "%zu", i);
	KUNIT_EXPECT_EQ(test, lunatik_register(&same), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, require(test, "kunit.b"), &opens_too);
	put_all(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_library_is_found_by_its_name),
	KUNIT_CASE(a_machine_keeps_a_module_once),
	KUNIT_CASE(what_is_unregistered_is_not_found_but_kept),
	KUNIT_CASE(what_cannot_be_required_is_refused),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-libraries",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);

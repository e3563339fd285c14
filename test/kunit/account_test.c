// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lunatik/account.h"

#include "beside.h"

static void charges_up_to_its_limit(struct kunit *test)
{
	struct lunatik_account account = { .max = 100 };

	KUNIT_EXPECT_TRUE(test, lunatik_account_charge(&account, 60));
	KUNIT_EXPECT_FALSE(test, lunatik_account_charge(&account, 41));
	KUNIT_EXPECT_EQ(test, held(&account), 60);
	KUNIT_EXPECT_TRUE(test, lunatik_account_charge(&account, 40));
	KUNIT_EXPECT_FALSE(test, lunatik_account_charge(&account, 1));
	lunatik_account_discharge(&account, 100);
	KUNIT_EXPECT_EQ(test, held(&account), 0);
}

static void without_room_charges_nothing(struct kunit *test)
{
	struct lunatik_account account = { };

	KUNIT_EXPECT_TRUE(test, lunatik_account_charge(&account, 0));
	KUNIT_EXPECT_FALSE(test, lunatik_account_charge(&account, 1));
	KUNIT_EXPECT_EQ(test, held(&account), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(charges_up_to_its_limit),
	KUNIT_CASE(without_room_charges_nothing),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-account",
	.test_cases = cases,
};

kunit_test_suite(suite);

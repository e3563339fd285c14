/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_KUNIT_BESIDE_H
#define _LUNATIK_KUNIT_BESIDE_H

#include <kunit/test.h>

#include "lunatik/net.h"
#include "lunatik/state.h"

/* How often lunatik_state_release() was called. */
extern unsigned int released;

/* As much of a namespace as sessions, uploads and queues look at. */
static inline struct lunatik_net *make_namespace(struct kunit *test, s64 memory)
{
	struct lunatik_net *ns = kunit_kzalloc(test, sizeof(*ns), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ns);
	spin_lock_init(&ns->lock);
	ns->memory.max = memory;
	return ns;
}

static inline s64 held(const struct lunatik_account *account)
{
	return atomic64_read(&account->held);
}

#endif /* _LUNATIK_KUNIT_BESIDE_H */

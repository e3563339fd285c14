/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_ACCOUNT_H
#define _LUNATIK_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/types.h>

/**
 * struct lunatik_account - memory that is held together, as by a namespace
 * @held: bytes
 * @max: what @held never exceeds
 */
struct lunatik_account {
	atomic64_t held;
	s64 max;
};

/* Any context. */
static inline bool lunatik_account_charge(struct lunatik_account *account, size_t size)
{
	if (atomic64_add_return(size, &account->held) <= account->max)
		return true;
	atomic64_sub(size, &account->held);
	return false;
}

static inline void lunatik_account_discharge(struct lunatik_account *account, size_t size)
{
	atomic64_sub(size, &account->held);
}

#endif /* _LUNATIK_ACCOUNT_H */

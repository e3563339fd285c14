// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What Lua asks the time for; compiled like the rest of the kernel, without SSE. */
#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "clock.h"

long lua_libc_time(long *t)
{
	long now = ktime_get_real_seconds();

	if (t)
		*t = now;
	return now;
}

/*
 * Since boot, not the processor time of whoever runs the state now: a state
 * outlives its callers, and a script takes differences.
 */
long lua_libc_clock(void)
{
	return ktime_to_us(ktime_get());
}

/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_CLOCK_H
#define LUNATIK_CLOCK_H

#include "lunatik.h"

#include <time.h>

/* Microseconds, of a clock that nobody sets. */
static inline uint64_t clock_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

/* When a wait of so many microseconds ends: 0 of none, LUNATIK_DEFAULT of one for ever. */
static inline uint64_t clock_after(uint64_t timeout)
{
	uint64_t now;

	if (!timeout || timeout == LUNATIK_DEFAULT)
		return timeout;
	now = clock_now();
	return timeout < LUNATIK_DEFAULT - now ? now + timeout : LUNATIK_DEFAULT;
}

#endif /* LUNATIK_CLOCK_H */

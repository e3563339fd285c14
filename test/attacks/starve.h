/* SPDX-License-Identifier: MIT */
/*
 * Has the kernel's allocations and copies fail, on a kernel built for that (CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC,
 * CONFIG_FAULT_INJECTION_USERCOPY): those of the calling thread, and what it asks for. Whatever goes wrong with it ends the
 * program.
 */
#ifndef STARVE_H
#define STARVE_H

#include <stdbool.h>

/* One by one: the nth alone; or else a tenth of all. */
void starve_prepare(bool one_by_one);

/* From here to starved() the nth fails, the first being 1; or many. */
void starve(unsigned int nth);

/* Returns whether it has, or one of many may have. */
bool starved(void);

#endif /* STARVE_H */

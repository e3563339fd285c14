/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_PAGES_H
#define _LUNATIK_PAGES_H

#include <linux/types.h>

struct lunatik_vm;

void *lunatik_pages_map(size_t size, struct lunatik_vm *vm);

#endif /* _LUNATIK_PAGES_H */

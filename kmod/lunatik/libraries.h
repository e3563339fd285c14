/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_LIBRARIES_H
#define _LUNATIK_LIBRARIES_H

#include <linux/list.h>

struct lua_State;
struct lunatik_vm;

/* Leaves the library on the stack and returns 1. */
typedef int (*lunatik_opener)(struct lua_State *L);

int lunatik_libraries_find(struct lunatik_vm *vm, const char *name, lunatik_opener *open);
void lunatik_libraries_put(struct list_head *uses);

#endif /* _LUNATIK_LIBRARIES_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_PAGE_VIEW_H
#define _LUNATIK_PAGE_VIEW_H

#include <linux/types.h>

struct lua_State;

/**
 * struct lunatik_page_view - a copy of what is in a page; a userdata
 * @version: that it is of
 * @size: bytes at @data
 * @writable: for scripts to change
 * @dead: no more for scripts to use
 * @data: the copy
 */
struct lunatik_page_view {
	u64 version;
	u32 size;
	bool writable;
	bool dead;
	u8 data[];
};

struct lunatik_page_view *lunatik_page_view_push(struct lua_State *L, u32 size, bool writable);
void lunatik_page_view_type(struct lua_State *L);

#endif /* _LUNATIK_PAGE_VIEW_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LUNATIK_PAGE_VIEW_H
#define LUNATIK_PAGE_VIEW_H

#include <stdbool.h>
#include <stdint.h>

struct lua_State;

/**
 * struct lunatik_page_view - a copy of what is in a page; a userdata
 * @version: that it is of
 * @size: bytes at @data
 * @writable: for scripts to change
 * @written: by scripts, if only with what was there
 * @announce: the commit of it is to be told
 * @dead: no more for scripts to use
 * @data: the copy
 */
struct lunatik_page_view {
	uint64_t version;
	uint32_t size;
	bool writable;
	bool written;
	bool announce;
	bool dead;
	unsigned char data[];
};

struct lunatik_page_view *lunatik_page_view_push(struct lua_State *L, uint32_t size, bool writable);
void lunatik_page_view_type(struct lua_State *L);

#endif /* LUNATIK_PAGE_VIEW_H */

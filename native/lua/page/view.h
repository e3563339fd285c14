/* SPDX-License-Identifier: MIT */
#ifndef PAGE_VIEW_H
#define PAGE_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

/* A copy of what is in a page; a userdata. */
struct view {
	uint64_t version;	/* that it is of */
	uint32_t size;
	bool writable;		/* for scripts to change */
	bool dead;		/* no more for scripts to use */
	unsigned char data[];
};

/* Push one of so many bytes, which are to be filled. */
struct view *view_push(lua_State *L, uint32_t size, bool writable);

/* Make the type known. */
void view_define(lua_State *L);

#endif /* PAGE_VIEW_H */

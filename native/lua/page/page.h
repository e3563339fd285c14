/* SPDX-License-Identifier: MIT */
/*
 * The Lua binding of libkstate: what its files know of each other. lua-page(3) is its reference.
 */
#ifndef PAGE_H
#define PAGE_H

#include <kstate.h>
#include <lua.h>

/* A page that is open; a userdata. */
struct page {
	kstate_state_p state;		/* NULL once it is closed */
	kstate_transaction_p spare;	/* of the last update, for the next; or NULL */
};

/* --- pages (page.c) --- */

/* page.open() */
int page_open(lua_State *L);
void page_define(lua_State *L);

/* The first argument. */
struct page *page_check(lua_State *L);

/* Push that it is closed, or why a call about it failed, a negative errno. They return how many values those are. */
int page_push_closed(lua_State *L);
int page_push_failure(lua_State *L, const struct page *page, int err);

/* The same of what changes a page: it may be open to read it only. */
int page_push_failure_to_write(lua_State *L, const struct page *page, int err);

/* --- changing them (update.c) --- */

/* p:update() */
int page_update(lua_State *L);
void update_define(lua_State *L);

#endif /* PAGE_H */

// SPDX-License-Identifier: MIT
/*
 * Updates: transactions by a function of Lua's.
 *
 * An error leaves a function of C where it is, and a coroutine may never come back to it. So the transaction belongs to a
 * userdata in the update's frame, which is closed however the frame is left; or, in a coroutine that nobody resumes, collected.
 * The function may do anything meanwhile, also close the page: what was looked at before it was called is looked at again.
 *
 * The view is a copy of the transaction's, so that whoever keeps it keeps nothing of the library's.
 */
#include "page.h"
#include "failure.h"
#include "view.h"

#include <errno.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/kstate.h>

#define TYPE	"page update"

/* Tries of an update after the first, where nobody says. */
#define RETRIES	64

/* The frame of an update; what its function returns comes behind. */
enum { UPDATED = 1, FUNCTION, MOST_RETRIES, TRIES, TRANSACTION, VIEW };

struct update {
	kstate_transaction_p transaction;
	struct page *page;	/* the update's user value */
};

/* --- its transaction --- */

/* No memory can be missing any more where it belongs to a userdata. Returns 0 or -ENOMEM. */
static int push_transaction(lua_State *L, struct page *page)
{
	struct update *update = lua_newuserdatauv(L, sizeof(*update), 1);

	*update = (struct update){ .page = page };
	luaL_setmetatable(L, TYPE);
	lua_pushvalue(L, UPDATED);
	lua_setiuservalue(L, -2, 1);
	update->transaction = page->spare ? page->spare : kstate_new_transaction();
	page->spare = NULL;
	return update->transaction ? 0 : -ENOMEM;
}

static kstate_transaction_p transaction_of(lua_State *L)
{
	return ((struct update *)lua_touserdata(L, TRANSACTION))->transaction;
}

/* At the end of the frame: the page is there, and keeps it for the next update. */
static int update_close(lua_State *L)
{
	struct update *update = luaL_checkudata(L, 1, TYPE);

	if (kstate_transaction_is_active(update->transaction))
		kstate_abort_transaction(update->transaction);
	if (!update->page->spare) {
		update->page->spare = update->transaction;
		update->transaction = NULL;
	}
	kstate_free_transaction(&update->transaction);
	return 0;
}

/* The page may have been finalized before. */
static int update_collect(lua_State *L)
{
	struct update *update = luaL_checkudata(L, 1, TYPE);

	kstate_free_transaction(&update->transaction);
	return 0;
}

void update_define(lua_State *L)
{
	static const luaL_Reg metamethods[] = {
		{ "__close", update_close },
		{ "__gc", update_collect },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, TYPE);
	luaL_setfuncs(L, metamethods, 0);
	lua_pop(L, 1);
}

/* --- a try --- */

/* Pushes a view of what is in the page, or a failure. Returns how many values a failure are, or 0. */
static int begin(lua_State *L)
{
	const struct page *page = page_check(L);
	kstate_transaction_p transaction = transaction_of(L);
	struct lunatik_page_view *view;
	int err;

	if (!page->state)
		return page_push_closed(L);
	err = kstate_start_transaction(transaction, page->state, KSTATE_WRITE);
	if (err)
		return page_push_failure(L, page, err);
	view = lunatik_page_view_push(L, (uint32_t)kstate_get_transaction_size(transaction), true);
	view->version = kstate_get_transaction_version(transaction);
	memcpy(view->data, kstate_get_transaction_ptr(transaction), view->size);
	return 0;
}

/* Commits a view. Returns 0, with the version there, or a negative errno. */
static int commit(lua_State *L, const struct lunatik_page_view *view, uint64_t *version)
{
	const struct page *page = page_check(L);
	kstate_transaction_p transaction = transaction_of(L);
	void *copy = kstate_get_transaction_ptr(transaction);
	int err;

	*version = view->version;
	if (!page->state)
		return -EBADF;
	if (!view->written || !memcmp(copy, view->data, view->size))
		return kstate_abort_transaction(transaction);
	memcpy(copy, view->data, view->size);
	if (view->announce)
		kstate_announce(transaction);
	err = kstate_commit_transaction(transaction);
	++*version;
	/* of one to write that is a conflict */
	return err == -EPERM ? -ESTALE : err;
}

static int push_not_updated(lua_State *L, int err)
{
	const struct page *page = page_check(L);

	/* whatever the function returned */
	lua_settop(L, TRANSACTION);
	return err == -EBADF ? page_push_closed(L) : page_push_failure_to_write(L, page, err);
}

/* The function has returned. Returns how many values the update does, or 0 to try again. */
static int finish(lua_State *L)
{
	lua_Integer tries = lua_tointeger(L, TRIES);
	uint64_t version;
	int err;

	/*
	 * All that may raise an error comes before the commit: also the room for the function that closes the transaction after
	 * it, and what Lua pushes to call that. A slot that is closed is empty.
	 */
	luaL_checkstack(L, 2 * LUA_MINSTACK, "too many values were returned");
	lua_pushvalue(L, VIEW);
	lua_closeslot(L, VIEW);
	err = commit(L, lua_touserdata(L, -1), &version);
	lua_pop(L, 1);
	if (!err) {
		lua_pushinteger(L, (lua_Integer)version);
		lua_replace(L, VIEW);
		return lua_gettop(L) - VIEW + 1;
	}
	if (err != -ESTALE || tries > lua_tointeger(L, MOST_RETRIES))
		return push_not_updated(L, err);
	lua_settop(L, TRANSACTION);
	lua_pushinteger(L, tries + 1);
	lua_replace(L, TRIES);
	kstate_back_off(tries < UINT16_MAX ? (unsigned int)tries : UINT16_MAX);
	return 0;
}

static int called(lua_State *L, int status, lua_KContext context);

/* Tries until that comes to an end. The frame is there up to its view. */
static int try(lua_State *L)
{
	int count;

	do {
		count = begin(L);
		if (count)
			return count;
		lua_toclose(L, VIEW);
		lua_pushvalue(L, FUNCTION);
		lua_pushvalue(L, VIEW);
		lua_callk(L, 1, LUA_MULTRET, 0, called);
		count = finish(L);
	} while (!count);
	return count;
}

/* The function has returned after its coroutine was suspended in it. */
static int called(lua_State *L, int status, lua_KContext context)
{
	int count = finish(L);

	(void)status, (void)context;
	return count ? count : try(L);
}

/* p:update(function [, retries]) */
int page_update(lua_State *L)
{
	struct page *page = page_check(L);
	lua_Integer retries;
	int err;

	luaL_checktype(L, FUNCTION, LUA_TFUNCTION);
	retries = luaL_optinteger(L, MOST_RETRIES, RETRIES);
	luaL_argcheck(L, retries >= 0, MOST_RETRIES, "a number of retries is not negative");
	if (!page->state)
		return page_push_closed(L);
	if (!(kstate_get_state_permissions(page->state) & KSTATE_WRITE))
		return page_push_failure_to_write(L, page, -EACCES);
	lua_settop(L, FUNCTION);
	lua_pushinteger(L, retries);
	lua_pushinteger(L, 1);
	err = push_transaction(L, page);
	if (err)
		return page_push_failure(L, page, err);
	lua_toclose(L, TRANSACTION);
	return try(L);
}

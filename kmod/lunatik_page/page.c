// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What scripts get by require("page"): pages, to open, read and change.
 *
 * Life. A userdata stands for a page that is open, until it is closed or collected; the page itself
 * is on the state's shelf. Without finalizers nobody tells when a userdata is collected. So each is
 * in a weak table under the number of its place: where that finds nothing any more, nobody can use
 * what is in the place, and it is closed when the next page is opened or closed, or with the state.
 *
 * Any call of Lua may be left by an error, so a page goes on its shelf and into its userdata in one
 * go, with all that Lua has to make for it made before; and no call of kstate's keeps anything
 * locked or referenced when it returns. A script can call any of these at any time, also out of the
 * function that it gave to an update: whatever was looked at before that was called is looked at
 * again.
 *
 * Time. Each try of an update calls Lua, and so comes to where the run is ended when its time is
 * up. There is no waiting in a turn: who was slower goes again at once.
 *
 * native/lua has the same for user space, of which views are these very ones: a script must find no
 * difference, in what it may do or in the words of a refusal, but for limits.
 * test/e2e/page-script.lua is for both.
 *
 * Context: in the machine's turn. Compiled with SSE.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kstate.h>
#include <linux/lunatik.h>
#include <linux/string.h>

#include "lua.h"
#include "lauxlib.h"

#include "failure.h"
#include "page.h"
#include "shelf.h"
#include "view.h"

/* Its name among the types of a machine, which other modules' libraries share. */
#define PAGE	"page"

/* Tries of an update after the first, where nobody says. */
#define RETRIES	64

/**
 * struct open_page - what stands for a page that is open; a userdata
 * @handle: on the shelf; NULL once it is closed
 * @place: where there
 * @writable: whether it was opened to be changed
 */
struct open_page {
	struct kstate_handle *handle;
	int place;
	bool writable;
};

/* In the registry, by its address: a userdata with the shelf's, and the weak table as its value. */
static const char shelf_key;

static struct open_page *check_page(lua_State *L)
{
	return luaL_checkudata(L, 1, PAGE);
}

static int push_closed(lua_State *L)
{
	return lunatik_page_failure(L, PAGE, -EBADF);
}

static int push_failure(lua_State *L, const struct open_page *page, int err)
{
	return lunatik_page_failure(L, kstate_pagename(page->handle), err);
}

/* Pushes a failure where a page cannot be changed. Returns how many values that are, or 0. */
static int check_writable(lua_State *L, const struct open_page *page)
{
	if (!page->handle)
		return push_closed(L);
	if (page->writable)
		return 0;
	return lunatik_page_failure_words(L, kstate_pagename(page->handle), -EACCES,
					  "the page is open to read it only");
}

/* --- open and close --- */

/* Pushes the weak table, too. */
static struct lunatik_page_shelf *push_shelf(lua_State *L)
{
	struct lunatik_page_shelf **kept;

	lua_rawgetp(L, LUA_REGISTRYINDEX, &shelf_key);
	kept = lua_touserdata(L, -1);
	lua_getiuservalue(L, -1, 1);
	lua_replace(L, -2);
	return *kept;
}

/* Closes what scripts have dropped. The weak table is on top. */
static void sweep(lua_State *L, struct lunatik_page_shelf *shelf)
{
	unsigned int place;

	for_each_set_bit(place, shelf->taken, SHELF_PLACES) {
		if (lua_rawgeti(L, -1, place + 1) == LUA_TNIL)
			lunatik_page_shelf_close(shelf, place);
		lua_pop(L, 1);
	}
}

/* A page that is not open yet, in the weak table below it. */
static struct open_page *push_page(lua_State *L, int place, bool writable)
{
	struct open_page *page = lua_newuserdatauv(L, sizeof(*page), 0);

	page->handle = NULL;
	page->place = place;
	page->writable = writable;
	luaL_setmetatable(L, PAGE);
	lua_pushvalue(L, -1);
	lua_rawseti(L, -3, place + 1);
	return page;
}

static int push_not_opened(lua_State *L, const char *name, int err)
{
	if (err == -EINVAL)
		return lunatik_page_failure_words(L, "page.open", err,
						  "a name is 1 to 247 of A-Z a-z 0-9 and dots, no dot at either end, no two together");
	return lunatik_page_failure(L, name, err);
}

/* page.open(name [, mode]) */
static int library_open(lua_State *L)
{
	static const char *const modes[] = { "r", "rw", NULL };
	size_t size;
	const char *name = luaL_checklstring(L, 1, &size);
	bool writable = luaL_checkoption(L, 2, "rw", modes);
	struct lunatik_page_shelf *shelf;
	struct kstate_handle *handle;
	struct open_page *page;
	int place;

	if (strnlen(name, size) != size)
		return push_not_opened(L, name, -EINVAL);
	shelf = push_shelf(L);
	sweep(L, shelf);
	place = lunatik_page_shelf_place(shelf);
	if (place < 0)
		return lunatik_page_failure_words(L, name, place,
						  "the state has 256 pages open; close some, or collectgarbage()");
	page = push_page(L, place, writable);
	handle = lunatik_page_shelf_open(shelf, place, lunatik_getenv(L), name,
					 writable ? KSTATE_PERMIT_READ | KSTATE_PERMIT_WRITE :
						    KSTATE_PERMIT_READ);
	if (IS_ERR(handle))
		return push_not_opened(L, name, PTR_ERR(handle));
	page->handle = handle;
	return 1;
}

/* p:close(), and what closes it: twice is fine */
static int page_close(lua_State *L)
{
	struct open_page *page = check_page(L);
	struct lunatik_page_shelf *shelf = push_shelf(L);

	if (page->handle) {
		page->handle = NULL;
		lunatik_page_shelf_close(shelf, page->place);
	}
	sweep(L, shelf);
	lua_pushboolean(L, true);
	return 1;
}

/* --- look --- */

/* p:name() */
static int page_name(lua_State *L)
{
	const struct open_page *page = check_page(L);

	if (!page->handle)
		return push_closed(L);
	lua_pushstring(L, kstate_pagename(page->handle));
	return 1;
}

/* Pushes a failure, if that is it. Returns how many values that are. */
static int look(lua_State *L, u64 *version, u32 *size)
{
	const struct open_page *page = check_page(L);
	int err;

	if (!page->handle)
		return push_closed(L);
	err = kstate_pagestatus(page->handle, version, size);
	return err ? push_failure(L, page, err) : 0;
}

/* p:version() */
static int page_version(lua_State *L)
{
	u64 version;
	u32 size;
	int failed = look(L, &version, &size);

	if (failed)
		return failed;
	lua_pushinteger(L, version);
	return 1;
}

/* p:size() */
static int page_size(lua_State *L)
{
	u64 version;
	u32 size;
	int failed = look(L, &version, &size);

	if (failed)
		return failed;
	lua_pushinteger(L, size);
	return 1;
}

static int page_tostring(lua_State *L)
{
	const struct open_page *page = check_page(L);

	if (page->handle)
		lua_pushfstring(L, "page (%s)", kstate_pagename(page->handle));
	else
		lua_pushliteral(L, "page (closed)");
	return 1;
}

/*
 * Pushes a view of what is in the page, or a failure. Returns how many values a failure are, or 0.
 * The size may be another by the time that there is memory of that; the largest will do then.
 */
static int copy(lua_State *L, bool writable)
{
	struct lunatik_page_view *view;
	const struct open_page *page;
	u64 version;
	u32 size;
	int err, failed = look(L, &version, &size);

	if (failed)
		return failed;
	view = lunatik_page_view_push(L, size, writable);
	page = check_page(L);
	err = kstate_read(page->handle, view->data, &view->size, &view->version);
	if (err == -EMSGSIZE) {
		lua_pop(L, 1);
		view = lunatik_page_view_push(L, KSTATE_SIZE_MAX, writable);
		err = kstate_read(page->handle, view->data, &view->size, &view->version);
	}
	if (!err)
		return 0;
	lua_pop(L, 1);
	return push_failure(L, page, err);
}

/* p:read() */
static int page_read(lua_State *L)
{
	const struct lunatik_page_view *view;
	int failed = copy(L, false);

	if (failed)
		return failed;
	view = lua_touserdata(L, -1);
	lua_pushinteger(L, view->version);
	return 2;
}

/* --- change --- */

/* The frame of an update; what its function returns comes behind. */
enum { UPDATED = 1, FUNCTION, LEFT, VIEW };

/* Commits a view. Returns 0, with the version there, or a negative errno. */
static int commit(lua_State *L, struct lunatik_page_view *view, lua_Integer *version)
{
	const struct open_page *page = check_page(L);
	int err = 0;

	if (!page->handle)
		return -EBADF;
	if (view->written)
		err = kstate_write(page->handle, view->data, view->size, &view->version,
				   view->announce ? KSTATE_ANNOUNCE : 0);
	*version = view->version;
	/* a size that is not the page's any more is a change of somebody else's, too */
	return err == -EMSGSIZE ? -ESTALE : err;
}

static int push_not_updated(lua_State *L, int err)
{
	const struct open_page *page = check_page(L);

	/* whatever the function returned */
	lua_settop(L, LEFT);
	return err == -EBADF ? push_closed(L) : push_failure(L, page, err);
}

/* The function has returned. Returns how many values the update does, or 0 to try again. */
static int finish(lua_State *L)
{
	lua_Integer version, left = lua_tointeger(L, LEFT);
	int err;

	/* all that may raise an error comes before the commit; a slot that is closed is empty */
	luaL_checkstack(L, LUA_MINSTACK, "too many values were returned");
	lua_pushvalue(L, VIEW);
	lua_closeslot(L, VIEW);
	err = commit(L, lua_touserdata(L, -1), &version);
	lua_pop(L, 1);
	if (!err) {
		lua_pushinteger(L, version);
		lua_replace(L, VIEW);
		return lua_gettop(L) - VIEW + 1;
	}
	if (err != -ESTALE || !left)
		return push_not_updated(L, err);
	lua_settop(L, LEFT);
	lua_pushinteger(L, left - 1);
	lua_replace(L, LEFT);
	return 0;
}

static int called(lua_State *L, int status, lua_KContext context);

/* Tries until that comes to an end. The frame is there up to its view. */
static int try(lua_State *L)
{
	int count;

	do {
		count = copy(L, true);
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

/* The function has returned after the run, or a coroutine, was suspended in it. */
static int called(lua_State *L, int status, lua_KContext context)
{
	return finish(L) ?: try(L);
}

/* p:update(function [, retries]) */
static int page_update(lua_State *L)
{
	const struct open_page *page = check_page(L);
	lua_Integer retries;
	int failed;

	luaL_checktype(L, FUNCTION, LUA_TFUNCTION);
	retries = luaL_optinteger(L, LEFT, RETRIES);
	luaL_argcheck(L, retries >= 0, LEFT, "a number of retries is not negative");
	failed = check_writable(L, page);
	if (failed)
		return failed;
	lua_settop(L, FUNCTION);
	lua_pushinteger(L, retries);
	return try(L);
}

static int push_done(lua_State *L, const struct open_page *page, int err)
{
	if (err)
		return push_failure(L, page, err);
	lua_pushboolean(L, true);
	return 1;
}

/* p:resize(size) */
static int page_resize(lua_State *L)
{
	const struct open_page *page = check_page(L);
	lua_Integer size = luaL_checkinteger(L, 2);
	int err, failed = check_writable(L, page);

	if (failed)
		return failed;
	err = kstate_resize(page->handle, size < 1 || size > KSTATE_SIZE_MAX ? 0 : size);
	if (err == -EINVAL)
		return lunatik_page_failure_words(L, kstate_pagename(page->handle), err,
						  "a page has 1 to 4096 bytes, and once it was written never fewer than before");
	return push_done(L, page, err);
}

/* p:delete() */
static int page_delete(lua_State *L)
{
	const struct open_page *page = check_page(L);

	return check_writable(L, page) ?: push_done(L, page, kstate_delete(page->handle));
}

/* --- the library --- */

static const luaL_Reg library[] = {
	{ "open", library_open },
	{ }
};

static const luaL_Reg metamethods[] = {
	{ "__close", page_close },
	{ "__tostring", page_tostring },
	{ }
};

static const luaL_Reg methods[] = {
	{ "close", page_close },
	{ "delete", page_delete },
	{ "name", page_name },
	{ "read", page_read },
	{ "resize", page_resize },
	{ "size", page_size },
	{ "update", page_update },
	{ "version", page_version },
	{ }
};

/* Pushes a table that keeps nothing alive. */
static void push_weak_table(lua_State *L)
{
	lua_createtable(L, 0, 0);
	lua_createtable(L, 0, 1);
	lua_pushliteral(L, "v");
	lua_setfield(L, -2, "__mode");
	lua_setmetatable(L, -2);
}

/*
 * Made once, however often opening the library fails for want of memory: so what will know of the
 * shelf is in the registry before.
 */
static void make_shelf(lua_State *L)
{
	struct lunatik_page_shelf **kept;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &shelf_key) == LUA_TNIL) {
		kept = lua_newuserdatauv(L, sizeof(struct lunatik_page_shelf *), 1);
		*kept = NULL;
		push_weak_table(L);
		lua_setiuservalue(L, -2, 1);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &shelf_key);
	}
	kept = lua_touserdata(L, -1);
	if (!*kept)
		*kept = lunatik_page_shelf_make(lunatik_getenv(L));
	if (!*kept)
		luaL_error(L, "there is no memory at hand for the library");
}

/* Makes the type known to a machine. Scripts see methods of it, not the metatable. */
static void make_type(lua_State *L)
{
	luaL_newmetatable(L, PAGE);
	luaL_setfuncs(L, metamethods, 0);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, false);
	lua_setfield(L, -2, "__metatable");
}

/**
 * lunatik_page_library - open the library
 * @L: in its turn
 *
 * Return: 1, with the library on the stack.
 */
int lunatik_page_library(lua_State *L)
{
	make_shelf(L);
	make_type(L);
	lunatik_page_view_type(L);
	luaL_newlib(L, library);
	lua_pushinteger(L, KSTATE_SIZE_MAX);
	lua_setfield(L, -2, "maxsize");
	lua_pushinteger(L, KSTATE_NAME_MAX);
	lua_setfield(L, -2, "namemaxsize");
	return 1;
}

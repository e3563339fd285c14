// SPDX-License-Identifier: MIT
/*
 * What require "page" gives: pages, to open, read, wait for, and keep in files; update.c changes them.
 *
 * A userdata stands for a subscription, until it is closed or collected. Wherever Lua allocates it may raise an error, so the
 * subscription belongs to a userdata before there is one.
 *
 * kmod/lunatik_page has the same for states in the kernel, without files and descriptors: a script must find no difference.
 */
#include "page.h"
#include "failure.h"
#include "view.h"

#include <errno.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/kstate.h>

#define TYPE	"page"

struct page *page_check(lua_State *L)
{
	return luaL_checkudata(L, 1, TYPE);
}

int page_push_closed(lua_State *L)
{
	return failure_push(L, TYPE, -EBADF);
}

int page_push_failure(lua_State *L, const struct page *page, int err)
{
	/* what allocates runs finalizers, which may close it */
	return page->state ? failure_push(L, kstate_get_state_name(page->state), err) : page_push_closed(L);
}

int page_push_failure_to_write(lua_State *L, const struct page *page, int err)
{
	if (err != -EACCES || !page->state)
		return page_push_failure(L, page, err);
	return failure_push_words(L, kstate_get_state_name(page->state), err, "the page is open to read it only");
}

static int push_true(lua_State *L)
{
	lua_pushboolean(L, true);
	return 1;
}

static int push_done(lua_State *L, const struct page *page, int err)
{
	return err ? page_push_failure(L, page, err) : push_true(L);
}

/* --- open and close --- */

static int push_not_opened(lua_State *L, const char *name, int err)
{
	if (err == -EINVAL)
		return failure_push_words(L, "page.open", err,
					  "a name is 1 to 247 of A-Z a-z 0-9 and dots, no dot at either end, no two together");
	return failure_push(L, name, err);
}

/* Where descriptors run out there may be pages that were dropped. */
static int subscribe(lua_State *L, struct page *page, const char *name, kstate_permissions_t permissions)
{
	int err = page->state ? kstate_subscribe_state(page->state, name, permissions) : -ENOMEM;

	if (err != -EMFILE)
		return err;
	lua_gc(L, LUA_GCCOLLECT);
	return kstate_subscribe_state(page->state, name, permissions);
}

int page_open(lua_State *L)
{
	static const char *const modes[] = { "r", "rw", NULL };
	static const kstate_permissions_t permissions[] = { KSTATE_READ, KSTATE_WRITE };
	size_t size;
	const char *name = luaL_checklstring(L, 1, &size);
	kstate_permissions_t wanted = permissions[luaL_checkoption(L, 2, "rw", modes)];
	struct page *page;
	int err;

	if (strlen(name) != size)
		return push_not_opened(L, name, -EINVAL);
	page = lua_newuserdatauv(L, sizeof(*page), 0);
	*page = (struct page){ 0 };
	luaL_setmetatable(L, TYPE);
	page->state = kstate_new_state();
	err = subscribe(L, page, name, wanted);
	if (!err)
		return 1;
	kstate_free_state(&page->state);
	return push_not_opened(L, name, err);
}

/* p:close(), and what closes it: twice is fine */
static int page_close(lua_State *L)
{
	kstate_free_state(&page_check(L)->state);
	return push_true(L);
}

static int page_collect(lua_State *L)
{
	struct page *page = page_check(L);

	kstate_free_transaction(&page->spare);
	kstate_free_state(&page->state);
	return 0;
}

/* --- look --- */

/* p:name() */
static int page_name(lua_State *L)
{
	const struct page *page = page_check(L);

	if (!page->state)
		return page_push_closed(L);
	lua_pushstring(L, kstate_get_state_name(page->state));
	return 1;
}

static int page_tostring(lua_State *L)
{
	const struct page *page = page_check(L);

	if (page->state)
		lua_pushfstring(L, "page (%s)", kstate_get_state_name(page->state));
	else
		lua_pushliteral(L, "page (closed)");
	return 1;
}

/* Pushes a failure where the page is closed or gone. Returns how many values that are. */
static int look(lua_State *L, const struct page *page)
{
	if (!page->state)
		return page_push_closed(L);
	if (__atomic_load_n(&kstate_get_map(page->state)->removed, __ATOMIC_RELAXED))
		return page_push_failure(L, page, -EIDRM);
	return 0;
}

/* p:version() */
static int page_version(lua_State *L)
{
	const struct page *page = page_check(L);
	int failed = look(L, page);

	if (failed)
		return failed;
	lua_pushinteger(L, (lua_Integer)__atomic_load_n(&kstate_get_map(page->state)->version, __ATOMIC_ACQUIRE));
	return 1;
}

/* p:size() */
static int page_size(lua_State *L)
{
	const struct page *page = page_check(L);
	int failed = look(L, page);

	if (failed)
		return failed;
	lua_pushinteger(L, (lua_Integer)kstate_get_size(page->state));
	return 1;
}

/* Pushes a view with what is in the page, or alone what has room for that. Returns 0 or a negative errno. */
static int push_copy(lua_State *L, const struct page *page, size_t size)
{
	struct lunatik_page_view *view = lunatik_page_view_push(L, (uint32_t)size, false);
	int err;

	/* what allocates runs finalizers, which may have closed it */
	if (!page->state)
		return -EBADF;
	err = kstate_read(page->state, view->data, &size, &view->version);
	if (!err)
		view->size = (uint32_t)size;
	return err;
}

/* p:read() */
static int page_read(lua_State *L)
{
	const struct page *page = page_check(L);
	const struct lunatik_page_view *view;
	int failed = look(L, page);
	int err;

	if (failed)
		return failed;
	err = push_copy(L, page, kstate_get_size(page->state));
	/* Its size is another by now, or it is, at a rate, another version's that is shown. */
	if (err == -EMSGSIZE)
		err = push_copy(L, page, KSTATE_SIZE_MAX);
	if (err)
		return page_push_failure(L, page, err);
	view = lua_touserdata(L, -1);
	lua_pushinteger(L, (lua_Integer)view->version);
	return 2;
}

/* --- wait --- */

/* p:getfd() */
static int page_getfd(lua_State *L)
{
	const struct page *page = page_check(L);

	if (!page->state)
		return page_push_closed(L);
	lua_pushinteger(L, kstate_get_fd(page->state));
	return 1;
}

/* p:acknowledge() */
static int page_acknowledge(lua_State *L)
{
	const struct page *page = page_check(L);
	uint64_t version;
	int err;

	if (!page->state)
		return page_push_closed(L);
	err = kstate_acknowledge(page->state, &version);
	if (err)
		return page_push_failure(L, page, err);
	lua_pushinteger(L, (lua_Integer)version);
	return 1;
}

/* p:setrate(seconds) */
static int page_setrate(lua_State *L)
{
	const struct page *page = page_check(L);
	lua_Number seconds = luaL_checknumber(L, 2), most = (lua_Number)INT64_MAX;
	int err;

	luaL_argcheck(L, seconds >= 0, 2, "seconds expected");
	if (!page->state)
		return page_push_closed(L);
	err = kstate_set_rate(page->state, seconds * 1e9 < most ? (uint64_t)(seconds * 1e9) : UINT64_MAX);
	if (err == -EINVAL)
		return failure_push_words(L, kstate_get_state_name(page->state), err, "a change is shown at least once a day");
	return push_done(L, page, err);
}

/* --- change --- */

/* p:resize(size) */
static int page_resize(lua_State *L)
{
	const struct page *page = page_check(L);
	lua_Integer size = luaL_checkinteger(L, 2);
	int err;

	if (!page->state)
		return page_push_closed(L);
	err = kstate_set_size(page->state, size < 1 || size > KSTATE_SIZE_MAX ? 0 : (size_t)size);
	if (err == -EINVAL)
		return failure_push_words(L, kstate_get_state_name(page->state), err,
					  "a page has 1 to 4096 bytes, and once it was written never fewer than before");
	return err ? page_push_failure_to_write(L, page, err) : push_true(L);
}

/* p:delete() */
static int page_delete(lua_State *L)
{
	const struct page *page = page_check(L);
	int err;

	if (!page->state)
		return page_push_closed(L);
	err = kstate_delete(page->state);
	return err ? page_push_failure_to_write(L, page, err) : push_true(L);
}

/* --- files --- */

static const char *words_about_file(int err)
{
	switch (err) {
	case -EINVAL:
		return "a page is kept in a regular file";
	case -EACCES:
		return "the mode of the page, or that of the file, does not permit that";
	case -EEXIST:
		return "the page is kept in another file";
	case -EBUSY:
		return "another page is kept in the file";
	case -EBADMSG:
		return "the file has something else in it, or nothing whole any more";
	case -EIDRM:
		return NULL;
	default:
		return strerrordesc_np(-err);
	}
}

/* p:persist(file) */
static int page_persist(lua_State *L)
{
	const struct page *page = page_check(L);
	size_t size;
	const char *file = luaL_checklstring(L, 2, &size);
	const char *words;
	int err;

	if (!page->state)
		return page_push_closed(L);
	err = strlen(file) == size ? kstate_set_persistent(page->state, file) : -ENOENT;
	words = words_about_file(err);
	if (err && words)
		return failure_push_words(L, kstate_get_state_name(page->state), err, words);
	return push_done(L, page, err);
}

/* p:sync([version]) */
static int page_sync(lua_State *L)
{
	const struct page *page = page_check(L);
	lua_Integer version = luaL_optinteger(L, 2, 0);
	int err;

	if (!page->state)
		return page_push_closed(L);
	err = kstate_sync(page->state, (uint64_t)version);
	if (err == -EINVAL)
		return failure_push_words(L, kstate_get_state_name(page->state), err,
					  "the page is kept in no file, or never had that version");
	return push_done(L, page, err);
}

/* --- the library --- */

/* Scripts see methods of it, not the metatable. */
void page_define(lua_State *L)
{
	static const luaL_Reg metamethods[] = {
		{ "__close", page_close },
		{ "__gc", page_collect },
		{ "__tostring", page_tostring },
		{ NULL, NULL },
	};
	static const luaL_Reg methods[] = {
		{ "acknowledge", page_acknowledge },
		{ "close", page_close },
		{ "delete", page_delete },
		{ "getfd", page_getfd },
		{ "name", page_name },
		{ "persist", page_persist },
		{ "read", page_read },
		{ "resize", page_resize },
		{ "setrate", page_setrate },
		{ "size", page_size },
		{ "sync", page_sync },
		{ "update", page_update },
		{ "version", page_version },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, TYPE);
	luaL_setfuncs(L, metamethods, 0);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, false);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}

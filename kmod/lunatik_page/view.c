// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Views: copies of pages, and what lies where in them.
 *
 * A view is Lua's memory, all of it: nothing of the kernel's, or of a library's, hangs on it. One
 * that an update gives to its function dies when that is over, so that nobody takes it for the
 * page; what is left of it is a copy that nobody will commit.
 *
 * In the module, where it is compiled with SSE and runs in the machine's turn, and in user space's
 * library as well (native/lua/page), so that a script finds no difference. Hence C's own headers.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lua.h"
#include "lauxlib.h"

#include "view.h"

/* Its name among the types of a machine, which other libraries share. */
#define VIEW	"page view"

/* Numbers, as they lie in a page: little-endian, in any place. */
static const struct kind {
	const char *get, *set;
	const char *name;	/* with its article */
	unsigned int size;
	bool is_signed;
	bool is_float;
} kinds[] = {
	{ "getu8", "setu8", "a u8", 1, false, false },
	{ "getu16", "setu16", "a u16", 2, false, false },
	{ "getu32", "setu32", "a u32", 4, false, false },
	{ "getu64", "setu64", "a u64", 8, false, false },
	{ "geti8", "seti8", "an i8", 1, true, false },
	{ "geti16", "seti16", "an i16", 2, true, false },
	{ "geti32", "seti32", "an i32", 4, true, false },
	{ "geti64", "seti64", "an i64", 8, true, false },
	{ "getf32", "setf32", "an f32", 4, true, true },
	{ "getf64", "setf64", "an f64", 8, true, true },
};

#define KINDS	(sizeof(kinds) / sizeof(*kinds))

static const struct kind *kind_of(lua_State *L)
{
	return lua_touserdata(L, lua_upvalueindex(1));
}

static struct lunatik_page_view *check_view(lua_State *L)
{
	struct lunatik_page_view *view = luaL_checkudata(L, 1, VIEW);

	if (view->dead)
		luaL_error(L, "the view is dead: its update is over");
	return view;
}

static struct lunatik_page_view *check_writable(lua_State *L)
{
	struct lunatik_page_view *view = check_view(L);

	if (!view->writable)
		luaL_error(L, "the view is read-only");
	return view;
}

/* --- numbers --- */

/* Where in the view a number of that kind is, or is to be. */
static unsigned char *check_place(lua_State *L, struct lunatik_page_view *view,
				  const struct kind *kind)
{
	lua_Integer offset = luaL_checkinteger(L, 2);

	if (offset < 0 || offset > (lua_Integer)view->size - (lua_Integer)kind->size)
		luaL_error(L, "offset %I: %s needs %d byte%s, the page has %d", offset, kind->name,
			   (int)kind->size, kind->size == 1 ? "" : "s", (int)view->size);
	return view->data + offset;
}

/* Above those that are there are zeroes, or as many of the sign. */
static uint64_t bits_at(const unsigned char *place, const struct kind *kind)
{
	unsigned int size = kind->size;
	uint64_t bits = kind->is_signed && place[size - 1] & 0x80 ? ~(uint64_t)0 : 0;

	while (size--)
		bits = bits << 8 | place[size];
	return bits;
}

static void put_bits(unsigned char *place, unsigned int size, uint64_t bits)
{
	for (; size--; bits >>= 8)
		*place++ = (unsigned char)bits;
}

static lua_Number float_at(const unsigned char *place, const struct kind *kind)
{
	uint64_t bits = bits_at(place, kind);
	uint32_t few = (uint32_t)bits;
	double wide;
	float narrow;

	if (kind->size == sizeof(wide)) {
		memcpy(&wide, &bits, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, &few, sizeof(narrow));
	return narrow;
}

static void put_float(unsigned char *place, const struct kind *kind, double wide)
{
	float narrow = (float)wide;
	uint64_t bits;
	uint32_t few;

	if (kind->size == sizeof(wide)) {
		memcpy(&bits, &wide, sizeof(bits));
	} else {
		memcpy(&few, &narrow, sizeof(few));
		bits = few;
	}
	put_bits(place, kind->size, bits);
}

/* view:getu8(offset) and the like */
static int view_get(lua_State *L)
{
	const struct kind *kind = kind_of(L);
	const unsigned char *place = check_place(L, check_view(L), kind);

	if (kind->is_float)
		lua_pushnumber(L, float_at(place, kind));
	else
		lua_pushinteger(L, (lua_Integer)bits_at(place, kind));
	return 1;
}

/* Any integer is the bits of one of 64. */
static bool fits(lua_Integer value, const struct kind *kind)
{
	lua_Integer above;

	if (kind->size == sizeof(value))
		return true;
	above = (lua_Integer)1 << (kind->size * 8 - kind->is_signed);
	return value >= (kind->is_signed ? -above : 0) && value < above;
}

static lua_Integer check_integer(lua_State *L, const struct kind *kind)
{
	lua_Integer value = luaL_checkinteger(L, 3);

	if (!fits(value, kind))
		luaL_argerror(L, 3, lua_pushfstring(L, "%I does not fit into %s", value,
						    kind->name));
	return value;
}

/* view:setu8(offset, value) and the like */
static int view_set(lua_State *L)
{
	const struct kind *kind = kind_of(L);
	struct lunatik_page_view *view = check_writable(L);
	unsigned char *place = check_place(L, view, kind);

	if (kind->is_float)
		put_float(place, kind, luaL_checknumber(L, 3));
	else
		put_bits(place, kind->size, (uint64_t)check_integer(L, kind));
	view->written = true;
	return 0;
}

/* --- bytes --- */

static void check_range(lua_State *L, const struct lunatik_page_view *view, lua_Integer offset,
			lua_Integer length)
{
	if (offset < 0 || length < 0 || offset > view->size || length > view->size - offset)
		luaL_error(L, "offset %I: %I bytes are wanted, the page has %d", offset, length,
			   (int)view->size);
}

/* view:getbytes([offset [, length]]): from the first, to the last */
static int view_getbytes(lua_State *L)
{
	const struct lunatik_page_view *view = check_view(L);
	lua_Integer offset = luaL_optinteger(L, 2, 0);
	bool outside = offset < 0 || offset > view->size;
	lua_Integer length = luaL_optinteger(L, 3, outside ? 0 : view->size - offset);

	check_range(L, view, offset, length);
	lua_pushlstring(L, (const char *)view->data + offset, (size_t)length);
	return 1;
}

/* view:setbytes(offset, string) */
static int view_setbytes(lua_State *L)
{
	struct lunatik_page_view *view = check_writable(L);
	lua_Integer offset = luaL_checkinteger(L, 2);
	size_t length;
	const char *bytes = luaL_checklstring(L, 3, &length);

	check_range(L, view, offset, (lua_Integer)length);
	memcpy(view->data + offset, bytes, length);
	view->written = true;
	return 0;
}

/* view:announce() */
static int view_announce(lua_State *L)
{
	check_writable(L)->announce = true;
	return 0;
}

/* --- the type --- */

static int view_length(lua_State *L)
{
	lua_pushinteger(L, check_view(L)->size);
	return 1;
}

static int view_tostring(lua_State *L)
{
	const struct lunatik_page_view *view = luaL_checkudata(L, 1, VIEW);

	if (view->dead)
		lua_pushliteral(L, "page view (dead)");
	else
		lua_pushfstring(L, "page view (%d bytes)", (int)view->size);
	return 1;
}

/* The update that it belongs to is over, or whoever closes it wants that. */
static int view_close(lua_State *L)
{
	struct lunatik_page_view *view = luaL_checkudata(L, 1, VIEW);

	view->dead = true;
	return 0;
}

/**
 * lunatik_page_view_push - push a view
 * @L: the machine
 * @size: bytes of it, which are to be filled
 * @writable: for scripts to change
 *
 * Return: the view.
 */
struct lunatik_page_view *lunatik_page_view_push(lua_State *L, uint32_t size, bool writable)
{
	struct lunatik_page_view *view = lua_newuserdatauv(L, sizeof(*view) + size, 0);

	view->version = 0;
	view->size = size;
	view->writable = writable;
	view->written = false;
	view->announce = false;
	view->dead = false;
	luaL_setmetatable(L, VIEW);
	return view;
}

static const luaL_Reg metamethods[] = {
	{ "__len", view_length },
	{ "__tostring", view_tostring },
	{ "__close", view_close },
	{ NULL, NULL },
};

static const luaL_Reg methods[] = {
	{ "announce", view_announce },
	{ "getbytes", view_getbytes },
	{ "setbytes", view_setbytes },
	{ NULL, NULL },
};

static void set_kinds(lua_State *L)
{
	size_t i;

	for (i = 0; i < KINDS; i++) {
		lua_pushlightuserdata(L, (void *)&kinds[i]);
		lua_pushcclosure(L, view_get, 1);
		lua_setfield(L, -2, kinds[i].get);
		lua_pushlightuserdata(L, (void *)&kinds[i]);
		lua_pushcclosure(L, view_set, 1);
		lua_setfield(L, -2, kinds[i].set);
	}
}

/* Makes the type known to a machine. Scripts see methods of it, not the metatable. */
void lunatik_page_view_type(lua_State *L)
{
	luaL_newmetatable(L, VIEW);
	luaL_setfuncs(L, metamethods, 0);
	lua_createtable(L, 0, 2 * KINDS + sizeof(methods) / sizeof(*methods) - 1);
	luaL_setfuncs(L, methods, 0);
	set_kinds(L);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, false);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}

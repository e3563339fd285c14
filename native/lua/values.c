// SPDX-License-Identifier: MIT
/*
 * Values as the kernel sends them: a CBOR sequence (RFC 8742) of the subset that kmod/lunatik.yaml describes. Text and other
 * bytes are strings alike in Lua.
 */
#include "binding.h"

#include <limits.h>
#include <string.h>

/* The module nests far less. */
#define DEPTH_MOST	200

enum major {
	MAJOR_UNSIGNED,
	MAJOR_NEGATIVE,
	MAJOR_BYTES,
	MAJOR_TEXT,
	MAJOR_ARRAY,
	MAJOR_MAP,
	MAJOR_TAG,
	MAJOR_SIMPLE,
};

enum simple {
	SIMPLE_FALSE = 20,
	SIMPLE_TRUE = 21,
	SIMPLE_NULL = 22,
	SIMPLE_DOUBLE = 27,
};

struct reader {
	lua_State *L;
	const unsigned char *at;
	size_t left;
	int depth;
};

static bool read_value(struct reader *reader);

static bool read_bytes(struct reader *reader, size_t size, const unsigned char **bytes)
{
	if (size > reader->left)
		return false;
	*bytes = reader->at;
	reader->at += size;
	reader->left -= size;
	return true;
}

static bool read_number(struct reader *reader, unsigned int brief, uint64_t *number)
{
	const unsigned char *bytes;
	size_t size, i;

	*number = brief;
	if (brief < 24)
		return true;
	size = (size_t)1 << (brief - 24);
	if (size > sizeof(*number) || !read_bytes(reader, size, &bytes))
		return false;
	*number = 0;
	for (i = 0; i < size; i++)
		*number = *number << 8 | bytes[i];
	return true;
}

static bool push_string(struct reader *reader, uint64_t size)
{
	const unsigned char *bytes;

	if (!read_bytes(reader, size, &bytes))
		return false;
	lua_pushlstring(reader->L, (const char *)bytes, size);
	return true;
}

static bool push_array(struct reader *reader, uint64_t count)
{
	uint64_t i;

	if (count > reader->left)
		return false;
	lua_createtable(reader->L, (int)count, 0);
	for (i = 1; i <= count; i++) {
		if (!read_value(reader))
			return false;
		lua_rawseti(reader->L, -2, (lua_Integer)i);
	}
	return true;
}

/* What Lua has no key of. */
static bool is_no_key(lua_State *L)
{
	return lua_isnil(L, -1) || !lua_rawequal(L, -1, -1);
}

static bool push_map(struct reader *reader, uint64_t count)
{
	if (count > reader->left / 2)
		return false;
	for (lua_createtable(reader->L, 0, (int)count); count; count--) {
		if (!read_value(reader) || is_no_key(reader->L) || !read_value(reader))
			return false;
		lua_rawset(reader->L, -3);
	}
	return true;
}

static bool push_double(struct reader *reader)
{
	uint64_t bits;
	double number;

	if (!read_number(reader, SIMPLE_DOUBLE, &bits))
		return false;
	memcpy(&number, &bits, sizeof(number));
	lua_pushnumber(reader->L, number);
	return true;
}

static bool push_simple(struct reader *reader, unsigned int simple)
{
	switch (simple) {
	case SIMPLE_FALSE:
	case SIMPLE_TRUE:
		lua_pushboolean(reader->L, simple == SIMPLE_TRUE);
		return true;
	case SIMPLE_NULL:
		lua_pushnil(reader->L);
		return true;
	case SIMPLE_DOUBLE:
		return push_double(reader);
	default:
		return false;
	}
}

static bool push_integer(struct reader *reader, enum major major, uint64_t number)
{
	if (number > LUA_MAXINTEGER)
		return false;
	lua_pushinteger(reader->L, major == MAJOR_NEGATIVE ? -1 - (lua_Integer)number : (lua_Integer)number);
	return true;
}

static bool push_value(struct reader *reader, enum major major, uint64_t argument)
{
	switch (major) {
	case MAJOR_UNSIGNED:
	case MAJOR_NEGATIVE:
		return push_integer(reader, major, argument);
	case MAJOR_BYTES:
	case MAJOR_TEXT:
		return push_string(reader, argument);
	case MAJOR_ARRAY:
		return push_array(reader, argument);
	case MAJOR_MAP:
		return push_map(reader, argument);
	default:
		return false;
	}
}

static bool read_value(struct reader *reader)
{
	const unsigned char *head;
	uint64_t argument;
	enum major major;
	bool read;

	if (reader->depth == DEPTH_MOST || !lua_checkstack(reader->L, 4) || !read_bytes(reader, 1, &head))
		return false;
	major = *head >> 5;
	if (major == MAJOR_SIMPLE)
		return push_simple(reader, *head & 0x1f);
	if (!read_number(reader, *head & 0x1f, &argument))
		return false;
	reader->depth++;
	read = push_value(reader, major, argument);
	reader->depth--;
	return read;
}

const char *values_push(lua_State *L, const void *bytes, size_t size, int *count)
{
	struct reader reader = { L, bytes, size, 0 };

	if (size > INT_MAX)
		return "there are more values than Lua has room for";
	for (*count = 0; reader.left; (*count)++) {
		if (!lua_checkstack(L, LUA_MINSTACK))
			return "there are more values than Lua's stack has room for";
		if (!read_value(&reader))
			return "the kernel's values are not understood";
	}
	return NULL;
}

/* Pushes the function that makes lua-memory's objects; false, and pushes nothing, where that is not loaded. */
static bool push_create(lua_State *L)
{
	int top = lua_gettop(L);

	/* The __index of their metatables is the library. */
	if (luaL_getmetatable(L, "char[]") == LUA_TTABLE && lua_getfield(L, -1, "__index") == LUA_TTABLE &&
	    lua_getfield(L, -1, "create") == LUA_TFUNCTION)
		return true;
	lua_settop(L, top);
	return false;
}

void value_push_bytes(lua_State *L, const void *bytes, size_t size)
{
	lua_pushlstring(L, bytes, size);
	if (push_create(L)) {
		lua_pushvalue(L, -4);
		lua_call(L, 1, 1);
	}
}

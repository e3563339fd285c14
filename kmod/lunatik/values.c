// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Lua values as CBOR (RFC 8949), the subset that lunatik.yaml names. No recursion: a kernel stack
 * is short, so the tables that are open are kept in an array of bounded depth, which also finds
 * cycles. No metamethod is called, nothing is allocated by Lua, and no error is raised.
 *
 * Context: in the machine's turn.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "lua.h"
#include "lauxlib.h"

#include "report.h"
#include "sink.h"
#include "values.h"
#include "vm.h"

#define DEPTH_MAX	32
#define SLOTS		(3 * DEPTH_MAX + 8)	/* of Lua's stack: table, key, value each */

enum cbor_major {
	CBOR_UNSIGNED = 0,
	CBOR_NEGATIVE = 1,
	CBOR_BYTES = 2,
	CBOR_TEXT = 3,
	CBOR_ARRAY = 4,
	CBOR_MAP = 5,
};

#define CBOR_FALSE	0xf4
#define CBOR_TRUE	0xf5
#define CBOR_NULL	0xf6
#define CBOR_DOUBLE	0xfb

struct open_table {
	const void *table;
	lua_Integer next, count;	/* of an array */
	bool is_array;
};

struct encoder {
	struct lua_State *L;
	struct lunatik_sink *sink;
	const char *refusal;	/* why a value cannot be carried */
	bool has_slots;		/* on Lua's stack, for tables */
	int depth;
	struct open_table open[DEPTH_MAX];
};

static void encoder_init(struct encoder *e, struct lua_State *L, struct lunatik_sink *sink)
{
	e->L = L;
	e->sink = sink;
	e->refusal = NULL;
	e->has_slots = false;
}

static void put_head(struct encoder *e, enum cbor_major major, u64 n)
{
	u8 head[9];
	int size, i;

	if (n < 24) {
		head[0] = major << 5 | n;
		size = 0;
	} else if (n <= U8_MAX) {
		head[0] = major << 5 | 24;
		size = 1;
	} else if (n <= U16_MAX) {
		head[0] = major << 5 | 25;
		size = 2;
	} else if (n <= U32_MAX) {
		head[0] = major << 5 | 26;
		size = 4;
	} else {
		head[0] = major << 5 | 27;
		size = 8;
	}
	for (i = 0; i < size; i++)
		head[1 + i] = n >> 8 * (size - 1 - i);
	lunatik_sink_write(e->sink, head, 1 + size);
}

static void put_byte(struct encoder *e, u8 byte)
{
	lunatik_sink_write(e->sink, &byte, 1);
}

static void put_number(struct encoder *e, int index)
{
	lua_Integer i;
	lua_Number n;
	__be64 bits;

	if (lua_isinteger(e->L, index)) {
		i = lua_tointeger(e->L, index);
		if (i >= 0)
			put_head(e, CBOR_UNSIGNED, i);
		else
			put_head(e, CBOR_NEGATIVE, ~(u64)i);
		return;
	}
	n = lua_tonumber(e->L, index);
	memcpy(&bits, &n, sizeof(bits));
	bits = cpu_to_be64((__force u64)bits);
	put_byte(e, CBOR_DOUBLE);
	lunatik_sink_write(e->sink, &bits, sizeof(bits));
}

/* How many bytes a character takes that begins with @byte, 0 where none does. */
static size_t utf8_announced(u8 byte)
{
	if (byte < 0x80)
		return 1;
	if (byte < 0xc2 || byte > 0xf4)
		return 0;
	if (byte < 0xe0)
		return 2;
	return byte < 0xf0 ? 3 : 4;
}

/* How many bytes the character at @s takes, 0 where it is none. No surrogates, no long forms. */
static size_t utf8_size(const u8 *s, size_t left)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = utf8_announced(*s);
	size_t i;
	u32 c;

	if (size <= 1)
		return size;
	if (size > left)
		return 0;
	c = *s & (0x7f >> size);
	for (i = 1; i < size; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[size] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	return size;
}

static bool is_utf8(const char *s, size_t size)
{
	size_t part;

	while (size) {
		part = utf8_size((const u8 *)s, size);
		if (!part)
			return false;
		s += part;
		size -= part;
		luai_breathe();
	}
	return true;
}

static void put_string(struct encoder *e, int index)
{
	size_t size;
	const char *s = lua_tolstring(e->L, index, &size);

	/* what will not fit need not be looked at */
	put_head(e, size <= *e->sink->room && is_utf8(s, size) ? CBOR_TEXT : CBOR_BYTES, size);
	lunatik_sink_write(e->sink, s, size);
}

static bool is_open(struct encoder *e, const void *table)
{
	int i;

	for (i = 0; i < e->depth; i++)
		if (e->open[i].table == table)
			return true;
	return false;
}

/* One byte may stand for a long walk through a table that was emptied: the walks look up, too. */
static bool is_stopped(struct encoder *e)
{
	return lunatik_vm_of(e->L)->stop;
}

/* Counts the table on top; whether its keys are just 1..count. */
static bool count_table(struct encoder *e, lua_Integer *count)
{
	lua_Integer most = 0;
	bool integers = true;

	*count = 0;
	lua_pushnil(e->L);
	while (lua_next(e->L, -2)) {
		lua_pop(e->L, 1);
		if (is_stopped(e)) {
			lua_pop(e->L, 1);
			break;
		}
		(*count)++;
		if (lua_isinteger(e->L, -1) && lua_tointeger(e->L, -1) >= 1)
			most = max_t(lua_Integer, most, lua_tointeger(e->L, -1));
		else
			integers = false;
	}
	return integers && most == *count;
}

static bool reserve_slots(struct encoder *e)
{
	if (!e->has_slots)
		e->has_slots = lua_checkstack(e->L, SLOTS);
	if (!e->has_slots)
		e->refusal = "no memory to carry a table";
	return e->has_slots;
}

/* Opens the table at @index, which comes on top; its parts follow by put_next(). */
static void open_table(struct encoder *e, int index)
{
	/* the address is compared and shown to nobody */
	const void *table = (lua_topointer)(e->L, index);
	struct open_table *open;

	if (!reserve_slots(e))
		return;
	lua_pushvalue(e->L, index);
	if (is_open(e, table)) {
		e->refusal = "a table that contains itself cannot be carried";
		return;
	}
	if (e->depth == DEPTH_MAX) {
		e->refusal = "tables nested more than 32 deep cannot be carried";
		return;
	}
	open = &e->open[e->depth++];
	open->table = table;
	open->next = 1;
	open->is_array = count_table(e, &open->count);
	put_head(e, open->is_array ? CBOR_ARRAY : CBOR_MAP, open->count);
	if (!open->is_array)
		lua_pushnil(e->L);	/* the key before the first */
}

static const char *refusal_of(int type)
{
	switch (type) {
	case LUA_TFUNCTION:
		return "a function cannot be carried";
	case LUA_TTHREAD:
		return "a coroutine cannot be carried";
	default:
		return "userdata cannot be carried";
	}
}

/* The value at @index, which stays. Returns whether it is a table, now open and on top. */
static bool put_value(struct encoder *e, int index)
{
	switch (lua_type(e->L, index)) {
	case LUA_TNIL:
		put_byte(e, CBOR_NULL);
		return false;
	case LUA_TBOOLEAN:
		put_byte(e, lua_toboolean(e->L, index) ? CBOR_TRUE : CBOR_FALSE);
		return false;
	case LUA_TNUMBER:
		put_number(e, index);
		return false;
	case LUA_TSTRING:
		put_string(e, index);
		return false;
	case LUA_TTABLE:
		open_table(e, index);
		return true;
	default:
		e->refusal = refusal_of(lua_type(e->L, index));
		return false;
	}
}

static void close_table(struct encoder *e)
{
	e->depth--;
	lua_pop(e->L, 1);
}

/* An element; where it is a table itself, that replaces it on Lua's stack until it is closed. */
static void put_element(struct encoder *e)
{
	if (!put_value(e, -1))
		lua_pop(e->L, 1);
	else if (!e->refusal)
		/* under the table, and under the key before its first where it is a map */
		lua_remove(e->L, e->open[e->depth - 1].is_array ? -2 : -3);
}

/* The next part of the innermost open table, or its end. */
static void put_next(struct encoder *e)
{
	struct open_table *open = &e->open[e->depth - 1];

	if (open->is_array) {
		if (open->next > open->count) {
			close_table(e);
			return;
		}
		lua_rawgeti(e->L, -1, open->next++);
	} else {
		if (!lua_next(e->L, -2)) {
			close_table(e);
			return;
		}
		if (lua_type(e->L, -2) == LUA_TTABLE) {
			e->refusal = "a table as a key cannot be carried";
			return;
		}
		put_value(e, -2);
		if (e->refusal)
			return;
	}
	put_element(e);
}

/* One value and all in it. Lua's stack is afterwards what it was. */
static bool encode(struct encoder *e, int index)
{
	int top = lua_gettop(e->L);

	e->depth = 0;
	put_value(e, index);
	while (e->depth && !e->refusal && !e->sink->cut && !is_stopped(e))
		put_next(e);
	lua_settop(e->L, top);
	return !e->depth && !e->refusal && !e->sink->cut;
}

/**
 * lunatik_values_encode - the values on top of a stack
 * @L: their thread
 * @count: how many
 * @sink: gets them as a CBOR sequence; those that find no room are left out, and @sink->cut is set
 * @message: gets the reason where one cannot be carried
 *
 * Return: 0; -EINVAL where @message says why; -EINTR where the run was stopped meanwhile.
 */
int lunatik_values_encode(struct lua_State *L, int count, struct lunatik_sink *sink,
			  struct lunatik_sink *message)
{
	int first = lua_gettop(L) - count + 1;
	struct encoder e;
	char words[32];
	size_t size;
	int i;

	encoder_init(&e, L, sink);
	for (i = 0; i < count && !e.refusal; i++) {
		luai_breathe();
		size = sink->size;
		if (encode(&e, first + i))
			continue;
		lunatik_sink_truncate(sink, size);
		if (!e.refusal && is_stopped(&e)) {
			lunatik_sink_truncate(sink, 0);
			return -EINTR;
		}
		if (!e.refusal)
			return 0;
	}
	if (!e.refusal)
		return 0;
	lunatik_sink_truncate(sink, 0);
	lunatik_report_text(message, e.refusal);
	scnprintf(words, sizeof(words), " (returned value %d)", i);
	lunatik_report_text(message, words);
	return -EINVAL;
}

/**
 * lunatik_values_encode_error - the error value on top of a stack, where it can be carried
 * @L: its thread
 * @sink: gets it, or nothing
 */
void lunatik_values_encode_error(struct lua_State *L, struct lunatik_sink *sink)
{
	struct encoder e;

	encoder_init(&e, L, sink);
	if (!encode(&e, lua_gettop(L)))
		lunatik_sink_truncate(sink, 0);
}

// SPDX-License-Identifier: MIT
/* What the library hands over belongs to a userdata from then on, since values cannot be made of it without a risk of errors. */
#include "binding.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TYPE	"lunatik.text"

struct text *text_push(lua_State *L, size_t count)
{
	struct text *texts = lua_newuserdata(L, count * sizeof(*texts));

	memset(texts, 0, count * sizeof(*texts));
	luaL_setmetatable(L, TYPE);
	return texts;
}

int text_append(struct text *text, const void *bytes, size_t size)
{
	if (!size)
		return 0;
	if (size > text->room - text->size) {
		size_t room = 2 * (text->size + size);
		char *more = realloc(text->bytes, room);

		if (!more)
			return ENOMEM;
		text->bytes = more;
		text->room = room;
	}
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	return 0;
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ 0 };
}

static int collect(lua_State *L)
{
	struct text *texts = luaL_checkudata(L, 1, TYPE);
	size_t count = lua_rawlen(L, 1) / sizeof(*texts);
	size_t i;

	for (i = 0; i < count; i++)
		text_free(&texts[i]);
	return 0;
}

void text_define(lua_State *L)
{
	luaL_newmetatable(L, TYPE);
	lua_pushcfunction(L, collect);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}

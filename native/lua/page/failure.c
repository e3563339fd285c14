// SPDX-License-Identifier: MIT
/*
 * A failure is nil, what went wrong in words, and the name of its errno. What can be told in the kernel's states, too, is told
 * in the same words: kmod/lunatik_page.
 */
#include "failure.h"

#include <errno.h>
#include <string.h>

static const struct {
	int err;
	const char *words;
} reasons[] = {
	{ -ENODEV, "the module kstate is not loaded" },
	{ -ENOENT, "there is no such page" },
	{ -EACCES, "its owner and mode, or those of /dev/kstate, do not permit that" },
	{ -ENOSPC, "the namespace has as many pages as it may have" },
	{ -EDQUOT, "the namespace holds as much memory for pages as it may" },
	{ -EUSERS, "the page has as many subscribers as it may have" },
	{ -ENOMEM, "there is no memory at hand" },
	{ -EIDRM, "the page was deleted, or its network namespace is gone" },
	{ -EBUSY, "others are subscribed to it" },
	{ -ESTALE, "somebody else was faster, each time" },
	{ -EBADF, "the page is closed" },
	{ -EAGAIN, "there is nothing new" },
};

static const char *words_of(int err)
{
	const char *words;
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].err == err)
			return reasons[i].words;
	words = strerrordesc_np(-err);
	return words ? words : "for a reason that is not known here";
}

int failure_push_words(lua_State *L, const char *name, int err, const char *words)
{
	const char *code = strerrorname_np(-err);

	lua_pushnil(L);
	lua_pushfstring(L, "%s: %s", name, words);
	lua_pushstring(L, code ? code : "EUNKNOWN");
	return 3;
}

int failure_push(lua_State *L, const char *name, int err)
{
	return failure_push_words(L, name, err, words_of(err));
}

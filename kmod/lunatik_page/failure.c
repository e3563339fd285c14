// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A failure is nil, what went wrong in words, and the name of its errno.
 *
 * Context: in the machine's turn.
 */
#include <linux/errno.h>

#include "lua.h"

#include "failure.h"

/* What may be the matter. */
static const struct reason {
	int err;
	const char *code;
	const char *words;
} reasons[] = {
	{ -ENOENT, "ENOENT", "there is no such page" },
	{ -EACCES, "EACCES", "its owner and mode do not permit that" },
	{ -ENOSPC, "ENOSPC", "the namespace has as many pages as it may have" },
	{ -EDQUOT, "EDQUOT", "the namespace holds as much memory for pages as it may" },
	{ -EUSERS, "EUSERS", "the page has as many subscribers as it may have" },
	{ -ENOMEM, "ENOMEM", "there is no memory at hand" },
	{ -EIDRM, "EIDRM", "the page was deleted, or its network namespace is gone" },
	{ -ESHUTDOWN, "ESHUTDOWN", "the network namespace is going away" },
	{ -EBUSY, "EBUSY", "others are subscribed to it" },
	{ -ESTALE, "ESTALE", "somebody else was faster, each time" },
	{ -EBADF, "EBADF", "the page is closed" },
	{ -EINVAL, "EINVAL", "that is not possible" },
	{ -EMFILE, "EMFILE", "the state has as many pages open as it may have" },
	{ 0, "EUNKNOWN", "for a reason that is not known here" },
};

static const struct reason *reason_of(int err)
{
	const struct reason *reason = reasons;

	while (reason->err && reason->err != err)
		reason++;
	return reason;
}

/**
 * lunatik_page_failure_words - push a failure
 * @L: in its turn
 * @name: of the page
 * @err: negative errno
 * @words: what went wrong
 *
 * Return: how many values were pushed.
 */
int lunatik_page_failure_words(lua_State *L, const char *name, int err, const char *words)
{
	lua_pushnil(L);
	lua_pushfstring(L, "%s: %s", name, words);
	lua_pushstring(L, reason_of(err)->code);
	return 3;
}

/* The same in the words that all of an errno have in common. */
int lunatik_page_failure(lua_State *L, const char *name, int err)
{
	return lunatik_page_failure_words(L, name, err, reason_of(err)->words);
}

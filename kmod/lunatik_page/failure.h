/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_PAGE_FAILURE_H
#define _LUNATIK_PAGE_FAILURE_H

struct lua_State;

int lunatik_page_failure(struct lua_State *L, const char *name, int err);
int lunatik_page_failure_words(struct lua_State *L, const char *name, int err, const char *words);

#endif /* _LUNATIK_PAGE_FAILURE_H */

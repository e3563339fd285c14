/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_PAGE_PAGE_H
#define _LUNATIK_PAGE_PAGE_H

struct lua_State;

int lunatik_page_library(struct lua_State *L);

#endif /* _LUNATIK_PAGE_PAGE_H */

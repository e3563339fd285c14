/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_REPORT_H
#define _LUNATIK_REPORT_H

#include <linux/types.h>

/* A chunk's name as Lua shortens it, and a line. */
#define LUNATIK_PLACE_MAX	80

struct lua_State;
struct lunatik_sink;

void lunatik_report_text(struct lunatik_sink *sink, const char *text);
void lunatik_report_place(struct lua_State *L, char *place, size_t size);
void lunatik_report_where(struct lua_State *L, struct lunatik_sink *sink);
void lunatik_report_error(struct lua_State *L, struct lunatik_sink *sink);
void lunatik_report_traceback(struct lua_State *L, struct lunatik_sink *sink);

#endif /* _LUNATIK_REPORT_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The text of an error, and where it came from. Not luaL_traceback(): that one searches all loaded
 * tables for names and walks the whole stack once per line, which a script can make as long as it
 * likes, and it allocates, where there may be no memory. This walks the frames once.
 *
 * Context: in the machine's turn. Raises no error.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "lua.h"
#include "lauxlib.h"
#include "ldebug.h"
#include "lstate.h"

#include "report.h"
#include "sink.h"

#define LINE_MAX	160
#define FIRST		10	/* frames shown of a deep stack: the innermost */
#define LAST		10	/* and the outermost */

void lunatik_report_text(struct lunatik_sink *sink, const char *text)
{
	lunatik_sink_write(sink, text, strlen(text));
}

/*
 * "NAME:LINE: " of the function that runs, as luaL_where() would say of the first Lua function;
 * nothing where there is none.
 */
void lunatik_report_place(struct lua_State *L, char *place, size_t size)
{
	lua_Debug ar;
	CallInfo *ci;

	*place = '\0';
	for (ci = L->ci; ci && ci != &L->base_ci; ci = ci->previous) {
		if (!isLua(ci))
			continue;
		ar.i_ci = ci;
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline > 0)
			scnprintf(place, size, "%s:%d: ", ar.short_src, ar.currentline);
		return;
	}
}

void lunatik_report_where(struct lua_State *L, struct lunatik_sink *sink)
{
	char place[LUNATIK_PLACE_MAX];

	lunatik_report_place(L, place, sizeof(place));
	lunatik_report_text(sink, place);
}

/* The error on top of the stack; no metamethod is called for it. */
void lunatik_report_error(struct lua_State *L, struct lunatik_sink *sink)
{
	char line[LINE_MAX];
	const char *text;
	size_t size;

	if (lua_type(L, -1) == LUA_TSTRING) {
		text = lua_tolstring(L, -1, &size);
		lunatik_sink_write(sink, text, size);
		return;
	}
	scnprintf(line, sizeof(line), "(error object is a %s value)", luaL_typename(L, -1));
	lunatik_report_text(sink, line);
}

/*
 * A name may be as long as a string can be: it is not walked to its end, as there is no breath on
 * the way.
 */
static const char *function_name(lua_Debug *ar, char *name, size_t size)
{
	if (*ar->namewhat)
		scnprintf(name, size, "%s '%.60s'", ar->namewhat, ar->name);
	else if (*ar->what == 'm')
		scnprintf(name, size, "main chunk");
	else if (*ar->what == 'C')
		scnprintf(name, size, "?");
	else
		scnprintf(name, size, "function <%s:%d>", ar->short_src, ar->linedefined);
	return name;
}

static void report_frame(struct lua_State *L, CallInfo *ci, struct lunatik_sink *sink)
{
	char line[LINE_MAX], name[LINE_MAX / 2];
	lua_Debug ar;

	ar.i_ci = ci;
	lua_getinfo(L, "Slnt", &ar);
	function_name(&ar, name, sizeof(name));
	if (ar.currentline > 0)
		scnprintf(line, sizeof(line), "\n\t%s:%d: in %s", ar.short_src, ar.currentline,
			  name);
	else
		scnprintf(line, sizeof(line), "\n\t%s: in %s", ar.short_src, name);
	lunatik_report_text(sink, line);
	if (ar.istailcall)
		lunatik_report_text(sink, "\n\t(...tail calls...)");
}

static unsigned int depth_of(struct lua_State *L)
{
	unsigned int depth = 0;
	CallInfo *ci;

	for (ci = L->ci; ci && ci != &L->base_ci; ci = ci->previous) {
		luai_breathe();
		depth++;
	}
	return depth;
}

/* The frames of @L, whether it runs, is suspended, or died of an error. */
void lunatik_report_traceback(struct lua_State *L, struct lunatik_sink *sink)
{
	unsigned int depth = depth_of(L);
	unsigned int level = 0;
	char line[LINE_MAX];
	CallInfo *ci;

	if (!depth)
		return;
	lunatik_report_text(sink, "\nstack traceback:");
	for (ci = L->ci; ci && ci != &L->base_ci; ci = ci->previous, level++) {
		luai_breathe();
		if (level < FIRST || level + LAST >= depth) {
			report_frame(L, ci, sink);
		} else if (level == FIRST) {
			scnprintf(line, sizeof(line), "\n\t...\t(skipping %u levels)",
				  depth - FIRST - LAST);
			lunatik_report_text(sink, line);
		}
	}
}

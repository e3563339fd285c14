# SPDX-License-Identifier: MIT
# The Lua bindings: build/lua5.4/lunatik.so and page.so, or as LUA, pkg-config's name of a Lua, has it. Included by the Makefile
# at the root, after native/lib/kstate.mk.

LUA ?= lua5.4

LUA_SOURCES := $(wildcard native/lua/*.c)
LUA_PAGE_SOURCES := $(wildcard native/lua/page/*.c)
# Views of pages are those that states in the kernel have.
LUA_PAGE_OBJECTS := $(LUA_PAGE_SOURCES:native/lua/%.c=build/$(LUA)/%.o) build/$(LUA)/page/view.o
LUA_OBJECTS := $(LUA_SOURCES:native/lua/%.c=build/$(LUA)/%.o) $(LUA_PAGE_OBJECTS)
LUA_PAGE_CPPFLAGS := -Ikmod/lunatik_page
LUA_CPPFLAGS = $(LIB_CPPFLAGS) $(shell pkg-config --cflags $(LUA))

# Where Debian's interpreters look. Of what is not in /usr they do so elsewhere than pkg-config says.
LUA_CMOD = $(if $(filter /usr,$(PREFIX)),$(shell pkg-config --variable=INSTALL_CMOD $(LUA)),$(PREFIX)/lib/lua/$(LUA:lua%=%))

.PHONY: lua
lua: build/$(LUA)/lunatik.so build/$(LUA)/page.so

$(LUA_OBJECTS): native/lua/lua.mk
build/$(LUA)/%.o: native/lua/%.c
	@mkdir -p $(@D)
	$(CC) $(LUA_CPPFLAGS) $(LUA_PAGE_CPPFLAGS) $(CPPFLAGS) $(LIB_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
build/$(LUA)/page/view.o: kmod/lunatik_page/view.c
	@mkdir -p $(@D)
	$(CC) $(LUA_CPPFLAGS) $(CPPFLAGS) $(LIB_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The library is linked in, so that a binding is one file; Lua's own functions are those of the interpreter that loads it.
build/$(LUA)/lunatik.so: $(LUA_SOURCES:native/lua/%.c=build/$(LUA)/%.o) build/lib/liblunatik.a
build/$(LUA)/page.so: $(LUA_PAGE_OBJECTS) build/lib/libkstate.a
build/$(LUA)/lunatik.so: LUA_LIBS := -lmnl
build/$(LUA)/lunatik.so build/$(LUA)/page.so:
	$(CC) -shared -Wl,-z,relro,-z,now -Wl,--exclude-libs,ALL $(LDFLAGS) -pthread -o $@ $^ $(LUA_LIBS)

.PHONY: install-lua uninstall-lua
install-lua: ## of install, what scripts of LUA need
	@test -e build/$(LUA)/lunatik.so -a -e build/$(LUA)/page.so || { echo "the Lua bindings are not built: run make first" >&2; exit 1; }
	install -D -m 644 -t $(DESTDIR)$(LUA_CMOD) build/$(LUA)/lunatik.so build/$(LUA)/page.so
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man3 man/lua-lunatik.3 man/lua-page.3

uninstall-lua:
	rm -f $(addprefix $(DESTDIR)$(LUA_CMOD)/,lunatik.so page.so) \
		$(addprefix $(DESTDIR)$(PREFIX)/share/man/man3/,lua-lunatik.3 lua-page.3)

-include $(LUA_OBJECTS:.o=.d)

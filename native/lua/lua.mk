# SPDX-License-Identifier: MIT
# The Lua binding: build/lua5.4/lunatik.so, or as LUA, pkg-config's name of a Lua, has it. Included by the Makefile at the root,
# after native/lib/lib.mk.

LUA ?= lua5.4

LUA_SOURCES := $(wildcard native/lua/*.c)
LUA_OBJECTS := $(LUA_SOURCES:native/lua/%.c=build/$(LUA)/%.o)
LUA_CPPFLAGS = $(LIB_CPPFLAGS) $(shell pkg-config --cflags $(LUA))

# Where Debian's interpreters look. Of what is not in /usr they do so elsewhere than pkg-config says.
LUA_CMOD = $(if $(filter /usr,$(PREFIX)),$(shell pkg-config --variable=INSTALL_CMOD $(LUA)),$(PREFIX)/lib/lua/$(LUA:lua%=%))

.PHONY: lua
lua: build/$(LUA)/lunatik.so

build/$(LUA)/%.o: native/lua/%.c native/lua/lua.mk
	@mkdir -p $(@D)
	$(CC) $(LUA_CPPFLAGS) $(CPPFLAGS) $(LIB_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The library is linked in, so that the binding is one file; Lua's own functions are those of the interpreter that loads it.
build/$(LUA)/lunatik.so: $(LUA_OBJECTS) build/lib/liblunatik.a
	$(CC) -shared -Wl,-z,relro,-z,now -Wl,--exclude-libs,ALL $(LDFLAGS) -pthread -o $@ $^ -lmnl

.PHONY: install-lua uninstall-lua
install-lua: ## of install, what scripts of LUA need
	@test -e build/$(LUA)/lunatik.so || { echo "the Lua binding is not built: run make first" >&2; exit 1; }
	install -D -m 644 -t $(DESTDIR)$(LUA_CMOD) build/$(LUA)/lunatik.so
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man3 man/lua-lunatik.3

uninstall-lua:
	rm -f $(DESTDIR)$(LUA_CMOD)/lunatik.so $(DESTDIR)$(PREFIX)/share/man/man3/lua-lunatik.3

-include $(LUA_OBJECTS:.o=.d)

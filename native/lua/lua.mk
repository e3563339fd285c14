# SPDX-License-Identifier: MIT
# The Lua binding: build/lua/lunatik.so, for the Lua that LUA names as pkg-config knows it. Included by the Makefile at the
# root, after native/lib/lib.mk.

LUA ?= lua5.4

LUA_SOURCES := $(wildcard native/lua/*.c)
LUA_OBJECTS := $(LUA_SOURCES:native/lua/%.c=build/lua/%.o)
LUA_CPPFLAGS = $(LIB_CPPFLAGS) $(shell pkg-config --cflags $(LUA))

.PHONY: lua
lua: build/lua/lunatik.so

build/lua/%.o: native/lua/%.c native/lua/lua.mk
	@mkdir -p $(@D)
	$(CC) $(LUA_CPPFLAGS) $(CPPFLAGS) $(LIB_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The library is linked in, so that the binding is one file; Lua's own functions are those of the interpreter that loads it.
build/lua/lunatik.so: $(LUA_OBJECTS) build/lib/liblunatik.a
	$(CC) -shared -Wl,-z,relro,-z,now -Wl,--exclude-libs,ALL $(LDFLAGS) -pthread -o $@ $^ -lmnl

-include $(LUA_OBJECTS:.o=.d)

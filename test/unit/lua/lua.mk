# SPDX-License-Identifier: MIT
# Unit tests of the Lua binding, under sanitizers. Included by the Makefile at the root, after native/lua/lua.mk and
# test/unit/c/c.mk.

.PHONY: test-unit-lua
test-unit-lua: build/test/unit/$(LUA)/binding
	$< test/unit/lua/binding.lua

build/test/unit/$(LUA)/binding: $(wildcard test/unit/lua/*.[ch] native/lua/*.[ch]) native/lib/lunatik.h
	@mkdir -p $(@D)
	$(CC) $(LUA_CPPFLAGS) -Inative/lua $(LIB_CFLAGS) -O1 $(SANITIZE) -Drealloc=kernel_realloc -Dtsearch=kernel_tsearch -o $@ \
		$(filter %.c,$^) -l$(LUA)

# SPDX-License-Identifier: MIT
# The module's Lua for user space: build/check/lunatik-check, see main.c. Included by the Makefile at the root.

CHECK_SOURCES := $(wildcard native/check/*) $(shell find kmod/lua -type f) kmod/include/uapi/linux/lunatik.h

# Lua's headers are upstream's, and none of our warnings' business.
CHECK_CPPFLAGS := -D_GNU_SOURCE -Ikmod/include/uapi -Inative/check -isystem kmod/lua -isystem build/check/upstream/lua

.PHONY: check-program
check-program: build/check/lunatik-check

build/check/lunatik-check: $(CHECK_SOURCES)
	@mkdir -p build/check
	kmod/lua/fetch build/check/upstream
	+@$(MAKE) --no-print-directory -f native/check/program.mk OUT=build/check CHECK_CPPFLAGS="$(CHECK_CPPFLAGS)"

# SPDX-License-Identifier: GPL-2.0 OR MIT
# The kernel's C library held against the host's, see compare.c:
#
#	make -f kmod/lua/libc/compare.mk UPSTREAM=DEST-OF-FETCH OUT=FOLDER [COUNT=1000000]

here := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
COUNT ?= 1000000

# the very list and flags of the module
src := $(abspath $(here)/../..)
override lua-src := $(abspath $(UPSTREAM))
include $(src)/lua/lua.mk

kernel-cflags := -std=gnu11 -O2 -mno-80387 -mno-fp-ret-in-387 -mpreferred-stack-boundary=3 \
	-fno-strict-aliasing -fshort-wchar -nostdinc -w
inputs := $(src)/lua/lua.mk $(wildcard $(here)/*.h $(here)/include/*.h $(here)/internal/*.h)
objs := $(lua-musl:%=$(OUT)/%.o) $(lua-libc:%=$(OUT)/%.o)

compare: $(OUT)/compare
	$< $(COUNT)

$(OUT)/compare: $(here)/compare.c $(objs)
	$(CC) -std=gnu11 -O2 -Wall -Wno-format-security -Wno-parentheses -o $@ $^ -lm

$(lua-musl:%=$(OUT)/%.o): $(OUT)/%.o: $(lua-src)/musl/%.c $(inputs)
	@mkdir -p $(@D)
	$(CC) $(kernel-cflags) $(lua-stock-cflags) -c -o $@ $<

$(lua-libc:%=$(OUT)/%.o): $(OUT)/%.o: $(here)/%.c $(inputs)
	@mkdir -p $(@D)
	$(CC) $(kernel-cflags) $(lua-stock-cflags) -c -o $@ $<

.PHONY: compare

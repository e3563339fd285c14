# SPDX-License-Identifier: MIT
# What fuzz.mk runs once Lua's sources are there, a make of its own: lua.mk is written for Kbuild's names.
#
#	make -f test/fuzz/machine/program.mk OUT=FOLDER UPSTREAM=FOLDER MACHINE_CPPFLAGS=… [SANITIZED=yes]
#
# SANITIZED has each block from malloc() under AddressSanitizer, as the module has it under KASAN, and stacks as long as there;
# else blocks are cut from pages, and stacks are 16 KiB.

src := $(abspath kmod)
override lua-src := $(abspath $(UPSTREAM))
include kmod/lua/lua.mk

# Errors are thrown over frames, whose poison would be found in those that come after.
SANITIZER := $(if $(SANITIZED),-fsanitize=address --param asan-stack=0)
CONFIG := $(if $(SANITIZED),-DCONFIG_KASAN=1)

# lunatik_attention is asked for by its address below %gs, which is 0 in user space: no position-independent code.
MACHINE_CFLAGS := -fno-pie $(CONFIG) $(SANITIZER) -O2 -g -fno-omit-frame-pointer -fno-strict-aliasing -fno-strict-overflow
MACHINE_STOCK_CFLAGS := $(MACHINE_CFLAGS) -D__KERNEL__ -std=gnu11 -DLUAI_ASSERT -DLUA_USE_APICHECK -nostdinc -w $(lua-stock-cflags)
MACHINE_OWN_CFLAGS := $(MACHINE_CFLAGS) $(MACHINE_CPPFLAGS) -std=gnu17 -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers

own := arena interrupt library report sink template values vm
outputs := $(lua-float-objs:%=$(OUT)/%) $(own:%=$(OUT)/lunatik/%.o) $(OUT)/setjmp.o $(OUT)/machine.o
inputs := $(wildcard test/fuzz/machine/*/*.h kmod/lunatik/*.h kmod/lua/*.h kmod/lua/libc/*/*.h $(lua-src)/lua/*.h) \
	kmod/lua/lua.mk test/fuzz/machine/program.mk

$(OUT)/machine: $(outputs)
	$(CC) -no-pie $(SANITIZER) -o $@ $^ -lpthread

$(OUT)/machine.o: test/fuzz/machine/machine.c $(inputs)
	@mkdir -p $(@D)
	$(CC) $(MACHINE_OWN_CFLAGS) -Wshadow -Wmissing-prototypes -c -o $@ $<

$(OUT)/setjmp.o: kmod/lua/libc/setjmp.S $(inputs)
	@mkdir -p $(@D)
	$(CC) -Itest/fuzz/machine -c -o $@ $<

$(OUT)/lunatik/%.o: kmod/lunatik/%.c $(inputs)
	@mkdir -p $(@D)
	$(CC) $(MACHINE_OWN_CFLAGS) -c -o $@ $<

$(OUT)/lua/upstream/%.o: $(lua-src)/%.c $(inputs)
	@mkdir -p $(@D)
	$(CC) $(MACHINE_STOCK_CFLAGS) -c -o $@ $<

$(OUT)/lua/%.o: kmod/lua/%.c $(inputs)
	@mkdir -p $(@D)
	$(CC) $(MACHINE_STOCK_CFLAGS) -c -o $@ $<

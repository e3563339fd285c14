# SPDX-License-Identifier: MIT
# What check.mk runs once Lua's sources are there, a make of its own: lua.mk is written for Kbuild's names.
#
#	make -f native/check/program.mk OUT=FOLDER CHECK_CPPFLAGS=…	# with what fetch unpacks in FOLDER/upstream

# the very list and flags of the module
src := $(abspath kmod)
override lua-src := $(abspath $(OUT)/upstream)
include kmod/lua/lua.mk

# What Kbuild adds that the language depends on; errors are thrown as in the module, over frames that clean up nothing.
CHECK_STOCK_CFLAGS := -std=gnu11 -O2 -g -fno-strict-aliasing -fno-strict-overflow -fPIE -nostdinc -w $(lua-stock-cflags)
CHECK_CFLAGS := -std=gnu17 -O2 -g -fPIE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef

lua-inputs := $(shell find kmod/lua -name '*.h') $(wildcard $(lua-src)/lua/*.h) kmod/lua/lua.mk native/check/program.mk
lua-outputs := $(lua-float-objs:%=$(OUT)/%)
own-outputs := $(patsubst native/check/%.c,$(OUT)/%.o,$(wildcard native/check/*.c))

$(OUT)/lunatik-check: $(own-outputs) $(lua-outputs)
	$(CC) -pie -Wl,-z,relro,-z,now $(LDFLAGS) -o $@ $^

$(own-outputs): $(OUT)/%.o: native/check/%.c native/check/machine.h kmod/include/uapi/linux/lunatik.h $(lua-inputs)
	$(CC) $(CHECK_CPPFLAGS) $(CPPFLAGS) $(CHECK_CFLAGS) $(CFLAGS) -c -o $@ $<

# lua.mk names them as Kbuild finds them: lua/upstream is fetch's, the rest lies here.
$(OUT)/lua/upstream/%.o: $(lua-src)/%.c $(lua-inputs)
	@mkdir -p $(@D)
	$(CC) $(CHECK_STOCK_CFLAGS) -c -o $@ $<

$(OUT)/lua/%.o: kmod/lua/%.c $(lua-inputs)
	@mkdir -p $(@D)
	$(CC) $(CHECK_STOCK_CFLAGS) -c -o $@ $<

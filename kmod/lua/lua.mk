# SPDX-License-Identifier: GPL-2.0 OR MIT
# Stock Lua and its C library, for the Kbuild file of the module they go into:
#
#	include $(src)/lua/lua.mk
#	lunatik-y += $(lua-objs)
#	CFLAGS_lunatik/vm.o := $(lua-api-cflags)
#
# Expects this folder as lua/ below that file, and what `fetch` unpacks in
# lua/upstream/. lua-api-cflags is for kernel C that calls Lua's API and may
# compute with floats between kernel_fpu_begin and kernel_fpu_end;
# CFLAGS_REMOVE_ := $(lua-unwound-remove) belongs on every object that a Lua
# error may unwind.

lua-dir := $(src)/lua
lua-src := $(lua-dir)/upstream

lua-core := lapi lcode lctype ldebug ldo lfunc lgc llex lmem lobject lopcodes \
	lparser lstate lstring ltable ltm lvm lzio
lua-libs := lauxlib lbaselib lcorolib ldblib lmathlib lstrlib ltablib lutf8lib

# musl.files names the sources once, for fetch and for us
lua-musl := $(basename $(filter %.c,$(shell cat $(lua-dir)/libc/musl.files)))
lua-libc := snprintf strtod

lua-stock-objs := $(lua-core:%=lua/upstream/lua/%.o) $(lua-libs:%=lua/upstream/lua/%.o) \
	lua/bytecode.o
lua-libc-objs := $(lua-musl:%=lua/upstream/musl/%.o) $(lua-libc:%=lua/libc/%.o)
lua-float-objs := $(lua-stock-objs) $(lua-libc-objs)
lua-objs := $(lua-float-objs) lua/libc/setjmp.o lua/libc/clock.o

include $(lua-dir)/flags.mk

# Lua's own sources see this C library and nothing of the kernel but what Kbuild
# forces on every file.
lua-include-cflags := -I$(lua-dir)/libc/include -I$(lua-dir)/libc/internal \
	-I$(lua-dir) -I$(lua-src)/lua -I$(lua-src)/musl/src/internal \
	-include $(lua-dir)/libc/freestanding.h

# Upstream's habits, checked by upstream's compilers; ours would only be noise.
lua-warning-cflags := -Wno-declaration-after-statement -Wno-implicit-fallthrough \
	-Wno-missing-declarations -Wno-missing-prototypes -Wno-parentheses \
	-Wno-undef -Wno-unused-but-set-variable -Wno-unused-variable -Wno-vla

ifndef CONFIG_KASAN
lua-warning-cflags += -Wframe-larger-than=1024
endif

lua-stock-cflags := $(lua-float-cflags) $(lua-include-cflags) $(lua-warning-cflags)

lua-api-cflags := $(lua-float-cflags) $(lua-layout-cflags)

$(foreach o,$(lua-float-objs),\
	$(eval CFLAGS_$(o) := $(lua-stock-cflags))\
	$(eval CFLAGS_REMOVE_$(o) := $(lua-unwound-remove)))

# objtool follows a computed goto only where the table's address is loaded just
# before the jump, and the table is in a section whose name depends on the kernel:
# stable ones changed it, too, so a version does not tell. For user space there is
# neither kernel nor objtool.
ifdef srctree
lua-jump-table := $(shell sed -n 's/^\#define __annotate_jump_table __section("\(.*\)")$$/\1/p' \
	$(srctree)/include/linux/compiler.h)
CFLAGS_lua/upstream/lua/lvm.o += -fno-gcse -fno-crossjumping \
	$(if $(lua-jump-table),-DLUNATIK_JUMP_TABLE='"$(lua-jump-table)"')
endif

# The parser recurses, so its frames are kept small: no function takes over what
# another needs for its variables. -fstack-usage tells what came of it.
CFLAGS_lua/upstream/lua/lparser.o += -Os --param large-stack-frame=1 \
	--param large-stack-frame-growth=1 -fstack-usage

# SPDX-License-Identifier: GPL-2.0 OR MIT
# How C is compiled that Lua calls and that calls Lua: Lua's own objects, this module's, and those of others' modules
# (../lunatik.mk). Wants lua-dir, this folder, and lua-src, where `fetch` has unpacked.

# SSE2 in registers that kernel_fpu_begin has saved, and never the 387: with
# long double as wide as double, printf's digits take half a kilobyte of stack
# instead of seven. -mno-80387 and -mno-fp-ret-in-387 stay as Kbuild has them.
lua-float-cflags := -msse -msse2 -mlong-double-64 -fno-math-errno -ffp-contract=off

# Lua's headers, for sources that include the kernel's.
lua-layout-cflags := -I$(lua-dir)/libc/kernel -I$(lua-dir) -I$(lua-src)/lua

# A Lua error jumps over frames. The function graph tracer replaces their return
# addresses and counts on seeing each again, and kernel panics follow: so nothing
# of Lua can be traced by it.
lua-unwound-remove := $(CC_FLAGS_FTRACE)

# For the same reason stack variables are not poisoned: KASAN would find the
# poison of frames that were jumped over in the frames that come after.
CFLAGS_KASAN := $(subst asan-stack=1,asan-stack=0,$(CFLAGS_KASAN))

# SPDX-License-Identifier: GPL-2.0 OR MIT
# For the Kbuild file of another module that uses <linux/lunatik.h>. LUNATIK is the folder in which lunatik was built for
# the same kernel:
#
#	include $(LUNATIK)/lunatik.mk
#	obj-m := mine.o
#	mine-y := main.o library.o sums.o
#	ccflags-y := $(lunatik-cflags)
#	CFLAGS_REMOVE_library.o := $(lunatik-unwound-remove)
#	CFLAGS_REMOVE_sums.o := $(lunatik-unwound-remove)
#	CFLAGS_sums.o := $(lunatik-float-cflags)
#
# lunatik-cflags        where <linux/lunatik.h>, <linux/kstate.h>, "lua.h" and "lauxlib.h" are
# lunatik-unwound-remove  belongs on every object whose functions Lua calls: an error may jump over their frames, and the
#                       function graph tracer must not wait for their return
# lunatik-float-cflags  for objects that compute with lua_Number or pass one to Lua. Every function of such an object may
#                       use SSE registers, whether it says so or not: they are only called by Lua, or by what Lua calls,
#                       never from anywhere else in the kernel. Keep them in a file of their own.

lunatik-dir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
lua-dir := $(lunatik-dir)/lua
lua-src := $(lua-dir)/upstream
include $(lua-dir)/flags.mk

lunatik-cflags := -I$(lunatik-dir)/include $(lua-layout-cflags)
lunatik-float-cflags := $(lua-float-cflags)
lunatik-unwound-remove := $(lua-unwound-remove)

KBUILD_EXTRA_SYMBOLS += $(lunatik-dir)/Module.symvers

# SPDX-License-Identifier: MIT
# KUnit tests of the module, for the kernel that has KUnit. Included by test.mk.

build/debug/kunit/lunatik_kunit.ko: build/debug/lunatik.ko $(wildcard test/kunit/*.[ch] test/kunit/Kbuild)
	mkdir -p $(@D)
	cp -u test/kunit/*.[ch] test/kunit/Kbuild $(@D)
	+flock build/debug $(MAKE) --no-print-directory -s -C "$$(test/kernels/locate debug build)" M=$(abspath $(@D)) \
		LUNATIK=$(abspath build/debug) modules

# SPDX-License-Identifier: MIT
# The module that proves the kernel's API, built outside of lunatik's folder. Included by test.mk.

$(GUEST_KERNELS:%=build/%/consumer/consumer.ko): build/%/consumer/consumer.ko: build/%/lunatik.ko $(wildcard test/consumer/*.[ch] test/consumer/Kbuild)
	mkdir -p $(@D)
	cp -u test/consumer/*.[ch] test/consumer/Kbuild $(@D)
	@# or versions of symbols that changed in lunatik alone would not be looked at
	rm -f $(@D)/Module.symvers
	+flock build/$* $(MAKE) --no-print-directory -s -C "$$(test/kernels/locate $* build)" M=$(abspath $(@D)) \
		LUNATIK=$(abspath build/$*) modules

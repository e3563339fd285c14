# SPDX-License-Identifier: MIT
# Tests. Included by the Makefile at the root, after all parts that are tested.

include test/unit/c/c.mk
include test/unit/addon/addon.mk
include test/consumer/consumer.mk

# Programs of the tests that run in the guest.
GUEST_PROGRAMS := build/test/netlink build/test/audit build/test/messages

build/test/netlink: test/e2e/netlink.c
build/test/audit: test/e2e/audit.c
build/test/messages: test/attacks/messages.c kmod/include/uapi/linux/lunatik.h

$(GUEST_PROGRAMS):
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -O1 -g -Wall -Wextra -Wshadow -Ikmod/include/uapi $(CPPFLAGS) $(CFLAGS) -o $@ $<

.PHONY: test test-debug test-programs

test-programs: $(GUEST_PROGRAMS) build/$(KERNEL)/consumer/consumer.ko
	@test/ynl/fetch

test: prepare ## every test there is time for, in this machine and in a guest
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL)

test-debug: debug-kernel ## what runs in a guest, on the kernel with all checks on (ONLY="states loops")
	@$(MAKE) --no-print-directory user guest-module test-programs KERNEL=debug
	@test/run --kernel debug --only "$(ONLY)" guest $(if $(ONLY),,lockdown)

# SPDX-License-Identifier: MIT
# Tests. Included by the Makefile at the root, after all parts that are tested.

include test/unit/c/c.mk
include test/unit/addon/addon.mk
include test/consumer/consumer.mk
include test/attacks/attacks.mk
include test/fuzz/fuzz.mk

# Programs of the tests that run in the guest.
GUEST_PROGRAMS := build/test/netlink build/test/audit $(WIRE_PROGRAMS)

build/test/netlink: test/e2e/netlink.c
build/test/audit: test/e2e/audit.c

$(GUEST_PROGRAMS):
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -O1 -g -Wall -Wextra -Wshadow -pthread -D_GNU_SOURCE -Ikmod/include/uapi -Ibuild/test $(CPPFLAGS) $(CFLAGS) -o $@ $(filter %.c,$^)

.PHONY: test test-debug test-programs soak

test-programs: $(GUEST_PROGRAMS) $(ATTACK_PROGRAMS) build/$(KERNEL)/consumer/consumer.ko build/$(KERNEL)/witness/witness.ko

test: prepare ## every test there is time for, in this machine and in a guest
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL)

test-debug: debug-kernel ## what runs in a guest, on the kernel with all checks on (ONLY="states loops")
	@$(MAKE) --no-print-directory user guest-module test-programs KERNEL=debug
	@test/run --kernel debug --only "$(ONLY)" guest $(if $(ONLY),,lockdown)

soak: prepare ## what clients, namespaces and modules do at once, for MINUTES=60 (or HOURS=…), and thousands of kills
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL) --minutes $(if $(HOURS),$$(($(HOURS) * 60)),$(or $(MINUTES),60)) --only "soak protocol" guest

# SPDX-License-Identifier: MIT
# Tests. Included by the Makefile at the root, after all parts that are tested.

include test/unit/c/c.mk
include test/unit/addon/addon.mk
include test/consumer/consumer.mk
include test/kunit/kunit.mk
include test/attacks/attacks.mk
include test/fuzz/fuzz.mk

# Programs of the tests that run in the guest.
GUEST_PROGRAMS := build/test/netlink build/test/audit build/test/failures $(WIRE_PROGRAMS)

build/test/netlink: test/e2e/netlink.c
build/test/audit: test/e2e/audit.c
build/test/failures: test/attacks/failures.c kmod/include/uapi/linux/lunatik.h

$(GUEST_PROGRAMS):
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -O1 -g -Wall -Wextra -Wshadow -pthread -D_GNU_SOURCE -Ikmod/include/uapi -Ibuild/test $(CPPFLAGS) $(CFLAGS) -o $@ $(filter %.c,$^)

.PHONY: test test-guest test-debug test-programs soak

test-programs: $(GUEST_PROGRAMS) $(ATTACK_PROGRAMS) build/$(KERNEL)/consumer/consumer.ko build/$(KERNEL)/witness/witness.ko \
	$(if $(filter debug,$(KERNEL)),build/debug/kunit/lunatik_kunit.ko)

test: prepare ## every test there is time for, in this machine and in a guest
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL)

test-guest: prepare ## what runs in a guest, of KERNEL, all or some of it (ONLY="states loops")
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL) --only "$(ONLY)" guest $(if $(ONLY),,lockdown)

test-debug: debug-kernel ## the same on the kernel with all checks on
	@$(MAKE) --no-print-directory test-guest KERNEL=debug

soak: prepare ## what clients, namespaces and modules do at once, for MINUTES=60 (or HOURS=…), and thousands of kills
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL) --minutes $(if $(HOURS),$$(($(HOURS) * 60)),$(or $(MINUTES),60)) --only "soak protocol" guest

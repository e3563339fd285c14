# SPDX-License-Identifier: MIT
# Tests. Included by the Makefile at the root, after all parts that are tested.

include test/unit/c/c.mk
include test/unit/addon/addon.mk

.PHONY: test test-debug

test: prepare ## every test there is time for, in this machine and in a guest
	@$(MAKE) --no-print-directory user guest-module
	@test/run --kernel $(KERNEL)

test-debug: debug-kernel ## what runs in a guest, on the kernel with all checks on
	@$(MAKE) --no-print-directory user guest-module KERNEL=debug
	@test/run --kernel debug guest

# SPDX-License-Identifier: MIT
# Tests. Included by the Makefile at the root, after all parts that are tested.

include test/unit/c/c.mk
include test/unit/lua/lua.mk
include test/unit/addon/addon.mk
include test/package/package.mk
include test/consumer/consumer.mk
include test/kunit/kunit.mk
include test/attacks/attacks.mk
include test/fuzz/fuzz.mk

# Programs of the tests that run in the guest.
GUEST_PROGRAMS := build/test/netlink build/test/audit build/test/failures build/test/namespace-failures $(WIRE_PROGRAMS)

build/test/netlink: test/e2e/netlink.c
build/test/audit: test/e2e/audit.c
build/test/namespace-failures: test/attacks/namespace-failures.c test/attacks/starve.c test/attacks/starve.h
build/test/failures: test/attacks/failures.c test/attacks/starve.c test/attacks/starve.h kmod/include/uapi/linux/lunatik.h

# Those that use the library, twice where valgrind and sanitizers look at the same.
LIBRARY_PROGRAMS := build/test/library build/test/library-sanitized build/test/worker

build/test/library: test/e2e/library.c
build/test/library-sanitized: test/e2e/library.c $(LIB_SOURCES)
build/test/worker: test/e2e/worker.c
build/test/library build/test/worker: build/lib/liblunatik.a
build/test/library-sanitized: LIBRARY_CFLAGS := $(SANITIZE)
$(LIBRARY_PROGRAMS): $(wildcard native/lib/*.h) test/unit/c/check.h test/test.mk
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) -std=gnu17 -O1 -g -Wall -Wextra -Wshadow $(LIBRARY_CFLAGS) $(CFLAGS) -pthread -o $@ \
		$(filter %.c %.a,$^) -lmnl

# Examples are built as their readers build them, with an installed copy.
INSTALLED := $(CURDIR)/build/test/installed
EXAMPLES := $(patsubst examples/%.c,build/test/examples/%,$(wildcard examples/*.c))

build/test/installed/lib/pkgconfig/lunatik.pc: build/lib/liblunatik.a build/lib/liblunatik.so native/lib/lunatik.h native/lib/lunatik.pc.in
	$(MAKE) --no-print-directory install-lib DESTDIR= PREFIX=$(INSTALLED)

$(EXAMPLES): build/test/examples/%: examples/%.c build/test/installed/lib/pkgconfig/lunatik.pc
	@mkdir -p $(@D)
	PKG_CONFIG_PATH=$(INSTALLED)/lib/pkgconfig; export PKG_CONFIG_PATH; \
	$(CC) -Wall -Wextra -Werror -pthread -o $@ $< $$(pkg-config --cflags --libs lunatik)

$(GUEST_PROGRAMS):
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -O1 -g -Wall -Wextra -Wshadow -pthread -D_GNU_SOURCE -Ikmod/include/uapi -Ibuild/test $(CPPFLAGS) $(CFLAGS) -o $@ $(filter %.c,$^)

# Those that use pages, by the library and without it.
PAGE_PROGRAMS := build/test/pages build/test/page-netlink build/test/page-attacks build/test/page-kills build/test/page-mounts build/test/page-failures build/test/page-reader build/test/power-pages

build/test/pages: test/e2e/pages.c
build/test/page-netlink: test/e2e/page-netlink.c test/e2e/page-family.c test/e2e/page-family.h kmod/include/uapi/linux/kstate.h
build/test/page-attacks: test/attacks/pages.c kmod/include/uapi/linux/kstate.h
build/test/page-kills: test/attacks/page-kills.c
build/test/page-mounts: test/attacks/page-mounts.c kmod/include/uapi/linux/kstate.h
build/test/page-failures: test/attacks/page-failures.c test/attacks/starve.c test/attacks/starve.h test/e2e/page-family.c test/e2e/page-family.h \
	kmod/include/uapi/linux/kstate.h
build/test/page-reader: test/attacks/page-reader.c kmod/include/uapi/linux/kstate.h
build/test/power-pages: test/power/pages.c

$(PAGE_PROGRAMS): build/lib/libkstate.a
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -O2 -g -Wall -Wextra -Wshadow $(LIB_CPPFLAGS) $(CPPFLAGS) $(CFLAGS) -o $@ $(filter %.c,$^) build/lib/libkstate.a -lmnl -pthread

.PHONY: test test-guest test-debug test-valgrind test-compat test-programs soak soak-clients soak-pages

test-programs: $(GUEST_PROGRAMS) $(PAGE_PROGRAMS) $(ATTACK_PROGRAMS) $(LIBRARY_PROGRAMS) $(EXAMPLES) build/test/.package \
	build/$(KERNEL)/consumer/consumer.ko build/$(KERNEL)/witness/witness.ko \
	$(if $(filter debug,$(KERNEL)),build/debug/kunit/lunatik_kunit.ko)
	@test/ynl/fetch

test: prepare ## every test there is time for, in this machine and in a guest
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL)

test-guest: prepare ## what runs in a guest, of KERNEL, all or some of it (ONLY="states loops")
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL) --only "$(ONLY)" guest $(if $(ONLY),,lockdown)

test-debug: debug-kernel ## the same on the kernel with all checks on
	@$(MAKE) --no-print-directory test-guest KERNEL=debug

soak: prepare ## clients, namespaces and modules at once, for MINUTES=60 (or HOURS=…), KILLS=10000 of clients of all kinds, and soak-pages
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/run --kernel $(KERNEL) --minutes $(if $(HOURS),$$(($(HOURS) * 60)),$(or $(MINUTES),60)) --only "soak protocol starved" guest
	@$(MAKE) --no-print-directory soak-clients soak-pages

test-valgrind: prepare ## the C library with the real module, under valgrind
	@$(MAKE) --no-print-directory user guest-module build/test/library
	@test/guest --timeout 900 -- $(VALGRIND) build/test/library

# $(call soak-guest,SECONDS,SETTINGS,FILE): in a guest that has so many seconds, the tests of a file, with what they are told.
soak-guest = test/guest --kernel $(KERNEL) --timeout $(1) -- env LUNATIK_GUEST=yes LUNATIK_KERNEL=$(KERNEL) $(2) \
	node --enable-source-maps --test-reporter=$(CURDIR)/test/reporter.mjs $(3)

# A round of kills takes some seconds there, mostly of Node's start.
KILLS ?= 10000
soak-clients: prepare ## of soak, the kills of programs in C, Node, Lua and by YNL
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/bundle
	@$(call soak-guest,$$((600 + $(KILLS) * 10)),LUNATIK_KILLS=$(KILLS),build/test/e2e/all-clients.test.cjs)

# A million reads take a second or two.
READS ?= 1000000000
CUTS ?= 100
soak-pages: prepare ## of soak, pages: KILLS=10000 of those who use them, READS=1000000000 for a torn one, CUTS=100 of a guest's power
	@$(MAKE) --no-print-directory user guest-module test-programs
	@test/bundle
	@$(call soak-guest,$$((600 + $(KILLS))),LUNATIK_KILLS=$(KILLS),build/test/attacks/page-kills.test.cjs)
	@$(call soak-guest,$$((1800 + $(KILLS) + $(READS) / 200000)),LUNATIK_KILLS=$(KILLS) LUNATIK_READS=$(READS),build/test/attacks/pages.test.cjs)
	@LUNATIK_CUTS=$(CUTS) test/run --kernel $(KERNEL) power

test-compat: prepare ## a test suite of others, out of a copy of their repository (SRC=FOLDER)
	@$(MAKE) --no-print-directory user guest-module
	@test/compat/run "$(SRC)"

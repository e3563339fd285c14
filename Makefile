# SPDX-License-Identifier: MIT
# `make help` lists what there is. The parts are described in their own folders.

KERNEL ?= stock
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := $(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

include native/lib/lib.mk
include native/lib/kstate.mk
include native/addon/addon.mk
include native/lua/lua.mk
include native/check/check.mk
include cli/cli.mk
include kmod/kmod.mk
include test/test.mk
include test/bench/bench.mk
include debian/packages.mk

.PHONY: all user module prepare demo shell lint install uninstall clean help

all: user module ## everything for this machine: tools, libraries, the module for its kernel

user: lib addon lua check-program cli ## what needs no kernel headers: the C library, the addon, the Lua binding, the checker, lunatikctl

# Before the first compiler stumbles.
.PHONY: tools
tools:
	@.ci/tools "$(ADDON_NODE_INCLUDE)" "$(LUA)"
$(LIB_OBJECTS) $(ADDON_OBJECTS) $(LUA_OBJECTS) node_modules/.package-lock.json: | tools

module: build/host/lunatik.ko ## the module for the kernel that runs here

prepare: ## install the Debian packages that building and testing need
	@.ci/prepare
	@$(MAKE) --no-print-directory tools

demo: prepare ## build it all, and see two namespaces keep statistics in a guest
	@$(MAKE) --no-print-directory user guest-module npm-files
	@test/guest --pages --timeout 300 -- examples/demo

shell: prepare ## a shell in the guest, with the modules loaded and lunatikctl on the path
	@$(MAKE) --no-print-directory user guest-module
	@test/guest --pages --tty -- $${SHELL:-bash}

lint: prepare ## sparse and checkpatch, clang-tidy and cppcheck, tsc and ESLint, shellcheck, mandoc
	@$(MAKE) --no-print-directory --keep-going lint-kmod lint-native lint-ts lint-shell lint-man

# C that is no kernel code, or not alone.
LINT_C = $(shell find native test examples -name '*.c' ! -path '*/guest.d/*' ! -path 'test/consumer/*' ! -path 'test/kunit/*' \
	! -path 'test/attacks/witness/*' ! -path 'test/fuzz/machine/*' ! -path native/check/'*') kmod/lunatik_page/view.c
LINT_CHECK = $(wildcard native/check/*.c)
LINT_MACHINE = $(wildcard test/fuzz/machine/*.c)
LINT_CC = $(shell find native test -name '*.cc')
# It counts the warnings of others' headers, which it keeps to itself.
clang-tidy = bash -o pipefail -c 'clang-tidy --quiet "$$@" 2>&1 | { grep -v " warnings\? generated\.$$" || true; }' -
# All at once, since it looks at who calls what with which arguments; but the Lua binding's tests have a liblunatik of their own.
cppcheck = cppcheck --quiet --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
	--include=/usr/include/libmnl/libmnl.h -D_GNU_SOURCE -Ikmod/include/uapi -Inative/lib

.PHONY: lint-native lint-ts lint-shell lint-man
lint-native: node_modules/node-addon-api/napi.h build/check/lunatik-check build/fuzz/machine/machine build/test/contract.inc
	$(clang-tidy) $(LINT_C) -- -std=gnu17 $(BENCH_CPPFLAGS) -Ibuild/test -Inative/lua -Ikmod/lunatik_page
	$(clang-tidy) $(LINT_CHECK) -- -std=gnu17 $(CHECK_CPPFLAGS)
	$(clang-tidy) $(LINT_MACHINE) -- -std=gnu17 $(MACHINE_CPPFLAGS)
	$(clang-tidy) $(LINT_CC) -- -std=c++17 -Inative/addon $(ADDON_CPPFLAGS)
	$(cppcheck) $(filter-out test/unit/lua/%,$(LINT_C)) $(LINT_CHECK) $(LINT_CC)
	$(cppcheck) $(filter test/unit/lua/%,$(LINT_C))

lint-ts: node_modules/.package-lock.json
	npm run --silent typecheck
	npm run --silent lint

SHELL_SCRIPTS = $(shell git ls-files -z ':!*.ts' | xargs -0 grep -lE '^(\#!.*[ /](ba)?sh$$|\# shellcheck shell=)')
lint-shell:
	shellcheck -x $(SHELL_SCRIPTS)

lint-man:
	mandoc -T lint -W warning man/*.[1-8]

DOCDIR = $(DESTDIR)$(PREFIX)/share/doc/lunatikctl
MODDIR = $(DESTDIR)/lib/modules/$(shell uname -r)/updates
MODULES := lunatik kstate lunatik_page

install: install-lib install-kstate install-lua install-cli ## to PREFIX, and the module to /lib/modules
	install -D -m 644 -t $(DOCDIR) README.md LICENSE LICENSE-GPL
	if [ -e build/host/lunatik.ko ]; then install -D -m 644 -t $(MODDIR) $(MODULES:%=build/host/%.ko); fi
	if [ -z "$(DESTDIR)" ]; then ldconfig; depmod -a || true; fi

uninstall: uninstall-lib uninstall-kstate uninstall-lua uninstall-cli ## take away what install put there
	rm -rf $(DOCDIR)
	rm -f $(MODULES:%=$(DESTDIR)/lib/modules/*/updates/%.ko)
	if [ -z "$(DESTDIR)" ]; then ldconfig; depmod -a || true; fi

clean: ## remove what was built; kernels and sources in the cache stay
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

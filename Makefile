# SPDX-License-Identifier: MIT
# `make help` lists what there is. The parts are described in their own folders.

KERNEL ?= stock
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := $(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

include native/lib/lib.mk
include native/addon/addon.mk
include cli/cli.mk
include kmod/kmod.mk
include test/test.mk
include test/bench/bench.mk

.PHONY: all user module prepare demo shell lint install uninstall clean help

all: user module ## everything for this machine: tools, libraries, the module for its kernel

user: lib addon cli ## what needs no kernel headers: the C library, the addon, lunatikctl

module: build/host/lunatik.ko ## the module for the kernel that runs here

prepare: ## install the Debian packages that building and testing need
	.ci/prepare

demo: prepare ## build it all, and see two namespaces keep statistics in a guest
	@$(MAKE) --no-print-directory user guest-module
	@test/guest --timeout 300 -- examples/demo

shell: prepare ## a shell in the guest, with the module loaded and lunatikctl on the path
	@$(MAKE) --no-print-directory user guest-module
	@test/guest --tty -- $${SHELL:-bash}

lint: lint-kmod lint-native lint-shell lint-man ## checkpatch and sparse, clang-tidy, ESLint, shellcheck, mandoc
	npm run --silent typecheck
	npm run --silent lint

.PHONY: lint-kmod lint-native lint-shell lint-man
lint-native: node_modules/node-addon-api/napi.h
	clang-tidy --quiet $(LIB_SOURCES) -- -std=gnu17 $(LIB_CPPFLAGS)
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 $(LIB_CPPFLAGS) native/lib

SHELL_SCRIPTS = $(shell git ls-files -z | xargs -0 grep -lE '^\#!(/usr/bin/env bash|/bin/(ba)?sh)')
lint-shell:
	shellcheck -x $(SHELL_SCRIPTS)

lint-man:
	mandoc -T lint -W warning man/*.[1-8]

LIBDIR = $(DESTDIR)$(PREFIX)/lib/lunatikctl
MODDIR = $(DESTDIR)/lib/modules/$(shell uname -r)/updates

install: ## to PREFIX, and the module to /lib/modules
	install -d $(LIBDIR)/cli $(LIBDIR)/addon $(DESTDIR)$(PREFIX)/bin
	install -m 644 build/cli/* $(LIBDIR)/cli
	chmod 755 $(LIBDIR)/cli/lunatikctl.js
	install -m 644 build/addon/lunatik.node $(LIBDIR)/addon
	ln -sfn ../lib/lunatikctl/cli/lunatikctl.js $(DESTDIR)$(PREFIX)/bin/lunatikctl
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 man/lunatikctl.8
	install -D -m 644 completions/lunatikctl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/lunatikctl
	install -D -m 644 native/lib/lunatik.h $(DESTDIR)$(PREFIX)/include/lunatik.h
	install -D -m 644 build/lib/liblunatik.a $(DESTDIR)$(PREFIX)/lib/liblunatik.a
	install -D -m 755 build/lib/$(LIB_SONAME) $(DESTDIR)$(PREFIX)/lib/$(LIB_SONAME)
	ln -sfn $(LIB_SONAME) $(DESTDIR)$(PREFIX)/lib/liblunatik.so
	if [ -e build/host/lunatik.ko ]; then install -D -m 644 -t $(MODDIR) build/host/lunatik.ko; fi
	if [ -z "$(DESTDIR)" ]; then ldconfig; depmod -a || true; fi

uninstall: ## take away what install put there
	rm -rf $(LIBDIR)
	rm -f $(DESTDIR)$(PREFIX)/bin/lunatikctl $(DESTDIR)$(PREFIX)/share/man/man8/lunatikctl.8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/lunatikctl \
		$(DESTDIR)$(PREFIX)/include/lunatik.h $(DESTDIR)$(PREFIX)/lib/liblunatik.a \
		$(DESTDIR)$(PREFIX)/lib/liblunatik.so $(DESTDIR)$(PREFIX)/lib/$(LIB_SONAME) $(MODDIR)/lunatik.ko
	if [ -z "$(DESTDIR)" ]; then ldconfig; depmod -a || true; fi

clean: ## remove what was built; kernels and sources in the cache stay
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

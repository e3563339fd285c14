# SPDX-License-Identifier: MIT
# The npm package, tried with each Node of nodes.lock. Included by the Makefile at the root, after native/addon/addon.mk.

.PHONY: test-package
test-package: build/test/.package
	$(NODE) --test test/package/package.test.mjs

build/test/.package: $(NPM_TARBALL) $(wildcard test/package/* test/package/project/* examples/*.mjs examples/*.lua)
	@mkdir -p $(@D)
	test/package/prepare $< build/test/package
	touch $@

# SPDX-License-Identifier: MIT
# Unit tests of the addon and of its TypeScript. Included by the Makefile at the root, after native/addon/addon.mk.

ADDON_TESTS := $(wildcard test/unit/addon/*.test.ts)
ADDON_TEST_BUNDLES := $(ADDON_TESTS:test/unit/addon/%.ts=build/test/unit/addon/%.js)

.PHONY: test-unit-addon test-unit-runner
test-unit-addon: test-unit-runner $(ADDON_TEST_BUNDLES)
	$(NODE) --test $(ADDON_TEST_BUNDLES)

build/test/unit/addon/%.js: test/unit/addon/%.ts $(wildcard native/addon/*.ts) build/addon/lunatik.node
	node_modules/.bin/esbuild $< --bundle --platform=node --format=cjs --target=node20 '--external:*.node' \
		--log-level=warning --outfile=$@

test-unit-runner: build/test/unit/addon/runner
	$<

build/test/unit/addon/runner: test/unit/addon/runner.cc native/addon/runner.cc native/addon/runner.h native/lib/lunatik.h
	@mkdir -p $(@D)
	$(CXX) -Ikmod/include/uapi -Inative/lib -Inative/addon $(ADDON_CXXFLAGS) -O1 -fsanitize=thread -o $@ \
		$(filter %.cc,$^)

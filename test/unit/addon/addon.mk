# SPDX-License-Identifier: MIT
# Unit tests of the addon and of its TypeScript. Included by the Makefile at the root, after native/addon/addon.mk.

ADDON_TESTS := $(wildcard test/unit/addon/*.test.ts)
ADDON_TEST_BUNDLES := $(ADDON_TESTS:test/unit/addon/%.ts=build/test/unit/addon/%.js)

.PHONY: test-unit-addon test-unit-runner
test-unit-addon: test-unit-runner test-asan-addon $(ADDON_TEST_BUNDLES)
	$(NODE) --test $(ADDON_TEST_BUNDLES)

build/test/unit/addon/%.js: test/unit/addon/%.ts $(wildcard native/addon/*.ts) build/addon/lunatik.node
	node_modules/.bin/esbuild $< --bundle --platform=node --format=cjs --target=node20 '--external:*.node' \
		--log-level=warning --outfile=$@

test-unit-runner: build/test/unit/addon/runner
	$<

build/test/unit/addon/runner: test/unit/addon/runner.cc native/addon/runner.cc native/addon/thread.cc native/addon/runner.h native/lib/lunatik.h
	@mkdir -p $(@D)
	$(CXX) -Ikmod/include/uapi -Inative/lib -Inative/addon $(ADDON_CXXFLAGS) -O1 -fsanitize=thread -o $@ \
		$(filter %.cc,$^)

# The addon and the library under AddressSanitizer and UBSan, in a Node that has neither: what is opened without a kernel.
# For the rest, in a guest: test/guest -- env $(ASAN_ENVIRONMENT) node build/asan/test/e2e/handles.test.cjs
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1
ASAN_OBJECTS := $(LIB_SOURCES:native/%.c=build/asan/%.o) $(KSTATE_OBJECTS:build/%=build/asan/%) $(ADDON_SOURCES:native/%.cc=build/asan/%.o)
# The sanitizer's own library comes first; that of C++ has to be there before it looks for what it replaces there. Node itself
# leaks on its way out.
ASAN_ENVIRONMENT = LD_PRELOAD="$(shell $(CXX) -print-file-name=libasan.so) $(shell $(CXX) -print-file-name=libstdc++.so.6)" \
	ASAN_OPTIONS=detect_leaks=0

build/asan/%.o: native/%.c
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(LIB_CFLAGS) $(ASAN) -MMD -MP -c -o $@ $<

build/asan/%.o: native/%.cc node_modules/node-addon-api/napi.h
	@mkdir -p $(@D)
	$(CXX) $(ADDON_CPPFLAGS) $(ADDON_CXXFLAGS) $(ASAN) -MMD -MP -c -o $@ $<

build/asan/addon/lunatik.node: $(ASAN_OBJECTS)
	$(CXX) -shared $(ASAN) -pthread -o $@ $^ -lmnl

build/asan/test/%.cjs: test/%.ts $(wildcard native/addon/*.ts test/e2e/*.ts)
	node_modules/.bin/esbuild $< --bundle --platform=node --format=cjs --target=node20 '--external:*.node' \
		--log-level=warning --outfile=$@

.PHONY: test-asan-addon
test-asan-addon: build/asan/addon/lunatik.node build/asan/test/unit/addon/open.test.cjs
	$(ASAN_ENVIRONMENT) $(NODE) --test build/asan/test/unit/addon/open.test.cjs

-include $(ASAN_OBJECTS:.o=.d)

# SPDX-License-Identifier: MIT
# The Node addon: build/addon/lunatik.node. Included by the Makefile at the root, after native/lib/lib.mk.

NODE ?= node

ADDON_SOURCES := $(wildcard native/addon/*.cc)
ADDON_OBJECTS := $(ADDON_SOURCES:native/addon/%.cc=build/addon/%.o)

# Node's headers lie beside its binary, of whatever origin it is. In a worker that is being terminated nothing can be thrown,
# which must not end the process.
ADDON_CPPFLAGS = -Ikmod/include/uapi -Inative/lib -isystem $(ADDON_NODE_INCLUDE) -isystem node_modules/node-addon-api \
	-DNAPI_VERSION=8 -DNODE_ADDON_API_CPP_EXCEPTIONS_ALL -DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS -DNODE_GYP_MODULE_NAME=lunatik
ADDON_NODE_INCLUDE = $(shell $(NODE) -p 'path.resolve(fs.realpathSync(process.execPath), "../../include/node")')
ADDON_CXXFLAGS := -std=c++17 -O2 -g -fPIC -fvisibility=hidden -pthread -Wall -Wextra -Wshadow

.PHONY: addon
addon: build/addon/lunatik.node

build/addon/%.o: native/addon/%.cc native/addon/addon.mk node_modules/node-addon-api/napi.h
	@mkdir -p $(@D)
	$(CXX) $(ADDON_CPPFLAGS) $(CPPFLAGS) $(ADDON_CXXFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

# The libraries are linked in, so that the addon is one file; libmnl is the one that lies beside it, as in the npm package, or
# else the system's.
build/addon/lunatik.node: $(ADDON_OBJECTS) build/lib/liblunatik.a build/lib/libkstate.a
	$(CXX) -shared -Wl,-z,relro,-z,now -Wl,-rpath,'$$ORIGIN' $(LDFLAGS) -pthread -o $@ $^ -lmnl

# The npm package. It brings everything built, for Debian 12 and later on x86-64, since an empty project there has neither
# a compiler nor libmnl's headers; and libmnl itself, which slim systems lack (Debian has no static one, and LGPL code
# wants to be replaceable). Node-API is the same in all releases of Node, so that one build is for all of them. The
# JavaScript is CommonJS, of which Node 20 can import() and require() the same copy: with two there would be two classes
# LunatikError.
NPM_TARBALL := build/lunatikctl-$(VERSION).tgz
LIBMNL = $(shell $(CC) -print-file-name=libmnl.so.0)

.PHONY: npm npm-files
npm: $(NPM_TARBALL) ## the npm package, build/lunatikctl-VERSION.tgz

npm-files: build/.npm-files

build/.npm-files: $(wildcard native/addon/*.ts) tsconfig.npm.json build/addon/lunatik.node build/check/lunatik-check build/cli/lunatikctl.js
	rm -rf build/npm
	mkdir -p build/npm/addon
	node_modules/.bin/tsc --project tsconfig.npm.json
	cp -r build/cli build/npm/cli
	mkdir build/npm/check
	strip --strip-debug -o build/npm/check/lunatik-check build/check/lunatik-check
	strip --strip-debug -o build/npm/addon/lunatik.node build/addon/lunatik.node
	cp -L $(LIBMNL) build/npm/addon/libmnl.so.0
	cp /usr/share/doc/libmnl0/copyright build/npm/addon/libmnl.copyright
	touch $@

$(NPM_TARBALL): build/.npm-files package.json README.md
	npm pack --silent --ignore-scripts --pack-destination build >/dev/null

-include $(ADDON_OBJECTS:.o=.d)

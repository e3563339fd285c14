# SPDX-License-Identifier: MIT
# The Node addon: build/addon/lunatik.node. Included by the Makefile at the root, after native/lib/lib.mk.

NODE ?= node

ADDON_SOURCES := $(wildcard native/addon/*.cc)
ADDON_OBJECTS := $(ADDON_SOURCES:native/addon/%.cc=build/addon/%.o)

# Node's headers lie beside its binary, of whatever origin it is. In a worker that is being terminated nothing can be thrown,
# which must not end the process.
ADDON_CPPFLAGS = -Ikmod/include/uapi -Inative/lib -isystem $(ADDON_NODE_INCLUDE) -isystem node_modules/node-addon-api \
	-DNAPI_VERSION=8 -DNAPI_CPP_EXCEPTIONS -DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS -DNODE_GYP_MODULE_NAME=lunatik
ADDON_NODE_INCLUDE = $(shell $(NODE) -p 'path.resolve(fs.realpathSync(process.execPath), "../../include/node")')
ADDON_CXXFLAGS := -std=c++17 -O2 -g -fPIC -fvisibility=hidden -pthread -Wall -Wextra -Wshadow

.PHONY: addon
addon: build/addon/lunatik.node

build/addon/%.o: native/addon/%.cc native/addon/addon.mk node_modules/node-addon-api/napi.h
	@mkdir -p $(@D)
	$(CXX) $(ADDON_CPPFLAGS) $(CPPFLAGS) $(ADDON_CXXFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

# The library is linked in, so that the addon is one file; libmnl is the system's.
build/addon/lunatik.node: $(ADDON_OBJECTS) build/lib/liblunatik.a
	$(CXX) -shared -Wl,-z,relro,-z,now $(LDFLAGS) -pthread -o $@ $^ -lmnl

-include $(ADDON_OBJECTS:.o=.d)

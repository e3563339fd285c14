# SPDX-License-Identifier: MIT
# liblunatik, the C library: build/lib/liblunatik.a, and build/lib/liblunatik.so for those that link with it.
# Included by the Makefile at the root, whose folder is the current one.

LIB_SOURCES := $(wildcard native/lib/*.c)
LIB_OBJECTS := $(LIB_SOURCES:native/lib/%.c=build/lib/%.o)
LIB_SONAME := liblunatik.so.0

LIB_CPPFLAGS := -D_GNU_SOURCE -Ikmod/include/uapi -Inative/lib
LIB_CFLAGS := -std=gnu17 -O2 -g -fPIC -fvisibility=hidden -pthread \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef

.PHONY: lib
lib: build/lib/liblunatik.a build/lib/liblunatik.so

build/lib/%.o: native/lib/%.c native/lib/lib.mk
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(CPPFLAGS) $(LIB_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

build/lib/liblunatik.a: $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

build/lib/$(LIB_SONAME): $(LIB_OBJECTS)
	$(CC) -shared -Wl,-soname,$(LIB_SONAME) -Wl,-z,relro,-z,now,-z,defs $(LDFLAGS) -pthread -o $@ $^ -lmnl

build/lib/liblunatik.so: build/lib/$(LIB_SONAME)
	ln -sf $(LIB_SONAME) $@

-include $(LIB_OBJECTS:.o=.d)

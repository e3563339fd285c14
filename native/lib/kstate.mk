# SPDX-License-Identifier: MIT
# libkstate, the C library for pages, which needs nothing of liblunatik: build/lib/libkstate.a, and build/lib/libkstate.so.
# What speaks netlink is compiled into both. Included by the Makefile at the root, after lib.mk.

KSTATE_SOURCES := $(wildcard native/lib/kstate_*.c) \
	$(addprefix native/lib/,attributes.c channel.c events.c failure.c family.c listing.c netns.c request.c)
KSTATE_OBJECTS := $(KSTATE_SOURCES:native/lib/%.c=build/lib/%.o)
KSTATE_SONAME := libkstate.so.0
KSTATE_MAP := native/lib/kstate.map

lib: build/lib/libkstate.a build/lib/libkstate.so

build/lib/libkstate.a: $(KSTATE_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

build/lib/$(KSTATE_SONAME): $(KSTATE_OBJECTS) $(KSTATE_MAP)
	$(CC) -shared -Wl,-soname,$(KSTATE_SONAME) -Wl,--version-script=$(KSTATE_MAP) -Wl,-z,relro,-z,now,-z,defs \
		$(LDFLAGS) -pthread -o $@ $(KSTATE_OBJECTS) -lmnl

build/lib/libkstate.so: build/lib/$(KSTATE_SONAME)
	ln -sf $(KSTATE_SONAME) $@

.PHONY: install-kstate uninstall-kstate
install-kstate: ## of install, what programs in C need for pages
	@test -e build/lib/$(KSTATE_SONAME) || { echo "the library is not built: run make first" >&2; exit 1; }
	install -D -m 644 native/lib/kstate.h $(LIB_PREFIX)/include/kstate.h
	install -D -m 644 kmod/include/uapi/linux/kstate.h $(LIB_PREFIX)/include/linux/kstate.h
	install -D -m 644 build/lib/libkstate.a $(LIB_PREFIX)/lib/libkstate.a
	install -D -m 755 build/lib/$(KSTATE_SONAME) $(LIB_PREFIX)/lib/$(KSTATE_SONAME)
	ln -sfn $(KSTATE_SONAME) $(LIB_PREFIX)/lib/libkstate.so
	install -D -m 644 -t $(LIB_PREFIX)/share/man/man4 man/kstate.4

uninstall-kstate:
	rm -f $(LIB_PREFIX)/include/kstate.h $(LIB_PREFIX)/include/linux/kstate.h $(LIB_PREFIX)/lib/libkstate.a \
		$(LIB_PREFIX)/lib/libkstate.so $(LIB_PREFIX)/lib/$(KSTATE_SONAME) $(LIB_PREFIX)/share/man/man4/kstate.4

-include $(KSTATE_OBJECTS:.o=.d)

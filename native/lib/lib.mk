# SPDX-License-Identifier: MIT
# liblunatik, the C library: build/lib/liblunatik.a, and build/lib/liblunatik.so for those that link with it.
# Included by the Makefile at the root, whose folder is the current one.

# Those of pages are a library of their own: kstate.mk.
LIB_SOURCES := $(filter-out native/lib/kstate_%,$(wildcard native/lib/*.c))
LIB_OBJECTS := $(LIB_SOURCES:native/lib/%.c=build/lib/%.o)
LIB_SONAME := liblunatik.so.0
LIB_MAP := native/lib/lunatik.map

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

build/lib/$(LIB_SONAME): $(LIB_OBJECTS) $(LIB_MAP)
	$(CC) -shared -Wl,-soname,$(LIB_SONAME) -Wl,--version-script=$(LIB_MAP) -Wl,-z,relro,-z,now,-z,defs \
		$(LDFLAGS) -pthread -o $@ $(LIB_OBJECTS) -lmnl

build/lib/liblunatik.so: build/lib/$(LIB_SONAME)
	ln -sf $(LIB_SONAME) $@

# The names that a manual page has beside that of its file, each of which becomes a page that refers to it.
LIB_PAGES := $(wildcard man/lunatik*.3)
lib-names = sed -n '/^\.Sh NAME/,/^\.Nd/ s/^\.Nm \([^ ]*\).*/\1/p' $(1)
LIB_PREFIX = $(DESTDIR)$(PREFIX)
LIB_MAN = $(LIB_PREFIX)/share/man/man3

.PHONY: install-lib uninstall-lib
install-lib: ## of install, what programs in C need
	@test -e build/lib/$(LIB_SONAME) || { echo "the library is not built: run make first" >&2; exit 1; }
	install -D -m 644 native/lib/lunatik.h $(LIB_PREFIX)/include/lunatik.h
	install -D -m 644 kmod/include/uapi/linux/lunatik.h $(LIB_PREFIX)/include/linux/lunatik.h
	install -D -m 644 build/lib/liblunatik.a $(LIB_PREFIX)/lib/liblunatik.a
	install -D -m 755 build/lib/$(LIB_SONAME) $(LIB_PREFIX)/lib/$(LIB_SONAME)
	ln -sfn $(LIB_SONAME) $(LIB_PREFIX)/lib/liblunatik.so
	install -d $(LIB_PREFIX)/lib/pkgconfig $(LIB_MAN)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' native/lib/lunatik.pc.in >$(LIB_PREFIX)/lib/pkgconfig/lunatik.pc
	for page in $(LIB_PAGES); do \
		for name in $$($(call lib-names,$$page)); do echo ".so man3/$${page##*/}" >$(LIB_MAN)/$$name.3; done; \
		install -m 644 $$page $(LIB_MAN); \
	done

uninstall-lib:
	rm -f $(LIB_PREFIX)/include/lunatik.h $(LIB_PREFIX)/include/linux/lunatik.h $(LIB_PREFIX)/lib/liblunatik.a \
		$(LIB_PREFIX)/lib/liblunatik.so $(LIB_PREFIX)/lib/$(LIB_SONAME) $(LIB_PREFIX)/lib/pkgconfig/lunatik.pc
	for name in $$($(call lib-names,$(LIB_PAGES))); do rm -f $(LIB_MAN)/$$name.3; done

-include $(LIB_OBJECTS:.o=.d)

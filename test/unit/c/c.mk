# SPDX-License-Identifier: MIT
# Unit tests of the C library, under sanitizers. Included by the Makefile at the root, after native/lib/lib.mk.

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.PHONY: test-unit-c
test-unit-c: build/test/unit/c/messages build/test/unit/c/operations
	build/test/unit/c/messages
	build/test/unit/c/operations

build/test/unit/c/messages: TESTED := $(LIB_SOURCES)

# Its sockets are not netlink's, and it hears what is sent.
build/test/unit/c/operations: TESTED := $(filter-out native/lib/netns.c,$(LIB_SOURCES))
build/test/unit/c/operations: comma := ,
build/test/unit/c/operations: LDFLAGS += $(addprefix -Wl$(comma)--wrap=,send writev connect mnl_socket_bind \
	mnl_socket_setsockopt mnl_socket_close)

build/test/unit/c/%: test/unit/c/%.c $(LIB_SOURCES) $(wildcard native/lib/*.h)
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(LIB_CFLAGS) -O1 $(SANITIZE) $(LDFLAGS) -o $@ $< $(TESTED) -lmnl

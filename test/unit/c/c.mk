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
build/test/unit/c/operations: STANDING_FOR := -Dsend=kernel_send -Dwritev=kernel_writev -Dconnect=kernel_connect \
	-Dmnl_socket_bind=kernel_bind -Dmnl_socket_setsockopt=kernel_setsockopt

build/test/unit/c/%: test/unit/c/%.c $(LIB_SOURCES) $(wildcard native/lib/*.h)
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(LIB_CFLAGS) -O1 $(SANITIZE) $(STANDING_FOR) -o $@ $< $(TESTED) -lmnl

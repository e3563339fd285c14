# SPDX-License-Identifier: MIT
# Unit tests of the C library, under sanitizers. Included by the Makefile at the root, after native/lib/lib.mk.

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.PHONY: test-unit-c
test-unit-c: build/test/unit/c/messages
	$<

build/test/unit/c/messages: test/unit/c/messages.c $(LIB_SOURCES) $(wildcard native/lib/*.h)
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(LIB_CFLAGS) -O1 $(SANITIZE) -o $@ $< $(LIB_SOURCES) -lmnl

# SPDX-License-Identifier: MIT
# Unit tests of the C libraries, most of them under sanitizers. Included by the Makefile at the root, after native/lib/kstate.mk.

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_C := $(addprefix build/test/unit/c/,messages namespaces operations pages memory)
# Once more without sanitizers, since those do not see what is used and was never written.
VALGRIND_C := build/test/unit/c/valgrind/operations
VALGRIND := valgrind --quiet --fair-sched=yes --error-exitcode=99 --leak-check=full --show-leak-kinds=all \
	--errors-for-leak-kinds=all

.PHONY: test-unit-c
test-unit-c: $(UNIT_C) $(VALGRIND_C)
	set -e; for program in $(UNIT_C); do $$program; done
	$(VALGRIND) $(VALGRIND_C)

# Where sockets are not netlink's, and what is sent is heard by test/unit/c/kernel.c.
KERNEL_C := test/unit/c/kernel.c $(filter-out native/lib/netns.c,$(LIB_SOURCES))
STANDING_FOR := -Dsend=kernel_send -Dwritev=kernel_writev -Dconnect=kernel_connect \
	-Dmnl_socket_bind=kernel_bind -Dmnl_socket_setsockopt=kernel_setsockopt

build/test/unit/c/messages: UNIT_SOURCES := $(LIB_SOURCES)
build/test/unit/c/messages: UNIT_CFLAGS := $(SANITIZE)
build/test/unit/c/namespaces: UNIT_SOURCES := $(LIB_SOURCES)
build/test/unit/c/namespaces: UNIT_CFLAGS := $(SANITIZE) -Dpthread_create=pthread_create_late
build/test/unit/c/operations: UNIT_SOURCES := $(KERNEL_C)
build/test/unit/c/operations: UNIT_CFLAGS := $(SANITIZE) $(STANDING_FOR)
build/test/unit/c/pages: UNIT_SOURCES := $(KERNEL_C) $(filter native/lib/kstate_%,$(KSTATE_SOURCES))
build/test/unit/c/pages: UNIT_CFLAGS := $(SANITIZE) $(STANDING_FOR)
build/test/unit/c/memory: UNIT_SOURCES := $(KERNEL_C)
build/test/unit/c/memory: UNIT_CFLAGS := -fno-builtin $(STANDING_FOR)
$(VALGRIND_C): UNIT_SOURCES := $(KERNEL_C)
$(VALGRIND_C): UNIT_CFLAGS := $(STANDING_FOR)

$(UNIT_C): build/test/unit/c/%: test/unit/c/%.c
$(VALGRIND_C): build/test/unit/c/valgrind/%: test/unit/c/%.c
$(UNIT_C) $(VALGRIND_C): test/unit/c/kernel.c test/unit/c/kernel.h test/unit/c/check.h $(LIB_SOURCES) $(KSTATE_SOURCES) $(wildcard native/lib/*.h)
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(LIB_CFLAGS) -O1 $(UNIT_CFLAGS) -o $@ $(filter %/$(@F).c,$^) $(UNIT_SOURCES) -lmnl

# SPDX-License-Identifier: MIT
# What the attacks need beside the tests themselves. Included by test.mk.

# Those that make their messages by hand, with wire.c.
WIRE_PROGRAMS := $(addprefix build/test/,malformed abandoned sockets kills sharing buffers hoard requests)

$(filter-out %/requests,$(WIRE_PROGRAMS)): build/test/%: test/attacks/%.c
build/test/requests: test/fuzz/requests.c
$(WIRE_PROGRAMS): test/attacks/wire.c test/attacks/wire.h test/fuzz/contract.c test/fuzz/contract.h build/test/contract.inc \
	kmod/include/uapi/linux/lunatik.h

# Those that speak to the kernel by the C library.
ATTACK_PROGRAMS := $(addprefix build/test/,pulse client registers)

$(ATTACK_PROGRAMS): build/test/%: test/attacks/%.c build/lib/liblunatik.a native/lib/lunatik.h
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -O1 -g -Wall -Wextra -Wshadow -D_GNU_SOURCE -Ikmod/include/uapi -Inative/lib $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		build/lib/liblunatik.a -lmnl -pthread

build/test/registers: LDFLAGS += -Wl,--wrap=send,--wrap=recv,--wrap=writev

# Looks at the module from inside the kernel, and fails its allocations.
$(GUEST_KERNELS:%=build/%/witness/witness.ko): build/%/witness/witness.ko: build/%/lunatik.ko test/attacks/witness/witness.c test/attacks/witness/Kbuild
	mkdir -p $(@D)
	cp -u test/attacks/witness/* $(@D)
	+flock build/$* $(MAKE) --no-print-directory -s -C "$$(test/kernels/locate $* build)" M=$(abspath $(@D)) modules

# SPDX-License-Identifier: GPL-2.0 OR MIT
# Builds the module, each kernel's in a copy of kmod/ of its own: build/KERNEL/lunatik.ko, with the others beside it.
# Included by the Makefile at the root.

# Each has a script in test/kernels.
GUEST_KERNELS := stock debug 6.12
KMOD_SOURCES := $(shell find kmod -type f ! -name '*.yaml')

.PHONY: guest-module debug-kernel

guest-module: build/$(KERNEL)/lunatik.ko ## the module for the guest's kernel (KERNEL=stock, debug or 6.12)

debug-kernel: prepare ## a kernel with KASAN, UBSAN, lockdep and kmemleak, built once into the cache
	test/kernels/debug

# $(1) where, $(2) shell for the kernel's build tree, $(3) what runs make
define build-module
	kmod/lua/fetch $(1)/lua/upstream
	cp -ru kmod/. $(1)
	+flock $(1) $(3) $(MAKE) --no-print-directory -s -C "$$($(2))" M=$(abspath $(1)) LUNATIK_VERSION=$(VERSION) modules
endef

build/host/lunatik.ko: $(KMOD_SOURCES) package.json
	@test -e /lib/modules/$$(uname -r)/build || { \
		echo "no headers for the running kernel: install linux-headers-$$(uname -r), or make user" >&2; exit 1; }
	mkdir -p build/host
	$(call build-module,build/host,echo /lib/modules/$$(uname -r)/build)

$(GUEST_KERNELS:%=build/%/lunatik.ko): build/%/lunatik.ko: $(KMOD_SOURCES) package.json
	test/kernels/$*
	mkdir -p build/$*
	$(call build-module,build/$*,test/kernels/locate $* build,test/kernels/strictly build/$*/lunatik.o)

.PHONY: lint-kmod
lint-kmod: build/stock/lunatik.ko build/stock/consumer/consumer.ko
	LUNATIK_VERSION=$(VERSION) kmod/lint

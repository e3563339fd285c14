# SPDX-License-Identifier: MIT
# Fuzzing: of the module in the guest by requests and by programs, of its machine alone, of what user space reads of the kernel's
# under libFuzzer.
# A seed that finds something is fuzzed again with SEED=… MINUTES=0. Included by test.mk, after native/lua/lua.mk.

FUZZ_SECONDS ?= 15

.PHONY: fuzz fuzz-library fuzz-machine

fuzz: prepare ## requests, calls on pages and programs at random for MINUTES=60 each, in the guest and out of it, and answers to the C library (SEED=…)
	@$(MAKE) --no-print-directory user guest-module test-programs
	@$(MAKE) --no-print-directory fuzz-library fuzz-machine FUZZ_SECONDS=$$(($(or $(MINUTES),60) * 60))
	@LUNATIK_SEED=$(SEED) test/run --kernel $(KERNEL) --minutes $(or $(MINUTES),60) --only "requests programs page-calls" guest

# What it has found worth keeping stays for the next time. It says much, of which the end matters.
fuzz-library: build/fuzz/answers build/fuzz/values
	@for target in $(^F); do mkdir -p build/fuzz/$$target.corpus; \
		build/fuzz/$$target -max_len=4096 -max_total_time=$(FUZZ_SECONDS) $(if $(SEED),-seed=$(SEED)) -verbosity=0 \
			-print_final_stats=1 -artifact_prefix=build/fuzz/$$target. build/fuzz/$$target.corpus >build/fuzz/log 2>&1 || \
			{ tail -n 60 build/fuzz/log; exit 1; }; \
		sed -n "s/^stat::/$$target: /p" build/fuzz/log; done

FUZZER = clang -std=gnu17 -O1 -g -Wall -Wextra -Wshadow -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all

# The kernel is written in answers.c.
build/fuzz/answers: test/fuzz/answers.c $(LIB_SOURCES) $(wildcard native/lib/*.h)
	@mkdir -p $(@D)
	$(FUZZER) $(LIB_CPPFLAGS) \
		-Dsend=kernel_send -Dwritev=kernel_writev -Drecv=kernel_recv -Drecvfrom=kernel_recvfrom -Dpoll=kernel_poll \
		-Dconnect=kernel_connect -Dsetsockopt=kernel_setsockopt_any -Dmnl_socket_bind=kernel_bind \
		-Dmnl_socket_setsockopt=kernel_setsockopt -o $@ $< $(filter-out native/lib/netns.c,$(LIB_SOURCES)) -lmnl

build/fuzz/values: test/fuzz/values.c native/lua/values.c native/lua/binding.h
	@mkdir -p $(@D)
	$(FUZZER) $(LUA_CPPFLAGS) -Inative/lua -o $@ $(filter %.c,$^) $(shell pkg-config --libs $(LUA))

MACHINE_UPSTREAM := build/fuzz/upstream
MACHINE_CPPFLAGS := -D_GNU_SOURCE -D__KERNEL__ -Itest/fuzz/machine -Ikmod/lunatik -Ikmod -Ikmod/include -Ikmod/lua \
	-isystem $(MACHINE_UPSTREAM)/lua

# Programs, and the scripts of the attacks among them, in the machine alone: with its own arena, and under a sanitizer.
fuzz-machine: build/fuzz/machine/machine build/fuzz/machine-sanitized/machine build/fuzz/print-programs.cjs
	@test/fuzz/machine/run $(FUZZ_SECONDS) $(SEED)

MACHINE_SOURCES := $(shell find test/fuzz/machine kmod/lua kmod/lunatik kmod/include -type f)

build/fuzz/machine/machine build/fuzz/machine-sanitized/machine: $(MACHINE_SOURCES)
	@mkdir -p $(@D)
	@kmod/lua/fetch $(MACHINE_UPSTREAM)
	+@$(MAKE) --no-print-directory -s -f test/fuzz/machine/program.mk OUT=$(@D) UPSTREAM=$(MACHINE_UPSTREAM) \
		MACHINE_CPPFLAGS="$(MACHINE_CPPFLAGS)" SANITIZED=$(if $(filter %-sanitized/machine,$@),yes)

build/fuzz/print-programs.cjs: test/fuzz/print-programs.ts test/fuzz/programs.ts
	@node_modules/.bin/esbuild $< --bundle --platform=node --target=node20 --format=cjs --log-level=warning --outfile=$@

# The contracts as tables in C.
build/test/contract.inc: kmod/lunatik.yaml kmod/kstate.yaml test/fuzz/contract-table
	@mkdir -p $(@D)
	test/fuzz/contract-table $(filter %.yaml,$^) >$@

# SPDX-License-Identifier: MIT
# `make bench` prints quality.md's table of ratios and leaves it in build/bench/bench.json. GROUPS chooses a part of it.
# Included by the Makefile at the root, after native/lib/lib.mk.

BENCH_PROGRAMS := build/bench/operations build/bench/processes build/bench/memory build/bench/data build/bench/crowd build/bench/pages
BENCH_SCRIPTS := build/bench/measure.js build/bench/report.js
BENCH_CPPFLAGS := $(LIB_CPPFLAGS) -isystem /usr/include/lua5.4
BENCH_CFLAGS := -std=gnu17 -O2 -g -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
BENCH_TS := $(shell find test/bench native/addon -name '*.ts') test/attacks/page-reader.ts

.PHONY: bench bench-programs
bench: prepare ## the table of speed and memory, measured in the guest
	@$(MAKE) --no-print-directory user guest-module bench-programs
	@test/bench/run $(GROUPS)

bench-programs: $(BENCH_PROGRAMS) $(BENCH_SCRIPTS) build/test/page-reader

build/bench/%.o: test/bench/%.c test/bench/bench.mk
	@mkdir -p $(@D)
	$(CC) $(BENCH_CPPFLAGS) $(CPPFLAGS) $(BENCH_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

build/bench/operations: build/bench/operations.o build/bench/nlctrl.o build/bench/stopwatch.o build/lib/liblunatik.a
build/bench/processes: build/bench/processes.o build/bench/stopwatch.o
build/bench/data: build/bench/data.o build/bench/stopwatch.o build/lib/liblunatik.a
build/bench/crowd: build/bench/crowd.o build/bench/stopwatch.o build/lib/liblunatik.a
build/bench/pages: build/bench/pages.o build/bench/stopwatch.o build/lib/libkstate.a
build/bench/memory: build/bench/memory.o build/bench/stopwatch.o build/lib/liblunatik.a
build/bench/operations build/bench/data build/bench/crowd: BENCH_LIBS := -lmnl
build/bench/memory: BENCH_LIBS := -lmnl -llua5.4
$(BENCH_PROGRAMS):
	$(CC) $(LDFLAGS) -pthread -o $@ $^ $(BENCH_LIBS)

$(BENCH_SCRIPTS): build/bench/%.js: test/bench/%.ts $(BENCH_TS) node_modules/.package-lock.json
	node_modules/.bin/esbuild $< --bundle --platform=node --format=cjs --target=node20 '--external:*.node' \
		--log-level=warning --outfile=$@

-include $(wildcard build/bench/*.d)

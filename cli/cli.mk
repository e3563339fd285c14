# SPDX-License-Identifier: MIT
# The command line, to be included from the Makefile at the top.
#   cli          build/bin/lunatikctl, which runs build/cli/lunatikctl.js; needs build/addon/lunatik.node to run
#   completions  completions/*, from the command tree
#   man          the parts of man/* that follow from it

CLI_SOURCES := $(shell find cli native/addon -name '*.ts') $(wildcard cli/*.mjs) package.json

.PHONY: cli completions
.DELETE_ON_ERROR:
cli: build/bin/lunatikctl

# npm writes this file last; what it installed is as new as the lock.
node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund
	touch $@

# The addon's headers come with the packages.
node_modules/node-addon-api/napi.h: | node_modules/.package-lock.json

# Beside it program.js, its code cache, terminal.js and LICENSES.txt: an installation takes the folder as it is.
build/cli/lunatikctl.js: $(CLI_SOURCES) node_modules/.package-lock.json
	node cli/bundle.mjs
	chmod +x $@

build/bin/lunatikctl: build/cli/lunatikctl.js
	mkdir -p $(@D)
	ln -sfn ../cli/lunatikctl.js $@
	touch -h $@

# They are committed, and a test compares.
completions: build/bin/lunatikctl build/addon/lunatik.node
	build/bin/lunatikctl completion bash >completions/lunatikctl.bash
	build/bin/lunatikctl completion zsh >completions/_lunatikctl
	build/bin/lunatikctl completion fish >completions/lunatikctl.fish

.PHONY: man
man: node_modules/.package-lock.json ## the parts of the manual pages that follow from the command tree
	node man/generate.mjs

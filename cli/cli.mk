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

# What belongs to the command line, in an installation: program, addon and checker lie to one another as in build/.
CLI_LIBDIR = $(DESTDIR)$(PREFIX)/lib/lunatikctl
CLI_SHARE = $(DESTDIR)$(PREFIX)/share
CLI_UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/system
CLI_PAGES := $(wildcard man/*.[578])
CLI_BUILT = build/cli/lunatikctl.js build/addon/lunatik.node build/check/lunatik-check

.PHONY: install-cli uninstall-cli
install-cli:
	@for file in $(CLI_BUILT); do test -e $$file || { echo "$$file is missing: run make first" >&2; exit 1; }; done
	install -d $(CLI_LIBDIR)/cli $(CLI_LIBDIR)/addon $(DESTDIR)$(PREFIX)/bin
	install -m 644 build/cli/* $(CLI_LIBDIR)/cli
	chmod 755 $(CLI_LIBDIR)/cli/lunatikctl.js
	install -m 644 build/addon/lunatik.node $(CLI_LIBDIR)/addon
	install -D -m 755 -t $(CLI_LIBDIR)/check build/check/lunatik-check
	ln -sfn ../lib/lunatikctl/cli/lunatikctl.js $(DESTDIR)$(PREFIX)/bin/lunatikctl
	for page in $(CLI_PAGES); do install -D -m 644 -t $(CLI_SHARE)/man/man$${page##*.} $$page || exit 1; done
	install -D -m 644 -t $(CLI_SHARE)/lunatikctl/schema man/schema/*.json
	install -D -m 644 completions/lunatikctl.bash $(CLI_SHARE)/bash-completion/completions/lunatikctl
	install -D -m 644 -t $(CLI_SHARE)/zsh/site-functions completions/_lunatikctl
	install -D -m 644 -t $(CLI_SHARE)/fish/vendor_completions.d completions/lunatikctl.fish
	install -D -m 644 -t $(CLI_UNITS) cli/systemd/lunatik.service cli/systemd/lunatik@.service

uninstall-cli:
	rm -rf $(CLI_LIBDIR) $(CLI_SHARE)/lunatikctl
	rm -f $(DESTDIR)$(PREFIX)/bin/lunatikctl $(CLI_UNITS)/lunatik.service $(CLI_UNITS)/lunatik@.service \
		$(CLI_SHARE)/bash-completion/completions/lunatikctl $(CLI_SHARE)/zsh/site-functions/_lunatikctl \
		$(CLI_SHARE)/fish/vendor_completions.d/lunatikctl.fish
	for page in $(CLI_PAGES:man/%=%); do rm -f $(CLI_SHARE)/man/man$${page##*.}/$$page; done

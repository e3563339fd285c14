# SPDX-License-Identifier: MIT
# Debian packages. Included by the Makefile at the root.
#   deb       build/deb/*.deb
#   test-deb  installs them in a clean Debian 12, compiles the module there, boots it, uses it, and removes all

DEB_TREE := build/deb/lunatikctl-$(VERSION)

.PHONY: deb test-deb

# Nothing is fetched while packages are built: the tree has the sources of Lua and musl, which fetch checks against their
# sums, and the npm packages that are installed here.
deb: prepare ## Debian packages, in build/deb
	@debian/tools
	@$(MAKE) --no-print-directory user
	rm -rf build/deb
	mkdir -p $(DEB_TREE)/upstream/sources
	git ls-files -z | xargs -0 cp --parents -t $(DEB_TREE)
	debian/sources $(DEB_TREE)/upstream/sources
	cp -al node_modules $(DEB_TREE)
	touch $(DEB_TREE)/node_modules/.package-lock.json
	cd $(DEB_TREE) && dpkg-buildpackage --build=binary --no-sign

test-deb: ## packages in a clean Debian 12: installed, compiled, booted, used, removed
	@debian/tools dpkg-repack mmdebstrap
	@$(MAKE) --no-print-directory deb
	@test/packages/run

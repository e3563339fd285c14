# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where kernels are kept, and how Debian's packages get there without being
# installed.  Read by the scripts of this folder.

kernel_cache="${LUNATIK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lunatikctl}/kernels"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$@"; exit 1; }

# Two sessions may prepare the same kernel: the second waits for the first.
lock_cache() {
	mkdir -p "$kernel_cache"
	exec {cache_lock}>"$kernel_cache/.lock-$1"
	flock -n "$cache_lock" && return
	say "somebody else is preparing this kernel; waiting"
	flock -w 7200 "$cache_lock" || die "still locked after two hours: $kernel_cache/.lock-$1"
}

# unpack_package NAME[=VERSION] FOLDER: the files of one package of the archive.
unpack_package() {
	local package=$1 folder=$2 download sandbox=()
	# apt as root fetches as a user who may not see the cache, and warns.
	[ "$(id -u)" -ne 0 ] || sandbox=(-o APT::Sandbox::User=root)
	download=$(mktemp -d "$kernel_cache/download.XXXXXX")
	if ! (cd "$download" && apt-get "${sandbox[@]}" -q download "$package" >&2); then
		rm -rf "$download"
		return 1
	fi
	mkdir -p "$folder"
	dpkg -x "$download"/*.deb "$folder"
	rm -rf "$download"
}

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

# The real package behind one of Debian's "latest" packages, whose dependencies are read.
behind() {
	tr '|' ',' | tr ',' '\n' | grep -oE "$1-[^ ]+" | head -n 1
}

# little FILE OFFSET SIZE: the number of so many bytes that stands there.
little() {
	od -An -v "-tu$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# unpack_image PACKED UNPACKED: the image unpacks itself, which takes an emulated machine five seconds: better here,
# once. A kernel that QEMU cannot enter unpacked stays as it is. The offsets are those of the kernel's boot protocol
# (Documentation/arch/x86/boot.rst); the payload ends with its size, which is not the archive's.
unpack_image() {
	local packed=$1 unpacked=$2 start length unpack
	start=$((($(little "$packed" 0x1f1 1) + 1) * 512 + $(little "$packed" 0x248 4)))
	length=$(($(little "$packed" 0x24c 4) - 4))
	case $(little "$packed" "$start" 4) in
	1484404733) unpack='xz -dc' ;; # fd 37 7a 58
	4247762216) unpack='zstd -dcq' ;; # 28 b5 2f fd
	*) return 0 ;;
	esac
	tail -c "+$((start + 1))" "$packed" | head -c "$length" | $unpack >"$unpacked" || true
	readelf -n "$unpacked" 2>/dev/null | grep -q Xen || rm -f "$unpacked"
}

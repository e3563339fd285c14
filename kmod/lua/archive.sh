# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
#
# Packages of suites that this machine's apt does not follow, from the Debian mirror that it is configured for: by
# apt, with lists, caches and a status of its own, so that the machine's are not touched. Read by fetch, and by
# test/kernels.

archive_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The mirror as apt understands the machine's configuration, whatever its format: "uri file-of-the-entry". Origin is
# known once lists have been loaded, the path always.
debian_mirror() {
	# shellcheck disable=SC2016 # apt's variables, not ours
	apt-get indextargets --format '$(REPO_URI) $(SOURCESENTRY) $(ORIGIN)/$(LABEL)' \
		'Created-By: Packages' |
		awk '$3 == "Debian/Debian" || (!fallback && $1 ~ /\/debian\/?$/) {
			fallback = $1 " " $2
			if ($3 == "Debian/Debian") exit
		} END { print fallback }'
}

# signed_by FILE: the keyring its first entry names
signed_by() {
	sed -nE 's/^Signed-By:[[:space:]]*(\/[^[:space:]]+).*/\1/p
		s/^deb.*[[ ]signed-by=(\/[^] ]+).*/\1/p' "$1" | head -n 1
}

# open_archive FOLDER TYPE SUITES: reads the lists of these suites ("deb" or "deb-src") into FOLDER, for
# archive_apt. Signatures are checked as the machine checks its own; Debian keeps the keys of the release that
# comes next in the keyring of each.
open_archive() {
	local mirror entry key

	archive=$1
	command -v apt-get >/dev/null || return 1
	read -r mirror entry < <(debian_mirror) && [[ -n $mirror ]] || return 1
	key=$(signed_by "${entry%:*}")
	[[ -n $key || ! -f $archive_keyring ]] || key=$archive_keyring

	mkdir -p "$archive"/{state,lists/partial,cache/archives/partial}
	: >"$archive/state/status"
	printf 'Types: %s\nURIs: %s\nSuites: %s\nComponents: main\n' \
		"$2" "$mirror" "$3" >"$archive/debian.sources"
	[[ -z $key ]] || printf 'Signed-By: %s\n' "$key" >>"$archive/debian.sources"
	printf '%s: reading the lists of %s (%s)\n' "${0##*/}" "$mirror" "$3" >&2
	# a suite the mirror lacks is noticed when its package is asked for
	archive_apt apt-get update >&2 || true
}

# archive_apt PROGRAM ARGUMENTS…: apt-get or apt-cache on what open_archive has read. Nothing counts as installed.
archive_apt() {
	local program=$1
	shift
	"$program" -qq \
		-o Dir::Etc::SourceList="$archive/debian.sources" -o Dir::Etc::SourceParts=- \
		-o Dir::State="$archive/state" -o Dir::State::status="$archive/state/status" \
		-o Dir::State::Lists="$archive/lists" \
		-o Dir::Cache="$archive/cache" -o Acquire::Languages=none \
		-o APT::Install-Recommends=false \
		-o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2 \
		"$@"
}

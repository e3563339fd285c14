# SPDX-License-Identifier: MIT
# bash completion for lunatikctl; made by `lunatikctl completion bash`
# shellcheck shell=bash
# shellcheck disable=SC1010 # `do` is a command of lunatikctl too

# Words are split at spaces alone: to bash a colon or an at sign, which names of states may have, ends a word.
_lunatikctl() {
	local -a words netns=()
	local line=${COMP_LINE:0:COMP_POINT} current command='' position=0 word index
	# What is between quotes is one word, whatever it is.
	local quoted=$'^([^\'"]*)(\'[^\']*\'|"[^"]*")(.*)$'
	while [[ $line =~ $quoted ]]; do line=${BASH_REMATCH[1]}_${BASH_REMATCH[3]}; done
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=('')
	current=${words[-1]}
	COMPREPLY=()

	for ((index = 1; index < ${#words[@]} - 1; index++)); do
		word=${words[index]}
		case $word in
		-n | --netns) netns=(-n "${words[++index]}") ;;
		--netns=*) netns=(-n "${word#*=}") ;;
		-n?*) netns=(-n "${word#-n}") ;;
		--color | --maxalloc | -o | --output | --sort | --interval | -e | --eval | --timeout | --wait | --count | --format | --size | --mode | --layout | --at | --expect | --max-rate | --duration) ((++index)) ;;
		-*) ;;
		*)
			case $command in
			'') command=$word ;;
			page) command+=" $word" ;;
			*) ((++position)) ;;
			esac
			;;
		esac
	done

	_lunatikctl_value "${words[-2]}" && return
	if [[ $current == -* ]]; then
		_lunatikctl_option
	else
		_lunatikctl_argument
	fi
}

# After an option that takes a value.
_lunatikctl_value() {
	case $command:$1 in
	*:-n | *:--netns) _lunatikctl_netns ;;
	*:--color) _lunatikctl_words auto always never ;;
	*:--maxalloc) : ;;
	list:-o | list:--output) _lunatikctl_list name context users pins inuse maxalloc curralloc peak script script_size script_sha256 generation step age runs errors aborts run_time queued refused ;;
	'page list':-o | 'page list':--output) _lunatikctl_list name size version subscribers owner mode pinned persistent memory ;;
	list:--sort) _lunatikctl_words name context users pins inuse maxalloc curralloc peak script script_size script_sha256 generation step age runs errors aborts run_time queued refused ;;
	top:--sort) _lunatikctl_words name use curralloc maxalloc runs rate lua errors queued inuse age script ;;
	'page list':--sort) _lunatikctl_words name size version subscribers owner mode pinned persistent memory ;;
	*:--interval) : ;;
	*:-e | *:--eval) : ;;
	*:--timeout) : ;;
	*:--wait) : ;;
	*:--count) : ;;
	*:--format) _lunatikctl_words raw hex json ;;
	*:--size) : ;;
	*:--mode) : ;;
	*:--layout) : ;;
	*:--at) : ;;
	*:--expect) : ;;
	*:--max-rate) : ;;
	*:--duration) : ;;
	*) return 1 ;;
	esac
}

# Where an option begins.
_lunatikctl_option() {
	case $command in
	new) _lunatikctl_words --maxalloc --if-missing -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	close) _lunatikctl_words --if-exists --force --all -y --yes -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	list) _lunatikctl_words -o --output --no-header --sort --reverse --all-netns -w --watch --interval -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	show) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	set) _lunatikctl_words --maxalloc -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	get | pin) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	put | unpin) _lunatikctl_words --force -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	do) _lunatikctl_words -e --eval --timeout --wait -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	check) _lunatikctl_words -e --eval --maxalloc -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	abort) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	send) _lunatikctl_words --timeout --wait -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	recv) _lunatikctl_words --count --timeout --format -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	apply) _lunatikctl_words --prune -y --yes --timeout --wait -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	diff) _lunatikctl_words --prune -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	export) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	monitor) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	top) _lunatikctl_words --sort --reverse --interval -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	shell) _lunatikctl_words --timeout --wait -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	batch) _lunatikctl_words --force -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	doctor) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	info) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	version) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	completion) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page list') _lunatikctl_words -o --output --no-header --sort --reverse -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page create') _lunatikctl_words --size --mode --if-missing -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page read') _lunatikctl_words --layout --hex -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page write') _lunatikctl_words --at --layout --expect -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page edit') _lunatikctl_words --layout -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page watch') _lunatikctl_words --max-rate --layout --hex --count --timeout -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page persist') _lunatikctl_words --sync -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page delete') _lunatikctl_words --if-exists -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	'page bench') _lunatikctl_words --duration -n --netns --json --color -q --quiet -v --verbose -h --help ;;
	*) _lunatikctl_words -n --netns --json --color -q --quiet -v --verbose -V --version -h --help ;;
	esac
}

# Where an argument begins.
_lunatikctl_argument() {
	case $command:$position in
	:*) _lunatikctl_words new close list show set get pin put unpin do check abort send recv apply diff export monitor top shell batch doctor info version completion page help ;;
	help:0) _lunatikctl_words new close list show set get pin put unpin do check abort send recv apply diff export monitor top shell batch doctor info version completion page ;;
	page:*) _lunatikctl_words list create read write edit watch persist delete bench help ;;
	close:*) _lunatikctl_states ;;
	list:0) _lunatikctl_states ;;
	show:0) _lunatikctl_states ;;
	set:0) _lunatikctl_states ;;
	get:0 | pin:0) _lunatikctl_states ;;
	put:0 | unpin:0) _lunatikctl_states ;;
	do:0) _lunatikctl_states ;;
	do:*) _lunatikctl_files ;;
	check:*) _lunatikctl_files ;;
	abort:0) _lunatikctl_states ;;
	send:0) _lunatikctl_states ;;
	send:1) _lunatikctl_files ;;
	recv:0) _lunatikctl_states ;;
	apply:*) _lunatikctl_files ;;
	diff:*) _lunatikctl_files ;;
	export:0) _lunatikctl_states ;;
	top:0) _lunatikctl_states ;;
	shell:0) _lunatikctl_states ;;
	batch:0) _lunatikctl_files ;;
	completion:0) _lunatikctl_words bash zsh fish ;;
	'page list':0) _lunatikctl_pages ;;
	'page read':0) _lunatikctl_pages ;;
	'page write':0) _lunatikctl_pages ;;
	'page write':*) _lunatikctl_files ;;
	'page edit':0) _lunatikctl_pages ;;
	'page watch':0) _lunatikctl_pages ;;
	'page persist':0) _lunatikctl_pages ;;
	'page persist':1) _lunatikctl_files ;;
	'page delete':*) _lunatikctl_pages ;;
	'page bench':0) _lunatikctl_pages ;;
	esac
}

# Offers the words that begin with the current one, less what bash takes for words before it.
_lunatikctl_words() {
	local head='' word
	[[ $current == *[:=@]* ]] && head=${current%"${current##*[:=@]}"}
	for word; do
		if [[ $word == "$current"* ]]; then COMPREPLY+=("${word#"$head"}"); fi
	done
}

# The same for a list with commas: its last word is completed.
_lunatikctl_list() {
	compopt -o nospace
	_lunatikctl_words "${@/#/"${current%"${current##*,}"}"}"
}

_lunatikctl_states() {
	local -a names
	mapfile -t names < <(lunatikctl "${netns[@]}" --quiet list -o name 2>/dev/null)
	_lunatikctl_words "${names[@]}"
}

_lunatikctl_pages() {
	local -a names
	mapfile -t names < <(lunatikctl "${netns[@]}" --quiet page list -o name 2>/dev/null)
	_lunatikctl_words "${names[@]}"
}

_lunatikctl_netns() {
	local -a names=(/run/netns/*)
	if [[ -e ${names[0]} ]]; then _lunatikctl_words "${names[@]##*/}"; fi
}

_lunatikctl_files() {
	compopt -o default
}

complete -F _lunatikctl lunatikctl

# SPDX-License-Identifier: MIT
# fish completion for lunatikctl; made by `lunatikctl completion fish`

# The command and its arguments before the cursor, without options. A command of a group is one word here.
function __lunatikctl_words
    set -l skip yes
    set -l before ''
    for word in (commandline -opc)
        if test -n "$skip"
            set skip ''
            continue
        end
        switch $word
            case -n --netns --color --maxalloc -o --output --sort --interval -e --eval --timeout --wait --count --format --size --mode --layout --at --expect --max-rate --duration
                set skip yes
            case '-*'
            case '*'
                if test -z "$before"; and contains -- $word page
                    set before $word
                    continue
                end
                test -z "$before" -o "$before" = -; or set word "$before $word"
                set before -
                echo -- $word
        end
    end
    test -z "$before" -o "$before" = -; or echo -- $before
end

# No command yet.
function __lunatikctl_begins
    test (count (__lunatikctl_words)) -eq 0
end

# One of these commands.
function __lunatikctl_is
    set -l words (__lunatikctl_words)
    test (count $words) -gt 0; and contains -- $words[1] $argv
end

# One of these commands, at its argument of this number, from 0.
function __lunatikctl_at
    test (count (__lunatikctl_words)) -eq (math $argv[1] + 1); and __lunatikctl_is $argv[2..-1]
end

# The same, or at one behind it.
function __lunatikctl_from
    test (count (__lunatikctl_words)) -gt $argv[1]; and __lunatikctl_is $argv[2..-1]
end

# The namespace that is named, as options.
function __lunatikctl_elsewhere
    set -l netns
    set -l words (commandline -opc)
    for index in (seq (count $words))
        switch $words[$index]
            case -n --netns
                set netns -n $words[(math $index + 1)]
            case '--netns=*'
                set netns -n (string replace -- --netns= '' $words[$index])
            case '-n*'
                set netns -n (string replace -- -n '' $words[$index])
        end
    end
    string join \n -- $netns
end

function __lunatikctl_states
    lunatikctl (__lunatikctl_elsewhere) --quiet list -o name 2>/dev/null
end

function __lunatikctl_pages
    lunatikctl (__lunatikctl_elsewhere) --quiet page list -o name 2>/dev/null
end

function __lunatikctl_netns
    for path in /run/netns/*
        path basename -- $path 2>/dev/null; or basename -- $path
    end
end

# A list of these with commas: its last word is completed.
function __lunatikctl_list
    set -l before (string match -r '^.*,' -- (commandline -ct) | string replace -r '^--[a-z-]+=' '')
    for name in $argv
        echo -- $before$name
    end
end

complete -c lunatikctl -f

complete -c lunatikctl -s n -l netns -x -a '(__lunatikctl_netns)' -d 'work in another network namespace: NAME, PATH or PID'
complete -c lunatikctl -l json -d 'print data and errors as JSON'
complete -c lunatikctl -l color -x -a 'auto always never' -d 'colour: auto, always or never'
complete -c lunatikctl -s q -l quiet -d 'no warnings, no hints, no spinner'
complete -c lunatikctl -s v -l verbose -d 'tell what was done, on standard error'
complete -c lunatikctl -s h -l help -d 'help for the command'
complete -c lunatikctl -n __lunatikctl_begins -s V -l version -d 'print the version of lunatikctl'
complete -c lunatikctl -n __lunatikctl_begins -a new -d 'make a state'
complete -c lunatikctl -n __lunatikctl_begins -a close -d 'close states'
complete -c lunatikctl -n __lunatikctl_begins -a list -d 'list states'
complete -c lunatikctl -n __lunatikctl_begins -a show -d 'tell all about a state'
complete -c lunatikctl -n __lunatikctl_begins -a set -d 'change a limit'
complete -c lunatikctl -n __lunatikctl_begins -a get -d 'take a pin on a state'
complete -c lunatikctl -n __lunatikctl_begins -a pin -d 'take a pin on a state'
complete -c lunatikctl -n __lunatikctl_begins -a put -d 'give back a pin'
complete -c lunatikctl -n __lunatikctl_begins -a unpin -d 'give back a pin'
complete -c lunatikctl -n __lunatikctl_begins -a do -d 'run Lua in a state'
complete -c lunatikctl -n __lunatikctl_begins -a check -d 'compile without the kernel'
complete -c lunatikctl -n __lunatikctl_begins -a abort -d 'end what runs in a state'
complete -c lunatikctl -n __lunatikctl_begins -a send -d 'send data to a state'
complete -c lunatikctl -n __lunatikctl_begins -a recv -d 'print what a state sends'
complete -c lunatikctl -n __lunatikctl_begins -a apply -d 'make states as a file says'
complete -c lunatikctl -n __lunatikctl_begins -a diff -d 'tell what apply would do'
complete -c lunatikctl -n __lunatikctl_begins -a export -d 'print states as a file'
complete -c lunatikctl -n __lunatikctl_begins -a monitor -d 'print events as they come'
complete -c lunatikctl -n __lunatikctl_begins -a top -d 'watch what states do'
complete -c lunatikctl -n __lunatikctl_begins -a shell -d 'a Lua prompt in a state'
complete -c lunatikctl -n __lunatikctl_begins -a batch -d 'carry out many commands'
complete -c lunatikctl -n __lunatikctl_begins -a doctor -d 'find what is wrong'
complete -c lunatikctl -n __lunatikctl_begins -a info -d 'print limits and totals'
complete -c lunatikctl -n __lunatikctl_begins -a version -d 'print versions'
complete -c lunatikctl -n __lunatikctl_begins -a completion -d 'complete in the shell'
complete -c lunatikctl -n __lunatikctl_begins -a page -d 'pages of shared data'
complete -c lunatikctl -n __lunatikctl_begins -a help -d 'help for a command'
complete -c lunatikctl -n '__lunatikctl_at 0 help' -a 'new close list show set get pin put unpin do check abort send recv apply diff export monitor top shell batch doctor info version completion page'

complete -c lunatikctl -n '__lunatikctl_at 0 page' -a list -d 'list pages'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a create -d 'make a page that stays'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a read -d 'print what is in a page'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a write -d 'put something into a page'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a edit -d 'change a page in an editor'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a watch -d 'print versions as they come'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a persist -d 'keep a page in a file'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a delete -d 'delete pages'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a bench -d 'measure reads and commits'
complete -c lunatikctl -n '__lunatikctl_at 0 page' -a help -d 'help for a command'
complete -c lunatikctl -n '__lunatikctl_is new' -l maxalloc -x -d 'most bytes that Lua may hold: 64K, 1M, 65536'
complete -c lunatikctl -n '__lunatikctl_is new' -l if-missing -d 'a state that exists is left as it is, and is no error'
complete -c lunatikctl -n '__lunatikctl_is close' -l if-exists -d 'a state that does not exist is no error'
complete -c lunatikctl -n '__lunatikctl_is close' -l force -d 'give back a state\'s pins first; never the handle of another session'
complete -c lunatikctl -n '__lunatikctl_is close' -l all -d 'every state of the namespace; asks first on a terminal'
complete -c lunatikctl -n '__lunatikctl_is close' -s y -l yes -d 'do not ask'
complete -c lunatikctl -n '__lunatikctl_from 0 close' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is list' -s o -l output -x -a '(__lunatikctl_list name context users pins inuse maxalloc curralloc peak script script_size script_sha256 generation step age runs errors aborts run_time queued refused)' -d 'columns, with commas between; name alone prints bare names (name, context, users, pins, inuse, maxalloc, curralloc, peak, script, script_size, script_sha256, generation, step, age, runs, errors, aborts, run_time, queued, refused)'
complete -c lunatikctl -n '__lunatikctl_is list' -l no-header -d 'without the line of column names'
complete -c lunatikctl -n '__lunatikctl_is list' -l sort -x -a 'name context users pins inuse maxalloc curralloc peak script script_size script_sha256 generation step age runs errors aborts run_time queued refused' -d 'sort by this column: numbers from the largest, texts from A'
complete -c lunatikctl -n '__lunatikctl_is list' -l reverse -d 'the other way round'
complete -c lunatikctl -n '__lunatikctl_is list' -l all-netns -d 'of every network namespace that can be found, containers too'
complete -c lunatikctl -n '__lunatikctl_is list' -s w -l watch -d 'keep it up to date, until q or Ctrl-C; in a pipe, a listing for each change'
complete -c lunatikctl -n '__lunatikctl_is list' -l interval -x -d 'time after which to look again, also where the kernel told of nothing (default: 2s)'
complete -c lunatikctl -n '__lunatikctl_at 0 list' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_at 0 show' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is set' -l maxalloc -x -d 'most bytes that Lua may hold: 64K, 1M, 65536'
complete -c lunatikctl -n '__lunatikctl_at 0 set' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_at 0 get pin' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is put unpin' -l force -d 'give back the handle on the state, whoever holds it, and no pin'
complete -c lunatikctl -n '__lunatikctl_at 0 put unpin' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is do' -s e -l eval -x -d 'run this Lua code; may be repeated'
complete -c lunatikctl -n '__lunatikctl_is do' -l timeout -x -d 'time that each run may take: 300ms, 2s, 5m; 0 is no limit (default: the module\'s)'
complete -c lunatikctl -n '__lunatikctl_is do' -l wait -x -d 'time to wait for a state that is in use, by a handle too; 0 is not at all'
complete -c lunatikctl -n '__lunatikctl_at 0 do' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_from 1 do' -F
complete -c lunatikctl -n '__lunatikctl_is check' -s e -l eval -x -d 'check this Lua code; may be repeated'
complete -c lunatikctl -n '__lunatikctl_is check' -l maxalloc -x -d 'most bytes that the state may hold that it is for: 64K, 4M (default: 1M)'
complete -c lunatikctl -n '__lunatikctl_from 0 check' -F
complete -c lunatikctl -n '__lunatikctl_at 0 abort' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is send' -l timeout -x -d 'time that each run may take: 300ms, 2s, 5m; 0 is no limit (default: the module\'s)'
complete -c lunatikctl -n '__lunatikctl_is send' -l wait -x -d 'time to wait for a state that is in use, by a handle too; 0 is not at all'
complete -c lunatikctl -n '__lunatikctl_at 0 send' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_at 1 send' -F
complete -c lunatikctl -n '__lunatikctl_is recv' -l count -x -d 'end after so many messages'
complete -c lunatikctl -n '__lunatikctl_is recv' -l timeout -x -d 'end, with status 6, after this time: 300ms, 2s, 5m; 0 is no limit (default)'
complete -c lunatikctl -n '__lunatikctl_is recv' -l format -x -a 'raw hex json' -d 'raw: the bytes as they are (default); hex, json: a line for each message'
complete -c lunatikctl -n '__lunatikctl_at 0 recv' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is apply' -l prune -d 'close states that the file does not name; asks first on a terminal'
complete -c lunatikctl -n '__lunatikctl_is apply' -s y -l yes -d 'do not ask'
complete -c lunatikctl -n '__lunatikctl_is apply' -l timeout -x -d 'time that each run may take: 300ms, 2s, 5m; 0 is no limit (default: the module\'s)'
complete -c lunatikctl -n '__lunatikctl_is apply' -l wait -x -d 'time to wait for a state that is in use, by a handle too; 0 is not at all'
complete -c lunatikctl -n '__lunatikctl_from 0 apply' -F
complete -c lunatikctl -n '__lunatikctl_is diff' -l prune -d 'close states that the file does not name, as apply --prune would'
complete -c lunatikctl -n '__lunatikctl_from 0 diff' -F
complete -c lunatikctl -n '__lunatikctl_at 0 export' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is top' -l sort -x -a 'name use curralloc maxalloc runs rate lua errors queued inuse age script' -d 'sort by this column: numbers from the largest, texts from A'
complete -c lunatikctl -n '__lunatikctl_is top' -l reverse -d 'the other way round'
complete -c lunatikctl -n '__lunatikctl_is top' -l interval -x -d 'time after which to look again, also where the kernel told of nothing (default: 2s)'
complete -c lunatikctl -n '__lunatikctl_at 0 top' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is shell' -l timeout -x -d 'time that each run may take: 300ms, 2s, 5m; 0 is no limit (default: the module\'s)'
complete -c lunatikctl -n '__lunatikctl_is shell' -l wait -x -d 'time to wait for a state that is in use, by a handle too; 0 is not at all'
complete -c lunatikctl -n '__lunatikctl_at 0 shell' -a '(__lunatikctl_states)'
complete -c lunatikctl -n '__lunatikctl_is batch' -l force -d 'go on after a failure; the first one gives the exit status'
complete -c lunatikctl -n '__lunatikctl_at 0 batch' -F
complete -c lunatikctl -n '__lunatikctl_at 0 completion' -a 'bash zsh fish'
complete -c lunatikctl -n '__lunatikctl_is "page list"' -s o -l output -x -a '(__lunatikctl_list name size version subscribers owner mode pinned persistent memory)' -d 'columns, with commas between; name alone prints bare names (name, size, version, subscribers, owner, mode, pinned, persistent, memory)'
complete -c lunatikctl -n '__lunatikctl_is "page list"' -l no-header -d 'without the line of column names'
complete -c lunatikctl -n '__lunatikctl_is "page list"' -l sort -x -a 'name size version subscribers owner mode pinned persistent memory' -d 'sort by this column: numbers from the largest, texts from A'
complete -c lunatikctl -n '__lunatikctl_is "page list"' -l reverse -d 'the other way round'
complete -c lunatikctl -n '__lunatikctl_at 0 "page list"' -a '(__lunatikctl_pages)'
complete -c lunatikctl -n '__lunatikctl_is "page create"' -l size -x -d 'bytes, 1 to 4096 (default: 4096)'
complete -c lunatikctl -n '__lunatikctl_is "page create"' -l mode -x -d 'who may read and write it, as of files, in octal (default: 0600)'
complete -c lunatikctl -n '__lunatikctl_is "page create"' -l if-missing -d 'one that exists is pinned and otherwise left as it is, and is no error'
complete -c lunatikctl -n '__lunatikctl_is "page read"' -l layout -x -d 'the numbers in it, by name: \'u32 hits, f64 rate\'; types are u8 to u64, i8 to i64, f32, f64; @ 40 behind a name is its offset'
complete -c lunatikctl -n '__lunatikctl_is "page read"' -l hex -d 'as hexadecimal digits'
complete -c lunatikctl -n '__lunatikctl_at 0 "page read"' -a '(__lunatikctl_pages)'
complete -c lunatikctl -n '__lunatikctl_is "page write"' -l at -x -d 'bytes from the start of the page: only what is written there changes'
complete -c lunatikctl -n '__lunatikctl_is "page write"' -l layout -x -d 'the numbers in it, by name: \'u32 hits, f64 rate\'; types are u8 to u64, i8 to i64, f32, f64; @ 40 behind a name is its offset'
complete -c lunatikctl -n '__lunatikctl_is "page write"' -l expect -x -d 'fail, with status 4, where the page is of another version'
complete -c lunatikctl -n '__lunatikctl_at 0 "page write"' -a '(__lunatikctl_pages)'
complete -c lunatikctl -n '__lunatikctl_from 1 "page write"' -F
complete -c lunatikctl -n '__lunatikctl_is "page edit"' -l layout -x -d 'the numbers in it, by name: \'u32 hits, f64 rate\'; types are u8 to u64, i8 to i64, f32, f64; @ 40 behind a name is its offset'
complete -c lunatikctl -n '__lunatikctl_at 0 "page edit"' -a '(__lunatikctl_pages)'
complete -c lunatikctl -n '__lunatikctl_is "page watch"' -l max-rate -x -d 'no more often than so: 10/s, 1/m (default: as fast as they can be printed)'
complete -c lunatikctl -n '__lunatikctl_is "page watch"' -l layout -x -d 'the numbers in it, by name: \'u32 hits, f64 rate\'; types are u8 to u64, i8 to i64, f32, f64; @ 40 behind a name is its offset'
complete -c lunatikctl -n '__lunatikctl_is "page watch"' -l hex -d 'as hexadecimal digits'
complete -c lunatikctl -n '__lunatikctl_is "page watch"' -l count -x -d 'end after so many versions'
complete -c lunatikctl -n '__lunatikctl_is "page watch"' -l timeout -x -d 'end, with status 6, after this time: 300ms, 2s, 5m; 0 is no limit (default)'
complete -c lunatikctl -n '__lunatikctl_at 0 "page watch"' -a '(__lunatikctl_pages)'
complete -c lunatikctl -n '__lunatikctl_is "page persist"' -l sync -d 'wait until the version that there is now is on disk'
complete -c lunatikctl -n '__lunatikctl_at 0 "page persist"' -a '(__lunatikctl_pages)'
complete -c lunatikctl -n '__lunatikctl_at 1 "page persist"' -F
complete -c lunatikctl -n '__lunatikctl_is "page delete"' -l if-exists -d 'one that does not exist is no error'
complete -c lunatikctl -n '__lunatikctl_from 0 "page delete"' -a '(__lunatikctl_pages)'
complete -c lunatikctl -n '__lunatikctl_is "page bench"' -l duration -x -d 'time for all of it: 300ms, 2s (default: 1s)'
complete -c lunatikctl -n '__lunatikctl_at 0 "page bench"' -a '(__lunatikctl_pages)'

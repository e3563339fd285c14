// SPDX-License-Identifier: MIT
// The commands on pages.

import { PAGE_COLUMN_NAMES } from '../output/page-columns.ts'
import { parseCount, parseInterval, parseMode, parseOffset, parsePageSize, parseRate, parseVersion } from '../sizes.ts'
import { tableOptions, TIMEOUT } from './flags.ts'
import type { ArgumentSpec, GroupSpec, OptionSpec } from './spec.ts'

const NAME: ArgumentSpec = { name: '<name>', description: 'name of the page', complete: 'page' }

const LAYOUT: OptionSpec = {
  flags: '--layout <fields>',
  description: "the numbers in it, by name: 'u32 hits, f64 rate'; types are u8 to u64, i8 to i64, f32, f64; @ 40 behind a name is its offset",
}

const HEX: OptionSpec = { flags: '--hex', description: 'as hexadecimal digits' }

const EXPECT: OptionSpec = {
  flags: '--expect <version>',
  description: 'fail, with status 4, where the page is of another version',
  parse: parseVersion,
}

export const PAGE: GroupSpec = {
  name: 'page',
  summary: 'pages of shared data',
  description: 'Look after pages: at most 4 KiB of named, versioned data that states and processes share, and change by transactions.',
  commands: [
    {
      name: 'page list',
      usage: '[PATTERN] [-o COLUMNS] [--sort COLUMN]',
      summary: 'list pages',
      description: 'List the pages of the namespace, by name; those whose names fit the shell pattern, where one is given.',
      arguments: [{ name: '[pattern]', description: "shell pattern, such as 'stats.*'", complete: 'page' }],
      options: tableOptions(PAGE_COLUMN_NAMES),
      examples: ["lunatikctl page list 'stats.*'", 'lunatikctl page list -o name,version,size --sort version'],
      load: () => import('../commands/page/list.ts'),
    },
    {
      name: 'page create',
      usage: 'NAME [--size SIZE] [--mode MODE] [--if-missing]',
      summary: 'make a page that stays',
      description: 'Make a page, full of zeroes, and pin it: it stays when nobody uses it, until it is deleted.',
      arguments: [{ name: '<name>', description: 'name of the page' }],
      options: [
        { flags: '--size <size>', description: 'bytes, 1 to 4096 (default: 4096)', parse: parsePageSize },
        { flags: '--mode <mode>', description: 'who may read and write it, as of files, in octal (default: 0600)', parse: parseMode },
        { flags: '--if-missing', description: 'one that exists is pinned and otherwise left as it is, and is no error' },
      ],
      examples: ['lunatikctl page create stats --size 16 --mode 0644'],
      load: () => import('../commands/page/create.ts'),
    },
    {
      name: 'page read',
      usage: "NAME [--layout 'u32 hits, f64 rate' | --hex]",
      summary: 'print what is in a page',
      description:
        'Print one version of a page, whole: its bytes, in a pipe as they are and on a terminal as digits; or the numbers that a ' +
        'layout names, a line each.',
      arguments: [NAME],
      options: [LAYOUT, HEX],
      examples: ["lunatikctl page read stats --layout 'u32 hits, f64 rate'", 'lunatikctl page read stats >stats.bin'],
      load: () => import('../commands/page/read.ts'),
    },
    {
      name: 'page write',
      usage: "NAME [FILE] [--at OFFSET] | NAME --layout 'u32 hits' hits=1...",
      summary: 'put something into a page',
      description:
        'Put a file, or standard input, into a page, and zeroes behind it; with --at only there, and the rest stays. Or set numbers ' +
        'that a layout names. It is one transaction, which goes again where somebody else was faster.',
      arguments: [NAME, { name: '[what...]', description: 'a file, or standard input if it is - or none; with --layout FIELD=VALUE, several', complete: 'file' }],
      options: [
        { flags: '--at <offset>', description: 'bytes from the start of the page: only what is written there changes', parse: parseOffset },
        LAYOUT,
        EXPECT,
      ],
      examples: ["lunatikctl page write stats --layout 'u32 hits, f64 rate' hits=0 rate=0.5", 'lunatikctl page write stats stats.bin'],
      load: () => import('../commands/page/write.ts'),
    },
    {
      name: 'page edit',
      usage: "NAME [--layout 'u32 hits, f64 rate']",
      summary: 'change a page in an editor',
      description:
        'Open $VISUAL, $EDITOR or vi on the numbers that a layout names, or else on the bytes as digits, and commit what has changed, ' +
        'as one transaction. It fails where somebody else was faster; what was edited is kept in a file then.',
      arguments: [NAME],
      options: [LAYOUT],
      examples: ["lunatikctl page edit stats --layout 'u32 hits, f64 rate'", 'EDITOR=nano lunatikctl page edit stats'],
      load: () => import('../commands/page/edit.ts'),
    },
    {
      name: 'page watch',
      usage: "NAME [--max-rate 10/s] [--layout 'u32 hits'] [--count N]",
      summary: 'print versions as they come',
      description:
        'Print each version of a page, a line each: first the one that it has, then, whenever it is changed, the newest; the last one ' +
        'is always shown. Until Ctrl-C.',
      arguments: [NAME],
      options: [
        { flags: '--max-rate <rate>', description: 'no more often than so: 10/s, 1/m (default: as fast as they can be printed)', parse: parseRate },
        LAYOUT,
        HEX,
        { flags: '--count <n>', description: 'end after so many versions', parse: parseCount },
        { ...TIMEOUT, description: 'end, with status 6, after this time: 300ms, 2s, 5m; 0 is no limit (default)' },
      ],
      examples: ["lunatikctl page watch stats --max-rate 10/s --layout 'u32 hits'", 'lunatikctl page watch stats --json | jq .version'],
      load: () => import('../commands/page/watch.ts'),
    },
    {
      name: 'page persist',
      usage: 'NAME FILE [--sync]',
      summary: 'keep a page in a file',
      description:
        'Have the kernel keep a copy of a page in a file, from now on and for ever, whole whenever the power goes. A page that was ' +
        'never written begins as what the file holds.',
      arguments: [NAME, { name: '<file>', description: 'a regular file, made where there is none', complete: 'file' }],
      options: [{ flags: '--sync', description: 'wait until the version that there is now is on disk' }],
      examples: ['lunatikctl page create stats && lunatikctl page persist stats /var/lib/stats.page --sync'],
      silent: true,
      load: () => import('../commands/page/persist.ts'),
    },
    {
      name: 'page delete',
      usage: 'NAME... [--if-exists]',
      summary: 'delete pages',
      description: 'Delete pages that nobody is subscribed to, one after another; a failure does not keep the rest. Files of pages stay.',
      arguments: [{ name: '<name...>', description: 'names of pages', complete: 'page' }],
      options: [{ flags: '--if-exists', description: 'one that does not exist is no error' }],
      examples: ['lunatikctl page delete stats'],
      silent: true,
      load: () => import('../commands/page/delete.ts'),
    },
    {
      name: 'page bench',
      usage: 'NAME [--duration TIME]',
      summary: 'measure reads and commits',
      description:
        'Measure how many times a second this program reads the page, and how many times it commits to a page of the same size that is ' +
        'made for this and gone with it: the page itself stays as it is.',
      arguments: [NAME],
      options: [{ flags: '--duration <duration>', description: 'time for all of it: 300ms, 2s (default: 1s)', parse: parseInterval }],
      examples: ['lunatikctl page bench stats', 'lunatikctl page bench stats --duration 5s --json | jq .commits_per_second'],
      load: () => import('../commands/page/bench.ts'),
    },
  ],
  examples: ['lunatikctl page create stats --size 16', "lunatikctl page write stats --layout 'u32 hits, f64 rate' hits=1", "lunatikctl page watch stats --layout 'u32 hits, f64 rate'"],
}

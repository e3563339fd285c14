// SPDX-License-Identifier: MIT
// Pages, as the C library has them (native/lib/kstate.h). Each check is one of test/e2e/pages.c.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { test } from 'node:test'
import { behaviour, outputOf } from './guest.ts'
import { kstateLoaded } from './kstate.ts'

kstateLoaded()

const checks: Readonly<Record<string, string>> = {
  names: 'a name is 1 to 247 letters, digits and dots, no dot at either end, no two together; any other is refused',
  subscribe: 'subscribing is refused as documented; unsubscribing never fails; a state that is not subscribed tells nothing',
  last: 'who leaves does not take the name from the others; the last takes the page along',
  mode: "the page's owner and mode decide who may read and write it, and the device's who may come at all",
  pointers: 'read-only pointers are read-only; the live one keeps its address and shows commits, and only those',
  starting: 'starting a transaction is refused as documented',
  ending: 'ending one is refused as documented; one to read cannot be committed, and stays active',
  conflict: 'a commit fails where somebody else has committed since; nothing written is no conflict, and no version',
  outlive: 'a transaction outlives its subscription, and the page stays until it ends',
  function: 'transactions by a function, of four processes at once, lose nothing; what the function refuses is aborted',
  together: 'several pages in one commit: all or none, also where one was only looked at',
  'same-twice': 'the same page twice in one commit is refused',
  sixteen: 'sixteen pages are committed and read together',
  apart: 'the same page twice, or pages of different namespaces, are not read together',
  sizes: 'any size before the first write, only larger ones afterwards, with zeroes at the end',
  delete: 'deleting is refused while others subscribe; afterwards every use fails, and the name is free',
  early: 'who waits for a descriptor before it is subscribed is told of what is there',
  waiting: 'a descriptor is readable until the newest version is acknowledged, and reading waits for one',
  rate: 'changes are shown no more often than the rate says, and the last one in the end',
  still: 'between two that are shown the view holds still; who writes sees what is there',
  told: 'what was told of is what is read next, however long the view would hold still',
  ids: 'ids differ, and stay',
  unique: 'unique names differ, and are names',
  texts: 'states and transactions are described in a line',
  persistent: 'a page has a copy in a file, and one only; it stays without subscribers, and is loaded from there',
  coalesced: 'many commits are few writes; the last is written, also of a page that is deleted',
  damaged: 'of a file that is damaged or truncated the newest whole record is loaded, or nothing',
  blank: 'a file of zeroes, as a power cut leaves one, is as good as empty',
  ended: 'all who wait for a page are told of its end, also where one of them would do for a change',
  many: 'a page has at most 4096 subscribers, who all are told of a change',
  appended: 'what others do with a file that a page was given is nothing to how it is written',
  opener: 'a file is written with the rights of who opened it: it does not stay one that runs as its owner',
  leased: 'a file that somebody has a lease of is written when that is given up, or taken from him, and nobody else waits for it',
  permitted: 'a file that may not be opened to write any more is not written, whoever had opened it',
  released: 'a file goes with its page, however long others keep what they had open of it',
  remounted: 'a page in a file keeps no file system from becoming read-only, and is written when it may be again',
  replaced: 'names are not followed: what is put in the place of the file is not touched, and nothing promised of one that is removed',
  untouched: 'loading a page writes nothing to its file',
  overwritten: 'whatever others write to the file, the next version is there whole',
  claimed: 'a file is one page\'s, by whichever of its names, in whichever namespace; and free when that page is gone',
  full: 'a full disk is told to who waits, and the version is written when there is room; one that is read-only is refused',
}

/** Those that need disks, or to hold up who opens a file, which not every kernel has. */
const diskChecks: Readonly<Record<string, string>> = {
  hung: 'a disk that hangs with hundreds of pages holds up who waits for it, who can be killed, and no commit, reader or other page',
  dead: 'a disk that fails is told to who waits; the page goes on, and can be let go of',
  lost: 'of a file that was removed nothing is promised, also where the page is removed meanwhile',
  'ending-early': 'a page that is removed while it is loaded has its file waited for, as any that is removed',
  selfish: 'who has twenty files of his own hang holds up no page of others on the same disk',
  believed: 'what could not be written is not taken for what is on disk: what is loaded is what was promised',
  unreadable: 'a record that cannot be read gives way to the older one, and the log says so',
}

/** By netlink: test/e2e/page-netlink.c. */
const netlinkChecks: Readonly<Record<string, string>> = {
  pinned: 'a page that was created stays without subscribers, with what is in it, until it is deleted; it is listed as it is',
  'pinned-later': 'a page that is there can be made to stay',
  refusals: 'what is wrong, or asked for without the privilege, is refused',
  crowd: 'three hundred pages are listed, in order, and by a pattern',
  events: 'pages that come and go are told, and commits that ask for it, no more than one in a tenth of a second',
}

const TRACE = '/tmp/pages.strace'

behaviour('a file is found by its name after a power cut, too, before its page is persistent; as strace sees it', async (place) => {
  place.afterwards(() => rm(TRACE))
  await outputOf('strace', '-f', '-o', TRACE, '-e', 'trace=fsync,syncfs,ioctl', 'build/test/pages', 'entered')
  const calls = (await readFile(TRACE, 'utf8')).matchAll(/(fsync|syncfs)\(|0x70, (0xa8),/g)
  // In a folder that may be read, and in one that may not.
  assert.deepEqual([...calls].map(([, sync]) => sync ?? 'persist'), ['fsync', 'persist', 'syncfs', 'persist'])
})

const hasDisks = spawnSync('modprobe', ['-a', 'loop', 'ext4']).status === 0
if (!hasDisks) void test('disks that fail', { skip: 'this kernel has none' })

for (const [program, named] of [['pages', checks], ['pages', hasDisks ? diskChecks : {}], ['page-netlink', netlinkChecks]] as const) {
  for (const [check, name] of Object.entries(named)) {
    behaviour(name, async () => {
      await outputOf(`build/test/${program}`, check)
    })
  }
}

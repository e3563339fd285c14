// SPDX-License-Identifier: MIT
// Network namespaces that are found.

import assert from 'node:assert/strict'
import { readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { findNamespaces, mounted } from '../../cli/namespaces.ts'

test('mounted namespaces are found by what is mounted, whatever their paths have in them', () => {
  const mountinfo = [
    '24 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
    '200 24 0:4 net:[4026532177] /run/netns/blue rw shared:3 - nsfs nsfs rw',
    String.raw`201 24 0:4 net:[4026532288] /run/docker/net\040ns/1 rw - nsfs nsfs rw`,
    '202 24 0:4 mnt:[4026532299] /run/snapd/ns/x.mnt rw - nsfs nsfs rw',
    '',
  ].join('\n')
  assert.deepEqual(mounted(mountinfo), [
    { inode: 4026532177, path: '/run/netns/blue' },
    { inode: 4026532288, path: '/run/docker/net ns/1' },
  ])
})

test('the own namespace is among those of this machine, each once', () => {
  const own = Number(/\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0])
  const inodes = findNamespaces().namespaces.map(({ inode }) => inode)
  assert.ok(inodes.includes(own))
  assert.equal(new Set(inodes).size, inodes.length)
})

// SPDX-License-Identifier: MIT
// The network namespaces of this machine: those with a name, those that are mounted elsewhere, as containers' are, and
// those that nothing but a process keeps alive.

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { fileError } from './errors.ts'
import { isSystemError } from './streams.ts'

export interface Namespace {
  /** inode number, by which the kernel tells one from another */
  readonly inode: number
  /** what `-n` takes for it */
  readonly name: string
}

export interface Found {
  readonly namespaces: readonly Namespace[]
  /** processes whose namespaces may not be seen */
  readonly hidden: number
}

const NAMED = '/run/netns'

/** Each once, by the first of its names; those with a name first, then the mounted ones, then by process. */
export function findNamespaces(): Found {
  const names = new Map<number, string>()
  const add = (inode: number | undefined, name: string): void => {
    if (inode !== undefined && !names.has(inode)) names.set(inode, name)
  }
  const named = entries(NAMED)
  for (const name of named) add(inodeAt(`${NAMED}/${name}`), name)
  for (const { inode, path } of mounted(readFileSync('/proc/self/mountinfo', 'utf8'))) add(inode, path)
  let hidden = 0
  for (const pid of processes()) {
    const inode = inodeOfProcess(pid)
    if (inode === 'hidden') hidden++
    // A name that looks like a process id comes first with -n.
    else add(inode, named.includes(pid) ? `/proc/${pid}/ns/net` : pid)
  }
  return { namespaces: [...names].map(([inode, name]) => ({ inode, name })), hidden }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function processes(): string[] {
  return entries('/proc').filter((entry) => /^\d+$/.test(entry)).sort((a, b) => Number(a) - Number(b))
}

function inodeAt(path: string): number | undefined {
  try {
    return statSync(path).ino
  } catch {
    return undefined
  }
}

/** Undefined for a process that has ended meanwhile. */
function inodeOfProcess(pid: string): number | 'hidden' | undefined {
  try {
    return inodeIn(readlinkSync(`/proc/${pid}/ns/net`))
  } catch (error) {
    return isSystemError(error) && (error.code === 'EACCES' || error.code === 'EPERM') ? 'hidden' : undefined
  }
}

function inodeIn(link: string): number | undefined {
  const inode = /^net:\[(\d+)\]$/.exec(link)?.[1]
  return inode === undefined ? undefined : Number(inode)
}

/** Of /proc/self/mountinfo the namespaces: their fourth field is what is mounted, the fifth where. */
export function mounted(mountinfo: string): { inode: number; path: string }[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, , , root = '', path = ''] = line.split(' ')
    const inode = inodeIn(root)
    return inode === undefined ? [] : [{ inode, path: unescaped(path) }]
  })
}

/** Blanks and the like are written in octal there. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
}

/**
 * The inode number of the namespace that `-n` means, or of one's own; the rules are the C library's.
 * @throws {CommandError}
 */
export function inodeOf(netns: string | undefined): number {
  const path = netns === undefined ? '/proc/self/ns/net' : pathOf(netns)
  try {
    return statSync(path).ino
  } catch (error) {
    throw fileError(netns ?? path, error)
  }
}

function pathOf(netns: string): string {
  if (netns.includes('/')) return netns
  return entries(NAMED).includes(netns) ? `${NAMED}/${netns}` : `/proc/${netns}/ns/net`
}

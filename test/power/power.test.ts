// SPDX-License-Identifier: MIT
// The power goes while a page is written, and what was promised is there afterwards.
//
// A guest keeps pages in files of an ext4 file system, on a disk with a cache, and says at the end of that disk what
// kstate_sync() has promised it (pages.c). Then it is killed, at any moment. What a killed QEMU has handed on would all be
// in this machine's memory still, which is more than a disk that loses its power keeps; so the disk that the next guest
// finds is made anew (disk.ts): it has what was flushed, and of the rest what chance leaves. Besides, the power goes at some
// other requests of the same log, each with a disk of its own, and the next guest looks at them all before it goes on.
//
// LUNATIK_CUTS guests are killed. What failed stays in build/test/disks.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { afterTheCut, requestsOf, type Request } from './disk.ts'

const CUTS = Number(process.env['LUNATIK_CUTS'] ?? 3)
const KERNEL = process.env['LUNATIK_KERNEL'] ?? 'stock'

const FOLDER = `${process.cwd()}/build/test/disks`
const IMAGES = `${FOLDER}/images`
const DISK = `${FOLDER}/disk`
const LOG = `${FOLDER}/log`

/** Bytes of the file system; what was promised is behind it. */
const SIZE = 16 * 1024 * 1024
const BLOCK = 4096
const PROMISED = 0x646573696d6f7270n

/** Disks for the next guest to look at, beside the one that it goes on with. */
const OTHERS = 5
/** That are looked at, the newest. */
const FILES = 4
/** Of what was not flushed: nothing, some, or all is there. */
const SHARES = [0, 0.3, 0.7, 1] as const

/** Milliseconds from the first promise to the end, at the most. */
const LONGEST = 4000
const TEST_MS = 240_000

type Promises = ReadonlyMap<bigint, bigint>

/** Of each file the version that was promised last. */
function promisesIn(before: Promises, requests: readonly Request[]): Promises {
  const promises = new Map(before)
  for (const { place, data } of requests)
    if (place === SIZE && data.readBigUInt64LE(0) === PROMISED) promises.set(data.readBigUInt64LE(8), data.readBigUInt64LE(16))
  return promises
}

async function leave(name: string, disk: Buffer, promises: Promises): Promise<void> {
  await writeFile(`${IMAGES}/${name}.img`, disk)
  await writeFile(`${IMAGES}/${name}.promises`, [...promises].slice(-FILES).map((words) => `${words.join(' ')}\n`).join(''))
}

interface Ended {
  readonly status: number | null
  readonly output: string
}

/** A guest that looks at the disks that are left, and may go on with the one that is its own until its power goes. */
function boot(goesOn: boolean): Promise<Ended> {
  const drive = `driver=blklogwrites,file.driver=file,file.filename=${DISK},log.driver=file,log.filename=${LOG},log-sector-size=512`
  const guest = [
    '--kernel', KERNEL, '--no-module', '--memory', '512M', '--share', IMAGES, ...(goesOn ? ['--drive', drive] : []),
    '--', 'test/power/in-guest', `build/${KERNEL}/kstate.ko`, IMAGES, ...(goesOn ? ['/dev/vda', String(SIZE)] : []),
  ]
  const child = spawn('test/guest', guest, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let timer: NodeJS.Timeout | undefined
  const hear = (data: Buffer): void => {
    output += data.toString()
    if (output.includes('promised\n') && timer === undefined) timer = setTimeout(() => child.kill('SIGTERM'), Math.random() * LONGEST)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => { resolve({ status, output }) })
  })
}

/** How test/guest ends by SIGTERM. */
const CUT = 143

/** A guest has found everything in order. */
async function expectLooked({ status, output }: Ended, wanted: number): Promise<void> {
  assert.equal(status, wanted, output)
  assert.ok(output.includes('checked\n'), output)
  const looked = output.split('\n').filter((line) => line.startsWith('page.'))
  // Nobody needs them any more.
  await rm(IMAGES, { recursive: true })
  await mkdir(IMAGES)
  process.stdout.write(`  ${looked.length} files looked at; the last, ${looked.at(-1) ?? 'none'}\n`)
}

async function makeDisk(): Promise<Buffer> {
  await rm(FOLDER, { recursive: true, force: true })
  await mkdir(IMAGES, { recursive: true })
  await writeFile(DISK, '')
  await truncate(DISK, SIZE)
  execFileSync('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', DISK])
  await truncate(DISK, SIZE + BLOCK)
  return readFile(DISK)
}

/** What the guest that was cut off last had promised, and has left. */
let disk: Buffer | undefined
let promises: Promises = new Map()
const told = { promises: 0, requests: 0, disks: 0 }

/** What the log of a guest that was cut off leaves: one disk to go on with, and some to be looked at. */
async function cutOff(before: Buffer): Promise<void> {
  const requests = requestsOf(await readFile(LOG))
  told.requests += requests.length
  told.promises += requests.filter(({ place }) => place === SIZE).length
  const ends = [requests.length, ...Array.from({ length: OTHERS }, () => Math.floor(Math.random() * requests.length))]
  for (const [index, end] of ends.entries()) {
    const some = requests.slice(0, end)
    const left = afterTheCut(before, some, SHARES[Math.floor(Math.random() * SHARES.length)] ?? 0)
    await leave(`cut-${String(end).padStart(6, '0')}`, left, promisesIn(promises, some))
    told.disks++
    if (index === 0) disk = left
  }
  promises = promisesIn(promises, requests)
}

function cutsOfPower(): void {
  for (let cut = 1; cut <= CUTS; cut++) {
    void test(`the power goes in the middle of writes, cut ${cut} of ${CUTS}`, { timeout: TEST_MS }, async () => {
      disk ??= await makeDisk()
      await writeFile(DISK, disk)
      await writeFile(LOG, '')
      await expectLooked(await boot(true), CUT)
      await cutOff(disk)
    })
  }
  void test('what the last cut has left is whole, and what was promised', { timeout: TEST_MS }, async () => {
    await expectLooked(await boot(false), 0)
    assert.ok(told.promises > CUTS, JSON.stringify(told))
    process.stdout.write(`  ${JSON.stringify(told)}\n`)
    await rm(FOLDER, { recursive: true })
  })
}

if (KERNEL === 'debug') void test('the power goes in the middle of writes', { skip: 'this kernel has no disks' })
else cutsOfPower()

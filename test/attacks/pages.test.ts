// SPDX-License-Identifier: MIT
// Pages under attack: wrong calls and mappings, writers at full speed, processes and namespaces that die, limits. Each attack is
// one of test/attacks/pages.c.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { behaviour, eventually, outputOf, Program, run, SLOWNESS, TEST_MS } from '../e2e/guest.ts'
import { kstateLoaded, load, unload, users } from '../e2e/kstate.ts'
import { callsOfReader, countReads } from './page-reader.ts'

kstateLoaded()

const CALLS = Math.round(40_000 / SLOWNESS)
const READS = Number(process.env['LUNATIK_READS'] ?? Math.round(10_000_000 / SLOWNESS ** 2))
const TOGETHER = Math.round(100_000 / SLOWNESS ** 2)
const KILLS = Number(process.env['LUNATIK_KILLS'] ?? Math.round(100 / SLOWNESS))
const COUNTED = Math.round(1_000_000 / SLOWNESS ** 2)
const LOOKS = Math.round(100_000 / SLOWNESS ** 2)
const ENOSPC = '28'
const EDQUOT = '122'
const ENOMEM = '12'

/** Milliseconds that so many reads, or kills, may take. */
const READS_MS = TEST_MS + READS / 200
const KILLS_MS = TEST_MS + KILLS * 200 * SLOWNESS

function attack(...argv: readonly string[]): Promise<string> {
  return outputOf('build/test/page-attacks', ...argv)
}

/** One that has its time. */
async function longAttack(ms: number, ...argv: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(['build/test/page-attacks', ...argv], { ms: ms - 10_000 })
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
  return stdout
}

/** Nothing keeps the module any more. */
async function expectNoUsers(): Promise<void> {
  await eventually('nobody uses kstate', async () => (await users()) === 0)
}

behaviour('calls with anything wrong about them are refused, each with its errno, and change nothing', async () => {
  await attack('ioctls')
  await expectNoUsers()
})

behaviour('mappings are read-only for good, of the whole or not at all, and stay after close', async () => {
  await attack('mappings')
  await expectNoUsers()
})

for (const seed of [1, 2, Date.now() % 1_000_000]) {
  behaviour(`${CALLS} calls at random do no harm (seed ${seed})`, async () => {
    const told = await attack('random', String(CALLS), String(seed))
    const [, taken, refused] = /^(\d+) taken, (\d+) refused\n$/.exec(told) ?? []
    // Both, or they would not be near enough to right ones, or not far enough.
    assert.ok(Number(taken) > CALLS / 20 && Number(refused) > CALLS / 20, told)
    await expectNoUsers()
  })
}

behaviour(`of ${READS} reads under a writer at full speed, in mixed sizes, none is torn`, async () => {
  const told = await longAttack(READS_MS, 'torn', String(READS))
  assert.ok(Number.parseInt(told) > READS / 100, told)
}, READS_MS)

behaviour(`of ${COUNTED} reads under a writer at full speed hardly one has to ask the kernel, and none is torn`, async () => {
  const told = await countReads(COUNTED)
  process.stdout.write(`  ${JSON.stringify(told)}\n`)
  assert.ok(told.commits > COUNTED / 1000 && told.asked < COUNTED / 1000, 'asked')
  assert.equal(told.torn, 0)
})

behaviour('who reads makes no system call, as strace sees it', async () => {
  assert.deepEqual(await callsOfReader(LOOKS), [])
})

behaviour(`of ${TOGETHER} reads of four pages that are committed together none sees half a commit`, async () => {
  const told = await attack('halves', String(TOGETHER))
  assert.ok(Number.parseInt(told) > TOGETHER / 1000, told)
})

behaviour(`${KILLS} processes that use pages are killed, and nothing is left of them`, async () => {
  await longAttack(KILLS_MS, 'kills', String(KILLS), String(Date.now() % 1_000_000))
  await expectNoUsers()
  // Names that they had are free.
  await attack('ioctls')
}, KILLS_MS)

behaviour('a namespace dies: its pages refuse every use, and what is mapped stays', async () => {
  await attack('namespace')
  await expectNoUsers()
})

behaviour('the module is not unloaded while anything is mapped', async () => {
  const holder = new Program(['build/test/page-attacks', 'hold'])
  await holder.printed('held')
  const { status, stderr } = await run(['rmmod', 'kstate'])
  assert.equal(status, 1)
  assert.match(stderr, /in use/)
  holder.kill('SIGKILL')
  await holder.ended
  await expectNoUsers()
})

behaviour('a namespace has at most maxpages pages', async () => {
  await outputOf('sh', '-c', 'echo 10 >/sys/module/kstate/parameters/maxpages')
  assert.equal(await attack('fill', '100', ENOSPC), '10 pages\n')
  await outputOf('sh', '-c', 'echo 4096 >/sys/module/kstate/parameters/maxpages')
  assert.equal(await attack('fill', '100', ENOSPC), '100 pages\n')
})

behaviour('a namespace holds at most maxmemory bytes', async () => {
  await unload()
  await load('maxmemory=1000000')
  const [, pages = ''] = /^(\d+) pages\n$/.exec(await attack('fill', '100', EDQUOT)) ?? []
  // 40 KiB each, and what a file takes.
  assert.ok(Number(pages) >= 20 && Number(pages) <= 24, pages)
  await unload()
  await load()
})

behaviour('pages are charged to the memory cgroup of who makes them', async () => {
  const group = '/sys/fs/cgroup/pages'
  await outputOf('sh', '-c', `echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir ${group}; echo 4M >${group}/memory.max`)
  const { stdout, signal } = await run(['sh', '-c', `echo $$ >${group}/cgroup.procs; exec build/test/page-attacks fill 400 ${ENOMEM}`])
  // Refused, or ended for it: 400 pages are four times the limit.
  assert.ok(signal === 'SIGKILL' || Number.parseInt(stdout) < 110, stdout)
  await eventually('its cgroup is empty', async () => (await run(['rmdir', group])).status === 0)
  await expectNoUsers()
})

// --- files ---

function keepPages(...argv: readonly string[]): Promise<string> {
  return outputOf('build/test/page-mounts', ...argv)
}

behaviour('a page does not keep its own namespace by what is mounted beside its file', async () => {
  for (let round = 0; round < 3; round++) await keepPages('circle')
  await expectNoUsers()
})

behaviour('what is written to files is charged to the memory cgroup of who has it kept there', async () => {
  const [group, folder] = ['/sys/fs/cgroup/files', '/dev/shm/files']
  await outputOf('sh', '-c', `echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir ${group} ${folder}`)
  await outputOf('sh', '-c', `echo $$ >${group}/cgroup.procs; exec build/test/page-mounts fill 200 ${folder}`)
  const [, shared] = /^shmem (\d+)$/m.exec(await outputOf('cat', `${group}/memory.stat`)) ?? []
  assert.ok(Number(shared) >= 200 * 4096, `${shared} bytes`)
  await outputOf('rm', '-r', folder)
  await eventually('its cgroup is empty', async () => (await run(['rmdir', group])).status === 0)
  await expectNoUsers()
})

const HANG = 'file systems that hang have no more threads of the kernel\'s, the more there are of them'

if (spawnSync('modprobe', ['fuse']).status === 0) {
  behaviour(HANG, async () => {
    assert.equal(await keepPages('hang', '8', '8'), '16 of 64\n')
    await expectNoUsers()
  })
} else {
  void test(HANG, { skip: 'this kernel has no file systems of user space' })
}

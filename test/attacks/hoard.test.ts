// SPDX-License-Identifier: MIT
// A client that holds as much as it gets takes it from its own memory cgroup, and from nobody else; and all of it goes.

import assert from 'node:assert/strict'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { freeMiB } from '../e2e/memory.ts'
import { behaviour, eventually, Program, SLOWNESS, sleep } from '../e2e/guest.ts'

const FOLDER = '/sys/fs/cgroup/hoard'
const MIB = 1024 * 1024

/** What the client may have. */
const LIMIT_MIB = 96
/** What the sockets' own buffers may take besides, which the kernel charges to nobody. */
const SLACK_MIB = 48

const MS = 100_000 * SLOWNESS

async function holds(): Promise<number> {
  return Number(await readFile(`${FOLDER}/memory.current`, 'utf8')) / MIB
}

/** The most that is missing in the machine until the client is done, or dead. */
async function mostTaken(client: Program, before: number): Promise<number> {
  const state = { over: false }
  void client.ended.then(() => { state.over = true })
  void client.printed('hoarded').then(() => { state.over = true }, () => undefined)
  let taken = 0
  while (!state.over) {
    taken = Math.max(taken, before - await freeMiB())
    await sleep(100)
  }
  return Math.max(taken, before - await freeMiB())
}

behaviour(`a client of ${LIMIT_MIB} MiB makes the kernel hold no more than that for it`, async (place) => {
  await writeFile('/sys/fs/cgroup/cgroup.subtree_control', '+memory')
  await mkdir(FOLDER)
  place.afterwards(async () => {
    await writeFile(`${FOLDER}/cgroup.kill`, '1')
    await eventually('nobody is in it', async () => (await readFile(`${FOLDER}/cgroup.procs`, 'utf8')) === '')
    await rmdir(FOLDER)
  })
  await writeFile(`${FOLDER}/memory.max`, String(LIMIT_MIB * MIB))
  const before = await freeMiB()
  const client = new Program(['sh', '-c', 'echo 0 >"$0/cgroup.procs" && exec build/test/hoard', FOLDER], { ms: MS })
  const taken = await mostTaken(client, before)
  const charged = Number(await readFile(`${FOLDER}/memory.peak`, 'utf8')) / MIB
  process.stdout.write(`  ${Math.round(charged)} MiB were charged to it, ${Math.round(taken)} MiB were missing\n`)
  assert.ok(charged > 0.8 * LIMIT_MIB, `it hoards no more than ${charged} MiB`)
  assert.ok(taken < LIMIT_MIB + SLACK_MIB, `${taken} MiB are missing`)
  client.kill('SIGKILL')
  await client.ended
  await eventually('nothing is left of what it had', async () => (await holds()) < 8)
}, MS)

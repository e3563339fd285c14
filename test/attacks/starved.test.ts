// SPDX-License-Identifier: MIT
// Clients for whom the kernel has no memory: each allocation that is charged to them may fail, and the kernel may kill them
// for the next.

import assert from 'node:assert/strict'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { behaviour, eventually, run, SLOWNESS } from '../e2e/guest.ts'

const CGROUPS = '/sys/fs/cgroup'
const KIB = 1024

/** Where most of it goes well; and for who soaks, as such processes may take minutes to get anywhere, where hardly one starts. */
const LIMITS = process.env['LUNATIK_MINUTES'] ? [12_000 * KIB, 1500 * KIB] : [12_000 * KIB]
/** Clients that are started there, and killed. */
const CLIENTS = 15

for (const limit of LIMITS) {
  behaviour(`clients whose memory cgroup has ${limit / KIB} KiB leave nothing, however they end`, async (place) => {
    const folder = `${CGROUPS}/starved`
    await writeFile(`${CGROUPS}/cgroup.subtree_control`, '+memory')
    await mkdir(folder)
    place.afterwards(async () => {
      await writeFile(`${folder}/cgroup.kill`, '1')
      await eventually('nobody is in it', async () => (await readFile(`${folder}/cgroup.procs`, 'utf8')) === '')
      await rmdir(folder)
    })
    await writeFile(`${folder}/memory.max`, String(limit))
    const { status, signal, stderr } = await run(['sh', '-c', `echo 0 >"$0/cgroup.procs" && exec build/test/kills 1 ${CLIENTS}`, folder], { ms: 120_000 * SLOWNESS })
    // What it says of a leak is none of these.
    assert.ok(status === 0 || signal === 'SIGKILL' || /Cannot allocate memory|No buffer space|no answer/.test(stderr), `${status} ${signal} ${stderr}`)
    const { states, sessions, memory } = await place.session.info()
    assert.deepEqual({ states, sessions, memory }, { states: 0, sessions: 0, memory: 0 })
  })
}

// SPDX-License-Identifier: MIT
// A state belongs to one network namespace: nobody in another sees it, and it goes when its namespace goes.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { open } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, lunatikctl, outputOf, Program, type Place } from './guest.ts'
import { freeMiB } from './memory.ts'

const MIB = 1024 * 1024

async function namespaces(place: Place, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await outputOf('ip', 'netns', 'add', name)
    place.afterwards(() => new Program(['ip', 'netns', 'del', name]).ended)
  }
}

behaviour('the same name in two namespaces is two states', async (place) => {
  await namespaces(place, 'blue', 'red')
  const [blue, red] = [await open({ netns: 'blue' }), await open({ netns: 'red' })]
  place.afterwards(() => { blue.close(); red.close() })
  const inode = async (session: typeof blue) => (await session.run('web', 'return lunatik.netns')).values
  for (const session of [blue, red]) await session.newState('web', { handle: false })
  await blue.run('web', 'colour = "blue"')
  assert.deepEqual((await red.run('web', 'return colour')).values, [null])
  assert.deepEqual(await inode(blue), [blue.netns])
  assert.deepEqual(await inode(red), [red.netns])
  assert.notEqual(blue.netns, red.netns)
  await red.closeState('web')
  assert.deepEqual((await blue.run('web', 'return colour')).values, ['blue'])
  assert.equal((await failureOf(place.session.show('web')))?.code, 'ENOENT')
  assert.deepEqual([(await blue.info()).states, (await red.info()).states, (await place.session.info()).states], [1, 0, 0])
})

behaviour('-n NAME, PATH or PID, before or after the command, and ip netns exec print the same', async (place) => {
  await namespaces(place, 'blue')
  await outputOf('lunatikctl', '-n', 'blue', 'new', 'web')
  const inside = new Program(['ip', 'netns', 'exec', 'blue', 'sleep', '1000'])
  place.afterwards(() => { inside.kill('SIGKILL'); return inside.ended })
  await eventually('it is inside', async () => (await readFile(`/proc/${inside.pid}/comm`, 'utf8')) === 'sleep\n')
  const list = ['list', '-o', 'name,maxalloc']
  const printed = await Promise.all([
    outputOf('ip', 'netns', 'exec', 'blue', 'lunatikctl', ...list),
    outputOf('lunatikctl', '-n', 'blue', ...list),
    outputOf('lunatikctl', ...list, '--netns', '/run/netns/blue'),
    outputOf('lunatikctl', ...list, '-n', String(inside.pid)),
    outputOf('lunatikctl', ...list, '-n', `/proc/${inside.pid}/ns/net`),
  ])
  for (const text of printed) assert.equal(text, 'NAME  MAXALLOC\nweb   1048576\n')
  assert.equal(await outputOf('lunatikctl', 'list', '-o', 'name'), '')
})

behaviour('a namespace that is not there: exit 3, with the nearest names; what is none: exit 1', async (place) => {
  await namespaces(place, 'blue')
  const [unknown, path, file, pid] = await Promise.all([
    lunatikctl(['-n', 'blu', 'list']), lunatikctl(['list', '-n', '/run/netns/nosuch']), lunatikctl(['list', '-n', '/etc/passwd']),
    lunatikctl(['list', '-n', '4194303', '--json']),
  ])
  assert.deepEqual([unknown.status, unknown.stdout], [3, ''])
  assert.match(unknown.stderr, /^lunatikctl: list: blu: [^\n]+ \(ENOENT\)\nlunatikctl: did you mean blue\?\n$/)
  assert.deepEqual([path.status, path.stdout], [3, ''])
  assert.match(path.stderr, /^lunatikctl: list: \/run\/netns\/nosuch: [^\n]+ \(ENOENT\)\n/)
  assert.deepEqual([file.status, file.stdout], [1, ''])
  assert.match(file.stderr, /^lunatikctl: list: \/etc\/passwd: [^\n]+\(EINVAL\)\n/)
  assert.equal(pid.status, 3)
  assert.match(pid.stderr, /"code":"ENOENT"/)
})

behaviour('when a namespace goes, its states and their memory go with it', async (place) => {
  await namespaces(place, 'blue')
  const session = await open({ netns: 'blue' })
  for (let index = 0; index < 8; index++) {
    await session.newState(`s${index}`, { handle: false, maxalloc: 16 * MIB })
    await session.run(`s${index}`, 't = {} for i = 1, 100 do t[i] = ("x"):rep(100000) .. i end', { budget: 30 })
  }
  const held = (await session.info()).memory / MIB
  assert.ok(held > 70, `the states hold ${held} MiB`)
  // Not against what was free before: this process has grown meanwhile.
  const left = await freeMiB()
  session.close()
  await outputOf('ip', 'netns', 'del', 'blue')
  await eventually('the memory is back', async () => (await freeMiB()) > left + held * 0.9, 20)
})

behaviour('a namespace is deleted while a script runs in it: the script goes on, and goes with its client', async (place) => {
  await namespaces(place, 'blue')
  await outputOf('lunatikctl', '-n', 'blue', 'new', 'web')
  const client = new Program(['lunatikctl', '-n', 'blue', 'do', 'web', '--timeout', '0', '-e', 'print("begun") while true do end'])
  await client.printed('begun')
  await outputOf('ip', 'netns', 'del', 'blue')
  await outputOf('ip', 'netns', 'add', 'blue')
  assert.equal(await outputOf('lunatikctl', '-n', 'blue', 'list', '-o', 'name'), '')
  client.kill('SIGKILL')
  assert.equal((await client.ended).signal, 'SIGKILL')
})

behaviour('namespaces come and go with states in them', async () => {
  for (let round = 0; round < 5; round++) {
    const made = await Promise.all(['a', 'b', 'c'].map(async (name) => {
      await outputOf('ip', 'netns', 'add', name)
      const session = await open({ netns: name })
      await session.newState('web', { handle: false })
      await session.run('web', 't = {} for i = 1, 1000 do t[i] = {} end', { budget: 60 })
      session.close()
      return name
    }))
    await Promise.all(made.map((name) => outputOf('ip', 'netns', 'del', name)))
  }
})

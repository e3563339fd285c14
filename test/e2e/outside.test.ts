// SPDX-License-Identifier: MIT
// What the rest of the kernel sees of states: tracing, audit, the freezer, suspend, memory cgroups.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { answers, loaded } from './consumer.ts'
import { behaviour, eventually, failureOf, outputOf, Program, sleep, SLOWNESS, type Place } from './guest.ts'

const KIB = 1024
const MIB = 1024 * KIB

// --- tracing ---

const TRACING = '/sys/kernel/tracing'

/** What happens from here on, as tracing tells it. */
async function traced(place: Place): Promise<() => Promise<string[]>> {
  const enable = `${TRACING}/events/lunatik/enable`
  await writeFile(`${TRACING}/trace`, '')
  await writeFile(enable, '1')
  place.afterwards(() => writeFile(enable, '0'))
  return async () => (await readFile(`${TRACING}/trace`, 'utf8')).split('\n').filter((line) => line.includes(' lunatik_'))
}

behaviour('tracing sees runs begin and end: where, in which state, how', async (place) => {
  const { session } = place
  const events = await traced(place)
  for (const [name, code] of [['good', 'return 1'], ['bad', 'error("x")'], ['endless', 'while true do end']] as const) {
    await session.newState(name, { handle: false })
    await failureOf(session.run(name, code, { budget: SLOWNESS }))
    await session.closeState(name)
  }
  const lines = await events()
  for (const [name, errno] of [['good', 0], ['bad', 125], ['endless', 62]] as const) {
    const [start, end, ...more] = lines.filter((line) => new RegExp(`\\b${name}\\b`).test(line))
    assert.deepEqual(more, [])
    assert.match(start ?? '', new RegExp(`lunatik_run_start: .*\\b${session.netns}\\b`))
    assert.match(end ?? '', new RegExp(`lunatik_run_end: .*\\b${session.netns}\\b.*\\bstatus=-?${errno}\\b`))
  }
})

behaviour('the end of a run is traced once, with its time, when it was suspended, aborted, or its caller died', async (place) => {
  const name = await place.newState()
  const events = await traced(place)
  await place.session.run(name, 'for i = 1, 1000 do print(("x"):rep(1000)) end', { budget: 60 * SLOWNESS })
  for (const dies of [true, false]) {
    const client = new Program(['lunatikctl', 'do', name, '--timeout', '0', '-e', 'print("begun") while true do end'])
    await client.printed('begun')
    if (dies) client.kill('SIGKILL')
    else await place.session.abort(name)
    await client.ended
  }
  await eventually('all have ended', async () => (await events()).filter((line) => line.includes('lunatik_run_end')).length === 3)
  const lines = await events()
  assert.equal(lines.filter((line) => line.includes('lunatik_run_start')).length, 3)
  for (const line of lines.filter((each) => each.includes('lunatik_run_end'))) assert.ok(Number(/\btime=(\d+)/.exec(line)?.[1]) > 0, line)
})

behaviour("what a module runs is traced, too", async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  const events = await traced(place)
  await answers('run 0 default 0 top -', '0 0')
  await answers('dostring 0 default 0 x = 1', '0')
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
  assert.deepEqual((await events()).map((line) => /lunatik_\w+/.exec(line)?.[0]), ['lunatik_run_start', 'lunatik_run_end', 'lunatik_run_start', 'lunatik_run_end'])
})

// --- audit ---

/** AUDIT_KERNEL_OTHER */
const RECORD = 1316

async function audited(place: Place): Promise<() => string[]> {
  const audit = new Program(['build/test/audit', 'on'])
  await audit.printed('on\n')
  place.afterwards(() => outputOf('build/test/audit', 'off'))
  return () => audit.output.split('\n').filter((line) => line.includes('lunatik'))
}

behaviour('code that is loaded is on record, whose and where: from user space, in fragments, by a module', async (place) => {
  await loaded(place)
  const records = await audited(place)
  const chunks = [['rules.lua', 'return 1'], ['long.lua', `return 2 --${'x'.repeat(200 * KIB)}`], ['wrong.lua', 'does not compile']] as const
  await place.session.newState('web', { handle: false })
  for (const [name, code] of chunks) await failureOf(place.session.run('web', code, { chunkName: `@${name}`, budget: 60 * SLOWNESS }))
  await answers('netgetstate 0 web', '0')
  await answers('dostring 0 default 0 x = 1', '0')
  await answers('run 0 default 0 top -', '0 0')
  await answers('putstate 0 1', '1')
  const expected = [...chunks, ['consumer', 'x = 1'] as const]
  await eventually('all are on record', () => Promise.resolve(records().length >= expected.length))
  assert.equal(records().length, expected.length)
  for (const [index, [name, code]] of expected.entries()) {
    const record = records()[index] ?? ''
    assert.ok(record.startsWith(`${RECORD} `), record)
    for (const field of ['op=lunatik_load', `netns=${place.session.netns}`, 'state="web"', `script="${name}"`, `size=${code.length}`,
      `sha256=${createHash('sha256').update(code).digest('hex')}`, `pid=${process.pid}`]) {
      assert.ok(record.split(' ').includes(field), `no ${field} in ${record}`)
    }
  }
  await place.session.closeState('web')
})

behaviour('names in a record are escaped', async (place) => {
  const records = await audited(place)
  const name = await place.newState()
  await place.session.run(name, 'return 1', { chunkName: '@x" op=forged\nres=1' })
  await eventually('it is on record', () => Promise.resolve(records().length > 0))
  assert.equal(records().length, 1)
  assert.doesNotMatch(records()[0] ?? '', /op=forged/)
})

// --- cgroups ---

const CGROUPS = '/sys/fs/cgroup'

/** A cgroup of its own for a test. Its memory is counted. */
async function cgroup(place: Place, name: string): Promise<string> {
  const folder = `${CGROUPS}/${name}`
  await writeFile(`${CGROUPS}/cgroup.subtree_control`, '+memory')
  await mkdir(folder)
  place.afterwards(async () => {
    await eventually('nobody is in it', async () => (await readFile(`${folder}/cgroup.procs`, 'utf8')) === '')
    await rmdir(folder)
  })
  return folder
}

function inside(folder: string, ...argv: readonly string[]): Program {
  return new Program(['sh', '-c', 'echo 0 >"$0/cgroup.procs" && exec "$@"', folder, ...argv])
}

interface Endless {
  readonly loop: string
  /** Lua is left between any two instructions; elsewhere the kernel only has it stand still, and does not call that frozen */
  readonly suspendable: boolean
}

const INSEPARABLE: Endless = { loop: 'table.sort({1, 2, 3, 4}, function() while true do end end)', suspendable: false }

const ENDLESS: Readonly<Record<string, Endless>> = {
  'that loops': { loop: 'while true do end', suspendable: true },
  'that catches errors': { loop: 'while true do pcall(error) end', suspendable: true },
  'in a call from C': INSEPARABLE,
  'in C that calls nothing': { loop: 'string.rep("", 1 << 60)', suspendable: false },
}

/** Microseconds that its processes have had. */
async function cpuTime(folder: string): Promise<number> {
  return Number(/^usage_usec (\d+)$/m.exec(await readFile(`${folder}/cpu.stat`, 'utf8'))?.[1])
}

/** A client whose script runs. */
async function running(place: Place, start: (name: string) => Program): Promise<string> {
  const name = await place.newState()
  start(name)
  await eventually('it runs', async () => (await place.session.show(name)).inuse !== null)
  return name
}

/** But for a look around now and then, which emulation makes dear. */
async function standsStill(folder: string): Promise<boolean> {
  const [before, began] = [await cpuTime(folder), Date.now()]
  await sleep(300)
  return (await cpuTime(folder)) - before < (Date.now() - began) * 1000 / 4
}

for (const [kind, { loop, suspendable }] of Object.entries(ENDLESS)) {
  behaviour(`a process that is frozen while it runs a script ${kind} stands still within a second, and goes on when thawed`, async (place) => {
    const folder = await cgroup(place, 'frozen')
    const name = await running(place, (state) => inside(folder, 'lunatikctl', 'do', state, '--timeout', '0', '-e', loop))
    const began = Date.now()
    await writeFile(`${folder}/cgroup.freeze`, '1')
    // nobody in there can end, or be looked at by others, while it is frozen
    place.afterwards(() => writeFile(`${folder}/cgroup.freeze`, '0'))
    await eventually('it stands still', () => standsStill(folder), 10 * SLOWNESS)
    // which takes a while to find out
    assert.ok(Date.now() - began < 1500 * SLOWNESS, `${Date.now() - began} ms`)
    assert.ok(await standsStill(folder))
    if (suspendable) assert.match(await readFile(`${folder}/cgroup.events`, 'utf8'), /^frozen 1$/m)
    assert.notEqual((await place.session.show(name)).inuse, null)
    await writeFile(`${folder}/cgroup.freeze`, '0')
    const then = await cpuTime(folder)
    await eventually('it goes on', async () => (await cpuTime(folder)) > then + 50_000)
    await place.session.abort(name)
  })
}

behaviour('a process that is frozen where its script cannot be suspended does not keep its state beyond the budget', async (place) => {
  const folder = await cgroup(place, 'frozen')
  const { loop } = INSEPARABLE
  const name = await running(place, (state) => inside(folder, 'lunatikctl', 'do', state, '--timeout', `${10 * SLOWNESS}s`, '-e', loop))
  // A run that is only begun is suspended, and whoever wants the state gets it.
  const then = await cpuTime(folder)
  await eventually('it is at work', async () => (await cpuTime(folder)) > then + 1e6 * SLOWNESS)
  await writeFile(`${folder}/cgroup.freeze`, '1')
  place.afterwards(() => writeFile(`${folder}/cgroup.freeze`, '0'))
  await eventually('it stands still', () => standsStill(folder), 5 * SLOWNESS)
  assert.notEqual((await place.session.show(name)).inuse, null)
  await eventually('the state is free', async () => (await place.session.show(name)).inuse === null)
  assert.equal((await place.session.show(name)).aborts, 1)
})

/** A cgroup of the freezer that came with the first version of cgroups, beside the others. */
async function freezer(place: Place): Promise<string> {
  const mounted = '/tmp/freezer'
  await mkdir(mounted)
  await outputOf('mount', '-t', 'cgroup', '-o', 'freezer', 'freezer', mounted)
  place.afterwards(async () => {
    await outputOf('umount', mounted)
    await rmdir(mounted)
  })
  const folder = `${mounted}/frozen`
  await mkdir(folder)
  place.afterwards(async () => {
    await writeFile(`${folder}/freezer.state`, 'THAWED')
    await eventually('nobody is in it', async () => (await readFile(`${folder}/cgroup.procs`, 'utf8')) === '')
    await rmdir(folder)
  })
  return folder
}

for (const [kind, { loop, suspendable }] of Object.entries(ENDLESS)) {
  behaviour(`a process that the older freezer freezes while it runs a script ${kind} stands still, and the script can be aborted`, async (place) => {
    const [folder, frozen] = [await cgroup(place, 'frozen'), await freezer(place)]
    let client: Program | undefined
    const name = await running(place, (state) => client = inside(folder, 'lunatikctl', 'do', state, '--timeout', '0', '-e', loop))
    await writeFile(`${frozen}/cgroup.procs`, String(client?.pid))
    await writeFile(`${frozen}/freezer.state`, 'FROZEN')
    await eventually('it stands still', () => standsStill(folder), 10 * SLOWNESS)
    if (suspendable) assert.equal(await readFile(`${frozen}/freezer.state`, 'utf8'), 'FROZEN\n')
    await place.session.abort(name)
    await eventually('the state is free', async () => (await place.session.show(name)).inuse === null)
    assert.ok(await standsStill(folder))
    await writeFile(`${frozen}/freezer.state`, 'THAWED')
    assert.equal((await client?.ended)?.status, 6)
  })
}

// --- suspend ---

const PM_TEST = '/sys/power/pm_test'
const SUSPEND = 'suspend is not held up by scripts that run for ever'

/** As far as everybody is frozen, for a second, and back. */
async function suspended(): Promise<void> {
  await writeFile('/sys/module/suspend/parameters/pm_test_delay', '1')
  await writeFile(PM_TEST, 'freezer')
  await writeFile('/sys/power/state', 'freeze')
}

if (existsSync(PM_TEST)) {
  behaviour(SUSPEND, async (place) => {
    const folder = await cgroup(place, 'suspended')
    for (const { loop } of Object.values(ENDLESS)) {
      await running(place, (state) => inside(folder, 'lunatikctl', 'do', state, '--timeout', '0', '-e', loop))
    }
    const began = Date.now()
    await suspended()
    assert.ok(Date.now() - began < 10_000 * SLOWNESS, `${Date.now() - began} ms`)
    const then = await cpuTime(folder)
    await eventually('all go on', async () => (await cpuTime(folder)) > then + 50_000)
  })
} else {
  void test(SUSPEND, { skip: 'this kernel has no CONFIG_PM_SLEEP_DEBUG' })
}

// --- memory ---

async function numberIn(file: string): Promise<number> {
  return Number(await readFile(file, 'utf8'))
}

/** A state whose maker is in a cgroup, and gone. */
async function stateOf(place: Place, folder: string, name: string): Promise<void> {
  const made = await inside(folder, 'lunatikctl', 'new', name, '--maxalloc', '64M').ended
  assert.deepEqual([made.status, made.stderr], [0, ''])
  place.afterwards(() => failureOf(place.session.closeState(name)))
}

/** Some 32 MB. */
const HOARD = 't = {} for i = 1, 320 do t[i] = ("x"):rep(100000) .. i end'

behaviour('a script whose cgroup is beyond its memory.high does not sleep beyond its budget', async (place) => {
  const folder = await cgroup(place, 'throttled')
  await stateOf(place, folder, 'web')
  // Not suspended, or it would sleep on the way before it asks for memory.
  const code = '("x"):gsub("x", function() local t = os.time() while os.time() < t + 3 do end end) return #("x"):rep(24 << 20)'
  const client = inside(folder, 'lunatikctl', 'do', 'web', '--timeout', '5s', '-e', code)
  const inuse = async (): Promise<boolean> => (await place.session.show('web')).inuse !== null
  await eventually('it runs', inuse)
  await writeFile(`${folder}/memory.high`, '1M')
  // the kernel has it sleep for 2 s at a time: once is bearable
  await eventually('it is over', async () => !(await inuse()), 9 * SLOWNESS)
  await writeFile(`${folder}/memory.high`, 'max')
  client.kill('SIGKILL')
})

behaviour('memory is charged to who made the state, not to who runs in it, and given back', async (place) => {
  const [maker, user] = [await cgroup(place, 'maker'), await cgroup(place, 'user')]
  await stateOf(place, maker, 'web')
  const current = () => numberIn(`${maker}/memory.current`)
  const before = await current()
  const client = await inside(user, 'lunatikctl', 'do', 'web', '--timeout', '60s', '-e', HOARD).ended
  assert.deepEqual([client.status, client.stderr], [0, ''])
  const { curralloc } = await place.session.show('web')
  assert.ok(curralloc > 32e6, `${curralloc} bytes`)
  assert.ok((await current()) - before > 28 * MIB, `${(await current()) - before} bytes charged to the maker`)
  await place.session.closeState('web')
  await eventually('it is given back', async () => (await current()) - before < 4 * MIB)
})

behaviour("at the maker's limit a script gets Lua's memory error, and nobody is killed", async (place) => {
  const [maker, user] = [await cgroup(place, 'maker'), await cgroup(place, 'user')]
  await stateOf(place, maker, 'web')
  await writeFile(`${maker}/memory.max`, String(24 * MIB))
  const client = await inside(user, 'lunatikctl', 'do', 'web', '--timeout', '60s', '-e', HOARD).ended
  assert.deepEqual([client.status, client.stderr.split('\n')[0]], [5, 'lunatikctl: do: web: not enough memory'])
  assert.ok((await numberIn(`${maker}/memory.current`)) <= 24 * MIB)
  for (const folder of [maker, user]) assert.match(await readFile(`${folder}/memory.events`, 'utf8'), /^oom_kill 0$/m)
  await place.session.run('web', 't = nil collectgarbage() t = {} for i = 1, 10 do t[i] = i end', { budget: 60 * SLOWNESS })
})

behaviour('the memory of many small things is charged to the maker as well', async (place) => {
  const [maker, user] = [await cgroup(place, 'maker'), await cgroup(place, 'user')]
  await stateOf(place, maker, 'web')
  const before = await numberIn(`${maker}/memory.current`)
  const client = await inside(user, 'lunatikctl', 'do', 'web', '--timeout', '60s', '-e', 't = {} for i = 1, 100000 do t[i] = {} end').ended
  assert.deepEqual([client.status, client.stderr], [0, ''])
  const [{ curralloc }, after] = [await place.session.show('web'), await numberIn(`${maker}/memory.current`)]
  assert.ok(after - before > 0.8 * curralloc, `${after - before} of ${curralloc} bytes`)
})

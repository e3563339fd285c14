// SPDX-License-Identifier: MIT
// lunatikctl's commands on references, limits, data and events: what they print, how they fail, and where their output goes.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FIELD_NAMES } from '../../cli/output/info.ts'
import { behaviour, eventually, failureOf, lunatikctl, Program, run, sleep, type Place } from './guest.ts'
import { fails, folder, parse, prints, scriptFails } from './told.ts'

const KIB = 1024
const MIB = 1024 * KIB

function inUse(command: string, name: string, pid: number): string[] {
  const wait = command === 'do' || command === 'send' ? 'to wait for it: --wait SECONDS; ' : ''
  return [
    `lunatikctl: ${command}: ${name}: state is in use by pid ${pid} (EBUSY)`,
    `lunatikctl: ${wait}to end a run: lunatikctl abort ${name}; to take a handle away: lunatikctl put --force ${name}`,
  ]
}

/** A script that runs until it is ended. */
async function endless(place: Place, name: string): Promise<Program> {
  const program = new Program(['lunatikctl', 'do', name, '--timeout', '0', '-e', 'print("running") while true do end'])
  // The state is in use as soon as the script is read; its memory stays as it is once it is in the loop.
  await program.printed('running\n')
  assert.equal((await place.session.show(name)).inuse, program.pid)
  return program
}

// --- references ---

behaviour('a pin is taken and given back, under both names, and stands against closing', async (place) => {
  const name = await place.newState()
  assert.equal(await prints('get', name), '')
  const [pinned = {}] = parse(await prints('pin', name, '--json')).states
  assert.deepEqual([pinned['name'], pinned['users'], pinned['pins'], pinned['inuse']], [name, 3, 2, null])
  await fails(place, ['close', name], {
    status: 4,
    says: [`lunatikctl: close: ${name}: state is pinned (2 pins) (EBUSY)`, `lunatikctl: give them back with: lunatikctl put ${name}; or close --force`],
  })
  const told = await lunatikctl(['put', name, '--verbose'])
  assert.deepEqual([told.status, told.stdout, told.stderr], [0, '', `lunatikctl: put: ${name}: pin given back; 1 pin left\n`])
  const [free = {}] = parse(await prints('unpin', name, '--json')).states
  assert.deepEqual([free['users'], free['pins']], [1, 0])
})

behaviour('a pin too many is an error: exit 1, and nothing has changed', async (place) => {
  const name = await place.newState()
  await Promise.all([
    fails(place, ['unpin', name], { status: 1, says: [`lunatikctl: unpin: ${name}: the state has no pins (EINVAL)`] }),
    fails(place, ['put', name, '--force'], { status: 1, says: [`lunatikctl: put: ${name}: nobody holds the state (EINVAL)`] }),
  ])
})

behaviour('close --force gives back the pins first', async ({ session }) => {
  for (const name of ['a', 'b']) await session.newState(name, { handle: false })
  for (let pin = 0; pin < 3; pin++) await session.pin('a')
  assert.equal(await prints('close', '--force', 'a', 'b'), '')
  assert.deepEqual(await session.list(), [])
})

behaviour('close --force does not take the handle of another session, and leaves the pins then: exit 4', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.pin(name)
  await session.getState(name)
  await fails(place, ['close', name, '--force'], { status: 4, says: inUse('close', name, process.pid) })
  await session.putState(name)
  assert.equal(await prints('close', name, '--force'), '')
})

behaviour('a handle keeps others out: exit 4, until put --force gives it back', async (place) => {
  const name = await place.newState({ handle: true })
  await Promise.all([
    fails(place, ['do', name, '-e', 'return 1'], { status: 4, says: inUse('do', name, process.pid) }),
    fails(place, ['send', name], { status: 4, says: inUse('send', name, process.pid), input: 'hello' }),
    fails(place, ['close', name], { status: 4, says: inUse('close', name, process.pid) }),
    fails(place, ['put', name], { status: 1, says: [`lunatikctl: put: ${name}: the state has no pins (EINVAL)`] }),
  ])
  const [freed = {}] = parse(await prints('put', name, '--force', '--json')).states
  assert.deepEqual([freed['inuse'], freed['users']], [null, 1])
  assert.equal(await prints('do', name, '-e', 'return 1'), '1\n')
})

behaviour('hints name the namespace that was asked for', async (place) => {
  const name = await place.newState()
  await place.session.pin(name)
  const { stderr } = await lunatikctl(['-n', String(process.pid), 'close', name])
  assert.match(stderr, new RegExp(`\nlunatikctl: give it back with: lunatikctl -n ${process.pid} put ${name}; or close --force\n$`))
  await place.session.unpin(name)
})

// --- waiting, ending ---

behaviour('do --wait waits for a handle, and do --wait 0 for nothing', async (place) => {
  const { session } = place
  const name = await place.newState({ handle: true })
  const says = inUse('do', name, process.pid)
  await Promise.all(['0', '200ms'].map((wait) => scriptFails(['do', name, '--wait', wait, '-e', 'return 1'], { status: 4, says })))
  const patient = new Program(['lunatikctl', 'do', name, '--wait', '60', '-e', 'return "now"'])
  // The namespace's, the handle's, and who waits.
  await eventually('it waits', async () => (await session.show(name)).users === 3)
  await session.putState(name)
  const { status, stdout, stderr } = await patient.ended
  assert.deepEqual([status, stdout, stderr], [0, 'now\n', ''])
  const running = await endless(place, name)
  await fails(place, ['do', name, '--wait', '0', '-e', 'return 1'], { status: 4, says: inUse('do', name, running.pid) })
  running.kill('SIGTERM')
  assert.equal((await running.ended).status, 143)
})

behaviour('abort ends what somebody else runs: exit 6 for him', async (place) => {
  const name = await place.newState()
  const running = await endless(place, name)
  assert.equal(await prints('abort', name), '')
  const { status, stderr } = await running.ended
  assert.equal(status, 6)
  assert.match(stderr, new RegExp(`^lunatikctl: do: ${name}: \\(command line\\):1: [^\\n]*abort[^\\n]* \\(EINTR\\)\n`))
})

behaviour('where nothing runs, abort fails: exit 3, with no guess at another name', async (place) => {
  const name = await place.newState()
  await Promise.all([
    fails(place, ['abort', name], { status: 3, says: [`lunatikctl: abort: ${name}: nothing to abort runs in the state (ENOENT)`] }),
    fails(place, ['abort', 'nosuch'], { status: 3, says: ['lunatikctl: abort: nosuch: no such state (ENOENT)'] }),
  ])
})

// --- limits ---

behaviour('set changes the limit, within limits', async (place) => {
  const { session } = place
  const name = await place.newState()
  assert.equal(await prints('set', name, '--maxalloc', '2M'), '')
  assert.equal((await session.show(name)).maxalloc, 2 * MIB)
  const [shown = {}] = parse(await prints('set', name, '--maxalloc', '3M', '--json')).states
  assert.equal(shown['maxalloc'], 3 * MIB)
  const refusal = (what: string) => ({ status: 1, says: [`lunatikctl: set: ${name}: maxalloc is ${what} (EINVAL)`] })
  await Promise.all([
    fails(place, ['set', name, '--maxalloc', '63K'], refusal('less than 64 KiB')),
    fails(place, ['set', name, '--maxalloc', '257M'], refusal('more than 256 MiB')),
    fails(place, ['set', 'nosuch', '--maxalloc', '1M'], { status: 3, says: ['lunatikctl: set: nosuch: no such state (ENOENT)'] }),
  ])
})

behaviour('a limit below what is held works, and is told', async (place) => {
  const name = await place.newState()
  await place.session.run(name, 'kept = ("x"):rep(300000)')
  const { status, stdout, stderr } = await lunatikctl(['set', name, '--maxalloc', '64K'])
  assert.deepEqual([status, stdout], [0, ''])
  assert.match(stderr, new RegExp(`^lunatikctl: set: ${name}: holds \\d+ bytes, more than its maxalloc of 65536 now: it can take no more until it has let go of some\n$`))
})

behaviour('info tells the limits and the build to anybody, the rest is for administrators: exit 7', async ({ session }) => {
  await session.newState('web', { handle: false })
  const anybody = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', 'lunatikctl']
  const [lines, document] = await Promise.all([run([...anybody, 'info']), run([...anybody, 'info', '--json'])])
  assert.deepEqual([lines.status, lines.stderr, document.status, document.stderr], [0, '', 0, ''])
  assert.deepEqual(lines.stdout.trimEnd().split('\n').map((line) => line.split(' ', 1)[0]), FIELD_NAMES)
  const { schema, netns, ...fields } = parse(document.stdout)
  assert.deepEqual([schema, netns, Object.keys(fields)], [1, session.netns, FIELD_NAMES])
  assert.deepEqual([fields['states'], fields['states_max'], fields['data_max'], fields['queue_max']], [1, 65536, 32 * KIB, 256 * KIB])
  assert.ok(typeof fields['build'] === 'string' && fields['build'] !== '')
  const rest = [['get', 'web'], ['put', 'web'], ['put', 'web', '--force'], ['set', 'web', '--maxalloc', '2M'], ['abort', 'web'], ['send', 'web'], ['recv', 'web'], ['monitor']]
  const ended = await Promise.all(rest.map((args) => run([...anybody, ...args])))
  for (const [index, { status, stdout, stderr }] of ended.entries()) {
    assert.deepEqual([status, stdout], [7, ''], `${rest[index]?.join(' ')}: ${stderr}`)
  }
  await session.closeState('web')
})

behaviour('the listing has the digest of the last script and the mark of the last step', async (place) => {
  const { session } = place
  const name = await place.newState()
  const code = 'return 1'
  await session.run(name, code, { step: Uint8Array.of(0, 0x1f, 0xff) })
  const digest = createHash('sha256').update(code).digest('hex')
  assert.equal(await prints('list', '-o', 'name,script_sha256,step', '--no-header'), `${name}  ${digest}  001fff\n`)
  const shown = await prints('show', name)
  assert.match(shown, new RegExp(`^script_sha256  ${digest}$`, 'm'))
  assert.match(shown, /^step +001fff$/m)
})

// --- data to a state ---

const UPPER = 'function receive_callback(data) return data:upper() end'

behaviour('send gives a message to the state, and prints a string that comes back byte for byte', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, UPPER)
  const path = join(await folder(place), 'message')
  await writeFile(path, 'from a file\n')
  const reply = async (args: readonly string[], input: string | Uint8Array = '') => {
    const { status, stdout, stderr } = await lunatikctl(['send', name, ...args], { input })
    assert.deepEqual([status, stderr], [0, ''])
    return stdout
  }
  const replies = await Promise.all([reply([], 'hello'), reply(['-'], 'hello\n'), reply([path]), reply([])])
  assert.deepEqual(replies, ['HELLO', 'HELLO\n', 'FROM A FILE\n', ''])
  const bytes = await run(['bash', '-c', `printf 'a\\377\\0' | lunatikctl send ${name} | od -An -tx1`])
  assert.equal(bytes.stdout.trim(), '41 ff 00')
})

behaviour('send prints other values as do prints them, after what the function printed', async (place) => {
  const { session } = place
  const name = await place.newState()
  const reply = async (code: string, ...args: readonly string[]) => {
    await session.run(name, `function receive_callback(data) ${code} end`)
    const { status, stdout, stderr } = await lunatikctl(['send', name, ...args], { input: 'x' })
    assert.deepEqual([status, stderr], [0, ''])
    return stdout
  }
  assert.equal(await reply('return 7 / 2, data, {1}'), '3.5\tx\t{1}\n')
  assert.equal(await reply('print("got", data) return #data'), 'got\tx\n1\n')
  assert.equal(await reply('return'), '')
  const { schema, netns, state, output, values, cut, ...used } = parse(await reply('print("out") return data, 1.0', '--json'))
  assert.deepEqual({ schema, netns, state, output, values, cut }, { schema: 1, netns: session.netns, state: name, output: 'out\n', values: ['x', 1], cut: false })
  assert.deepEqual(Object.keys(used), ['time', 'curralloc', 'peak'])
})

behaviour('what goes wrong in receive_callback: exit 5; that it takes too long: 6', async (place) => {
  const { session } = place
  const name = await place.newState()
  const input = 'x'
  const none = await lunatikctl(['send', name], { input })
  assert.deepEqual([none.status, none.stdout], [5, ''])
  assert.match(none.stderr, new RegExp(`^lunatikctl: send: ${name}: [^\n]*receive_callback`))
  await session.run(name, 'function receive_callback(data) if data == "x" then error("no luck", 0) end while true do end end')
  await scriptFails(['send', name], { status: 5, says: [`lunatikctl: send: ${name}: no luck`, 'stack traceback:'], input })
  const late = await lunatikctl(['send', name, '--timeout', '200ms'], { input: 'y' })
  assert.equal(late.status, 6)
  assert.match(late.stderr, new RegExp(`^lunatikctl: send: ${name}: [^\n]*time budget is over \\(ETIME\\)\n`))
})

behaviour('a message has 32 KiB at most: exit 1 for a byte more, and nothing has happened', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'function receive_callback(data) size = #data return size end')
  assert.equal((await lunatikctl(['send', name], { input: 'x'.repeat(32 * KIB) })).stdout, `${32 * KIB}\n`)
  const { status, stdout, stderr } = await lunatikctl(['send', name], { input: 'x'.repeat(32 * KIB + 1) })
  assert.deepEqual([status, stdout], [1, ''])
  assert.match(stderr, new RegExp(`^lunatikctl: send: ${name}: [^\n]* \\(EMSGSIZE\\)\n`))
  assert.deepEqual((await session.run(name, 'return size')).values, [32 * KIB])
  await Promise.all([
    fails(place, ['send', name, '/nosuch'], { status: 1, says: ['lunatikctl: send: /nosuch: no such file or directory (ENOENT)'] }),
    fails(place, ['send', 'nosuch'], { status: 3, says: ['lunatikctl: send: nosuch: no such state (ENOENT)'] }),
  ])
})

// --- data from a state ---

/** Waits until so many programs receive. */
async function receiving({ session }: Place, readers = 1): Promise<void> {
  await eventually('they receive', async () => (await session.info()).sessions >= readers)
}

behaviour('recv prints what was sent before and what comes, byte for byte, until there is enough', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'lunatik.send("one") lunatik.send("\\xff\\0")')
  const program = new Program(['bash', '-c', `lunatikctl recv ${name} --count 3 | od -An -tx1`])
  await receiving(place)
  await session.run(name, 'lunatik.send("\\n")')
  const { status, stdout, stderr } = await program.ended
  assert.deepEqual([status, stdout.trim(), stderr], [0, '6f 6e 65 ff 00 0a', ''])
})

behaviour('recv prints a line for each message as hexadecimal digits or JSON', async (place) => {
  const { session } = place
  const name = await place.newState()
  const sent = 'lunatik.send("one") lunatik.send("\\xff\\0") lunatik.send("")'
  await session.run(name, sent)
  assert.equal(await prints('recv', name, '--count', '3', '--format', 'hex'), '6f6e65\nff00\n\n')
  for (const asked of [['--json'], ['--format', 'json']]) {
    await session.run(name, sent)
    const lines = (await prints('recv', name, '--count', '3', ...asked)).trimEnd().split('\n').map((line) => parse(`${line}\n`))
    const first = lines[0]?.['sequence']
    assert.ok(typeof first === 'number')
    const about = { schema: 1, netns: session.netns, state: name, lost: 0 }
    assert.deepEqual(lines, [
      { ...about, sequence: first, data: 'one' }, { ...about, sequence: first + 1, data: { base64: '/wA=' } }, { ...about, sequence: first + 2, data: '' },
    ])
  }
})

behaviour('recv ends with the state: exit 0, but 1 where more was asked for', async (place) => {
  const { session } = place
  for (const name of ['a', 'b']) await session.newState(name, { handle: false })
  const [all, some] = [new Program(['lunatikctl', 'recv', 'a']), new Program(['lunatikctl', 'recv', 'b', '--count', '2'])]
  await receiving(place, 2)
  for (const name of ['a', 'b']) await session.run(name, 'lunatik.send("last\\n")')
  await Promise.all([all.printed('last'), some.printed('last')])
  for (const name of ['a', 'b']) await session.closeState(name)
  const [ofAll, ofSome] = [await all.ended, await some.ended]
  assert.deepEqual([ofAll.status, ofAll.stdout, ofAll.stderr], [0, 'last\n', ''])
  assert.deepEqual([ofSome.status, ofSome.stderr], [1, 'lunatikctl: recv: b: state was closed after 1 of 2 messages (ESHUTDOWN)\n'])
})

behaviour('recv waits as long as it is told: exit 6; a second reader: exit 4; no state: exit 3', async (place) => {
  const { session } = place
  const name = await place.newState()
  await fails(place, ['recv', name, '--timeout', '300ms'], { status: 6, says: [`lunatikctl: recv: ${name}: 0 messages within 300ms (ETIMEDOUT)`] })
  await session.run(name, 'lunatik.send("x")')
  await fails(place, ['recv', 'nosuch'], { status: 3, says: ['lunatikctl: recv: nosuch: no such state (ENOENT)'] })
  const first = new Program(['lunatikctl', 'recv', name, '--timeout', '60', '--count', '2'])
  await first.printed('x')
  const { status, stderr } = await lunatikctl(['recv', name])
  assert.equal(status, 4)
  assert.match(stderr, new RegExp(`^lunatikctl: recv: ${name}: [^\n]* \\(EBUSY\\)\n`))
  first.kill('SIGINT')
  assert.equal((await first.ended).status, 130)
})

behaviour('recv tells of messages that there was no room for', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'for i = 1, 20 do pcall(lunatik.send, ("x"):rep(30000)) end')
  const { refused } = await session.show(name)
  assert.ok(refused > 0)
  const program = new Program(['lunatikctl', 'recv', name, '--json', '--count', String(20 - refused + 1)])
  await program.printed(`"sequence":${20 - refused},`)
  await session.run(name, 'lunatik.send("after")')
  const { status, stdout, stderr } = await program.ended
  assert.equal(status, 0)
  assert.match(stdout, new RegExp(`"sequence":21,"lost":${refused},"data":"after"}\n$`))
  const warning = `${name}: ${refused} message${refused === 1 ? '' : 's'} lost: there was no room for more in the queue`
  assert.deepEqual(parse(stderr), { schema: 1, command: 'recv', warning })
})

// --- where it goes ---

behaviour('recv and monitor end when nobody reads any more, which is no error', async (place) => {
  const { session } = place
  const name = await place.newState()
  const shell = (command: string) => new Program(['bash', '-c', `lunatikctl ${command} | head -1; exit \${PIPESTATUS[0]}`])
  const programs = [shell(`recv ${name}`), shell('monitor')]
  let over = false
  const ended = Promise.all(programs.map((program) => program.ended)).finally(() => { over = true })
  await eventually('both have ended', async () => {
    await session.run(name, 'lunatik.send("line\\n")')
    await session.set(name, { maxalloc: MIB })
    return over
  })
  for (const { status, stdout, stderr } of await ended) {
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /^[^\n]+\n$/)
  }
})

behaviour('recv and monitor end on a signal, even where the reader stalls: exit 130 and 143', async (place) => {
  const { session } = place
  const name = await place.newState()
  const stalled = (command: string) => new Program(['bash', '-c', `lunatikctl ${command} > >(head -c 3; sleep 60) & echo "pid=$!"; wait $!; echo "status=$?"`])
  const programs = [stalled(`recv ${name} --format hex`), stalled('monitor')]
  await receiving(place)
  await eventually('both have printed something', async () => {
    await session.run(name, 'lunatik.send("x")')
    await session.set(name, { maxalloc: MIB })
    return programs.every((program) => /^(78|set)/m.test(program.output))
  })
  // More than a pipe holds.
  for (let message = 0; message < 8; message++) await session.run(name, 'lunatik.send(("x"):rep(30000))')
  for (let event = 0; event < 1500; event++) await session.set(name, { maxalloc: MIB })
  for (const program of programs) {
    process.kill(Number(/pid=(\d+)/.exec(program.output)?.[1]), 'SIGTERM')
    await program.printed('status=143')
    program.kill('SIGKILL')
  }
  const free = new Program(['lunatikctl', 'recv', name])
  await free.printed('x')
  free.kill('SIGINT')
  assert.equal((await free.ended).status, 130)
})

// --- events ---

/** A monitor that has begun: it has told of a state of this name. */
async function monitor(place: Place, name: string, ...options: readonly string[]): Promise<Program> {
  const program = new Program(['lunatikctl', 'monitor', ...options])
  await eventually('it tells what happens', async () => {
    await place.session.set(name, { maxalloc: MIB })
    return program.output.includes('set')
  })
  return program
}

behaviour('monitor prints a line for each event, at once', async (place) => {
  const { session } = place
  const name = await place.newState()
  const program = await monitor(place, name)
  await session.newState('web', { handle: false })
  await program.printed('created   web  generation=1 ')
  await session.set('web', { maxalloc: 128 * KIB })
  await program.printed('set       web  generation=2 ')
  await failureOf(session.run('web', 'error("no luck")'))
  await failureOf(session.run('web', 'while true do end', { budget: 0.1 }))
  await failureOf(session.run('web', 'return ("x"):rep(1000000)'))
  await session.closeState('web')
  await program.printed('closed    web  ')
  program.kill('SIGINT')
  const { status, stdout, stderr } = await program.ended
  assert.deepEqual([status, stderr], [130, ''])
  const lines = stdout.split('\n').filter((line) => line.includes('  web  '))
  const told = lines.map((line) => /^(\S+) +web {2}generation=\d+ curralloc=\d+ maxalloc=\d+(?: status=(\w+))?$/.exec(line)?.slice(1))
  assert.deepEqual(told, [
    ['created', undefined], ['set', undefined], ['error', 'ECANCELED'], ['time-out', 'ETIME'], ['limit', 'ECANCELED'], ['closed', undefined],
  ])
})

behaviour('monitor --json prints a document for each event', async (place) => {
  const { session } = place
  const name = await place.newState()
  const program = await monitor(place, name, '--json')
  await session.newState('web', { handle: false, maxalloc: 2 * MIB })
  await session.closeState('web')
  await program.printed('"type":"closed"')
  program.kill('SIGTERM')
  const { status, stdout } = await program.ended
  assert.equal(status, 143)
  const created = stdout.split('\n').find((line) => line.includes('created')) ?? ''
  const { curralloc, ...rest } = parse(`${created}\n`)
  assert.deepEqual(rest, { schema: 1, netns: session.netns, type: 'created', name: 'web', generation: 1, maxalloc: 2 * MIB, status: null })
  assert.ok(typeof curralloc === 'number' && curralloc > 0)
})

behaviour('a monitor that was too slow says so, lists the states anew, and goes on', async (place) => {
  const { session } = place
  const name = await place.newState()
  const program = await monitor(place, name)
  program.kill('SIGSTOP')
  for (let event = 0; event < 1000; event++) await session.set(name, { maxalloc: MIB })
  program.kill('SIGCONT')
  await program.printed('overrun   -  events came faster than they were read: some are lost\n')
  const { generation: last } = await session.show(name)
  await program.printed(`state     ${name}  generation=${last} `)
  await program.printed('resynced  -  states=1\n')
  // The kernel drops events until what waits has been read.
  await eventually('it tells of what happens now', async () => {
    const { generation } = await session.set(name, { maxalloc: MIB })
    await sleep(100)
    return program.output.includes(`generation=${generation} `)
  })
  program.kill('SIGINT')
  assert.equal((await program.ended).status, 130)
})

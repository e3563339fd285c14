// SPDX-License-Identifier: MIT
// What `--json` prints is what man/schema says, of every command, on standard output and on standard error. (`prints`
// holds the output of every other test against it, too.)

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { EVERY_COMMAND } from '../../cli/tree.ts'
import { fitsSchema, schemaOfCommand } from '../schemas.ts'
import { pages } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, lunatikctl, Program, run, type Place } from './guest.ts'
import { kstateLoaded } from './kstate.ts'
import { folder, prints } from './told.ts'

kstateLoaded()

const ODD = `
  print("\\xff")
  return nil, true, math.maxinteger, math.mininteger, 2^53 | 0, 1.0, 0/0, -1/0, "\\xfe", "\\0\\x1b", {}, {1, {2}}, {a = {b = "\\xff"}},
    {int = "5"}, {[1.5] = 1, [{}  == nil] = "x"}`

/** What each command prints, by its schema. */
const PRINTED: Readonly<Record<string, (name: string, place: Place) => Promise<string>>> = {
  new: async (_, { session }) => {
    const made = await prints('new', 'made', '--json')
    await session.closeState('made')
    return made
  },
  list: () => prints('list', '--json'),
  show: (name) => prints('show', name, '--json'),
  set: (name) => prints('set', name, '--maxalloc', '2M', '--json'),
  get: async (name, { session }) => {
    const pinned = await prints('get', name, '--json')
    await session.unpin(name)
    return pinned
  },
  put: async (name, { session }) => {
    await session.pin(name)
    return prints('put', name, '--json')
  },
  do: (name) => prints('do', name, '--json', '-e', ODD, '-e', 'return'),
  send: async (name, { session }) => {
    await session.run(name, `function receive_callback(data) return data, "\\xff", #data + 0.0 end`)
    return (await lunatikctl(['send', name, '--json'], { input: Uint8Array.of(0xff, 0) })).stdout
  },
  recv: async (name, { session }) => {
    await session.run(name, 'lunatik.send("text") lunatik.send("\\xff\\0")')
    return prints('recv', name, '--json', '--count', '2')
  },
  shell: async (name) => {
    const input = 'print("a") return 1, "\\xff"\n1 + 1\n.send text\n.info\n'
    return (await lunatikctl(['shell', name, '--json'], { input })).stdout
  },
  monitor: (name, place) => events(name, place),
  doctor: () => prints('doctor', '--json'),
  info: () => prints('info', '--json'),
  check: async (_, place) => {
    const path = join(await folder(place), 'bad.lua')
    await writeFile(path, 'return return')
    return (await lunatikctl(['check', '--json', path, '/nosuch'])).stdout + (await prints('check', '--json', '-e', 'return 1'))
  },
  version: () => prints('version', '--json'),
  export: () => prints('export', '--json'),
  diff: async (name) => (await lunatikctl(['diff', '--json', '--prune', '-'], { input: file(name) })).stdout,
  apply: async (name, { session }) => {
    const { stdout } = await lunatikctl(['apply', '--json', '-'], { input: file(name) })
    await session.closeState('extra')
    return stdout
  },
  'page list': (_, place) => withPage(place, () => prints('page', 'list', '--json')),
  'page create': async () => {
    const made = await prints('page', 'create', 'made', '--json')
    await pages.remove('made')
    return made
  },
  'page read': (_, place) => withPage(place, async () => (await prints('page', 'read', 'odd', '--json')) + (await prints('page', 'read', 'odd', '--json', ...ODD_NUMBERS))),
  'page watch': (_, place) => withPage(place, () => prints('page', 'watch', 'odd', '--json', '--count', '1', ...ODD_NUMBERS)),
  'page write': (_, place) => withPage(place, () => prints('page', 'write', 'odd', '--json', ...ODD_NUMBERS, 'nan=inf', 'byte=0')),
  'page edit': (_, place) => withPage(place, async () => (await lunatikctl(['page', 'edit', 'odd', '--json'], { env: { VISUAL: 'true' } })).stdout),
  'page bench': (_, place) => withPage(place, () => prints('page', 'bench', 'odd', '--json', '--duration', '20ms')),
}

/** With a page whose bytes are no text, and whose numbers are no plain ones. */
async function withPage(place: Place, print: () => Promise<string>): Promise<string> {
  const page = await pages.open('odd')
  place.afterwards(() => { page.close() })
  await page.update(({ bytes }) => { bytes.fill(0xff) })
  return print()
}

const ODD_NUMBERS = ['--layout', 'u64 large, i64 small, f64 nan, f32 same, u8 byte']

/** For `apply`, with changes of every kind. */
function file(name: string): string {
  return `states: [{name: ${name}, maxalloc: 3M, scripts: [{code: "print('\\xff')", name: new}], update: recreate}, {name: extra}]`
}

async function events(name: string, { session }: Place): Promise<string> {
  const program = new Program(['lunatikctl', 'monitor', '--json'])
  await eventually('it tells what happens', async () => {
    await session.set(name, { maxalloc: 1 << 20 })
    return program.output.includes('"set"')
  })
  await session.newState('told', { handle: false })
  await failureOf(session.run('told', 'error("no luck")'))
  await failureOf(session.run('told', 'while true do end', { budget: 0.1 }))
  await failureOf(session.run('told', 'return ("x"):rep(1e6)'))
  await session.closeState('told')
  await program.printed('"closed"')
  program.kill('SIGSTOP')
  for (let event = 0; event < 1000; event++) await session.set(name, { maxalloc: 1 << 20 })
  program.kill('SIGCONT')
  await program.printed('"resynced"')
  program.kill('SIGINT')
  return (await program.ended).stdout
}

for (const [command, print] of Object.entries(PRINTED)) {
  behaviour(`what ${command} prints with --json is what its schema says`, async (place) => {
    fitsSchema(schemaOfCommand(command), await print(await place.newState(), place))
  })
}

test('no command that prints data is left out', () => {
  assert.deepEqual(Object.keys(PRINTED).sort(), EVERY_COMMAND.filter(({ silent }) => !silent).map(({ name }) => name).sort())
})

behaviour('commands that print no data print none with --json', async (place) => {
  const { session } = place
  const name = await place.newState()
  const running = new Program(['lunatikctl', 'do', name, '--timeout', '0', '-e', 'while true do end'])
  await eventually('it runs', async () => (await session.show(name)).inuse === running.pid)
  assert.equal((await lunatikctl(['abort', name, '--json'])).stdout, '')
  await running.ended
  await session.newState('old', { handle: false })
  assert.equal((await lunatikctl(['close', 'old', '--json'])).stdout, '')
})

/** In twos, which is as many as there are processors. */
async function inPairs<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let index = 0; index < items.length; index += 2) await Promise.all(items.slice(index, index + 2).map(work))
}

behaviour('a failure with --json is a document on standard error, of every kind', async (place) => {
  const name = await place.newState()
  const failing = [
    ['show', 'nosuch'], ['do', name, '-e', 'print("\\xff") error({1, "\\xfe"})'], ['nosuch'], ['do', name, '/nosuch'], ['close', 'a', 'b'],
    ['-n', 'nosuch', 'list'], ['do', name, '--timeout', '50ms', '-e', 'while true do end'], ['check', '-e', '('],
  ]
  await inPairs(failing, async (args) => {
    const { status, stderr } = await lunatikctl([...args, '--json'])
    assert.notEqual(status, 0)
    fitsSchema('failure', stderr)
    assert.equal((JSON.parse(stderr) as { exit: number }).exit, status)
  })
})

behaviour('a missing capability, a warning and a note are documents on standard error, too', async (place) => {
  const name = await place.newState()
  await place.session.run(name, 'kept = ("x"):rep(300000)')
  const denied = await run(['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', 'lunatikctl', 'list', '--json'])
  fitsSchema('failure', denied.stderr)
  const warned = await lunatikctl(['set', name, '--maxalloc', '64K', '--json'])
  assert.equal(warned.status, 0)
  fitsSchema('remark', warned.stderr)
  fitsSchema('remark', (await lunatikctl(['set', name, '--maxalloc', '1M', '--json', '--verbose'])).stderr)
})

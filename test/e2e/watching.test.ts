// SPDX-License-Identifier: MIT
// What is followed live, in a real terminal and in pipes.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from '../../native/addon/index.ts'
import { fitsSchema } from '../schemas.ts'
import { behaviour, eventually, lunatikctl, outputOf, Program, run, type Place } from './guest.ts'
import { Terminal } from './terminal.ts'
import { prints } from './told.ts'

const MIB = 1024 * 1024
/** So that only events can have it look again. */
const SELDOM = ['--interval', '1h']

async function newNamed(place: Place, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await place.session.newState(name, { handle: false })
    place.afterwards(() => place.session.closeState(name).catch(() => undefined))
  }
}

/** Runs a command whose process id is known. */
async function started(place: Place, terminal: Terminal, command: string): Promise<() => number> {
  const folder = await mkdtemp(join(tmpdir(), 'live-'))
  place.afterwards(() => rm(folder, { recursive: true }))
  await terminal.type(`clear; sh -c 'echo $$ >${folder}/pid; exec ${command}'; echo "status=$?"`)
  const pid = () => Number(existsSync(`${folder}/pid`) && readFileSync(`${folder}/pid`, 'utf8'))
  await eventually('it has begun', () => Promise.resolve(pid() > 0))
  return pid
}

/** The terminal is as it was: the first screen, a cursor, lines with echo. */
async function restored(terminal: Terminal, status: number): Promise<void> {
  await terminal.shows(new RegExp(`^status=${status}$`, 'm'))
  assert.deepEqual(await terminal.modes(), { cursor: true, alternate: false })
  await terminal.type('stty -a | grep -oE -- "-?(icanon|echo)\\b" | tr "\\n" " "')
  await terminal.shows(/^icanon echo /m)
}

behaviour('top follows events and not only time, is sorted by keys, fits other sizes, and leaves the terminal as it was', async (place) => {
  await newNamed(place, 'web', 'dns')
  await place.session.set('dns', { maxalloc: 4 * MIB })
  const terminal = await Terminal.open(place, 80, 12)
  await terminal.type(`clear; lunatikctl top ${SELDOM.join(' ')} --sort name; echo "status=$?"`)
  await terminal.shows(/^namespace \d+ {2}2 states .*\nmemory ░+ .*\n\nNAME▲ .*\ndns +░+ +\d+% .* 4M .*\nweb +/)
  assert.deepEqual(await terminal.modes(), { cursor: false, alternate: true })
  await newNamed(place, 'mail')
  await terminal.shows(/3 states[^]*\ndns [^]*\nmail [^]*\nweb /)
  await terminal.press('m')
  await terminal.shows(/MAXALLOC▼[^]*\ndns [^]*\nmail [^]*\nweb [^]*sorted by maxalloc/)
  await terminal.press('R')
  await terminal.shows(/MAXALLOC▲[^]*\ndns [^]*reversed/)
  await terminal.resize(40, 8)
  const narrow = await terminal.shows(/^namespace[^]*NAME[^]*q quit/)
  for (const line of narrow.split('\n')) assert.ok(line.length <= 40, line)
  await terminal.resize(200, 30)
  await terminal.shows(/NAME +USE +CURRALLOC +MAXALLOC▲ +RUNS +RATE +LUA +ERRORS +QUEUED +INUSE +AGE +SCRIPT/)
  await terminal.press('q')
  await restored(terminal, 0)
})

behaviour('top gives the terminal back when it is stopped, takes it again when it goes on, and when a signal ends it', async (place) => {
  await newNamed(place, 'web')
  const terminal = await Terminal.open(place, 80, 12)
  await terminal.type('clear; lunatikctl top')
  await terminal.shows(/^namespace/)
  await terminal.press('C-z')
  await terminal.shows(/Stopped +lunatikctl top/)
  assert.deepEqual(await terminal.modes(), { cursor: true, alternate: false })
  await terminal.type('clear; fg; echo "status=$?"')
  await terminal.shows(/^namespace/)
  await terminal.press('C-c')
  await restored(terminal, 130)
  const pid = await started(place, terminal, 'lunatikctl top')
  await terminal.shows(/^namespace/)
  process.kill(pid(), 'SIGTERM')
  await restored(terminal, 143)
})

behaviour('a terminal that vanishes ends what was shown there', async (place) => {
  await newNamed(place, 'web')
  for (const command of ['top', 'list --watch', 'shell web', 'monitor']) {
    const terminal = await Terminal.open(place, 80, 12)
    const pid = await started(place, terminal, `lunatikctl ${command}`)
    await terminal.shows(command === 'monitor' ? /^$/ : /web/)
    await eventually('it runs', async () => (await run(['kill', '-0', String(pid())])).status === 0)
    await terminal.vanish()
    await eventually(`${command} has ended`, async () => (await run(['kill', '-0', String(pid())])).status !== 0)
  }
})

behaviour('without UTF-8 and colour, top is ASCII without attributes; on what is no terminal it says what there is instead', async (place) => {
  await newNamed(place, 'web')
  const terminal = await Terminal.open(place, 80, 12)
  await terminal.type('clear; LC_ALL=C NO_COLOR=1 lunatikctl top; echo "status=$?"')
  const screen = await terminal.shows(/^web/m, '-e')
  // eslint-disable-next-line no-control-regex -- what is not to be there
  assert.doesNotMatch(screen, /[^\x00-\x7f]|\x1b\[[\d;]*m/)
  assert.match(screen, /^memory \.{10} +0%/m)
  await terminal.press('q')
  await restored(terminal, 0)
  const { status, stderr } = await lunatikctl(['top'])
  assert.deepEqual([status, stderr.split('\n')[0]], [2, 'lunatikctl: top: it needs a terminal; for programs there is lunatikctl list --watch'])
})

behaviour('list --watch on a terminal leaves behind what it showed last', async (place) => {
  await newNamed(place, 'web')
  const terminal = await Terminal.open(place, 80, 12)
  await terminal.type(`clear; lunatikctl list --watch ${SELDOM.join(' ')}; echo "status=$?"`)
  await terminal.shows(/^NAME▲[^]*\nweb /)
  await newNamed(place, 'dns')
  await terminal.shows(/^NAME▲[^]*\ndns [^]*\nweb /)
  await terminal.press('C-c')
  await terminal.shows(/^NAME +USERS[^]*\ndns [^]*\nweb [^]*\nstatus=130$/m)
})

behaviour('list --watch in a pipe is a listing for each change, and a reader that has enough is no error', async (place) => {
  await newNamed(place, 'web')
  const program = new Program(['lunatikctl', 'list', '--watch', '--json', ...SELDOM])
  await program.printed('"web"')
  await place.session.set('web', { maxalloc: 2 * MIB })
  await program.printed(`"maxalloc":${2 * MIB}`)
  await newNamed(place, 'dns')
  await program.printed('"dns"')
  program.kill('SIGINT')
  const { status, stdout } = await program.ended
  fitsSchema('list', stdout)
  const documents = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { schema: number; states: { name: string }[] })
  assert.deepEqual([status, documents.map(({ states }) => states.map(({ name }) => name).join())], [130, ['web', 'web', 'dns,web']])

  const piped = new Program(['bash', '-c', `lunatikctl list --watch -o name ${SELDOM.join(' ')} | head -n 1; echo "status=\${PIPESTATUS[0]}"`])
  await piped.printed('dns\n')
  await eventually('it has noticed', async () => {
    await place.session.set('web', { maxalloc: MIB + Math.ceil(Math.random() * 1000) * 4096 })
    return piped.output.includes('status=')
  })
  assert.deepEqual([(await piped.ended).stdout], ['dns\nstatus=0\n'])
})

behaviour('list --all-netns finds namespaces with names and without', async (place) => {
  await newNamed(place, 'here')
  await outputOf('ip', 'netns', 'add', 'live-blue')
  place.afterwards(() => outputOf('ip', 'netns', 'delete', 'live-blue'))
  const blue = await open({ netns: 'live-blue' })
  place.afterwards(() => { blue.close() })
  await blue.newState('b', { handle: false })
  place.afterwards(() => blue.closeState('b'))
  const holder = new Program(['unshare', '--net', 'sh', '-c', 'echo ready; exec sleep 600'])
  place.afterwards(() => { holder.kill('SIGKILL') })
  await holder.printed('ready')
  const unnamed = await open({ netns: holder.pid })
  await unnamed.newState('u', { handle: false })
  unnamed.close()

  const rows = (await outputOf('lunatikctl', 'list', '--all-netns', '-o', 'netns,name')).trimEnd().split('\n').map((line) => line.split(/ +/))
  assert.deepEqual(rows[0], ['NETNS', 'NAME'])
  assert.deepEqual(rows.slice(1).filter(([, name]) => name !== 'here'), [[String(holder.pid), 'u'], ['live-blue', 'b']])
  assert.ok(rows.some(([, name]) => name === 'here'))
  assert.equal(await prints('list', '--all-netns', '-o', 'name', 'b'), 'b\n')
  const { states } = JSON.parse(await prints('list', '--all-netns', '--json', 'b')) as { states: { netns: number; netns_name: string }[] }
  assert.deepEqual(states.map(({ netns, netns_name }) => [netns, netns_name]), [[blue.netns, 'live-blue']])
  // Who may not look is told once, and not of each.
  const denied = await run(['setpriv', '--reuid', '65534', '--clear-groups', '--bounding-set=-all', 'lunatikctl', 'list', '--all-netns'])
  assert.deepEqual([denied.status, denied.stdout.split('\n').length - 1], [7, 1], denied.stderr)
  assert.match(denied.stderr, /^lunatikctl: list: the namespaces of \d+ processes may not be seen: permission denied$/m)
})

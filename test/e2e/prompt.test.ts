// SPDX-License-Identifier: MIT
// What carries out many things: the shell, a batch; and the doctor, who looks at all.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { behaviour, eventually, failureOf, lunatikctl, outputOf, Program, run, sleep, SLOWNESS } from './guest.ts'
import { Terminal } from './terminal.ts'
import { folder, prints } from './told.ts'

behaviour('a script for the shell: expressions are printed, chunks go over lines, dots are commands', async (place) => {
  const name = await place.newState()
  const input = [
    '7 / 2, nil', 'x = {1, a = {2}}', 'x, print == print', 'for i = 1, 2 do', '  print(i)', 'end', 'type(print), { f = print }', '.info',
    'function receive_callback(text) return text:upper() end', '.send hello there',
  ].join('\n')
  const { status, stdout, stderr } = await lunatikctl(['shell', name], { input })
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
  const lines = stdout.split('\n')
  assert.deepEqual(lines.slice(0, 4), ['3.5\tnil', '{[1] = 1, a = {2}}\ttrue', '1', '2'])
  assert.match(lines[4] ?? '', /^function\t\{f = <function: [^>]+>\}$/)
  assert.match(stdout, new RegExp(`^name +${name}$`, 'm'))
  assert.equal(lines.at(-2), 'HELLO THERE')
})

behaviour('a script for the shell ends with its first failure, and tells the line; what does not compile never gets to the state', async (place) => {
  const name = await place.newState()
  const failed = await lunatikctl(['shell', name], { input: 'x = 1\n\nerror("here")\nx = 2\n' })
  assert.equal(failed.status, 5)
  assert.match(failed.stderr, new RegExp(`^lunatikctl: shell: ${name}: stdin:3: here\nstack traceback:`))
  assert.deepEqual((await place.session.run(name, 'return x')).values, [1])
  const { runs, errors } = await place.session.show(name)
  for (const [input, message] of [['x = = 1', "unexpected symbol near '='"], ['\nfor', '<name> expected near <eof>']] as const) {
    const refused = await lunatikctl(['shell', name], { input })
    const line = input.split('\n').length
    assert.deepEqual([refused.status, refused.stderr], [5, `lunatikctl: shell: ${name}: stdin:${line}: ${message}\n`])
  }
  const after = await place.session.show(name)
  assert.deepEqual([after.runs, after.errors], [runs, errors])
  assert.equal((await lunatikctl(['shell', 'nosuch'], { input: '' })).status, 3)
  const unknown = await lunatikctl(['shell', name], { input: '.sned x' })
  assert.deepEqual([unknown.status, unknown.stderr], [2, 'lunatikctl: shell: no command .sned: did you mean .send?\n'])
})

behaviour('a script for the shell ends when nobody reads any more, and that is no error', async (place) => {
  const name = await place.newState()
  const script = 'x = 1\\nx\\nfor i = 1, 100000 do print(i) end\\nfor i = 1, 100000 do print(i) end\\nx = 2\\n'
  const { stdout } = await run(['bash', '-c', `printf '${script}' | lunatikctl shell ${name} | head -n 1; echo "status=\${PIPESTATUS[1]}"`])
  assert.equal(stdout, '1\nstatus=0\n')
  assert.deepEqual((await place.session.run(name, 'return x')).values, [1])
})

behaviour('the shell on a terminal: editing, completion, chunks over lines, Ctrl-C, Ctrl-Z, a history, and no end after failures', async (place) => {
  const name = await place.newState()
  const state = await folder(place)
  const terminal = await Terminal.open(place, 90, 40)
  await terminal.type(`export XDG_STATE_HOME=${state}; clear; lunatikctl shell --timeout 0 ${name}`)
  const prompt = new RegExp(`^${name}>$`, 'm')
  await terminal.shows(prompt)
  const answer = async (line: string, wanted: RegExp): Promise<void> => {
    await terminal.type(line)
    await terminal.shows(new RegExp(`${wanted.source}\n(?:.*\n)*${name}>$(?![^])`, 'm'))
  }
  await answer('1 + 1', /^2$/)
  // The names are asked from the state, which takes a while.
  await place.session.run(name, 'function completed_by_tab() return "yes it is" end')
  await terminal.press('c')
  await terminal.press('o')
  await terminal.press('m')
  // A state that has not answered after a fifth of a second has nothing to offer; whoever sits there presses once more.
  const completes = async (): Promise<boolean> => {
    await terminal.press('Tab')
    await sleep(1000)
    return (await terminal.screen()).endsWith('> completed_by_tab')
  }
  await eventually('Tab completes', completes, 60 * SLOWNESS)
  await answer('()', /^yes it is/)
  await terminal.type('for i = 1, 2 do')
  await terminal.shows(/>> *$/)
  await terminal.type('print("turn " .. i)')
  await answer('end', /^turn 1\nturn 2/)
  await answer('nosuch()', /^stdin:1: attempt to call a nil value.*/)
  await answer('local z = 1', /a local is of its chunk only.*/)
  await terminal.type('while true do end')
  await eventually('it runs', async () => (await place.session.show(name)).inuse !== null)
  await terminal.press('C-c')
  await answer('"still" .. " here"', /^still here/)
  assert.equal((await place.session.show(name)).inuse, null)
  await terminal.press('C-z')
  await terminal.shows(/Stopped/)
  await terminal.type('fg; echo "status=$?"')
  await answer('40 + 2', /^42/)
  await terminal.press('C-d')
  await terminal.shows(/^status=0$/m)

  const history = (await readFile(join(state, 'lunatikctl/history'), 'utf8')).trimEnd().split('\n')
  assert.deepEqual([history[0], history.at(-1)], ['1 + 1', '40 + 2'])
  await terminal.type(`clear; lunatikctl shell ${name}`)
  await terminal.shows(prompt)
  await terminal.press('Up')
  await terminal.shows(/> 40 \+ 2$/)
  await terminal.press('C-c')
  await terminal.press('C-d')
})

behaviour('a history that cannot be written is one line, and the shell goes on', async (place) => {
  const name = await place.newState()
  const terminal = await Terminal.open(place, 140, 20)
  await terminal.type(`clear; XDG_STATE_HOME=/proc/nosuch lunatikctl shell ${name}`)
  await terminal.shows(/>$/)
  await terminal.type('1')
  await terminal.shows(/^1\n/m)
  await terminal.type('2')
  const screen = await terminal.shows(/^2\n.*>$/m)
  assert.equal(screen.match(/history/g)?.length, 2, screen)
  assert.match(screen, /^lunatikctl: shell: history: \/proc\/nosuch\/lunatikctl\/history: no such file or directory; what is typed is not kept$/m)
  await terminal.press('C-d')
})

behaviour('a batch is carried out line by line over one connection; failures tell the file and the line', async (place) => {
  const path = join(await folder(place), 'b.batch')
  await writeFile(path, ['# two states', 'new a --maxalloc 1M', 'new b', "do a -e '", '  x = "in a"', "  return x'", 'close nosuch', 'clsoe a', 'close a b', ''].join('\n'))
  const stopped = await lunatikctl(['batch', path])
  assert.deepEqual([stopped.status, stopped.stdout, stopped.stderr], [3, 'in a\n', `lunatikctl: ${path}:7: close: nosuch: no such state (ENOENT)\n`])
  assert.deepEqual((await place.session.list()).map(({ name }) => name), ['a', 'b'])
  await place.session.closeState('a')
  await place.session.closeState('b')
  const traced = join(await folder(place), 'trace')
  const forced = await run(['strace', '-f', '-e', 'trace=socket', '-o', traced, 'lunatikctl', 'batch', '--force', path])
  assert.deepEqual([forced.status, forced.stderr], [
    3, `lunatikctl: ${path}:7: close: nosuch: no such state (ENOENT)\nlunatikctl: ${path}:8: unknown command 'clsoe' (Did you mean close?)\nlunatikctl: see lunatikctl --help\n`,
  ])
  const sockets = (await readFile(traced, 'utf8')).split('\n').filter((line) => line.includes('AF_NETLINK'))
  assert.ok(sockets.length <= 2, sockets.join('\n'))
  assert.deepEqual(await place.session.list(), [])
  const json = await lunatikctl(['--json', 'batch', '-'], { input: 'close nosuch\n' })
  assert.match(json.stderr, /^\{"schema":1,"command":"close","place":"standard input:1","exit":3,/)
})

behaviour('a batch from standard input is carried out as it comes, and has that for itself', async (place) => {
  const path = await folder(place)
  const program = new Program(['bash', '-c', `{ echo 'new streamed'; until [ -e ${path}/go ]; do sleep 0.1; done; echo 'do streamed -'; } | lunatikctl batch -; echo "status=\${PIPESTATUS[1]}"`])
  await eventually('the first line has been carried out', async () => (await failureOf(place.session.show('streamed'))) === undefined)
  await writeFile(`${path}/go`, '')
  const { stdout, stderr } = await program.ended
  assert.deepEqual([stdout, stderr], ['status=2\n', 'lunatikctl: standard input:2: do: -: standard input is the batch\n'])
  await place.session.closeState('streamed')
})

behaviour('the doctor finds the guest well, and says so as JSON too', async () => {
  const text = await outputOf('lunatikctl', 'doctor')
  assert.match(text, /^ok {4}module +loaded$/m)
  assert.match(text, /^ok {4}capability +CAP_NET_ADMIN, CAP_SYS_ADMIN$/m)
  const { ok, checks } = JSON.parse(await prints('doctor', '--json')) as { ok: boolean; checks: { check: string }[] }
  assert.ok(ok && checks.length > 10)
  const nowhere = await lunatikctl(['-n', 'nosuch', 'doctor'])
  assert.deepEqual([nowhere.status, nowhere.stdout], [3, ''])
  assert.match(nowhere.stderr, /^lunatikctl: doctor: nosuch: [^\n]+ \(ENOENT\)\n/)
  const denied = await run(['setpriv', '--reuid', '65534', '--clear-groups', '--bounding-set=-all', 'lunatikctl', 'doctor'])
  assert.equal(denied.status, 1)
  assert.match(denied.stdout, /^fail {2}capability +CAP_NET_ADMIN is missing\n +try sudo$/m)
})

// SPDX-License-Identifier: MIT
// apply, diff and export: states are brought to what a file says, once, whole, and back where a step fails.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fitsSchema } from '../schemas.ts'
import { behaviour, eventually, listing, lunatikctl, outputOf, Program, run, type Ended, type Place } from './guest.ts'
import { folder, parse, prints } from './told.ts'

const KIB = 1024

/** A folder with files, of which site.yaml is to be applied; all states go with the test. */
async function site(place: Place, files: Readonly<Record<string, string>>): Promise<string> {
  const path = await folder(place)
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text)
  place.afterwards(() => lunatikctl(['close', '--all', '--force', '--yes']))
  return path
}

function told({ status, stdout, stderr }: Ended): readonly [number | null, string, string] {
  return [status, stdout, stderr]
}

async function values({ session }: Place, state: string, code: string) {
  return (await session.run(state, code)).values
}

const SITE = `
states:
- name: web
  maxalloc: 256K
  scripts:
  - setup.lua
  - {code: "ready = count(3)", name: ready}
- name: mail
`
const SETUP = '#!/usr/bin/lua\nloads = (loads or 0) + 1\nfunction count(n) return n * loads end\n'

behaviour('a file is applied once: again, from elsewhere, and after questions, nothing is changed', async (place) => {
  const { session } = place
  const path = await site(place, { 'site.yaml': SITE, 'setup.lua': SETUP })
  const file = join(path, 'site.yaml')
  const size = SETUP.length - '#!/usr/bin/lua'.length
  const all = `+ web new maxalloc=262144\n+ mail new\n~ web run setup.lua size=${size}\n~ web run ready size=16\n`
  assert.deepEqual(told(await lunatikctl(['diff', file])), [1, all, ''])
  assert.deepEqual(await session.list(), [])
  assert.deepEqual(told(await lunatikctl(['apply', file])), [0, all, ''])
  assert.deepEqual(await values(place, 'web', 'return ready, loads, lunatik.maxalloc()'), [3, 1, 256 * KIB])
  assert.equal((await session.show('mail')).maxalloc, 1024 * KIB)
  const before = await listing(session)
  for (const command of ['diff', 'apply']) {
    assert.deepEqual(told(await lunatikctl([command, 'site.yaml'], { cwd: path })), [0, '', ''])
    assert.deepEqual(told(await lunatikctl([command, '-'], { cwd: path, input: SITE })), [0, '', ''])
  }
  assert.deepEqual(await listing(session), before)
  const { status, stderr } = await lunatikctl(['diff', '--verbose', file])
  assert.deepEqual([status, stderr], [0, 'lunatikctl: diff: web: others have changed it since it was applied\n'])
})

behaviour('only what has changed is changed: a limit, a script behind the others, one that was there', async (place) => {
  const { session } = place
  const path = await site(place, { 'site.yaml': SITE, 'setup.lua': SETUP, 'more.lua': 'more = true' })
  const file = join(path, 'site.yaml')
  await prints('apply', file)
  await writeFile(file, SITE.replace('256K', '512K').replace('- name: mail', '  - more.lua\n- name: mail'))
  assert.equal(await prints('apply', file), '~ web set maxalloc=524288 was=262144\n~ web run more.lua size=11\n')
  assert.deepEqual(await values(place, 'web', 'return more, loads'), [true, 1])
  await writeFile(join(path, 'setup.lua'), `${SETUP}-- changed\n`)
  assert.match(await prints('apply', file), /^~ web run-again setup\.lua size=\d+\n~ web run-again ready size=16\n~ web run-again more\.lua size=11\n$/)
  // What the state holds stays: it was not made anew.
  assert.deepEqual(await values(place, 'web', 'return loads'), [2])
  await writeFile(file, SITE.replace('maxalloc', 'update: recreate\n  maxalloc'))
  assert.match(await prints('apply', file), /^- web close-to-recreate\n\+ web new maxalloc=262144\n~ web run setup\.lua size=\d+\n~ web run ready size=16\n$/)
  assert.deepEqual(await values(place, 'web', 'return loads, more'), [1, null])
  assert.equal((await lunatikctl(['diff', file])).status, 0)
  assert.equal((await session.list()).length, 2)
})

behaviour('a file with anything wrong in it is refused whole, and each place is told: exit 1; for diff 2', async (place) => {
  const path = await site(place, {
    'wrong.yaml': 'states:\n- name: web\n  maxaloc: 4M\n- {name: mail, maxalloc: 4X}\n',
    'scripts.yaml': 'states:\n- name: web\n  scripts: [good.lua, nosuch.lua, bad.lua, folder]\n- name: mail\n  maxalloc: 64K\n  scripts:\n  - large.lua\n  - {file: good.lua, size: 3}\n',
    'good.lua': 'x = 1', 'bad.lua': 'local x =\n= 2', 'large.lua': `return {${'0.5, '.repeat(20_000)}}`, 'binary.yaml': '\u0000\u0001',
  })
  await mkdir(join(path, 'folder'))
  await writeFile(join(path, 'latin.yaml'), Uint8Array.of(0xff))
  const at = (file: string, command: string) => (line: string) => `lunatikctl: ${command}: ${join(path, file)}${line}\n`
  const cases: Readonly<Record<string, readonly string[]>> = {
    'wrong.yaml': [":3:3: unknown key 'maxaloc': did you mean maxalloc?", ":4:26: 'maxalloc': a size is a number of bytes, with K, M or G for powers of 1024: 65536, 64K, 1M"],
    'scripts.yaml': [
      ':3:23: nosuch.lua: no such file or directory', ":3:35: bad.lua:2: unexpected symbol near '='", ':3:44: folder: illegal operation on a directory',
      ':7:5: not enough memory', ':8:5: good.lua has 5 bytes, and not 3',
    ],
    'latin.yaml': [': is no UTF-8'],
    'none.yaml': [': no such file or directory (ENOENT)'],
  }
  for (const [file, lines] of Object.entries(cases)) {
    for (const [command, status] of [['apply', 1], ['diff', 2]] as const) {
      assert.deepEqual(told(await lunatikctl([command, join(path, file)])), [status, '', lines.map(at(file, command)).join('')])
    }
  }
  const json = await lunatikctl(['apply', '--json', join(path, 'wrong.yaml')])
  fitsSchema('failure', json.stderr)
  assert.deepEqual([json.status, json.stdout], [1, ''])
  assert.deepEqual(await place.session.list(), [])
})

behaviour('when a script fails, new states are closed and limits restored, and what stays is named: exit 5', async (place) => {
  const { session } = place
  const path = await site(place, {
    'site.yaml': `
states:
- {name: new, scripts: [good.lua]}
- {name: old, maxalloc: 512K, scripts: [good.lua, half.lua]}
- {name: never, scripts: [good.lua]}
`,
    'good.lua': 'good = true', 'half.lua': 'half = true error("no luck", 0)',
  })
  await session.newState('old', { handle: false, maxalloc: 128 * KIB })
  const { status, stdout, stderr } = await lunatikctl(['apply', join(path, 'site.yaml')])
  assert.deepEqual([status, stdout], [5, '+ new new\n~ old set maxalloc=524288 was=131072\n+ never new\n~ new run good.lua size=11\n~ old run good.lua size=11\n'])
  const lines = stderr.split('\n').filter((line) => !line.startsWith('\t') && line !== '')
  assert.deepEqual(lines, [
    'lunatikctl: apply: put back: never: closed',
    'lunatikctl: apply: put back: old: maxalloc 131072 again',
    'lunatikctl: apply: put back: new: closed',
    'lunatikctl: apply: old: no luck',
    'stack traceback:',
    'lunatikctl: apply: old: cannot be put back: what half.lua did there before it failed',
    'lunatikctl: apply: old: cannot be put back: good.lua has run there',
  ])
  assert.deepEqual((await session.list()).map(({ name, maxalloc }) => [name, maxalloc]), [['old', 128 * KIB]])
  assert.deepEqual(await values(place, 'old', 'return good, half'), [true, true])
  // The next one goes on where this one failed.
  await writeFile(join(path, 'half.lua'), 'half = "whole"')
  assert.match(await prints('apply', join(path, 'site.yaml')), /~ old run half\.lua size=14\n/)
  assert.deepEqual(await values(place, 'old', 'return half'), ['whole'])
})

behaviour('who changes a state meanwhile is not run over: exit 4, and the rest is put back', async (place) => {
  const { session } = place
  const path = await site(place, {
    'site.yaml': 'states:\n- {name: first, scripts: [slow.lua]}\n- {name: second, scripts: [{code: y = 2}]}\n',
    'slow.lua': 'for i = 1, 1e9 do if stop then break end end',
  })
  await session.newState('second', { handle: false })
  const program = new Program(['lunatikctl', 'apply', '--timeout', '0', join(path, 'site.yaml')])
  await eventually('the first runs', async () => (await session.list()).some(({ name, inuse }) => name === 'first' && inuse !== null))
  await session.run('second', 'mine = true')
  await session.abort('first')
  const aborted = await program.ended
  assert.equal(aborted.status, 6)
  assert.match(aborted.stderr, /put back: first: closed/)
  const two = await Promise.all([1, 2].map(() => lunatikctl(['apply', '--json', '-'], { input: 'states:\n- {name: a, scripts: [{code: "x = (x or 0) + 1"}]}\n- {name: second, scripts: [{code: y = 2}]}\n' })))
  const statuses = two.map(({ status }) => status).sort()
  assert.ok(statuses[0] === 0 && [0, 4].includes(statuses[1] ?? -1), JSON.stringify(two))
  assert.deepEqual(await values(place, 'a', 'return x'), [1])
  assert.deepEqual(await values(place, 'second', 'return mine, y'), [true, 2])
})

behaviour('Ctrl-C puts back, exit 130; and after a kill the next apply finishes', async (place) => {
  const { session } = place
  const text = 'states:\n- {name: new, scripts: [{code: "done = true"}, {code: "while not go do end"}]}\n'
  const path = await site(place, { 'site.yaml': text })
  const file = join(path, 'site.yaml')
  const start = async (...before: readonly string[]) => {
    const program = new Program(['lunatikctl', 'apply', '--timeout', '0', ...before, file])
    await eventually('the second script runs', async () => (await session.list()).some(({ script, inuse }) => script?.name === 'script-2' && inuse !== null))
    return program
  }
  const stopped = await start()
  stopped.kill('SIGINT')
  assert.deepEqual(told(await stopped.ended).slice(0, 1), [130])
  assert.deepEqual(await session.list(), [])
  const after = await start(join(path, 'nosuch.yaml'))
  after.kill('SIGINT')
  const [status, , said] = told(await after.ended)
  assert.deepEqual([status, said.trimEnd().split('\n').at(-1)], [130, `lunatikctl: apply: ${path}/nosuch.yaml: no such file or directory (ENOENT)`])
  const killed = await start()
  killed.kill('SIGKILL')
  await killed.ended
  await eventually('nothing runs', async () => (await session.show('new')).inuse === null)
  await session.run('new', 'go = true')
  assert.equal(await prints('apply', file), '~ new run script-2 size=19\n')
  assert.deepEqual(await values(place, 'new', 'return done'), [true])
})

behaviour('a file may be about several namespaces; one that is missing, or named twice, refuses it whole', async (place) => {
  const text = (...names: readonly string[]) => `namespaces:\n${names.map((name) => `- netns: ${name}\n  states:\n  - {name: web, scripts: [{code: "return 1"}]}\n`).join('')}`
  const path = await site(place, { 'site.yaml': text('blue', 'green'), 'missing.yaml': text('blue', 'gren'), 'twice.yaml': text('blue', '/run/netns/blue') })
  for (const name of ['blue', 'green']) {
    await outputOf('ip', 'netns', 'add', name)
    place.afterwards(() => outputOf('ip', 'netns', 'del', name))
  }
  const missing = await lunatikctl(['apply', join(path, 'missing.yaml')])
  assert.equal(missing.status, 3)
  assert.match(missing.stderr, /^lunatikctl: apply: [^ ]*missing\.yaml:5:10: gren: [^\n]*\n$/)
  const twice = await lunatikctl(['apply', join(path, 'twice.yaml')])
  assert.deepEqual(told(twice), [1, '', `lunatikctl: apply: ${path}/twice.yaml:5:10: '/run/netns/blue' is the same namespace as 'blue'\n`])
  assert.equal((await lunatikctl(['-n', 'blue', 'apply', join(path, 'site.yaml')])).status, 2)
  assert.equal(await prints('-n', 'blue', 'list', '-o', 'name'), '')
  const lines = (name: string) => [`@ ${name}\n+ web new\n`, `@ ${name}\n~ web run script-1 size=8\n`] as const
  assert.equal(await prints('apply', join(path, 'site.yaml')), `${lines('blue')[0]}${lines('green')[0]}${lines('blue')[1]}${lines('green')[1]}`)
  for (const name of ['blue', 'green']) assert.equal(await prints('-n', name, 'list', '-o', 'name'), 'web\n')
  assert.deepEqual(parse(await prints('diff', '--json', join(path, 'site.yaml'))), { schema: 1, file: join(path, 'site.yaml'), changes: [] })
})

behaviour('states that the file does not name stay, unless --prune closes them, last', async (place) => {
  const { session } = place
  const path = await site(place, { 'site.yaml': 'states:\n- name: web\n' })
  const file = join(path, 'site.yaml')
  await session.newState('old', { handle: false })
  await session.newState('pinned', { handle: false })
  await session.pin('pinned')
  assert.equal(await prints('apply', file), '+ web new\n')
  assert.equal((await session.list()).length, 3)
  assert.deepEqual(told(await lunatikctl(['diff', '--prune', file])), [1, '- old close\n- pinned close\n', ''])
  const { status, stderr } = await lunatikctl(['apply', '--prune', file])
  assert.equal(status, 4)
  assert.match(stderr, /^lunatikctl: apply: pinned: state is pinned \(1 pin\) \(EBUSY\)\n[^\n]*put pinned[^\n]*\nlunatikctl: apply: old: cannot be put back: it was closed\n$/)
  await session.unpin('pinned')
  assert.equal(await prints('apply', '--prune', file), '- pinned close\n')
  assert.deepEqual((await session.list()).map(({ name }) => name), ['web'])
  assert.equal((await lunatikctl(['apply', '--prune', file, file])).status, 2)
})

behaviour('what export prints is a file that changes nothing, and brings limits elsewhere', async (place) => {
  const { session } = place
  const path = await site(place, { 'site.yaml': SITE, 'setup.lua': SETUP })
  await prints('apply', join(path, 'site.yaml'))
  await session.newState('8080', { handle: false, maxalloc: 64 * KIB })
  await session.run('8080', 'return 1', { chunkName: '@odd: name' })
  const yaml = await prints('export')
  const json = await prints('export', '--json')
  fitsSchema('file', json)
  const digest = createHash('sha256').update('return 1').digest('hex')
  assert.match(yaml, new RegExp(`\n  - name: "8080"\n    maxalloc: 65536\n    scripts:\n      - name: "odd: name"\n        size: 8\n        sha256: ${digest}\n`))
  for (const input of [yaml, json]) assert.deepEqual(told(await lunatikctl(['diff', '-'], { input })), [0, '', ''])
  await session.run('8080', 'return 2')
  const moved = await lunatikctl(['apply', '-'], { input: yaml })
  assert.equal(moved.status, 1)
  assert.match(moved.stderr, /^lunatikctl: apply: standard input:\d+:\d+: 8080 has not last run odd: name, of which the file has no text\n$/)
  assert.deepEqual((parse(await prints('export', '--json', '80*')).states).map(({ name }) => name), ['8080'])
})

behaviour('who applies gets documents with --json, and the outputs of scripts in them; a closed pipe undoes nothing', async (place) => {
  const { session } = place
  const path = await site(place, { 'site.yaml': 'states:\n- {name: web, scripts: [{code: "print(\'hello\\xff\')", name: hi}]}\n' })
  const file = join(path, 'site.yaml')
  const { status } = await run(['bash', '-c', `lunatikctl apply ${file} | head -0; exit \${PIPESTATUS[0]}`])
  assert.equal(status, 0)
  assert.equal((await session.list()).length, 1)
  await session.closeState('web')
  const full = await run(['bash', '-c', `lunatikctl apply ${file} >/dev/full`])
  assert.deepEqual(told(full), [1, '', 'lunatikctl: apply: standard output: no space left on device (ENOSPC)\n'])
  assert.equal((await session.list()).length, 1)
  await session.closeState('web')
  const [made, ran] = parse(await prints('apply', '--json', file))['changes'] as [unknown, Record<string, unknown>]
  assert.deepEqual(made, { netns: null, state: 'web', action: 'new', maxalloc: null })
  assert.deepEqual([ran['script'], ran['again'], ran['output']], ['hi', false, 'hello\u00ff\n'])
})

behaviour('the unit applies what is in /etc/lunatik, each file by itself', async (place) => {
  const { session } = place
  await mkdir('/etc/lunatik', { recursive: true })
  place.afterwards(() => outputOf('rm', '-rf', '/etc/lunatik'))
  place.afterwards(() => lunatikctl(['close', '--all', '--yes']))
  for (const [name, text] of Object.entries({ a: 'states:\n- name: a\n', bad: 'stats:\n', c: 'states:\n- {name: c, scripts: [c.lua]}\n' })) await writeFile(`/etc/lunatik/${name}.yaml`, text)
  await writeFile('/etc/lunatik/c.lua', 'return 1')
  const unit = await readFile('cli/systemd/lunatik.service', 'utf8')
  const command = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(unit)?.[1] ?? ''
  const { status, stderr } = await run(['/bin/sh', '-c', command], { cwd: '/' })
  assert.equal(status, 1)
  assert.match(stderr, /^lunatikctl: apply: \/etc\/lunatik\/bad\.yaml:1:1: unknown key 'stats': did you mean states\?\n/)
  assert.deepEqual((await session.list()).map(({ name }) => name), ['a', 'c'])
})

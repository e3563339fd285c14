// SPDX-License-Identifier: MIT
// lunatikctl's commands on states: what they print, how they fail, and with which exit status.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { behaviour, lunatikctl, outputOf, run } from './guest.ts'
import { fails, folder, parse, prints, scriptFails } from './told.ts'

const MIB = 1024 * 1024

behaviour('a state is made, listed, run in, shown and closed', async () => {
  assert.equal(await prints('new', 'web', '--maxalloc', '2M'), '')
  assert.match(await prints('list'), /^NAME .*\nweb +.*2097152.*\n$/)
  assert.equal(await prints('list', '-o', 'name'), 'web\n')
  assert.equal(await prints('do', 'web', '-e', 'print("hello") return 7 / 2, nil, "x", {1, {a = true}}'), 'hello\n3.5\tnil\tx\t{1, {a = true}}\n')
  assert.match(await prints('show', 'web'), /^name +web$/m)
  assert.equal(await prints('close', 'web'), '')
  assert.match(await prints('list'), /^NAME[^\n]*\n$/)
})

behaviour('a state that exists: exit 4, or none with --if-missing', async (place) => {
  const name = await place.newState()
  await fails(place, ['new', name], { status: 4, says: [`lunatikctl: new: ${name}: a state of that name exists (EEXIST)`] })
  await fails(place, ['new', name, '--if-missing'], { status: 0, says: [] })
})

behaviour('a state that does not exist: exit 3, with the nearest names', async (place) => {
  const name = await place.newState()
  const near = 'test.2'
  const says = (command: string) => [`lunatikctl: ${command}: ${near}: no such state (ENOENT)`, `lunatikctl: did you mean ${name}?`]
  await Promise.all([
    fails(place, ['close', near], { status: 3, says: says('close') }),
    fails(place, ['show', near], { status: 3, says: says('show') }),
    fails(place, ['do', near, '-e', 'return 1'], { status: 3, says: says('do') }),
    fails(place, ['close', near, '--if-exists'], { status: 0, says: [] }),
  ])
})

behaviour('sizes out of range are refused by the kernel: exit 1', async (place) => {
  const refusal = (what: string) => ({ status: 1, says: [`lunatikctl: new: web: maxalloc is ${what} (EINVAL)`] })
  await Promise.all([
    fails(place, ['new', 'web', '--maxalloc', '0'], refusal('less than 64 KiB')),
    fails(place, ['new', 'web', '--maxalloc', '63K'], refusal('less than 64 KiB')),
    fails(place, ['new', 'web', '--maxalloc', '257M'], refusal('more than 256 MiB')),
  ])
})

behaviour('names that are none are refused by the kernel: exit 1', async (place) => {
  const words = 'a name is 1 to 63 of A-Z a-z 0-9 . _ - : @, the first a letter, a digit or _ (EINVAL)'
  await Promise.all([
    fails(place, ['new', ''], { status: 1, says: [`lunatikctl: new: ${words}`] }),
    fails(place, ['new', 'a/b'], { status: 1, says: [`lunatikctl: new: a/b: ${words}`] }),
    fails(place, ['new', '--', '-a'], { status: 1, says: [`lunatikctl: new: -a: ${words}`] }),
    fails(place, ['new', 'a\u001b[2J'], { status: 1, says: [`lunatikctl: new: a\\x1b[2J: ${words}`] }),
  ])
})

behaviour('close goes on after a failure, and the first failure counts', async ({ session }) => {
  for (const name of ['a', 'b', 'c']) await session.newState(name, { handle: false })
  const { status, stderr } = await lunatikctl(['close', 'a', 'nosuch', 'b', 'x/y', 'c'])
  assert.equal(status, 3)
  assert.match(stderr, /^lunatikctl: close: nosuch: no such state \(ENOENT\)\nlunatikctl: close: x\/y: a name is .* \(EINVAL\)\n$/)
  assert.deepEqual(await session.list(), [])
})

behaviour('close --all closes all there is, without asking where nobody can answer', async ({ session }) => {
  for (const name of ['a', 'b', 'c']) await session.newState(name, { handle: false })
  assert.equal(await prints('close', '--all'), '')
  assert.deepEqual(await session.list(), [])
})

// --- scripts ---

behaviour('a script that does not compile, or fails: exit 5, the place, a traceback', async (place) => {
  const name = await place.newState()
  const path = join(await folder(place), 'rules.lua')
  await writeFile(path, '#!/usr/bin/lua\nlocal function f() error("no luck") end\nf()\n')
  await scriptFails(['do', name, '-e', 'return return'], { status: 5, says: [`lunatikctl: do: ${name}: (command line):1: unexpected symbol near 'return'`] })
  await scriptFails(['do', name, path], {
    status: 5,
    says: [`lunatikctl: do: ${name}: ${path}:2: no luck`, 'stack traceback:', "\t[C]: in global 'error'", `\t${path}:2: in upvalue 'f'`, `\t${path}:3: in main chunk`].map((line) => line.replace('upvalue', 'local')),
  })
  await scriptFails(['do', name, '-e', 'print("before") error({code = 7})'], {
    status: 5, prints: 'before\n', says: [`lunatikctl: do: ${name}: (error object is a table value)`, 'error value: {code = 7}'],
  })
})

behaviour('a script past its time: exit 6', async (place) => {
  const name = await place.newState()
  const says = [`lunatikctl: do: ${name}: (command line):1: time budget is over (ETIME)`, 'stack traceback:', '\t(command line):1: in main chunk']
  await scriptFails(['do', name, '-e', 'while true do end', '--timeout', '200ms'], { status: 6, says })
})

behaviour('files run in order and stop at the first failure; - is standard input', async (place) => {
  const { session } = place
  const name = await place.newState()
  const path = await folder(place)
  for (const [file, code] of Object.entries({ a: 'print("a")', b: 'print("b") return 2', bad: 'error("bad", 0)', never: 'ran = true' }))
    await writeFile(join(path, file), code)
  const ended = await lunatikctl(['do', name, join(path, 'a'), '-', join(path, 'b'), join(path, 'bad'), join(path, 'never')], { input: 'print("stdin")' })
  assert.deepEqual([ended.status, ended.stdout], [5, 'a\nstdin\nb\n2\n'])
  assert.match(ended.stderr, new RegExp(`^lunatikctl: do: ${name}: bad\n`))
  assert.deepEqual((await session.run(name, 'return ran')).values, [null])
  assert.equal(await prints('do', name, '-e', 'x = 1', '-e', 'return x + 1'), '2\n')
})

behaviour('files that cannot be read: exit 1, and nothing has run', async (place) => {
  const name = await place.newState()
  const path = await folder(place)
  await mkdir(join(path, 'directory'))
  await writeFile(join(path, 'large'), ' '.repeat(MIB + 1))
  await writeFile(join(path, 'good'), 'ran = true')
  const good = join(path, 'good')
  await Promise.all([
    fails(place, ['do', name, good, join(path, 'nosuch')], { status: 1, says: [`lunatikctl: do: ${path}/nosuch: no such file or directory (ENOENT)`] }),
    fails(place, ['do', name, good, join(path, 'directory')], { status: 1, says: [`lunatikctl: do: ${path}/directory: illegal operation on a directory (EISDIR)`] }),
    fails(place, ['do', name, join(path, 'large')], { status: 1, says: [`lunatikctl: do: ${name}: a chunk has at most 1048576 bytes (EMSGSIZE)`] }),
  ])
})

behaviour('a file of 1 MiB and an empty one run', async (place) => {
  const name = await place.newState({ maxalloc: 16 * MIB })
  const path = join(await folder(place), 'script')
  await writeFile(path, `return #[[${'x'.repeat(MIB - 12)}]]`)
  assert.equal(await prints('do', name, path), `${MIB - 12}\n`)
  await writeFile(path, '')
  assert.equal(await prints('do', name, path), '')
})

behaviour('output that was cut is told', async (place) => {
  const name = await place.newState({ maxalloc: 8 * MIB })
  const { status, stdout, stderr } = await lunatikctl(['do', name, '-e', 'for i = 1, 2000 do print(("x"):rep(999)) end'])
  assert.deepEqual([status, stdout.length], [0, MIB])
  assert.equal(stderr, `lunatikctl: do: ${name}: output and values were more than the module passes on; the rest is lost\n`)
})

// --- JSON ---

const STATE_KEYS = [
  'name', 'context', 'users', 'pins', 'inuse', 'maxalloc', 'curralloc', 'peak', 'script', 'script_size', 'script_sha256',
  'generation', 'step', 'age', 'runs', 'errors', 'aborts', 'run_time', 'queued', 'refused',
]

behaviour('new, list and show print the same document', async (place) => {
  const { session } = place
  const made = parse(await prints('new', 'web', '--json'))
  place.afterwards(() => session.closeState('web'))
  const [listed, shown] = (await Promise.all([prints('list', '--json'), prints('show', 'web', '--json')])).map(parse)
  for (const document of [made, listed, shown]) {
    assert.deepEqual(Object.keys(document ?? {}), ['schema', 'netns', 'states'])
    assert.deepEqual([document?.schema, document?.netns], [1, session.netns])
    const [state = {}] = document?.states ?? []
    assert.deepEqual(Object.keys(state), STATE_KEYS)
    assert.deepEqual({ ...state, age: 0 }, {
      name: 'web', context: 'process', users: 1, pins: 0, inuse: null, maxalloc: MIB, curralloc: state['curralloc'], peak: state['peak'],
      script: null, script_size: null, script_sha256: null, generation: 1, step: null, age: 0, runs: 0, errors: 0, aborts: 0, run_time: 0, queued: 0, refused: 0,
    })
  }
})

behaviour('do prints a document for each chunk', async (place) => {
  const name = await place.newState()
  const code = 'print("out") return 1, 3.0, 2^53 | 0, math.maxinteger, 0/0, 1/0, "\\xff", {}, {1, 2}, {a = {b = true}}, {[1.5] = "x"}, nil'
  const text = await prints('do', name, '--json', '-e', code, '-e', 'return')
  const [first = '', second = ''] = text.split('\n')
  assert.match(first, new RegExp(
    `^{"schema":1,"netns":${place.session.netns},"state":"${name}","script":"\\(command line\\)","output":"out\\\\n","values":` +
      '\\[1,3\\.0,9007199254740992,{"int":"9223372036854775807"},{"float":"nan"},{"float":"inf"},{"base64":"/w=="},\\[\\],\\[1,2\\],' +
      '{"a":{"b":true}},{"table":\\[\\[1\\.5,"x"\\]\\]},null\\],"cut":false,"time":[0-9.e-]+,"curralloc":\\d+,"peak":\\d+}$',
  ))
  assert.deepEqual(Object.keys(parse(`${second}\n`)), ['schema', 'netns', 'state', 'script', 'output', 'values', 'cut', 'time', 'curralloc', 'peak'])
})

behaviour('a failure is a document on standard error', async (place) => {
  const name = await place.newState()
  const [missing, failed] = await Promise.all([
    lunatikctl(['close', 'nosuch', '--json']), lunatikctl(['do', name, '--json', '-e', 'print("out") error({1})']),
  ])
  assert.deepEqual([missing.status, missing.stdout, failed.status, failed.stdout], [3, '', 5, ''])
  assert.deepEqual(parse(missing.stderr), {
    schema: 1, command: 'close', exit: 3, errors: [{ code: 'ENOENT', subject: 'nosuch', message: 'no such state' }],
  })
  const { errors, ...rest } = parse(failed.stderr)
  assert.deepEqual(rest, { schema: 1, command: 'do', exit: 5 })
  const [error] = errors as [Readonly<Record<string, unknown>>]
  assert.deepEqual([error['code'], error['subject'], error['message'], error['value'], error['output']], ['ECANCELED', name, '(error object is a table value)', [1], 'out\n'])
})

behaviour('version tells both sides', async () => {
  const document = parse(await prints('version', '--json'))
  assert.deepEqual(Object.keys(document), ['schema', 'netns', 'lunatikctl', 'module', 'protocol', 'lua', 'kernel', 'branches', 'problem', 'kstate'])
  assert.equal(document['lunatikctl'], document['module'])
  assert.equal(document['problem'], null)
})

// --- where the output goes ---

behaviour('who closes the pipe has read enough, and the script ends', async (place) => {
  const name = await place.newState()
  const shell = (script: string) => run(['bash', '-c', script])
  const [listed, done] = await Promise.all([
    shell('lunatikctl list | head -0; exit ${PIPESTATUS[0]}'),
    shell(`lunatikctl do ${name} --timeout 0 -e 'for i = 1, math.huge do print(i) end' | head -2; exit \${PIPESTATUS[0]}`),
  ])
  assert.deepEqual([listed.status, listed.stderr, done.status, done.stdout, done.stderr], [0, '', 0, '1\n2\n', ''])
  assert.equal((await place.session.show(name)).inuse, null)
})

behaviour('a full disk is an error: exit 1', async (place) => {
  const name = await place.newState()
  const path = await folder(place)
  await outputOf('mount', '-t', 'tmpfs', '-o', 'size=8k', 'tiny', path)
  place.afterwards(() => outputOf('umount', path))
  const commands = {
    list: 'list >/dev/full',
    show: `show ${name} >/dev/full`,
    version: 'version >/dev/full',
    do: `do ${name} -e 'for i = 1, 20000 do print(i) end' --timeout 0 >${path}/out`,
  }
  const ended = await Promise.all(Object.entries(commands).map(([, command]) => run(['bash', '-c', `lunatikctl ${command}`])))
  for (const [index, command] of Object.keys(commands).entries()) {
    const { status, stderr } = ended[index] ?? {}
    assert.deepEqual({ status, stderr }, { status: 1, stderr: `lunatikctl: ${command}: standard output: no space left on device (ENOSPC)\n` })
  }
})

behaviour('what a script prints obeys nobody: only standard error is escaped, output is bytes', async (place) => {
  const name = await place.newState()
  const { stdout } = await run(['bash', '-c', `lunatikctl do ${name} -e 'print("\\xff\\0\\27") return "\\xfe"' | od -An -tx1`])
  assert.equal(stdout.trim(), 'ff 00 1b 0a fe 0a')
})

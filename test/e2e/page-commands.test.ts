// SPDX-License-Identifier: MIT
// lunatikctl's commands on pages: what they print, how they fail, and what becomes of the page.

import assert from 'node:assert/strict'
import { access, chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pages } from '../../native/addon/index.ts'
import { behaviour, eventually, lunatikctl, outputOf, Program, run, sleep, SLOWNESS, type Place } from './guest.ts'
import { kstateLoaded, unload, load } from './kstate.ts'
import { Terminal } from './terminal.ts'
import { fails, folder, parse, prints } from './told.ts'

type Page = Awaited<ReturnType<typeof pages.open>>

const LAYOUT = 'u32 hits, f64 rate'
const STATS = pages.layout(LAYOUT)

kstateLoaded()

/** A page of 16 bytes, with these numbers, as long as the test. */
async function stats(place: Place, hits = 3, rate = 0.5): Promise<Page> {
  const page = await pages.open('stats')
  place.afterwards(() => { page.close() })
  await page.resize(16)
  await set(page, hits, rate)
  return page
}

function set(page: Page, hits: number, rate = 0.5): Promise<unknown> {
  return page.update(({ bytes }) => Object.assign(STATS.over(bytes), { hits, rate }))
}

function numbersOf(page: Page): [version: number, hits: number, rate: number] {
  const { version, bytes } = page.read()
  const { hits, rate } = STATS.over(bytes)
  return [version, hits, rate]
}

/** A page with these bytes, and none more. */
async function pageOf(place: Place, bytes: Uint8Array, name = 'bytes'): Promise<Page> {
  const page = await pages.open(name)
  place.afterwards(() => { page.close() })
  await page.resize(bytes.length)
  await page.update((copy) => { copy.bytes.set(bytes) })
  return page
}

// --- reading ---

behaviour('page read prints the bytes as they are in a pipe, digits with --hex, and numbers by their names', async (place) => {
  await stats(place)
  const raw = await run(['bash', '-c', 'lunatikctl page read stats | od -An -tx1'])
  assert.deepEqual([raw.stdout.trim(), raw.stderr], ['03 00 00 00 00 00 00 00 00 00 00 00 00 00 e0 3f', ''])
  assert.equal(await prints('page', 'read', 'stats', '--hex'), '00000000  03 00 00 00 00 00 00 00  00 00 00 00 00 00 e0 3f  |...............?|\n00000010\n')
  assert.equal(await prints('page', 'read', 'stats', '--layout', LAYOUT), 'hits  3\nrate  0.5\n')
  assert.equal(await prints('page', 'read', 'stats', '--layout', 'u8 last @ 15, i64 all @ 8'), 'last  63\nall   4602678819172646912\n')
})

behaviour('page read --json has the version, and the bytes or the numbers', async (place) => {
  const { session } = place
  await stats(place, 7, NaN)
  const about = { schema: 1, netns: session.netns, page: 'stats', version: 1, size: 16 }
  assert.deepEqual(parse(await prints('page', 'read', 'stats', '--json', '--layout', LAYOUT)), { ...about, fields: { hits: 7, rate: { float: 'nan' } } })
  const numbers = parse(await prints('page', 'read', 'stats', '--json', '--layout', 'u64 all @ 8, f32 high @ 12'))
  assert.deepEqual(numbers['fields'], { all: { int: '9221120237041090560' }, high: { float: 'nan' } })
  const { data, ...rest } = parse(await prints('page', 'read', 'stats', '--json'))
  assert.deepEqual([rest, data], [about, { base64: 'BwAAAAAAAAAAAAAAAAD4fw==' }])
  await pageOf(place, Buffer.from('text\n'))
  assert.equal(parse(await prints('page', 'read', 'bytes', '--json'))['data'], 'text\n')
})

behaviour('a page that does not exist: exit 3, with the nearest names, and none is made', async (place) => {
  await stats(place)
  const says = (command: string) => [`lunatikctl: page ${command}: stat: no such page (ENOENT)`, 'lunatikctl: did you mean stats?']
  await Promise.all([
    fails(place, ['page', 'read', 'stat'], { status: 3, says: says('read') }),
    fails(place, ['page', 'write', 'stat', '--layout', 'u8 a', 'a=1'], { status: 3, says: says('write') }),
    fails(place, ['page', 'edit', 'stat'], { status: 3, says: says('edit') }),
    fails(place, ['page', 'watch', 'stat'], { status: 3, says: says('watch') }),
    fails(place, ['page', 'bench', 'stat'], { status: 3, says: says('bench') }),
  ])
  const missing = await lunatikctl(['page', 'read', 'far.away'])
  assert.deepEqual([missing.status, missing.stderr], [3, 'lunatikctl: page read: far.away: no such page (ENOENT)\n'])
  await assert.rejects(pages.open('stat', { write: false }), { code: 'ENOENT' })
})

behaviour('a name that is none, and a layout that is too long: exit 1', async (place) => {
  await stats(place)
  const words = 'a name is 1 to 247 letters, digits and dots, no dot at either end, no two together (EINVAL)'
  const tooLong = 'the layout takes 24 bytes, and the page has 16'
  await Promise.all([
    fails(place, ['page', 'read', 'a..b'], { status: 1, says: [`lunatikctl: page read: a..b: ${words}`] }),
    fails(place, ['page', 'read', '\u001b[2J'], { status: 1, says: [`lunatikctl: page read: \\x1b[2J: ${words}`] }),
    fails(place, ['page', 'read', 'stats', '--layout', 'u64 a @ 16'], { status: 1, says: [`lunatikctl: page read: stats: ${tooLong}`] }),
    fails(place, ['page', 'write', 'stats', '--layout', 'u64 a @ 16', 'a=1'], { status: 1, says: [`lunatikctl: page write: stats: ${tooLong}`] }),
    fails(place, ['page', 'edit', 'stats', '--layout', 'u64 a @ 16'], { status: 1, says: [`lunatikctl: page edit: stats: ${tooLong}`] }),
    fails(place, ['page', 'watch', 'stats', '--layout', 'u64 a @ 16'], { status: 1, says: [`lunatikctl: page watch: stats: ${tooLong}`] }),
  ])
})

behaviour('who closes the pipe has read enough, and a full disk is an error', async (place) => {
  await pageOf(place, Buffer.alloc(4096, 'x'))
  const closed = await run(['bash', '-c', 'lunatikctl page read bytes | head -0; exit ${PIPESTATUS[0]}'])
  assert.deepEqual([closed.status, closed.stderr], [0, ''])
  const full = await run(['bash', '-c', 'lunatikctl page read bytes >/dev/full'])
  assert.deepEqual([full.status, full.stderr], [1, 'lunatikctl: page read: standard output: no space left on device (ENOSPC)\n'])
})

// --- writing ---

behaviour('page write puts a file or standard input into a page, and zeroes behind it', async (place) => {
  const page = await pageOf(place, Buffer.from('0123456789'))
  const text = () => Buffer.from(page.read().bytes).toString()
  const path = join(await folder(place), 'data')
  await writeFile(path, 'abc\0\xff', 'latin1')
  assert.equal(await prints('page', 'write', 'bytes', path), '')
  assert.deepEqual([...page.read().bytes], [0x61, 0x62, 0x63, 0, 0xff, 0, 0, 0, 0, 0])
  for (const args of [[], ['-']]) {
    const { status, stderr } = await lunatikctl(['page', 'write', 'bytes', ...args], { input: 'ABCDEFGHIJ' })
    assert.deepEqual([status, stderr, text()], [0, '', 'ABCDEFGHIJ'])
  }
  await lunatikctl(['page', 'write', 'bytes', '--at', '4'], { input: '--' })
  assert.equal(text(), 'ABCD--GHIJ')
  await lunatikctl(['page', 'write', 'bytes', '--at', '0'], { input: '' })
  assert.deepEqual([text(), page.read().version], ['ABCD--GHIJ', 4])
})

behaviour('page write sets numbers by their names, and leaves the rest', async (place) => {
  const page = await stats(place)
  const told = await lunatikctl(['page', 'write', 'stats', '--verbose', '--layout', LAYOUT, 'hits=0x10'])
  assert.deepEqual([told.status, told.stdout, told.stderr], [0, '', 'lunatikctl: page write: stats: version 2\n'])
  assert.deepEqual(numbersOf(page), [2, 16, 0.5])
  const document = { schema: 1, netns: place.session.netns, page: 'stats', size: 16 }
  assert.deepEqual(parse(await prints('page', 'write', 'stats', '--json', '--layout', LAYOUT, 'rate=-inf', 'hits=4')), { ...document, version: 3, changed: true })
  assert.deepEqual(numbersOf(page), [3, 4, -Infinity])
  assert.deepEqual(parse(await prints('page', 'write', 'stats', '--json', '--layout', LAYOUT, 'hits=4')), { ...document, version: 3, changed: false })
  assert.deepEqual(numbersOf(page), [3, 4, -Infinity])
})

behaviour('what does not fit is refused, and the page stays as it is', async (place) => {
  const page = await stats(place)
  const path = join(await folder(place), 'large')
  await writeFile(path, Buffer.alloc(5000))
  const usage = 'lunatikctl: see lunatikctl page write --help'
  const refused = (args: readonly string[], status: number, says: readonly string[], input?: string) =>
    fails(place, ['page', 'write', 'stats', ...args], { status, says, ...(input !== undefined && { input }) })
  await Promise.all([
    refused([], 1, ['lunatikctl: page write: stats: 17 bytes, and the page has 16 (EMSGSIZE)'], 'x'.repeat(17)),
    refused(['--at', '15'], 1, ['lunatikctl: page write: stats: 2 bytes at 15, and the page has 16 (EMSGSIZE)'], 'xx'),
    refused([path], 1, ['lunatikctl: page write: stats: more than 4096 bytes, and the page has 16 (EMSGSIZE)']),
    refused(['/nosuch'], 1, ['lunatikctl: page write: /nosuch: no such file or directory (ENOENT)']),
    refused(['--layout', LAYOUT, 'rate=1', 'hits=4294967296'], 2, ['lunatikctl: page write: hits: 4294967296 is no whole number of 0 to 4294967295', usage]),
    refused(['--layout', LAYOUT, 'rate=fast'], 2, ["lunatikctl: page write: rate: 'fast' is no number", usage]),
    refused(['--layout', LAYOUT, 'hist=1'], 2, ["lunatikctl: page write: no field 'hist': did you mean hits?", usage]),
  ])
  assert.deepEqual(numbersOf(page), [1, 3, 0.5])
})

behaviour('page write --expect: only of that version, else exit 4', async (place) => {
  const page = await stats(place)
  const write = ['page', 'write', 'stats', '--layout', LAYOUT, '--expect']
  assert.equal(await prints(...write, '1', 'hits=4'), '')
  await fails(place, [...write, '1', 'hits=5'], { status: 4, says: ['lunatikctl: page write: stats: the page is of version 2, and not 1 (ESTALE)'] })
  assert.deepEqual(numbersOf(page), [2, 4, 0.5])
})

behaviour('page write goes again where somebody else was faster, and neither change is lost', async (place) => {
  const page = await stats(place, 0, 0)
  const enough = new AbortController()
  const hurry = (async () => {
    let rate = 0
    while (!enough.signal.aborted) {
      for (let i = 0; i < 20; i++) await page.update(({ bytes }) => { STATS.over(bytes).rate = ++rate }, { retries: Infinity })
      await sleep(1)
    }
    return rate
  })()
  for (let hits = 1; hits <= 3; hits++) assert.equal(await prints('page', 'write', 'stats', '--layout', LAYOUT, `hits=${hits}`), '')
  enough.abort()
  const rate = await hurry
  assert.deepEqual(numbersOf(page).slice(1), [3, rate])
})

// --- who may ---

behaviour('rights are those of the page and of the device: exit 7', async (place) => {
  await stats(place)
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all', '--inh-caps=-all', 'lunatikctl']
  const says = (command: string) => `lunatikctl: page ${command}: stats: the mode of the page, or of /dev/kstate, does not permit it (EACCES)\nlunatikctl: try sudo; owner and mode are told by: lunatikctl page list stats\n`
  const denied = await run([...nobody, 'page', 'read', 'stats'])
  assert.deepEqual([denied.status, denied.stderr], [7, says('read')])
  await chmod('/dev/kstate', 0o666)
  place.afterwards(() => chmod('/dev/kstate', 0o600))
  const [read, write] = await Promise.all([run([...nobody, 'page', 'read', 'stats', '--layout', LAYOUT]), run([...nobody, 'page', 'write', 'stats', '--layout', LAYOUT, 'hits=1'])])
  assert.deepEqual([read.status, read.stdout, read.stderr], [0, 'hits  3\nrate  0.5\n', ''])
  assert.deepEqual([write.status, write.stderr], [7, says('write')])
})

behaviour('pages belong to a namespace, which -n names', async (place) => {
  await stats(place)
  await outputOf('ip', 'netns', 'add', 'blue')
  place.afterwards(() => outputOf('ip', 'netns', 'del', 'blue'))
  const inBlue = await pages.open('stats', { netns: 'blue' })
  place.afterwards(() => { inBlue.close() })
  await inBlue.update(({ bytes }) => { STATS.over(bytes).hits = 99 })
  const numbers = (...args: readonly string[]) => outputOf(...args, 'page', 'read', 'stats', '--layout', 'u32 hits')
  assert.deepEqual([await numbers('lunatikctl'), await numbers('lunatikctl', '-n', 'blue'), await numbers('ip', 'netns', 'exec', 'blue', 'lunatikctl')], ['hits  3\n', 'hits  99\n', 'hits  99\n'])
  const { netns } = parse(await prints('page', 'read', 'stats', '--json', '-n', 'blue'))
  assert.equal(`net:[${netns}]\n`, await outputOf('ip', 'netns', 'exec', 'blue', 'readlink', '/proc/self/ns/net'))
  await fails(place, ['-n', 'bleu', 'page', 'read', 'stats'], { status: 3, says: ["lunatikctl: page read: bleu: no network namespace 'bleu' (ENOENT)", 'lunatikctl: did you mean blue?'] })
})

behaviour('a namespace that goes while a page of it is watched: exit 3', async (place) => {
  await outputOf('ip', 'netns', 'add', 'blue')
  await pages.create('stats', { size: 16, netns: 'blue' })
  await prints('-n', 'blue', 'page', 'write', 'stats', '--layout', LAYOUT, 'hits=1')
  const watching = new Program(['lunatikctl', '-n', 'blue', 'page', 'watch', 'stats'])
  await watching.printed('version=1')
  await outputOf('ip', 'netns', 'del', 'blue')
  const { status, stderr } = await watching.ended
  assert.deepEqual([status, stderr], [3, 'lunatikctl: page watch: stats: the page was deleted, or its network namespace is gone (EIDRM)\n'])
  await place.session.list()
})

behaviour('without the module: exit 8, and how to load it; doctor and version know', async (place) => {
  assert.match((await lunatikctl(['doctor'])).stdout, /^ok +pages +kstate is loaded, and \/dev\/kstate can be used$/m)
  assert.equal(typeof parse(await prints('version', '--json'))['kstate'], 'string')
  await unload()
  try {
    const says = (command: string, name: string) => [`lunatikctl: page ${command}: ${name}the module kstate is not loaded`, 'lunatikctl: load it with: modprobe kstate']
    for (const command of ['read', 'write', 'delete']) await fails(place, ['page', command, 'stats'], { status: 8, says: says(command, command === 'delete' ? '' : 'stats: ') })
    assert.match((await lunatikctl(['doctor'])).stdout, /^warn +pages +kstate is not installed [^\n]*\n +in its sources: /m)
    assert.equal(parse(await prints('version', '--json'))['kstate'], null)
  } finally {
    await load()
  }
})

// --- watching ---

behaviour('page watch prints the version that there is and each that comes, the last one always', async (place) => {
  const page = await stats(place)
  const watching = new Program(['lunatikctl', 'page', 'watch', 'stats', '--layout', LAYOUT, '--count', '3'])
  await watching.printed('version=1 size=16 hits=3 rate=0.5\n')
  await set(page, 4)
  await watching.printed('version=2 size=16 hits=4 rate=0.5\n')
  await set(page, 5, 2 ** 53)
  const { status, stdout, stderr } = await watching.ended
  assert.deepEqual([status, stdout.split('\n').at(-2), stderr], [0, 'version=3 size=16 hits=5 rate=9007199254740992', ''])
})

behaviour('page watch prints digits with --hex, and a document for each version with --json', async (place) => {
  await stats(place)
  assert.equal(await prints('page', 'watch', 'stats', '--count', '1'), 'version=1 size=16\n')
  assert.equal(await prints('page', 'watch', 'stats', '--count', '1', '--hex'), 'version=1 size=16 data=0300000000000000000000000000e03f\n')
  const about = { schema: 1, netns: place.session.netns, page: 'stats', version: 1, size: 16 }
  assert.deepEqual(parse(await prints('page', 'watch', 'stats', '--count', '1', '--json', '--layout', LAYOUT)), { ...about, fields: { hits: 3, rate: 0.5 } })
  assert.deepEqual(parse(await prints('page', 'watch', 'stats', '--count', '1', '--json')), { ...about, data: { base64: 'AwAAAAAAAAAAAAAAAADgPw==' } })
})

behaviour('page watch --max-rate shows no more than that, whole, and in the end the last', async (place) => {
  const page = await pageOf(place, new Uint8Array(16).fill(1))
  const twice = pages.layout('u64 first, u64 second')
  const watching = new Program(['lunatikctl', 'page', 'watch', 'bytes', '--max-rate', '4/s', '--json', '--layout', 'u64 first, u64 second'])
  await watching.printed('"version":1')
  const began = Date.now()
  let last = 0n
  while (Date.now() - began < 2000 * SLOWNESS) {
    for (let i = 0; i < 100; i++) await page.update(({ bytes }) => Object.assign(twice.over(bytes), { first: ++last, second: last }))
    await sleep(1)
  }
  const seconds = (Date.now() - began) / 1000
  await watching.printed(`"first":${last},"second":${last}`)
  watching.kill('SIGINT')
  const { status, stdout } = await watching.ended
  const shown = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { version: number; fields: { first: unknown; second: unknown } })
  assert.equal(status, 130)
  assert.ok(shown.length >= 3 && shown.length <= 4 * seconds + 3, `${shown.length} in ${seconds} s`)
  for (const [index, { version, fields }] of shown.entries()) {
    assert.deepEqual(fields.first, fields.second)
    assert.ok(version > (shown[index - 1]?.version ?? 0))
  }
})

behaviour('page watch --timeout: exit 6 where fewer came than were asked for; a closed pipe ends it', async (place) => {
  const page = await stats(place)
  await fails(place, ['page', 'watch', 'stats', '--timeout', '300ms', '--count', '2'], {
    status: 6, prints: 'version=1 size=16\n', says: ['lunatikctl: page watch: stats: 1 of 2 versions within 300ms (ETIMEDOUT)'],
  })
  const piped = new Program(['bash', '-c', 'lunatikctl page watch stats | head -1; exit ${PIPESTATUS[0]}'])
  await piped.printed('version=')
  let ended = false
  void piped.ended.then(() => { ended = true })
  await eventually('it notices', async () => {
    await set(page, Math.floor(Math.random() * 1e6))
    return ended
  })
  const { status, stderr } = await piped.ended
  assert.deepEqual([status, stderr], [0, ''])
})

// --- editing ---

/** An editor that is a script. */
async function editor(place: Place, script: string): Promise<NodeJS.ProcessEnv> {
  const path = join(await folder(place), 'editor')
  await writeFile(path, `#!/bin/bash\n${script}\n`, { mode: 0o755 })
  return { VISUAL: path, EDITOR: '/bin/false' }
}

function edit(args: readonly string[], env: NodeJS.ProcessEnv) {
  return lunatikctl(['page', 'edit', 'stats', ...args], { env })
}

/** The file that a failure names. */
function keptIn(stderr: string): string {
  const [path] = /\/\S+\/stats\.txt/.exec(stderr) ?? []
  assert.ok(path, stderr)
  return path
}

behaviour('page edit shows numbers as lines, and commits what was changed there', async (place) => {
  const page = await stats(place)
  const seen = join(await folder(place), 'seen')
  const env = await editor(place, `cp "$1" ${seen}; stat -c %a "$1" "$(dirname "$1")" >>${seen}; sed -i 's/^hits = 3/hits = 8/' "$1"`)
  const { status, stdout, stderr } = await edit(['--layout', LAYOUT, '--verbose'], env)
  assert.deepEqual([status, stdout, stderr], [0, '', 'lunatikctl: page edit: stats: version 2\n'])
  assert.deepEqual(numbersOf(page), [2, 8, 0.5])
  assert.equal(await readFile(seen, 'utf8'), [
    '# page stats, version 1, 16 bytes',
    `# layout: ${LAYOUT}`,
    '# A line for each number; what is left out stays as it is.',
    'hits = 3',
    'rate = 0.5',
    '600',
    '700',
    '',
  ].join('\n'))
  assert.equal(await outputOf('bash', '-c', 'ls -d /tmp/lunatikctl-* 2>/dev/null | wc -l'), '0\n')
})

behaviour('page edit shows bytes as digits, and commits those that were changed', async (place) => {
  const page = await stats(place)
  const env = await editor(place, `sed -i 's/^00000000  03/00000000  ff/' "$1"`)
  const { status, stdout } = await edit(['--json'], env)
  assert.deepEqual([status, parse(stdout)], [0, { schema: 1, netns: place.session.netns, page: 'stats', version: 2, size: 16, changed: true }])
  assert.deepEqual(numbersOf(page), [2, 255, 0.5])
})

behaviour('page edit: a text that was not changed changes nothing, and disturbs nobody', async (place) => {
  const page = await stats(place)
  for (const script of ['true', 'touch "$1"', `echo '# a remark' >>"$1"`]) {
    const { status, stdout, stderr } = await edit(['--json', '--layout', LAYOUT], await editor(place, script))
    assert.deepEqual([status, parse(stdout)['changed'], stderr], [0, false, ''], script)
  }
  assert.deepEqual(numbersOf(page), [1, 3, 0.5])
})

behaviour('page edit: where somebody else was faster it fails, says which version it was and is, and keeps the text', async (place) => {
  const page = await stats(place)
  const env = await editor(place, `lunatikctl page write stats --layout '${LAYOUT}' hits=5; lunatikctl page write stats --layout '${LAYOUT}' hits=6; sed -i 's/^rate = .*/rate = 9/' "$1"`)
  const { status, stdout, stderr } = await edit(['--layout', LAYOUT], env)
  const path = keptIn(stderr)
  assert.deepEqual([status, stdout, stderr], [4, '', `lunatikctl: page edit: stats: somebody else has changed the page since: it was version 1, and is 3 now; what was edited is kept in ${path} (ESTALE)\n`])
  assert.match(await readFile(path, 'utf8'), /^hits = 3\nrate = 9\n$/m)
  assert.deepEqual(numbersOf(page), [3, 6, 0.5])
  const json = await edit(['--layout', LAYOUT, '--json', '--quiet'], env)
  const { exit, errors } = parse(json.stderr)
  const [error] = errors as [Readonly<Record<string, unknown>>]
  assert.deepEqual([json.status, exit, error['code'], error['subject']], [4, 4, 'ESTALE', 'stats'])
  await access(keptIn(String(error['message'])))
})

behaviour('page edit: a text that is wrong is kept, and told with its line', async (place) => {
  const page = await stats(place)
  const wrong = async (args: readonly string[], script: string, reason: string, line: number) => {
    const { status, stderr } = await edit(args, await editor(place, script))
    const path = keptIn(stderr)
    assert.deepEqual([status, stderr], [1, `lunatikctl: page edit: ${path}:${line}: ${reason}; what was edited is kept there\n`])
    await access(path)
  }
  await wrong(['--layout', LAYOUT], `sed -i 's/^rate = .*/rate = high/' "$1"`, "'high' is no number", 5)
  await wrong(['--layout', LAYOUT], `echo 'hist = 1' >>"$1"`, "no field 'hist': did you mean hits?", 6)
  await wrong([], `echo 'ff' >>"$1"`, 'the page ends at 00000010, and this at 000000ff', 5)
  assert.deepEqual(numbersOf(page), [1, 3, 0.5])
})

behaviour('page edit: an editor that fails changes nothing, and one that is missing is told', async (place) => {
  const page = await stats(place)
  const failing = await editor(place, `sed -i 's/^hits = .*/hits = 9/' "$1"; exit 3`)
  const failed = await edit(['--layout', LAYOUT], failing)
  const path = keptIn(failed.stderr)
  assert.deepEqual([failed.status, failed.stderr], [1, `lunatikctl: page edit: ${failing['VISUAL']}: the editor ended with status 3, so nothing was changed; what was edited is kept in ${path}\n`])
  const untouched = await edit(['--layout', LAYOUT], { VISUAL: '', EDITOR: '/bin/false' })
  assert.deepEqual([untouched.status, untouched.stderr], [1, 'lunatikctl: page edit: /bin/false: the editor ended with status 1, so nothing was changed\n'])
  const missing = await edit(['--layout', LAYOUT], { VISUAL: 'no-such-editor -x', EDITOR: '' })
  assert.equal(missing.status, 1)
  assert.match(missing.stderr, /lunatikctl: page edit: no-such-editor -x: the editor ended with status 127, so nothing was changed\nlunatikctl: VISUAL or EDITOR says which editor it is\n$/)
  const nowhere = await edit(['--layout', LAYOUT], { VISUAL: 'true', TMPDIR: '/no/such' })
  assert.deepEqual([nowhere.status, nowhere.stderr], [1, 'lunatikctl: page edit: /no/such/lunatikctl-: no such file or directory (ENOENT)\n'])
  assert.deepEqual(numbersOf(page), [1, 3, 0.5])
})

behaviour('page edit: SIGTERM ends the editor, and what was typed is kept: exit 143', async (place) => {
  const page = await stats(place)
  const env = await editor(place, `sed -i 's/^hits = .*/hits = 9/' "$1"; echo begun; exec sleep 1000`)
  const program = new Program(['lunatikctl', 'page', 'edit', 'stats', '--layout', LAYOUT], { env })
  await program.printed('begun')
  process.kill(program.pid, 'SIGTERM')
  const { status, stderr } = await program.ended
  const path = keptIn(stderr)
  assert.deepEqual([status, stderr], [143, `lunatikctl: page edit: the editor was ended by a signal; what was edited is kept in ${path}\n`])
  assert.deepEqual(numbersOf(page), [1, 3, 0.5])
})

behaviour('page edit is nothing for a batch', async (place) => {
  await stats(place)
  const { status, stderr } = await lunatikctl(['batch', '-'], { input: 'page edit stats\n' })
  assert.deepEqual([status, stderr], [2, 'lunatikctl: standard input:1: page edit: an editor is nothing for a batch\nlunatikctl: see lunatikctl page edit --help\n'])
  const done = await lunatikctl(['batch', '-'], { input: `page write stats --layout 'u32 hits' hits=7\npage read stats --layout 'u32 hits'\n` })
  assert.deepEqual([done.status, done.stdout, done.stderr], [0, 'hits  7\n', ''])
})

// --- making, listing, deleting ---

/** Pages that the commands made. */
function remove(place: Place, ...names: readonly string[]): void {
  place.afterwards(async () => {
    const all = await pages.list()
    for (const name of names) if (all.some((page) => page.name === name)) await pages.remove(name)
  })
}

behaviour('page create makes a page that stays, list tells of it, and delete removes it', async (place) => {
  remove(place, 'stats', 'other')
  assert.equal(await prints('page', 'create', 'stats', '--size', '16', '--mode', '0644'), '')
  const made = parse(await prints('page', 'create', 'other', '--json'))
  const [other] = made['pages'] as [pages.PageInfo]
  const { memory, ...rest } = other
  assert.deepEqual([Object.keys(made), made['netns'], rest], [['schema', 'netns', 'pages'], place.session.netns, { name: 'other', size: 4096, version: 0, subscribers: 0, uid: 0, gid: 0, mode: 0o600, pinned: true, persistent: false }])
  assert.equal(await prints('page', 'list'), [
    'NAME   SIZE  VERSION  SUBSCRIBERS  OWNER  MODE  PINNED  PERSISTENT  MEMORY',
    `other  4096  0        0            0:0    0600  yes     -           ${memory}`,
    `stats  16    0        0            0:0    0644  yes     -           ${memory}`,
    '',
  ].join('\n'))
  assert.equal(await prints('page', 'list', '-o', 'name', 's*'), 'stats\n')
  assert.equal(await prints('page', 'list', '-o', 'size,name', '--no-header', '--sort', 'size', '--reverse'), '16    stats\n4096  other\n')
  assert.deepEqual(parse(await prints('page', 'list', '--json', 'nosuch'))['pages'], [])
  assert.equal(await prints('page', 'delete', 'stats', 'other'), '')
  assert.match(await prints('page', 'list'), /^NAME [^\n]*\n$/)
})

behaviour('page create of one that exists: exit 4, and with --if-missing a warning where it is another', async (place) => {
  const page = await stats(place)
  remove(place, 'stats')
  place.afterwards(() => { page.close() })
  await fails(place, ['page', 'create', 'stats'], { status: 4, says: ['lunatikctl: page create: stats: a page of that name exists (EEXIST)', 'lunatikctl: to pin it as it is: --if-missing'] })
  assert.equal((await pages.info('stats')).pinned, false)
  await fails(place, ['page', 'create', 'stats', '--if-missing', '--size', '16'], { status: 0, says: [] })
  assert.equal((await pages.info('stats')).pinned, true)
  await fails(place, ['page', 'create', 'stats', '--if-missing', '--size', '8', '--mode', '0600'], { status: 0, says: ['lunatikctl: page create: stats: exists already, with 16 bytes and not 8, of mode 0644 and not 0600'] })
  assert.deepEqual(numbersOf(page), [1, 3, 0.5])
})

behaviour('page create: sizes, modes and names that are none are refused by the kernel: exit 1', async (place) => {
  const name = 'a name is 1 to 247 of A-Z a-z 0-9 and dots, no dot at either end, no two together (EINVAL)'
  await Promise.all([
    fails(place, ['page', 'create', 'a', '--size', '0'], { status: 1, says: ['lunatikctl: page create: a: a page has 1 to 4096 bytes (EINVAL)'] }),
    fails(place, ['page', 'create', 'a', '--size', '5K'], { status: 1, says: ['lunatikctl: page create: a: a page has 1 to 4096 bytes (EINVAL)'] }),
    fails(place, ['page', 'create', 'a', '--mode', '0755'], { status: 1, says: ['lunatikctl: page create: a: a mode has no bits but those of 0666 (EINVAL)'] }),
    fails(place, ['page', 'create', 'a.'], { status: 1, says: [`lunatikctl: page create: a.: ${name}`] }),
  ])
  assert.deepEqual(await pages.list(), [])
})

behaviour('page delete goes on after a failure, and refuses pages that have subscribers: exit 4', async (place) => {
  await stats(place)
  for (const name of ['a', 'b']) await pages.create(name)
  const busy = ['lunatikctl: page delete: stats: the page has subscribers (EBUSY)', 'lunatikctl: how many there are is told by: lunatikctl page list stats']
  const missing = 'lunatikctl: page delete: stat: there is no such page (ENOENT)'
  await fails(place, ['page', 'delete', 'a', 'stats', 'stat', 'b'], { status: 4, says: [...busy, missing, 'lunatikctl: did you mean stats?'] })
  assert.deepEqual((await pages.list()).map(({ name }) => name), ['stats'])
  await fails(place, ['page', 'delete', 'stat', '--if-exists'], { status: 0, says: [] })
})

behaviour('to list, create and delete takes CAP_NET_ADMIN: exit 7', async (place) => {
  const anybody = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', 'lunatikctl', 'page']
  const ended = await Promise.all([['list'], ['create', 'a'], ['delete', 'a']].map((args) => run([...anybody, ...args])))
  for (const { status, stdout, stderr } of ended) {
    assert.deepEqual([status, stdout], [7, ''], stderr)
    assert.match(stderr, /^lunatikctl: page \w+: [^\n]*\(EPERM\)\nlunatikctl: it takes CAP_NET_ADMIN where the network namespace belongs: try sudo\n$/)
  }
  await place.session.list()
})

// --- files ---

behaviour('page persist keeps a page in a file, which a page of the same name begins as', async (place) => {
  const path = join(await folder(place), 'stats.page')
  remove(place, 'stats')
  await pages.create('stats', { size: 16 })
  await prints('page', 'write', 'stats', '--layout', LAYOUT, 'hits=5')
  assert.equal(await prints('page', 'persist', 'stats', path, '--sync'), '')
  assert.equal(await prints('page', 'persist', 'stats', path), '')
  assert.match(await prints('page', 'list', '-o', 'name,persistent'), /^stats {2}yes$/m)
  await prints('page', 'delete', 'stats')
  await pages.create('stats')
  assert.equal(await prints('page', 'persist', 'stats', path), '')
  assert.equal(await prints('page', 'read', 'stats', '--layout', LAYOUT), 'hits  5\nrate  0\n')
  // What is missing then is the file, and no page of nearly that name.
  await rm(path)
  const { status, stderr } = await lunatikctl(['page', 'persist', 'stats', path, '--sync'])
  assert.notEqual(status, 0)
  assert.doesNotMatch(stderr, /did you mean/)
})

behaviour('page persist: another file, a file of something else, one that cannot be had', async (place) => {
  const path = await folder(place)
  const file = (name: string) => join(path, name)
  remove(place, 'stats', 'other')
  for (const name of ['stats', 'other']) await pages.create(name, { size: 16 })
  await writeFile(file('text'), 'no page')
  await prints('page', 'persist', 'stats', file('kept'))
  const persist = (args: readonly string[], status: number, says: string) => fails(place, ['page', 'persist', ...args], { status, says: [`lunatikctl: page persist: ${says}`] })
  await persist(['stats', file('second')], 4, 'stats: the page is kept in another file (EEXIST)')
  await persist(['other', file('kept')], 4, `${file('kept')}: another page is kept in the file (EBUSY)`)
  await persist(['other', file('text')], 1, `${file('text')}: the file has something else in it, or nothing whole any more (EBADMSG)`)
  await persist(['other', '/no/such/file'], 1, '/no/such/file: no such file or directory (ENOENT)')
  await persist(['other', path], 1, `${path}: illegal operation on a directory (EISDIR)`)
  await persist(['other', '/dev/null'], 1, '/dev/null: a page is kept in a regular file (EINVAL)')
  assert.equal(await readFile(file('text'), 'utf8'), 'no page')
})

// --- measuring ---

behaviour('page bench tells reads and commits in a second, and leaves the page, and no other, as it was', async (place) => {
  const page = await stats(place)
  const told = await prints('page', 'bench', 'stats', '--duration', '200ms')
  assert.match(told, /^page {16}stats\nsize {16}16\nduration {12}0\.2\nreads_per_second {4}\d+\ncommits_per_second {2}\d+\n$/)
  const { reads_per_second: reads, commits_per_second: commits } = parse(await prints('page', 'bench', 'stats', '--duration', '200ms', '--json'))
  assert.ok(Number(reads) > 100 && Number(commits) > 10, `${String(reads)}, ${String(commits)}`)
  assert.deepEqual(numbersOf(page), [1, 3, 0.5])
  assert.deepEqual((await pages.list()).map(({ name }) => name), ['stats'])
})

// --- on a terminal ---

behaviour('on a terminal bytes are shown as digits, never as they are', async (place) => {
  await pageOf(place, Buffer.from('\u001b[2J\u001b]0;title\u0007here'))
  const terminal = await Terminal.open(place)
  await terminal.type('clear; lunatikctl page read bytes; echo "status=$?"')
  const screen = await terminal.shows(/status=0$/m)
  assert.match(screen, /^00000000 {2}1b 5b 32 4a 1b 5d 30 3b {2}74 69 74 6c 65 07 68 65 {2}\|\.\[2J\.\]0;title\.he\|\n00000010 {2}72 65 +\|re\|\n00000012$/m)
})

behaviour('page edit opens vi on a terminal, and Ctrl-C there is the editor’s', async (place) => {
  const page = await stats(place)
  const terminal = await Terminal.open(place)
  await terminal.type(`clear; unset VISUAL EDITOR; lunatikctl page edit stats --layout '${LAYOUT}'; echo "status=$?"`)
  await terminal.shows(/^hits = 3$/m)
  await terminal.press('C-c')
  await terminal.write(':%s/hits = 3/hits = 77/')
  await terminal.press('Enter')
  await terminal.shows(/^hits = 77$/m)
  await terminal.write(':wq')
  await terminal.press('Enter')
  await terminal.shows(/status=0$/m)
  assert.deepEqual(numbersOf(page), [2, 77, 0.5])
})

behaviour('page watch follows on a terminal until Ctrl-C: exit 130', async (place) => {
  const page = await stats(place)
  const terminal = await Terminal.open(place)
  await terminal.type(`clear; lunatikctl page watch stats --layout '${LAYOUT}'; echo "status=$?"`)
  await terminal.shows(/^version=1 size=16 hits=3 rate=0.5$/m)
  await set(page, 4)
  await terminal.shows(/^version=2 size=16 hits=4 rate=0.5$/m)
  await terminal.press('C-c')
  await terminal.shows(/status=130$/m)
})

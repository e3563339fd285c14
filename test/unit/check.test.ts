// SPDX-License-Identifier: MIT
// lunatikctl check, the real program with the real compiler; that its verdict is the kernel's is test/e2e/check.test.ts's.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { MODULE_LIMITS } from '../../cli/checker.ts'
import { EXIT } from '../../cli/exit.ts'

const folder = mkdtempSync(join(tmpdir(), 'check.'))
after(() => { rmSync(folder, { recursive: true }) })

function file(name: string, code: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, code)
  return path
}

function check(args: readonly string[], input: string | Uint8Array = '') {
  const { status, stdout, stderr } = spawnSync('build/bin/lunatikctl', ['check', ...args], { encoding: 'utf8', input, timeout: 20_000 })
  return { status, stdout, stderr }
}

const good = file('good.lua', 'local x <const> = 1\nreturn x\n')
const bad = file('bad.lua', 'local x <const> = 1\nx = 2\n')
const missing = join(folder, 'missing.lua')
const WORDS = `${bad}:2: attempt to assign to const variable 'x'`

test('what compiles: exit 0, nothing said', () => {
  assert.deepEqual(check([good]), { status: EXIT.ok, stdout: '', stderr: '' })
  assert.deepEqual(check([good, '-v']), { status: EXIT.ok, stdout: '', stderr: `lunatikctl: check: ${good}: compiles\n` })
})

test('what does not: exit 5, the file, the line and why', () => {
  assert.deepEqual(check([bad]), { status: EXIT.script, stdout: '', stderr: `lunatikctl: check: ${WORDS}\n` })
})

test('a failure does not keep the rest from being checked, and the first one counts', () => {
  const unread = `lunatikctl: check: ${missing}: no such file or directory (ENOENT)\n`
  assert.deepEqual(check([bad, missing, good]), { status: EXIT.script, stdout: '', stderr: `lunatikctl: check: ${WORDS}\n${unread}` })
  assert.deepEqual(check([missing, bad]), { status: EXIT.failure, stdout: '', stderr: `${unread}lunatikctl: check: ${WORDS}\n` })
})

test('standard input, and code from the command line', () => {
  assert.deepEqual(check(['-'], 'x = = 1'), { status: EXIT.script, stdout: '', stderr: "lunatikctl: check: stdin:1: unexpected symbol near '='\n" })
  assert.equal(check(['-'], 'x = 1').status, EXIT.ok)
  const said = "lunatikctl: check: (command line):1: unexpected symbol near <eof>\n"
  assert.deepEqual(check(['-e', 'x =', '-e', 'x = 1']), { status: EXIT.script, stdout: '', stderr: said })
})

test('--json lists every file, with the line where there is one', () => {
  const { status, stdout, stderr } = check(['--json', good, bad, missing])
  assert.deepEqual(JSON.parse(stdout), {
    schema: 1,
    checked: [
      { file: good, ok: true, message: null, line: null },
      { file: bad, ok: false, message: WORDS, line: 2 },
      { file: missing, ok: false, message: 'no such file or directory', line: null },
    ],
  })
  assert.deepEqual([status, JSON.parse(stderr)], [EXIT.script, {
    schema: 1,
    command: 'check',
    exit: EXIT.script,
    errors: [{ code: 'ENOEXEC', subject: null, message: WORDS }, { code: 'ENOENT', subject: missing, message: 'no such file or directory' }],
  }])
})

test('the line is told of names with colons, and of long ones, too', () => {
  for (const name of ['a:7: b.lua', `${'long '.repeat(40)}.lua`]) {
    const { stdout } = check(['--json', file(name, '\n\nx = = 1')])
    assert.match(stdout, /"line":3\}/)
  }
})

test('a first line with #, and a byte order mark, are skipped as by do', () => {
  assert.equal(check(['-'], '\ufeff#!/usr/bin/lua\nreturn 1').status, EXIT.ok)
  assert.equal(check(['-'], '#!/usr/bin/lua\nx = = 1').stderr, "lunatikctl: check: stdin:2: unexpected symbol near '='\n")
})

test('bytecode is refused', () => {
  assert.equal(check(['-'], '\u001bLuaT').stderr, "lunatikctl: check: stdin: attempt to load a binary chunk (mode is 't')\n")
})

test('a chunk of 1 MiB is checked, and one of a byte more is not', () => {
  assert.equal(check(['-'], ' '.repeat(MODULE_LIMITS.codeMax)).status, EXIT.ok)
  const { status, stderr } = check(['-'], ' '.repeat(MODULE_LIMITS.codeMax + 1))
  assert.deepEqual([status, stderr], [EXIT.failure, 'lunatikctl: check: stdin: a chunk has at most 1048576 bytes (EMSGSIZE)\n'])
})

test('memory is what --maxalloc says', () => {
  const large = Array.from({ length: 5000 }, (_, index) => `name${index} = ${index}`).join('\n')
  assert.equal(check(['-'], large).status, EXIT.ok)
  const said = 'lunatikctl: check: stdin: not enough memory\n'
  assert.deepEqual(check(['--maxalloc', '64K', '-'], large), { status: EXIT.script, stdout: '', stderr: said })
})

for (const args of [[], [good, '-e', 'x'], ['--maxalloc', '65535', good], ['--maxalloc', '257M', good]]) {
  test(`lunatikctl check ${args.map((arg) => arg.replace(/.*\//, '')).join(' ')}: wrong usage`, () => {
    const { status, stderr } = check(args)
    assert.equal(status, EXIT.usage)
    assert.match(stderr, /^lunatikctl: check: [^\n]+\nlunatikctl: see lunatikctl check --help\n$/)
  })
}

test('nothing that is nested, however deep, takes the program with it', () => {
  for (const open of ['(', '{', 'f(', '- ', 'not ', '2 ^ ', 'a .. ', 'a[', 'function() return ']) {
    const { status, stderr } = check(['-'], `return ${open.repeat(50_000)}`)
    assert.equal(status, EXIT.script)
    assert.match(stderr, /^lunatikctl: check: stdin:1: chunk has too many syntax levels near /)
  }
})

test("the limits are the module's", () => {
  const sources = readFileSync('kmod/include/uapi/linux/lunatik.h', 'utf8') + readFileSync('kmod/lunatik/state.h', 'utf8')
  const of = (name: string) => {
    const [, number, shift] = new RegExp(`#define ${name}\\s+\\(?(\\d+)(?:UL << (\\d+)\\))?`).exec(sources) ?? []
    return Number(number) << Number(shift ?? 0)
  }
  assert.deepEqual(MODULE_LIMITS, {
    chunkNameMax: of('LUNATIK_CHUNK_NAME_MAX'),
    codeMax: of('LUNATIK_CODE_MAX'),
    maxallocMin: of('LUNATIK_MAXALLOC_MIN'),
    maxallocMax: of('LUNATIK_MAXALLOC_MAX'),
  })
})

// SPDX-License-Identifier: MIT
// What commands read: files and standard input of every kind. The real program, on commands that ask no kernel.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'input.'))
after(() => { rmSync(folder, { recursive: true }) })

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function lunatikctl(args: readonly string[], input: string | Uint8Array = ''): Ended {
  const { status, stdout, stderr } = spawnSync('build/bin/lunatikctl', args, { encoding: 'utf8', input, timeout: 20_000 })
  return { status, stdout, stderr }
}

/** With this as its standard input, and as its standard output. */
function redirected(args: readonly string[], input: string, output: string): Ended {
  const files = [openSync(input, 'r'), openSync(output, 'w')]
  try {
    const { status, stderr } = spawnSync('build/bin/lunatikctl', args, { encoding: 'utf8', stdio: [...files, 'pipe'], timeout: 20_000 })
    return { status, stdout: '', stderr }
  } finally {
    files.forEach(closeSync)
  }
}

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('a directory as standard input is none that is empty', () => {
  const unread = (command: string) => ({ status: 1, stdout: '', stderr: `lunatikctl: ${command}: standard input: illegal operation on a directory (EISDIR)\n` })
  for (const args of [['check', '-'], ['batch', '-']]) assert.deepEqual(redirected(args, folder, '/dev/null'), unread(args[0] ?? ''))
})

test('a file as standard input is read, and a device', () => {
  assert.deepEqual(redirected(['check', '-'], file('good.lua', 'x = 1'), '/dev/null'), { status: 0, stdout: '', stderr: '' })
  assert.match(redirected(['check', '-'], file('bad.lua', 'x ='), '/dev/null').stderr, /stdin:1: unexpected symbol/)
  assert.deepEqual(redirected(['check', '-'], '/dev/null', '/dev/null'), { status: 0, stdout: '', stderr: '' })
})

test('standard input is read once, much of it or little', () => {
  const told = { status: 2, stdout: '', stderr: 'lunatikctl: check: -: standard input is read once\n' }
  for (const size of [1, 1 << 20]) assert.deepEqual(lunatikctl(['check', '-', '-'], ' '.repeat(size)), told)
  const batch = file('twice.batch', 'check -\ncheck -\n')
  assert.deepEqual(lunatikctl(['batch', batch]), { ...told, stderr: `lunatikctl: ${batch}:2: check: -: standard input is read once\n` })
})

test('a path with a NUL character fails by itself, and ends no batch with --force', () => {
  const { status, stderr } = lunatikctl(['batch', '--force', '-'], 'check a\0b\ncheck -e "x x"\n')
  assert.equal(status, 2)
  assert.match(stderr, /^lunatikctl: standard input:1: check: a\\x00b: a path has no NUL character\nlunatikctl: standard input:2: check: .*\n$/)
})

test('lines that are no UTF-8 are refused, those before are not; a mark of the order of bytes is no part of them', () => {
  const refused = 'lunatikctl: batch: standard input:2: is no UTF-8\n'
  for (const bytes of ['\xff\ncheck nosuch\n', 'check "\xc3', 'check "\xc3\n']) {
    assert.deepEqual(lunatikctl(['batch', '-'], Buffer.from(`check -e x=1\n${bytes}`, 'latin1')), { status: 1, stdout: '', stderr: refused })
  }
  assert.deepEqual(lunatikctl(['batch', '-'], '\ufeffcheck -e "x = [[ä\u2028€]]"\n'), { status: 0, stdout: '', stderr: '' })
})

test('the first failure of a batch counts also where a later command cannot print', () => {
  const failing = file('failing.batch', 'check -e "x x"\n--help\n')
  const printing = file('printing.batch', '--help\n')
  const full = 'lunatikctl: batch: standard output: no space left on device (ENOSPC)\n'
  const { status, stderr } = redirected(['batch', '--force', failing], '/dev/null', '/dev/full')
  assert.deepEqual([status, stderr.slice(-full.length)], [5, full])
  assert.deepEqual(redirected(['batch', printing], '/dev/null', '/dev/full'), { status: 1, stdout: '', stderr: full })
  for (const [batch, wanted] of [[failing, '5'], [printing, '0']] as const) {
    const piped = spawnSync('bash', ['-c', `{ build/bin/lunatikctl batch --force ${batch} 2>/dev/null; echo $? >&2; } | true`], { encoding: 'utf8' })
    assert.equal(piped.stderr, `${wanted}\n`)
  }
})

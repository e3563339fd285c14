// SPDX-License-Identifier: MIT
// How lunatikctl answers to a command line that it does not understand. The real program, which asks no kernel for this.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const WRONG: readonly (readonly string[])[] = [
  ['nosuch'], ['help', 'nosuch'], ['help', 'page', 'nosuch'], ['new'], ['new', 'a', 'b'], ['list', '--nosuch'], ['close'], ['close', '--all', 'a'], ['do'], ['do', 'web'],
  ['do', 'web', 'file', '-e', '1'], ['do', 'web', '-e', '1', '--timeout', 'junk'], ['do', 'web', '-e', '1', '--timeout=-1'],
  ['list', '-o', 'nosuch'], ['list', '--color', 'pink'], ['show'], ['completion', 'tcsh'],
  ['list', '-q', '-v'], ['new', '-a'], ['set', 'web'], ['set', 'web', '--maxalloc'], ['get'], ['put', 'a', 'b'], ['abort'], ['send'],
  ['send', 'web', 'file', 'another'], ['send', 'web', '--wait', '-1'], ['recv'], ['recv', 'web', '--count', '0'],
  ['recv', 'web', '--format', 'csv'], ['monitor', 'web'], ['info', 'web'],
  ['top'], ['top', '--interval', '0'], ['batch'], ['batch', 'a', 'b'], ['shell'], ['shell', 'a', 'b'], ['doctor', 'web'],
  ['list', '--interval', '1s'], ['list', '--watch', '--interval', '0s'], ['list', '--sort', 'nosuch'], ['list', '--watch', '--sort', 'nosuch'],
  ['list', '--all-netns', '--watch'], ['list', '--all-netns', '-n', '1'], ['list', '--all-netns', '--sort', 'nosuch'],
  ['page', 'red'], ['page', 'read'], ['page', 'read', 'a', 'b'], ['page', 'read', 'a', '--layout', 'u3 hits'], ['page', 'read', 'a', '--layout', 'u8 a, u8 a'],
  ['page', 'read', 'a', '--layout', 'u8 hits', '--hex'], ['page', 'list', '-o', 'nosuch'], ['page', 'list', '--sort', 'nosuch'], ['page', 'list', 'a', 'b'],
  ['page', 'write'], ['page', 'write', 'a', 'b', 'c'], ['page', 'write', 'a', '--at', 'x'], ['page', 'write', 'a', '--at', '1.5'], ['page', 'write', 'a', '--layout', 'u8 hits', 'hits=1', 'hits=2'], ['page', 'write', 'a', '--at', '0', '--layout', 'u8 hits', 'hits=1'],
  ['page', 'write', 'a', '--layout', 'u8 hits'], ['page', 'write', 'a', '--layout', 'u8 hits', 'hist=1'], ['page', 'write', 'a', '--layout', 'u8 hits', 'hits'],
  ['page', 'write', 'a', '--expect', '-1'], ['page', 'watch', 'a', '--max-rate', '0'], ['page', 'watch', 'a', '--max-rate', '1/d'], ['page', 'watch', 'a', '--count', '0'], ['page', 'watch', 'a', '--hex', '--layout', 'u8 hits'],
  ['page', 'create'], ['page', 'create', 'a', '--mode', '9'], ['page', 'create', 'a', '--size', 'big'], ['page', 'create', 'a', '--size', '8G'], ['page', 'create', 'a', '--size', '4294967295'], ['page', 'persist', 'a'], ['page', 'delete'],
  ['page', 'bench', 'a', '--duration', '0'], ['page', 'edit'], ['page', '--nosuch'], ['page', 'list', '--nosuch'],
  ...['junk', '-1', '1X', '', '1 M', '0x10000', '1e6', '9999999999T'].map((size) => ['new', 'web', `--maxalloc=${size}`]),
]

interface Failed {
  readonly schema: number
  readonly exit: number
  readonly errors: readonly { readonly code: null; readonly message: string }[]
}

function lunatikctl(args: readonly string[]) {
  return spawnSync('build/bin/lunatikctl', args, { encoding: 'utf8', timeout: 20_000 })
}

for (const args of WRONG) {
  test(`lunatikctl ${args.join(' ')}: exit 2, one line that says why, and where help is`, () => {
    const { status, stdout, stderr } = lunatikctl(args)
    assert.deepEqual({ status, stdout }, { status: 2, stdout: '' }, stderr)
    assert.match(stderr, /^lunatikctl: [^\n]+\nlunatikctl: see lunatikctl [^\n]*--help\n$/)
  })
}

test('wrong usage with --json is told as JSON', () => {
  const { status, stdout, stderr } = lunatikctl(['list', '--json', '--nosuch'])
  assert.deepEqual({ status, stdout }, { status: 2, stdout: '' })
  const { schema, exit, errors } = JSON.parse(stderr) as Failed
  assert.deepEqual({ schema, exit, code: errors[0]?.code }, { schema: 1, exit: 2, code: null })
})

test('recv prints one format: --json and another one is wrong usage', () => {
  const { status, stdout, stderr } = lunatikctl(['recv', 'web', '--json', '--format', 'hex'])
  assert.deepEqual({ status, stdout }, { status: 2, stdout: '' })
  assert.equal((JSON.parse(stderr) as Failed).errors[0]?.message, '--json prints JSON, and not hex')
})

test('without a command the help is on standard error, and asked for it is on standard output', () => {
  const none = lunatikctl([])
  assert.deepEqual([none.status, none.stdout], [2, ''])
  const asked = lunatikctl(['--help'])
  assert.deepEqual([asked.status, asked.stderr, asked.stdout], [0, '', none.stderr])
})

test('without a command, --json has a failure and no help', () => {
  for (const [args, command] of [[['--json'], ''], [['--json', 'page'], 'page']] as const) {
    const { status, stdout, stderr } = lunatikctl(args)
    assert.deepEqual([status, stdout], [2, ''])
    const failed = JSON.parse(stderr) as Failed & { command: string }
    assert.deepEqual([failed.command, failed.exit, failed.errors[0]?.message], [command, 2, 'name a command'])
  }
})

test('help for what there is not says so, with the nearest name', () => {
  const told = (args: readonly string[]) => lunatikctl(args).stderr.split('\n')[0]
  for (const args of [['help', 'shwo'], ['--color', 'never', '-n', 'blue', 'help', 'shwo']]) assert.equal(told(args), "lunatikctl: unknown command 'shwo' (Did you mean show?)")
  for (const args of [['help', 'page', 'red'], ['page', 'help', 'red']]) assert.equal(told(args), "lunatikctl: page: unknown command 'red' (Did you mean read?)")
  for (const args of [['help', 'pin'], ['help', 'page'], ['help']]) assert.equal(lunatikctl(args).status, 0, args.join(' '))
})

test('help of a command of a group is found in three ways', () => {
  const [first, ...others] = [['page', 'read', '--help'], ['help', 'page', 'read'], ['page', 'help', 'read']].map(lunatikctl)
  assert.match(first?.stdout ?? '', /^Usage: lunatikctl page read /)
  for (const other of others) assert.deepEqual([other.status, other.stdout, other.stderr], [0, first?.stdout, ''])
  const [group, asked] = [['page'], ['page', '--help']].map(lunatikctl)
  assert.deepEqual([group?.status, group?.stdout, group?.stderr], [2, '', asked?.stdout])
})

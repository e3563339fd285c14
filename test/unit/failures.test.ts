// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOfCode } from '../../cli/chunks.ts'
import { wantsColor } from '../../cli/color.ts'
import { LuaFloat } from '../../cli/client.ts'
import { splitTraceback, type Failure } from '../../cli/errors.ts'
import { EXIT, exitStatus } from '../../cli/exit.ts'
import { failureDocument, failureLines } from '../../cli/output/failure.ts'
import { chunkName, withoutFirstComment } from '../../native/addon/chunk-file.ts'

const plain = (text: string) => text
const told = {
  command: 'do',
  hints: true,
  colors: { heading: plain, failure: plain, notable: plain, faint: (text: string) => `<${text}>` },
}

test('each errno of the protocol has its exit status', () => {
  const table = {
    ENOENT: 3, EEXIST: 4, EBUSY: 4, ESTALE: 4, EALREADY: 4, ENOEXEC: 5, ECANCELED: 5, ETIME: 6, ETIMEDOUT: 6, EINTR: 6, EPERM: 7, EACCES: 7, EIDRM: 3,
    ENOMODULE: 8, EPROTO: 8, ENOSPC: 1, EDQUOT: 1, EMSGSIZE: 1, ENOMEM: 1, EINVAL: 1, ESHUTDOWN: 1, EOVERFLOW: 1,
  }
  for (const [code, status] of Object.entries(table)) assert.equal(exitStatus(code), status, code)
})

test('a failure is one line, and its hint another', () => {
  const failure: Failure = { status: EXIT.conflict, subject: 'web', message: 'state is in use by pid 4242', code: 'EBUSY', hint: 'wait' }
  assert.equal(failureLines(failure, told), 'lunatikctl: do: web: state is in use by pid 4242 (EBUSY)\n<lunatikctl: wait>\n')
  assert.equal(failureLines(failure, { ...told, hints: false }), 'lunatikctl: do: web: state is in use by pid 4242 (EBUSY)\n')
})

test('the failure of a script is its message and its traceback, with nothing that a terminal obeys', () => {
  const failure: Failure = {
    status: EXIT.script,
    subject: 'web',
    message: 'a.lua:1: \u001b[2J',
    code: 'ECANCELED',
    traceback: 'stack traceback:\n\t[C]: in ?',
    value: new Map([['code', new LuaFloat(1)]]),
  }
  assert.equal(
    failureLines(failure, told),
    'lunatikctl: do: web: a.lua:1: \\x1b[2J\nerror value: {code = 1.0}\nstack traceback:\n\t[C]: in ?\n',
  )
})

test('only a script has messages of several lines: nothing else can tell of a failure that there is not', () => {
  const message = "unknown key 'x\nlunatikctl: web'"
  assert.equal(failureLines({ status: EXIT.failure, message }, told), "lunatikctl: do: unknown key 'x\\nlunatikctl: web'\n")
  assert.equal(failureLines({ status: EXIT.script, message: 'a.lua:1: two\nlines' }, told), 'lunatikctl: do: a.lua:1: two\nlines\n')
})

test('failures in JSON are one object, with the first one in front', () => {
  const failures: Failure[] = [
    { status: EXIT.missing, subject: 'a', message: 'no such state', code: 'ENOENT', output: Uint8Array.of(0xff) },
    { status: EXIT.usage, message: 'wrong' },
  ]
  assert.equal(
    failureDocument(failures, 'close'),
    '{"schema":1,"command":"close","exit":3,"errors":[' +
      '{"code":"ENOENT","subject":"a","message":"no such state","output":{"base64":"/w=="}},' +
      '{"code":null,"subject":null,"message":"wrong"}]}\n',
  )
})

test('a traceback is told from the message, even from one that looks like it', () => {
  assert.deepEqual(splitTraceback('m'), { message: 'm', traceback: undefined })
  assert.deepEqual(splitTraceback('m\nstack traceback:\n\tx\nstack traceback:\n\ty'), {
    message: 'm\nstack traceback:\n\tx',
    traceback: 'stack traceback:\n\ty',
  })
})

test('colour is for terminals, unless somebody says otherwise', () => {
  const terminal = () => true
  const pipe = () => false
  assert.equal(wantsColor('auto', terminal, {}), true)
  assert.equal(wantsColor('auto', pipe, {}), false)
  assert.equal(wantsColor('auto', terminal, { NO_COLOR: '1' }), false)
  assert.equal(wantsColor('auto', terminal, { NO_COLOR: '' }), true)
  assert.equal(wantsColor('auto', terminal, { TERM: 'dumb' }), false)
  assert.equal(wantsColor('always', pipe, { NO_COLOR: '1' }), true)
  assert.equal(wantsColor('never', terminal, {}), false)
})

test('chunks are named as Lua marks them, and long paths keep their end', () => {
  assert.equal(chunkOfCode('x').name, '=(command line)')
  assert.equal(chunkName('a/b.lua', 255), '@a/b.lua')
  const long = chunkName(`${'é'.repeat(300)}/last.lua`, 255)
  assert.ok(Buffer.byteLength(long) <= 255)
  assert.match(long, /^@\.\.\.é+\/last\.lua$/)
})

test('what lua skips at the start of a file is skipped, and lines keep their numbers', () => {
  const read = (text: string) => Buffer.from(withoutFirstComment(Buffer.from(text))).toString()
  assert.equal(read('#!/usr/bin/lua\nreturn 1'), '\nreturn 1')
  assert.equal(read('\ufeffreturn 1'), 'return 1')
  assert.equal(read('\ufeff# x\ny'), '\ny')
  assert.equal(read('#'), '')
  assert.equal(read('return #t'), 'return #t')
})

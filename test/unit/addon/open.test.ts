// SPDX-License-Identifier: MIT
// The compiled addon where there is no module to talk to.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { suite, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { LunatikError, open } from '../../../native/addon/index.ts'
import { addonPath } from '../../../native/addon/native.ts'
import { Record } from '../../../native/addon/record.ts'

async function failure(options: Parameters<typeof open>[0]): Promise<LunatikError> {
  const error: unknown = await open(options).then(() => undefined, (reason: unknown) => reason)
  assert.ok(error instanceof LunatikError, String(error))
  return error
}

const loaded = existsSync('/sys/module/lunatik')

suite('opening a session', () => {
  test('without the module says so', { skip: loaded }, async () => {
    const error = await failure({})
    assert.equal(error.code, 'ENOMODULE')
    assert.equal(error.operation, 'open')
    assert.match(error.message, /not loaded/)
  })

  test('in a namespace that is not there names it', async () => {
    for (const netns of ['no-such-namespace', '/run/netns/no-such-namespace', '4294967295', 4294967295, '']) {
      const error = await failure({ netns })
      assert.equal(error.code, 'ENOENT')
      assert.equal(error.operation, 'netns')
      assert.ok(error.message.includes(String(netns)))
    }
  })

  test('in something else than a namespace says so', async () => {
    for (const netns of ['/dev/null', '/proc/self/ns/uts']) {
      const error = await failure({ netns })
      assert.deepEqual([error.code, error.operation], ['EINVAL', 'netns'])
    }
  })

  test('in a name that C would cut short is refused', async () => {
    assert.equal((await failure({ netns: 'blue\0' })).code, 'EINVAL')
  })

  test('works from worker threads, each with its own errors', { skip: loaded }, async () => {
    const code = `
      const { parentPort } = require('node:worker_threads')
      const addon = require(${JSON.stringify(addonPath())})
      addon.initialize((failure) => Object.assign(new Error(failure.message), failure))
      try {
        new addon.Session(undefined, new Float64Array(${new Record().numbers.length}), () => {})
      } catch (error) {
        parentPort.postMessage(error.code)
      }`
    const codes = await Promise.all(
      Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
        new Worker(code, { eval: true }).once('message', resolve).once('error', reject)
      })),
    )
    assert.deepEqual(codes, Array(4).fill('EPROTONOSUPPORT'))
  })
})

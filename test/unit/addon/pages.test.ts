// SPDX-License-Identifier: MIT
// Pages where there is no module that has them.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { suite, test } from 'node:test'
import { LunatikError, pages } from '../../../native/addon/index.ts'

async function refusal(call: Promise<unknown>): Promise<LunatikError> {
  const error: unknown = await call.then(() => undefined, (reason: unknown) => reason)
  assert.ok(error instanceof LunatikError, String(error))
  return error
}

function failure(...args: Parameters<typeof pages.open>): Promise<LunatikError> {
  return refusal(pages.open(...args))
}

suite('what pages there are', () => {
  const calls: Readonly<Record<string, (netns?: string) => Promise<unknown>>> = {
    list: (netns) => pages.list({ netns }),
    info: (netns) => pages.info('stats', { netns }),
    create: (netns) => pages.create('stats', { netns }),
    remove: (netns) => pages.remove('stats', { netns }),
    monitor: (netns) => pages.monitor({ netns }).next(),
  }

  test('without the module is not known', { skip: existsSync('/dev/kstate') }, async () => {
    for (const call of Object.values(calls)) {
      const { code, operation, message } = await refusal(call())
      assert.deepEqual([code, operation, message], ['ENOMODULE', 'open', 'the module kstate is not loaded'])
    }
  })

  test('in a namespace that is not there is not known', async () => {
    for (const call of Object.values(calls)) {
      const { code, operation, message } = await refusal(call('no-such-namespace'))
      assert.deepEqual([code, operation, message], ['ENOENT', 'netns', "no network namespace 'no-such-namespace'"])
    }
  })
})

suite('opening a page', () => {
  test('without the module says so', { skip: existsSync('/dev/kstate') }, async () => {
    for (const write of [true, false]) {
      const { code, operation, page, state, message } = await failure('stats', { write })
      assert.deepEqual(
        { code, operation, page, state, message },
        { code: 'ENOMODULE', operation: 'subscribe', page: 'stats', state: undefined, message: 'the module kstate is not loaded' },
      )
    }
  })

  test('in a namespace that is not there names it', async () => {
    for (const netns of ['no-such-namespace', '/run/netns/no-such-namespace', 4294967295, '']) {
      const { code, operation, message } = await failure('stats', { netns })
      assert.deepEqual([code, operation], ['ENOENT', 'netns'])
      assert.ok(message.includes(String(netns)))
    }
    assert.equal((await failure('stats', { netns: '/dev/null' })).code, 'EINVAL')
  })

  test('by a name that is none says what is one', async () => {
    for (const name of ['', '.', '.a', 'a.', 'a..b', 'a b', 'ä', 'x'.repeat(248), 'a\0b'])
      assert.equal((await failure(name)).code, 'EINVAL', name)
    assert.match((await failure('a b')).message, /1 to 247 letters, digits and dots/)
  })
})

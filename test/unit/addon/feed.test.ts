// SPDX-License-Identifier: MIT
// Iterables over what keeps coming, with a source that does as it is told here. The real one is in test/e2e.

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { LunatikError } from '../../../native/addon/error.ts'
import { Feed, type FeedOptions } from '../../../native/addon/feed.ts'
import type { NativeFeed } from '../../../native/addon/native.ts'

class Source implements NativeFeed<number> {
  readonly items: (number | null)[] = []
  taken = 0
  closed = 0
  failure: Error | undefined
  #readable: (() => void) | undefined

  get watched(): boolean {
    return this.#readable !== undefined
  }

  take(): number | undefined | null {
    if (this.failure) throw this.failure
    const item = this.items.shift()
    if (item !== undefined) this.taken++
    return item
  }

  watch(readable: () => void): void {
    this.#readable = readable
  }

  close(): void {
    this.closed++
    this.#readable = undefined
  }

  come(...items: (number | null)[]): void {
    this.items.push(...items)
    const readable = this.#readable
    this.#readable = undefined
    readable?.()
  }

  feed(options: FeedOptions = {}): Feed<number, string> {
    return new Feed(() => this, (raw) => (raw < 0 ? undefined : String(raw)), { operation: 'receive', state: 'web' }, options)
  }
}

async function failure(promise: Promise<unknown>): Promise<LunatikError> {
  const error: unknown = await promise.then(() => undefined, (reason: unknown) => reason)
  assert.ok(error instanceof LunatikError, String(error))
  return error
}

const DONE = { done: true, value: undefined }

suite('feeds', () => {
  test('what is there is given, what comes is waited for, and the end ends it', async () => {
    const source = new Source()
    source.items.push(1, 2)
    const seen: string[] = []
    const reading = (async () => {
      for await (const item of source.feed()) seen.push(item)
    })()
    await new Promise(setImmediate)
    assert.deepEqual([seen, source.watched], [['1', '2'], true])
    source.come(3, 4)
    source.come(null)
    await reading
    assert.deepEqual([seen, source.closed], [['1', '2', '3', '4'], 1])
  })

  test('nothing is taken that nobody asks for', async () => {
    const source = new Source()
    source.items.push(1, 2, 3)
    const feed = source.feed()
    assert.equal(source.taken, 0)
    assert.deepEqual(await feed.next(), { done: false, value: '1' })
    await new Promise(setImmediate)
    assert.deepEqual([source.taken, source.watched], [1, false])
  })

  test('what comes faster than it is looked at does not keep the event loop', async () => {
    const source = new Source()
    source.take = () => ++source.taken
    const late = AbortSignal.timeout(5)
    const began = Date.now()
    for await (const item of source.feed()) {
      if (late.aborted) break
      assert.ok(Date.now() - began < 5000, `no timer rang before item ${item}`)
    }
  })

  test('who asks several times at once gets them in order', async () => {
    const source = new Source()
    const feed = source.feed()
    const asked = [feed.next(), feed.next(), feed.next()]
    source.come(1)
    source.come(2, null)
    assert.deepEqual(await Promise.all(asked), [{ done: false, value: '1' }, { done: false, value: '2' }, DONE])
  })

  test('what is not understood is passed over', async () => {
    const source = new Source()
    source.items.push(-1, 5)
    assert.deepEqual(await source.feed().next(), { done: false, value: '5' })
  })

  test('leaving the loop closes it', async () => {
    const source = new Source()
    source.items.push(1, 2)
    for await (const item of source.feed()) {
      assert.equal(item, '1')
      break
    }
    assert.equal(source.closed, 1)
  })

  test('a return ends what waits', async () => {
    const source = new Source()
    const feed = source.feed()
    const waiting = feed.next()
    assert.deepEqual(await feed.return(), DONE)
    assert.deepEqual([await waiting, await feed.next(), source.closed], [DONE, DONE, 1])
  })

  test('a failure rejects once, closes it, and is its end', async () => {
    const source = new Source()
    const feed = source.feed()
    const asked = [feed.next(), feed.next()] as const
    source.failure = new LunatikError({ code: 'EBUSY', errno: 16, operation: 'receive', attribute: '', message: 'no' }, 'web')
    source.come()
    assert.equal((await failure(asked[0])).code, 'EBUSY')
    assert.deepEqual([await asked[1], await feed.next(), source.closed], [DONE, DONE, 1])
  })

  test('one that cannot be opened rejects when it is asked', async () => {
    const refused = new LunatikError({ code: 'ENOENT', errno: 2, operation: 'receive', attribute: '', message: 'no' }, 'web')
    const feed = new Feed<number, number>(() => { throw refused }, (raw) => raw, { operation: 'receive', state: 'web' }, {})
    assert.equal(await failure(feed.next()), refused)
    assert.deepEqual(await feed.next(), DONE)
  })

  test('a signal rejects what waits, with its reason', async () => {
    const source = new Source()
    const controller = new AbortController()
    const waiting = source.feed({ signal: controller.signal }).next()
    controller.abort(new Error('enough'))
    const error = await failure(waiting)
    assert.deepEqual([error.code, error.operation, error.state, source.closed], ['EINTR', 'receive', 'web', 1])
    assert.ok(error.cause instanceof Error && error.cause.message === 'enough')
  })

  test('a signal that comes while nobody waits rejects the next', async () => {
    const source = new Source()
    const controller = new AbortController()
    const feed = source.feed({ signal: controller.signal })
    controller.abort()
    assert.equal(source.closed, 1)
    assert.equal((await failure(feed.next())).code, 'EINTR')
    assert.deepEqual(await feed.next(), DONE)
  })

  test('a signal that has come before opens nothing', async () => {
    let opened = false
    const open = () => {
      opened = true
      return new Source()
    }
    const feed = new Feed<number, number>(open, (raw) => raw, { operation: 'event' }, { signal: AbortSignal.abort() })
    assert.equal((await failure(feed.next())).operation, 'event')
    assert.equal(opened, false)
  })

  test('a signal that comes after the end changes nothing', async () => {
    const source = new Source()
    source.items.push(null)
    const controller = new AbortController()
    const feed = source.feed({ signal: controller.signal })
    assert.deepEqual(await feed.next(), DONE)
    controller.abort()
    assert.deepEqual(await feed.next(), DONE)
  })
})

// SPDX-License-Identifier: MIT
// What becomes of a chunk's end, with a kernel that does as it is told here. The real one is in test/e2e.

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { LunatikError } from '../../../native/addon/error.ts'
import { ENDING, type Failure, type NativeSession, type Started } from '../../../native/addon/native.ts'
import { Record } from '../../../native/addon/record.ts'
import { NO_OPTIONS, Runs, start, type RunOptions, type RunResult, type Work } from '../../../native/addon/runs.ts'

const ABORTED: Failure = { code: 'EINTR', errno: 4, operation: 'dostring', attribute: '', message: 'aborted' }
const FAILED: Failure = { code: 'ECANCELED', errno: 125, operation: 'dostring', attribute: '', message: 'do:1: no' }

function unused(): never {
  throw new Error('not for this test')
}

/** A chunk that goes on until it is told to end. */
class Kernel implements NativeSession {
  readonly record = new Record()
  readonly numbers = this.record.numbers
  readonly runs = new Runs()
  readonly cancelled: number[] = []
  readonly asked: unknown[][] = []
  /** What `run` answers; a number is a chunk that goes on. */
  answer: Started = 1
  readonly netns = unused
  readonly newState = unused
  readonly closeState = unused
  readonly getState = unused
  readonly putState = unused
  readonly setState = unused
  readonly show = unused
  readonly list = unused
  readonly info = unused
  readonly abort = unused
  readonly close = unused

  run(...args: unknown[]): Started {
    this.asked.push(args)
    return this.answer
  }

  send(...args: unknown[]): Started {
    return this.run('send', ...args)
  }

  cancel(id: number): void {
    this.cancelled.push(id)
  }

  start(options: RunOptions = {}, operation: Work['operation'] = 'dostring'): Promise<RunResult> {
    return start(this, this.record, this.runs, { operation, state: 'web', body: 'return' }, options)
  }
}

async function failure(promise: Promise<unknown>): Promise<LunatikError> {
  const error: unknown = await promise.then(unused, (reason: unknown) => reason)
  assert.ok(error instanceof LunatikError, String(error))
  return error
}

suite('runs', () => {
  test('a chunk that is over at once has its result', async () => {
    const kernel = new Kernel()
    kernel.answer = { output: Buffer.from('hi\n'), values: Uint8Array.of(1, 2) }
    kernel.numbers[ENDING.complete] = 1
    kernel.numbers[ENDING.time] = 1500
    kernel.numbers[ENDING.peak] = 30
    const result = await kernel.start()
    assert.deepEqual(result.values, [1, 2])
    assert.equal(Buffer.from(result.output).toString(), 'hi\n')
    assert.deepEqual([result.time, result.peak, result.cut], [0.0015, 30, false])
  })

  test('of what has no options the addon hears nothing but what to do', async () => {
    const kernel = new Kernel()
    kernel.answer = undefined
    const { values, output } = await kernel.start(NO_OPTIONS)
    await kernel.start(NO_OPTIONS, 'data')
    assert.deepEqual([values, output.length], [[], 0])
    assert.deepEqual(kernel.asked, [['web', 'return'], ['send', 'web', 'return']])
  })

  test('few values are in the record, and those of one run are not those of the next', async () => {
    const kernel = new Kernel()
    kernel.answer = undefined
    kernel.record.room.set([1, 0x62, 0x6f, 0x6b, 0x42, 7, 8, 99])
    kernel.numbers[ENDING.values] = 7
    const { values } = await kernel.start()
    assert.deepEqual(values, [1, 'ok', Uint8Array.of(7, 8)])
    kernel.record.room.fill(0)
    kernel.numbers[ENDING.values] = 0
    assert.deepEqual((await kernel.start()).values, [])
    assert.deepEqual(values, [1, 'ok', Uint8Array.of(7, 8)])
  })

  test('spans of time go to the kernel as microseconds, and never become 0 by rounding', async () => {
    const kernel = new Kernel()
    kernel.answer = {}
    await kernel.start({ budget: 1.1 })
    await kernel.start({ budget: 1e-9 })
    await kernel.start({ budget: 0 })
    await kernel.start()
    assert.deepEqual(kernel.asked.map(([, , , budget]) => budget), [1_100_000, 1, 0, undefined])
    for (const budget of [-1, NaN, Infinity, 1e300]) await assert.rejects(kernel.start({ budget }), RangeError)
    for (const timeout of [-1, NaN, Infinity]) await assert.rejects(kernel.start({ timeout }), RangeError)
    for (const wait of [-1, NaN, Infinity]) await assert.rejects(kernel.start({ wait }), RangeError)
  })

  test('a wait of 0 is told from none, and what a change depends on goes along', async () => {
    const kernel = new Kernel()
    kernel.answer = {}
    const step = Uint8Array.of(7)
    await kernel.start({ wait: 0, expectGeneration: 3, generation: 5, step })
    await kernel.start({ wait: 2 })
    assert.deepEqual(kernel.asked[0]?.slice(4), [0, 3, 5, step, undefined])
    assert.deepEqual(kernel.asked[1]?.slice(4), [2_000_000, undefined, undefined, undefined, undefined])
    for (const generation of [0, -1, 1.5, 2 ** 53]) {
      await assert.rejects(kernel.start({ generation }), RangeError)
      await assert.rejects(kernel.start({ expectGeneration: generation }), RangeError)
    }
  })

  test('a message goes its own way, and its failures say so', async () => {
    const kernel = new Kernel()
    kernel.answer = { values: Uint8Array.of(1) }
    assert.deepEqual((await kernel.start({}, 'data')).values, [1])
    assert.deepEqual(kernel.asked[0]?.slice(0, 3), ['send', 'web', 'return'])
    const error = await failure(kernel.start({ signal: AbortSignal.abort() }, 'data'))
    assert.deepEqual([error.code, error.operation], ['EINTR', 'data'])
  })

  test('a signal ends the chunk, and rejects when it has ended', async () => {
    const kernel = new Kernel()
    const controller = new AbortController()
    const running = kernel.start({ signal: controller.signal })
    controller.abort(new Error('enough'))
    assert.deepEqual(kernel.cancelled, [1])
    kernel.runs.notify(1, undefined, { failure: ABORTED })
    const error = await failure(running)
    assert.equal(error.code, 'EINTR')
    assert.equal(error.state, 'web')
    assert.ok(error.cause instanceof Error && error.cause.message === 'enough')
  })

  test('a signal that has come before is no run', async () => {
    const kernel = new Kernel()
    const error = await failure(kernel.start({ signal: AbortSignal.abort() }))
    assert.equal(error.code, 'EINTR')
    assert.deepEqual(kernel.asked, [])
  })

  test('a chunk that ended before the abort got there ended well', async () => {
    const kernel = new Kernel()
    const controller = new AbortController()
    const running = kernel.start({ signal: controller.signal })
    controller.abort()
    kernel.runs.notify(1, undefined, { values: Uint8Array.of(7) })
    assert.deepEqual((await running).values, [7])
  })

  test('an abort by somebody else has no cause', async () => {
    const kernel = new Kernel()
    const running = kernel.start({ signal: new AbortController().signal, timeout: 60 })
    kernel.runs.notify(1, undefined, { failure: ABORTED })
    const error = await failure(running)
    assert.equal(error.code, 'EINTR')
    assert.equal(error.cause, undefined)
    assert.deepEqual(kernel.cancelled, [])
  })

  test('the time limit of this side has its own code', async () => {
    const kernel = new Kernel()
    const running = kernel.start({ timeout: 0.001 })
    kernel.cancel = () => { kernel.runs.notify(1, undefined, { failure: ABORTED }) }
    const error = await failure(running)
    assert.equal(error.code, 'ETIMEDOUT')
    assert.equal(error.errno, 110)
  })

  test('it may be longer than a timer of Node\'s', async ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] })
    const day = 24 * 60 * 60
    const kernel = new Kernel()
    const running = kernel.start({ timeout: 60 * day })
    kernel.cancel = () => { kernel.runs.notify(1, undefined, { failure: ABORTED }) }
    let code: string | undefined
    const told = failure(running).then((error) => { code = error.code })
    for (let days = 0; days < 59; days++) mock.timers.tick(1000 * day)
    await new Promise(setImmediate)
    assert.equal(code, undefined)
    mock.timers.tick(2000 * day)
    await told
    assert.equal(code, 'ETIMEDOUT')
  })

  test('a failed script has its text, its value, and what it gave before', async () => {
    const kernel = new Kernel()
    const running = kernel.start()
    kernel.numbers[ENDING.complete] = 1
    const message = Buffer.from('do:1: no\nstack traceback:\n\t[C]: in ?')
    const ending = { message, errorValue: Uint8Array.of(0x81, 5), output: Buffer.from('so far'), failure: FAILED }
    kernel.runs.notify(1, undefined, ending)
    const error = await failure(running)
    assert.equal(error.code, 'ECANCELED')
    assert.equal(error.message, 'do:1: no')
    assert.equal(error.detail, message.toString())
    assert.deepEqual(error.value, [5])
    assert.equal(Buffer.from(error.result?.output ?? []).toString(), 'so far')
  })

  test('a refused chunk has no result', async () => {
    const kernel = new Kernel()
    kernel.answer = { failure: { ...FAILED, code: 'EBUSY', errno: 16, attribute: 'name' } }
    const error = await failure(kernel.start())
    assert.equal(error.result, undefined)
    assert.equal(error.detail, undefined)
    assert.equal(error.attribute, 'name')
  })

  test('output comes as it is made, the last of it before the end', async () => {
    const kernel = new Kernel()
    const heard: string[] = []
    const running = kernel.start({ onOutput: (bytes) => heard.push(Buffer.from(bytes).toString()) })
    kernel.runs.notify(1, Buffer.from('one'), undefined)
    kernel.runs.notify(1, Buffer.from('two'), {})
    assert.deepEqual(heard, ['one', 'two'])
    assert.equal((await running).output.length, 0)
  })

  test('what takes the output may throw: that ends the chunk and is what it rejects with', async () => {
    const kernel = new Kernel()
    const thrown = new Error('no more')
    let calls = 0
    const running = kernel.start({
      onOutput: () => {
        calls++
        throw thrown
      },
    })
    kernel.runs.notify(1, Buffer.from('one'), undefined)
    kernel.runs.notify(1, Buffer.from('two'), { failure: ABORTED })
    await assert.rejects(running, thrown)
    assert.equal(calls, 1)
    assert.deepEqual(kernel.cancelled, [1])
  })

  test('values that are none are a failure, unless they were cut off', async () => {
    const kernel = new Kernel()
    kernel.answer = { values: Uint8Array.of(1, 0x18) }
    assert.equal((await failure(kernel.start())).code, 'EBADMSG')
    kernel.numbers[ENDING.cut] = 1
    const result = await kernel.start()
    assert.deepEqual([result.values, result.cut], [[1], true])
  })

  test('the numbers are those of the run that ends, whatever its output starts', async () => {
    const kernel = new Kernel()
    const first = kernel.start({
      onOutput: () => {
        kernel.numbers[ENDING.time] = 9e6
        kernel.answer = {}
        void kernel.start()
      },
    })
    kernel.numbers[ENDING.time] = 1e6
    kernel.runs.notify(1, Buffer.from('x'), {})
    assert.equal((await first).time, 1)
  })

  test('whoever waits for all to end is told when they have', async () => {
    const kernel = new Kernel()
    await kernel.runs.ended()
    const running = kernel.start()
    let over = false
    const ended = kernel.runs.ended().then(() => { over = true })
    await Promise.resolve()
    assert.equal(over, false)
    kernel.runs.notify(1, undefined, {})
    await Promise.all([running, ended])
  })
})

// SPDX-License-Identifier: MIT
// Pages, as Node has them. That the module can be unloaded at the end says that no subscription was left behind.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { LunatikError, pages } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, KERNEL, outputOf, Program, run, sleep, SLOWNESS, type Place } from './guest.ts'
import { kstateLoaded, users } from './kstate.ts'

type Page = Awaited<ReturnType<typeof pages.open>>

const COUNTER = pages.layout('u32 count')
const PAIR = pages.layout('u64 first, u64 second @ 2048')
const FILE = '/tmp/page'
const FROZEN = '/tmp/frozen'
const WRITERS = 4
const UPDATES = 200

/** This file is also what workers, and another process, run. */
const ELSEWHERE = process.env['WATCH_PAGE']
const UNPRIVILEGED = process.env['ASK_OF_PAGES']
const HUNG = process.env['SYNC_PAGE']

// --- in workers and elsewhere ---

interface Order {
  readonly role: 'count' | 'watch' | 'pair' | 'sync'
  readonly names: readonly string[]
}

async function count(page: Page, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await page.update(({ bytes }) => COUNTER.over(bytes).count++, { retries: Infinity })
}

/** Says what comes, and waits for more than is there. */
async function watch(page: Page, most: number, tell: (text: string) => void): Promise<void> {
  const changes = page.changes()
  for (let count = 1; ; count++) {
    const next = changes.next()
    tell('waiting')
    const { value } = await next
    tell(`version ${String(value)}`)
    if (count === most) return
  }
}

/** Commits to two pages together, until somebody ends the worker. */
async function commitPairs(both: readonly Page[]): Promise<never> {
  for (let i = 1n; ; i++) {
    const transactions = both.map((page) => page.start())
    for (const { bytes } of transactions) Object.assign(PAIR.over(bytes), { first: i, second: i })
    await pages.commitMany(transactions)
    if (i === 1n) parentPort?.postMessage('begun')
    // Somebody may want to end it.
    if (i % 64n === 0n) await setImmediate()
  }
}

/** Is in the middle of it for as long as the file system hangs. */
async function synchronize(page: Page): Promise<void> {
  const synced = page.sync()
  parentPort?.postMessage('begun')
  await synced
}

async function work({ role, names }: Order): Promise<void> {
  const opened = await Promise.all(names.map((name) => pages.open(name)))
  const [page] = opened
  assert.ok(page)
  if (role === 'pair') await commitPairs(opened)
  if (role === 'sync') await synchronize(page)
  if (role === 'watch') await watch(page, 0, (text) => parentPort?.postMessage(text))
  await count(page, UPDATES)
}

/** What each call about pages, as of who has no privilege, comes to. */
async function ask(): Promise<string> {
  const calls = [pages.list(), pages.info('page'), pages.create('page'), pages.remove('page'), pages.monitor().next()]
  const errors = await Promise.all(calls.map(failureOf))
  return errors.map((error) => `${error?.code ?? 'no error'} ${error?.operation ?? ''}`).join()
}

function worker(place: Place, order: Order): Worker {
  const thread = new Worker(__filename, { workerData: order })
  place.afterwards(() => thread.terminate())
  return thread
}

function ended(thread: Worker): Promise<number> {
  return new Promise((resolve, reject) => thread.once('exit', resolve).once('error', reject))
}

function told(thread: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
}

// --- what tests begin with ---

async function opened(place: Place, name: string, options?: pages.OpenOptions): Promise<Page> {
  const page = await pages.open(name, options)
  place.afterwards(() => { page.close() })
  return page
}

function set(page: Page, value: number): Promise<void> {
  return page.update(({ bytes }) => { COUNTER.over(bytes).count = value })
}

function countIn(page: Page): number {
  return COUNTER.over(page.read().bytes).count
}

async function code(work: () => unknown): Promise<string | undefined> {
  return (await failureOf(Promise.resolve().then(work)))?.code
}

/** What the file of a page begins with, by somebody who knows how it is made. */
function record(serial: bigint, version: bigint): Buffer {
  const bytes = Buffer.alloc(64 + 4096)
  bytes.write('kstate1')
  bytes.writeBigUInt64LE(serial, 8)
  bytes.writeBigUInt64LE(version, 16)
  bytes.writeUInt32LE(8, 24)
  bytes.writeUInt32LE(77, 64)
  createHash('sha256').update(bytes).digest().copy(bytes, 32)
  return bytes
}

/** A file system that can be made to hang, and a page in a file there. */
async function frozen(place: Place): Promise<void> {
  await outputOf('modprobe', '-a', 'loop', 'ext4')
  await outputOf('sh', '-c', `truncate -s 8M ${FROZEN}.img && mkfs.ext4 -q ${FROZEN}.img && mkdir ${FROZEN} && mount -o loop ${FROZEN}.img ${FROZEN}`)
  place.afterwards(() => outputOf('sh', '-c', `umount ${FROZEN} && rm -r ${FROZEN} ${FROZEN}.img`))
  place.afterwards(() => run(['fsfreeze', '-u', FROZEN]))
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([promise.then(() => false, () => false), sleep(300).then(() => true)]))
}

function closedError(operation: string, page: string): object {
  return { name: 'LunatikError', code: 'EBADF', operation, page, message: 'the page is closed' }
}

function tests(): void {
  kstateLoaded()

  behaviour('a page is read as it is, into new bytes or those of the caller, as far as it goes', async (place) => {
    const page = await opened(place, 'page')
    const empty = page.read()
    assert.deepEqual([page.name, page.size, empty.version, empty.bytes], ['page', 4096, 0, new Uint8Array(4096)])
    await page.resize(8)
    await page.update(({ view }) => { view.setFloat64(0, 0.5) })
    const { version, bytes, view } = page.read()
    assert.deepEqual([version, bytes.length, view.getFloat64(0), page.size], [1, 8, 0.5, 8])

    const room = new Uint8Array(12).fill(7)
    const copy = page.read(room.subarray(2))
    assert.deepEqual([copy.version, copy.bytes.byteOffset, copy.bytes.length, copy.bytes.buffer], [1, 2, 8, room.buffer])
    assert.deepEqual([...room], [7, 7, ...bytes, 7, 7])
    const exact = new Uint8Array(8)
    assert.equal(page.read(exact).bytes, exact)

    // What the caller has is its own.
    bytes.fill(9)
    assert.equal(page.read().view.getFloat64(0), 0.5)
    for (const small of [new Uint8Array(7), new Uint8Array(0)])
      assert.throws(() => page.read(small), { code: 'EMSGSIZE', operation: 'read', page: 'page' })
  })

  behaviour('who reads only may not write, and finds no page that is not there', async (place) => {
    const { code: errno, operation, page: about, message } = (await failureOf(pages.open('page', { write: false }))) ?? {}
    assert.deepEqual([errno, operation, about, message], ['ENOENT', 'subscribe', 'page', 'no such page'])
    const writer = await opened(place, 'page')
    const reader = await opened(place, 'page', { write: false })
    await set(writer, 5)
    assert.equal(countIn(reader), 5)
    assert.equal(await code(() => set(reader, 6)), 'EACCES')
    assert.equal(await code(() => reader.start()), 'EACCES')
    assert.equal(await code(() => reader.resize(4096)), 'EACCES')
    assert.equal(await code(() => reader.delete()), 'EACCES')
    assert.equal(countIn(reader), 5)
  })

  behaviour('an update gives what its function gave; one that throws changes nothing, nor does one that changes nothing', async (place) => {
    const page = await opened(place, 'page')
    assert.equal(await page.update(({ bytes }) => ++COUNTER.over(bytes).count), 1)
    const slow = page.update(async (copy) => {
      await sleep(5)
      COUNTER.over(copy.bytes).count++
      return copy.version
    })
    assert.equal(await slow, 1)
    for (const change of [() => { throw new RangeError('no') }, () => Promise.reject(new RangeError('no'))]) {
      const refused = page.update((copy) => { copy.bytes.fill(1); return change() })
      await assert.rejects(refused, { name: 'RangeError', message: 'no' })
    }
    await page.update(() => undefined)
    assert.deepEqual([page.read().version, countIn(page)], [2, 2])
  })

  behaviour('where somebody else was faster an update goes again, as often as it is told', async (place) => {
    const [page, other] = [await opened(place, 'page'), await opened(place, 'page')]
    const overtaken = (options: pages.UpdateOptions, times: number) => {
      let tries = 0
      return page.update(async ({ bytes, version }) => {
        assert.equal(COUNTER.over(bytes).count, version)
        if (++tries <= times) await set(other, version + 1)
        COUNTER.over(bytes).count = version + 1
        return tries
      }, options)
    }
    assert.equal(await overtaken({}, 3), 4)
    assert.equal(await overtaken({ retries: 1 }, 1), 2)
    for (const retries of [0, 2]) {
      const error = await failureOf(overtaken({ retries }, retries + 1))
      assert.deepEqual([error?.code, error?.operation, error?.page], ['ESTALE', 'commit', 'page'])
    }
    assert.equal(countIn(page), page.read().version)
    // A conflict on another page is for the function to deal with.
    const error = new LunatikError({ code: 'ESTALE', errno: 116, operation: 'commit', attribute: '', message: 'elsewhere' }, undefined)
    let calls = 0
    await assert.rejects(page.update(() => { calls++; throw error }), error)
    assert.equal(calls, 1)
  })

  behaviour('a signal stops an update that never comes to an end', async (place) => {
    const [page, other] = [await opened(place, 'page'), await opened(place, 'page')]
    const controller = new AbortController()
    let tries = 0
    const update = page.update(async ({ bytes }) => {
      await count(other, 1)
      COUNTER.over(bytes).count = 1000
      if (++tries === 5) controller.abort(new Error('enough'))
    }, { retries: Infinity, signal: controller.signal })
    const error = await failureOf(update)
    assert.deepEqual([error?.code, error?.operation, error?.page, tries], ['EINTR', 'update', 'page', 5])
    assert.ok(error?.cause instanceof Error && error.cause.message === 'enough')
  })

  behaviour('updates of several threads at once lose nothing', async (place) => {
    const page = await opened(place, 'page')
    const threads = Array.from({ length: WRITERS - 1 }, () => ended(worker(place, { role: 'count', names: ['page'] })))
    await count(page, UPDATES)
    assert.deepEqual(await Promise.all(threads), threads.map(() => 0))
    assert.equal(countIn(page), WRITERS * UPDATES)
    // Of one thread, too.
    await Promise.all(Array.from({ length: 10 }, () => count(page, 1)))
    assert.equal(countIn(page), WRITERS * UPDATES + 10)
  })

  behaviour('a transaction is frozen at its start, judged at its commit, and goes on without its subscription', async (place) => {
    const [page, other] = [await opened(place, 'page'), await opened(place, 'page')]
    await set(other, 1)
    const [late, outliving] = [page.start(), page.start()]
    assert.deepEqual([late.version, late.bytes.length], [1, 4096])
    page.close()
    COUNTER.over(outliving.bytes).count = 2
    await outliving.commit()
    assert.deepEqual([countIn(other), COUNTER.over(late.bytes).count], [2, 1])
    COUNTER.over(late.bytes).count = 3
    assert.equal(await code(() => late.commit()), 'ESTALE')
    // Either has ended.
    for (const transaction of [late, outliving]) {
      const error = await failureOf(transaction.commit())
      assert.deepEqual([error?.code, error?.message, error?.page], ['EBADF', 'the transaction has ended', 'page'])
      transaction.abort()
      transaction.abort()
    }
    const forgotten = other.start()
    forgotten.bytes.fill(1)
    forgotten.abort()
    assert.equal(await code(() => forgotten.commit()), 'EBADF')
    assert.deepEqual([other.read().version, countIn(other)], [2, 2])
  })

  behaviour('bytes that were transferred away are not committed', async (place) => {
    const page = await opened(place, 'page')
    const transaction = page.start()
    structuredClone(transaction.bytes.buffer, { transfer: [transaction.bytes.buffer as ArrayBuffer] })
    await assert.rejects(transaction.commit(), TypeError)
    transaction.abort()
    assert.equal(page.read().version, 0)
  })

  behaviour('several pages are committed all or none', async (place) => {
    const both = [await opened(place, 'a'), await opened(place, 'b')] as const
    const start = (value: number) => both.map((page) => {
      const transaction = page.start()
      COUNTER.over(transaction.bytes).count = value
      return transaction
    })
    const [early, first] = [start(1), start(2)]
    await pages.commitMany(first)
    assert.equal(await code(() => pages.commitMany(early)), 'ESTALE')
    assert.deepEqual(both.map(countIn), [2, 2])
    assert.equal(await code(() => pages.commitMany(first)), 'EBADF')
    // One that was only looked at must still be as it was.
    const [changed, looked] = [both[0].start(), both[1].start()]
    COUNTER.over(changed.bytes).count = 3
    await set(both[1], 9)
    assert.equal(await code(() => pages.commitMany([changed, looked])), 'ESTALE')
    const twice = both[1].start()
    COUNTER.over(twice.bytes).count = 1
    assert.equal(await code(() => pages.commitMany([twice, twice])), 'EINVAL')
    assert.deepEqual(both.map(countIn), [2, 9])
  })

  behaviour('several are read as of one moment, however fast they are changed together', async (place) => {
    const names = ['a', 'b', 'c']
    const all = await Promise.all(names.map((name) => opened(place, name)))
    const thread = worker(place, { role: 'pair', names })
    await told(thread)
    const into = all.map(() => new Uint8Array(4096))
    const seen = new Set<number>()
    for (let i = 0; i < 20_000; i++) {
      const copies = i % 2 ? pages.readMany(all) : pages.readMany(all, into)
      const version = copies[0]?.version ?? -1
      for (const copy of copies) {
        const { first, second } = PAIR.over(copy.bytes)
        assert.deepEqual([copy.version, first, second], [version, BigInt(version), BigInt(version)])
      }
      seen.add(version)
    }
    assert.ok(seen.size > 10, `only ${seen.size} versions were seen`)
  })

  behaviour('a page alone is never read torn', async (place) => {
    const [a] = [await opened(place, 'a'), await opened(place, 'b')]
    const thread = worker(place, { role: 'pair', names: ['a', 'b'] })
    await told(thread)
    const room = new Uint8Array(4096)
    for (let i = 0; i < 100_000; i++) {
      const { bytes, version } = a.read(room)
      const { first, second } = PAIR.over(bytes)
      if (first !== second || first !== BigInt(version)) assert.fail(`${first}, ${second} in version ${version}`)
    }
  })

  behaviour('changes are told: the one that is there, those that come, and the last of many', async (place) => {
    const [page, writer] = [await opened(place, 'page', {}), await opened(place, 'page')]
    await set(writer, 1)
    const changes = page.changes()
    assert.deepEqual(await changes.next(), { done: false, value: 1 })
    const next = changes.next()
    assert.equal(await Promise.race([next, sleep(50).then(() => 'nothing')]), 'nothing')
    await set(writer, 2)
    assert.deepEqual(await next, { done: false, value: 2 })
    for (let value = 3; value <= 9; value++) await set(writer, value)
    assert.deepEqual(await changes.next(), { done: false, value: 9 })
    assert.deepEqual(await changes.return?.(), { done: true, value: undefined })
    assert.deepEqual(await changes.next(), { done: true, value: undefined })
    // What was told is not told again.
    await set(writer, 10)
    for await (const version of page.changes()) {
      assert.equal(version, 10)
      break
    }
  })

  behaviour('with a rate they are told no more often, the view holds still in between, and the last comes in the end', async (place) => {
    const interval = 200 * SLOWNESS
    const [page, writer] = [await opened(place, 'page'), await opened(place, 'page')]
    await set(writer, 1)
    const changes = page.changes({ maxRate: 1000 / interval })
    assert.equal((await changes.next()).value, 1)
    assert.equal(countIn(page), 1)
    const writing = (async () => {
      for (let value = 2; value <= 300; value++) {
        await set(writer, value)
        await sleep(interval / 40)
      }
    })()
    const times: number[] = []
    for await (const version of changes) {
      times.push(performance.now())
      const shown = countIn(page)
      assert.ok(shown >= version && shown <= writer.read().version)
      assert.equal(countIn(page), shown)
      if (version === 300) break
    }
    await writing
    assert.ok(times.length >= 5 && times.length <= 30, `${times.length} changes were told`)
    // The timer may be late, and then the next is sooner after it.
    const all = (times.at(-1) ?? 0) - (times[0] ?? 0)
    assert.ok(all > (times.length - 2) * interval, `${times.length} within ${all} ms`)
    // Without it there is no rate any more.
    await set(writer, 7)
    assert.equal(countIn(page), 7)
  })

  behaviour('one at a time is told; a signal, the end of the page, or its deletion ends it', async (place) => {
    const page = await opened(place, 'page')
    const controller = new AbortController()
    const changes = page.changes({ signal: controller.signal })
    const waiting = changes.next()
    const second = await failureOf(page.changes().next())
    assert.deepEqual([second?.code, second?.operation, second?.page], ['EBUSY', 'changes', 'page'])
    const rejected = failureOf(waiting)
    controller.abort(new Error('enough'))
    const stopped = await rejected
    assert.deepEqual([stopped?.code, stopped?.operation, stopped?.page], ['EINTR', 'changes', 'page'])

    const deleted = code(() => page.changes().next())
    await page.delete()
    assert.equal(await deleted, 'EIDRM')
    assert.equal(await code(() => page.read()), 'EIDRM')
    assert.equal(await code(() => page.changes().next()), 'EIDRM')

    const again = await opened(place, 'page')
    const left = again.changes().next()
    again.close()
    assert.deepEqual(await left, { done: true, value: undefined })
    assert.equal(await code(() => again.changes().next()), 'EBADF')
  })

  behaviour('who waits keeps Node alive, and nothing else of a page does', async (place) => {
    const page = await opened(place, 'page')
    const program = new Program([process.execPath, __filename], { env: { WATCH_PAGE: 'page' } })
    await program.printed('waiting')
    await set(page, 1)
    const { status, stdout, stderr } = await program.ended
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'waiting\nversion 1\n', stderr: '' })
  })

  behaviour('waiting ends with the worker thread, and its subscription does', async (place) => {
    const page = await opened(place, 'page')
    const before = await users()
    for (let round = 0; round < 5; round++) {
      const thread = worker(place, { role: 'watch', names: ['page'] })
      await told(thread)
      // In the middle of what comes, every other time.
      if (round % 2) for (let value = 0; value < 100; value++) await set(page, value)
      await thread.terminate()
      await eventually('its subscription is gone', async () => (await users()) === before)
    }
  })

  behaviour('what nobody holds any more is collected, and its subscription with it', async (place) => {
    await opened(place, 'page')
    const before = await users()
    await (async () => {
      for (let i = 0; i < 20; i++) {
        const page = await pages.open('page')
        page.start()
        page.changes()
        await set(page, i)
      }
    })()
    assert.ok(await users() >= before + 20)
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    await eventually('they are closed', async () => {
      collect()
      await setImmediate()
      return (await users()) <= before
    })
  })

  behaviour('closing twice is fine, and whatever is used afterwards says that it is closed', async () => {
    const page = await pages.open('page')
    page.close()
    page.close()
    page[Symbol.dispose]()
    const uses: Record<string, () => unknown> = {
      read: () => page.read(),
      start: () => page.start(),
      resize: () => page.resize(1),
      persist: () => page.persist(FILE),
      sync: () => page.sync(),
      delete: () => page.delete(),
      changes: () => page.changes().next(),
    }
    for (const [operation, use] of Object.entries(uses))
      await assert.rejects(Promise.resolve().then(use), closedError(operation, 'page'))
    assert.throws(() => page.size, closedError('read', 'page'))
    assert.throws(() => pages.readMany([page]), closedError('read', 'page'))
    await assert.rejects(page.update(() => undefined), closedError('start', 'page'))
    // It was the last, so the page is gone.
    assert.equal(await code(() => pages.open('page', { write: false })), 'ENOENT')
  })

  behaviour('sizes are any before the first write, only larger ones afterwards', async (place) => {
    const page = await opened(place, 'page')
    for (const size of [1, 4096, 16]) {
      await page.resize(size)
      assert.equal(page.size, size)
    }
    const overtaken = page.start()
    await set(page, 1)
    await page.resize(32)
    assert.deepEqual([page.read().bytes.length, page.read().version], [32, 2])
    for (const size of [31, 0, -1, 4097, 2 ** 32 + 64]) assert.equal(await code(() => page.resize(size)), 'EINVAL')
    overtaken.bytes.fill(1)
    assert.equal(await code(() => overtaken.commit()), 'ESTALE')
  })

  behaviour('deleting is refused while others are subscribed', async (place) => {
    const [page, other] = [await opened(place, 'page'), await opened(place, 'page')]
    const error = await failureOf(page.delete())
    assert.deepEqual([error?.code, error?.message], ['EBUSY', 'others are subscribed'])
    other.close()
    await page.delete()
    assert.equal(await code(() => set(page, 1)), 'EIDRM')
    assert.equal(await code(() => page.delete()), 'EIDRM')
    assert.equal((await opened(place, 'page')).read().version, 0)
  })

  behaviour('pages are made to stay, listed as they are, and removed, by name', async (place) => {
    place.afterwards(async () => { for (const { name } of await pages.list()) await pages.remove(name) })
    await pages.create('b.1', { size: 16, mode: 0o640 })
    await pages.create('a')
    const page = await opened(place, 'b.1')
    await set(page, 1)
    const { memory, ...listed } = await pages.info('b.1')
    const own = { uid: 0, gid: 0, pinned: true, persistent: false }
    assert.deepEqual(listed, { name: 'b.1', size: 16, version: 1, subscribers: 1, mode: 0o640, ...own })
    assert.ok(memory > 9 * 4096 && memory < 16 * 4096)
    assert.deepEqual(await pages.list(), [{ name: 'a', size: 4096, version: 0, subscribers: 0, mode: 0o600, memory, ...own }, { ...listed, memory }])
    assert.deepEqual((await pages.list({ match: 'b*' })).map(({ name }) => name), ['b.1'])
    assert.deepEqual(await pages.list({ match: 'c*' }), [])

    const busy = await failureOf(pages.remove('b.1'))
    assert.deepEqual([busy?.code, busy?.operation, busy?.page, busy?.message], ['EBUSY', 'delete', 'b.1', 'the page has subscribers'])
    page.close()
    assert.deepEqual(await pages.info('b.1'), { ...listed, memory, subscribers: 0 })
    await pages.remove('b.1')
    const gone = await failureOf(pages.info('b.1'))
    assert.deepEqual([gone?.code, gone?.operation, gone?.page, gone?.attribute, gone?.message], ['ENOENT', 'list', 'b.1', 'name', 'there is no such page'])
    // One that is there is made to stay, and stays as it is otherwise.
    const later = await opened(place, 'later')
    assert.equal((await pages.info('later')).pinned, false)
    await pages.create('later', { size: 8, mode: 0 })
    later.close()
    const { pinned, size } = await pages.info('later')
    assert.deepEqual([pinned, size], [true, 4096])
  })

  behaviour('what is wrong with a page that is to be made is told in the words of the kernel', async () => {
    const refusals: readonly [options: pages.CreateOptions, attribute: string, words: RegExp][] = [
      [{ size: 0 }, 'size', /1 to 4096 bytes/], [{ size: 4097 }, 'size', /1 to 4096 bytes/], [{ mode: 0o777 }, 'mode', /0666/],
    ]
    for (const [options, attribute, words] of refusals) {
      const error = await failureOf(pages.create('page', options))
      assert.deepEqual([error?.code, error?.operation, error?.attribute, error?.page], ['EINVAL', 'create', attribute, 'page'])
      assert.match(error?.message ?? '', words)
    }
    for (const name of ['', '.', 'a..b', 'a b', 'x'.repeat(248), 'x'.repeat(3000)]) assert.equal(await code(() => pages.create(name)), 'EINVAL')
    await assert.rejects(pages.create('page', { size: 1.5 }), RangeError)
    await assert.rejects(pages.create('page', { mode: -1 }), RangeError)
    assert.equal(await code(() => pages.list({ match: 'x'.repeat(256) })), 'EINVAL')
    assert.deepEqual(await pages.list(), [])
  })

  behaviour('without the privilege nothing is known of pages', async (place) => {
    await opened(place, 'page')
    const unprivileged = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', '--']
    const { stdout, stderr } = await run([...unprivileged, process.execPath, __filename], { env: { ASK_OF_PAGES: 'yes' } })
    assert.deepEqual([stdout, stderr], ['EPERM list,EPERM list,EPERM create,EPERM delete,EPERM event\n', ''])
  })

  behaviour('asking of pages keeps nothing open', async (place) => {
    await opened(place, 'page')
    const before = readdirSync('/proc/self/fd').length
    for (let round = 0; round < 100; round++) {
      await pages.list()
      assert.equal(await code(() => pages.info('other')), 'ENOENT')
      const events = pages.monitor()
      await events.return?.()
    }
    assert.equal(readdirSync('/proc/self/fd').length, before)
  })

  behaviour('hundreds of pages are listed by name', async (place) => {
    const names = Array.from({ length: 300 }, (_, index) => `page.${index}`)
    place.afterwards(() => Promise.all(names.map((name) => pages.remove(name))))
    for (const name of names) await pages.create(name)
    assert.deepEqual((await pages.list()).map(({ name }) => name), [...names].sort())
  })

  behaviour('what happens to pages is told in order, until somebody has heard enough', async (place) => {
    const events = pages.monitor()
    const first = events.next()
    assert.equal(await isPending(first), true)
    const page = await opened(place, 'page')
    assert.deepEqual(await first, { done: false, value: { type: 'created', name: 'page', version: 0 } })
    // Commits are told that ask for it.
    await set(page, 1)
    await page.update(({ bytes }) => { bytes[0] = 2 }, { announce: true })
    assert.deepEqual((await events.next()).value, { type: 'committed', name: 'page', version: 2, passed_over: 0 })
    // Too soon after it.
    await page.update(({ bytes }) => { bytes[0] = 3 }, { announce: true })
    await sleep(150)
    using transaction = page.start()
    transaction.bytes[0] = 4
    transaction.announce()
    await transaction.commit()
    assert.equal(await code(() => { transaction.announce() }), 'EBADF')
    assert.deepEqual((await events.next()).value, { type: 'committed', name: 'page', version: 4, passed_over: 1 })
    page.close()
    await pages.create('other')
    await pages.remove('other')
    const rest: unknown[] = []
    for await (const event of events) {
      rest.push(event)
      if (event.type === 'removed' && event.name === 'other') break
    }
    assert.deepEqual(rest, [
      { type: 'removed', name: 'page', version: 4 }, { type: 'created', name: 'other', version: 0 }, { type: 'removed', name: 'other', version: 0 },
    ])
    assert.deepEqual(await events.next(), { done: true, value: undefined })

    const controller = new AbortController()
    const stopped = failureOf(pages.monitor({ signal: controller.signal }).next())
    controller.abort()
    assert.deepEqual([(await stopped)?.code, (await stopped)?.operation], ['EINTR', 'event'])
  })

  behaviour('in place of events that were lost that is told, and it goes on', async () => {
    const events = pages.monitor()
    // As many as find no room in a socket.
    for (let count = 0; count < 500; count++) {
      await pages.create('page')
      await pages.remove('page')
    }
    let overruns = 0
    let next = events.next()
    while (!(await isPending(next))) {
      const { value } = await next
      if (value?.type === 'overrun') overruns++
      else assert.equal(value?.name, 'page')
      next = events.next()
    }
    assert.equal(overruns, 1)
    await pages.create('page')
    assert.deepEqual((await next).value, { type: 'created', name: 'page', version: 0 })
    await pages.remove('page')
    await events.return?.()
  })

  behaviour('a record with numbers that nobody can count on from is none, and none is written', async (place) => {
    place.afterwards(() => { rmSync(FILE, { force: true }) })
    for (const wrong of [0n, 2n ** 52n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      for (const [serial, version] of [[1n, wrong], [wrong, 1n]] as const) {
        using page = await opened(place, 'page')
        writeFileSync(FILE, record(serial, version))
        assert.equal(await code(() => page.persist(FILE)), 'EBADMSG', `${serial} ${version}`)
      }
    }
    for (const [serial, version] of [[2n ** 51n, 5n], [2n ** 52n, 5n], [1n, 2n ** 52n]] as const) {
      using page = await opened(place, 'page')
      writeFileSync(FILE, record(serial, version))
      await page.persist(FILE)
      assert.deepEqual([page.read().version, page.size, countIn(page)], [Number(version), 8, 77])
      await set(page, 78)
      // What is not promised is not lost later.
      assert.equal(await code(() => page.sync()), serial < 2n ** 52n && version < 2n ** 52n ? undefined : 'EOVERFLOW')
      await page.delete()
    }
  })

  behaviour('a page is kept in a file, and begins as what is there; whoever waits for a version finds it on disk', async (place) => {
    rmSync(FILE, { force: true })
    place.afterwards(() => { rmSync(FILE, { force: true }) })
    const page = await opened(place, 'page')
    assert.equal(await code(() => page.sync()), 'EINVAL')
    await page.persist(FILE)
    await page.persist(FILE)
    for (let value = 1; value <= 3; value++) await set(page, value)
    await page.sync(2)
    await page.sync()
    const kept = await pages.info('page')
    assert.deepEqual([kept.persistent, kept.pinned], [true, false])
    const never = await failureOf(page.sync(4))
    assert.deepEqual([never?.code, never?.operation, never?.page, never?.message], ['EINVAL', 'sync', 'page', 'the page is kept in no file, or never had that version'])
    page.close()
    await pages.remove('page')

    const again = await opened(place, 'page')
    await again.persist(FILE)
    assert.deepEqual([again.read().version, countIn(again)], [3, 3])
    const other = await opened(place, 'other')
    const refusals: readonly [page: Page, file: string, code: string, words: string][] = [
      [other, FILE, 'EBUSY', 'another page is kept in the file'],
      [again, '/tmp/another', 'EEXIST', 'the page is kept in another file'],
      [other, '/dev/null', 'EINVAL', 'a page is kept in a regular file'],
      [other, '/tmp/no/such', 'ENOENT', 'No such file or directory'],
      [await opened(place, 'page', { write: false }), FILE, 'EACCES', 'the mode of the page, or that of the file, does not permit it'],
    ]
    for (const [refused, file, errno, words] of refusals) {
      const error = await failureOf(refused.persist(file))
      assert.deepEqual([error?.code, error?.operation, error?.page, error?.message], [errno, 'persist', refused.name, words])
    }
    await again.sync()
    await assert.rejects(again.persist('a\0b'), { code: 'EINVAL' })
    refusals.at(-1)?.[0].close()
    await again.delete()
    again.close()
    writeFileSync(FILE, 'something else')
    const damaged = await failureOf(other.persist(FILE))
    assert.deepEqual([damaged?.code, damaged?.message], ['EBADMSG', 'the file has something else in it, or nothing whole any more'])
    rmSync('/tmp/another')
  })

  // The debug kernel has no file system that can be frozen.
  if (KERNEL !== 'debug') behaviour('a file system that hangs holds up nothing else, nor the page, nor its end', async (place) => {
    await frozen(place)
    const page = await opened(place, 'page')
    const late = await opened(place, 'late')
    await page.persist(`${FROZEN}/page`)
    await outputOf('fsfreeze', '-f', FROZEN)
    const persisted = late.persist(`${FROZEN}/late`)
    await set(page, 1)
    const synced = page.sync()
    const thread = worker(place, { role: 'sync', names: ['page'] })
    await told(thread)
    const more = Array.from({ length: 200 }, () => page.sync())
    assert.equal(await isPending(Promise.race([persisted, synced, ...more])), true)
    const elsewhere = await opened(place, 'elsewhere')
    await elsewhere.persist(FILE)
    await set(elsewhere, 1)
    await elsewhere.sync()
    await elsewhere.delete()
    rmSync(FILE)
    const { status, stdout } = await new Program([process.execPath, __filename], { env: { SYNC_PAGE: 'page' } }).ended
    assert.deepEqual([status, stdout], [0, 'goes on\n'], 'a process looks for a file, and ends')
    for (let value = 2; value <= 50; value++) await set(page, value)
    assert.equal(countIn(page), 50)
    late.close()
    page.close()
    assert.equal(await code(() => page.sync()), 'EBADF')
    // What is begun goes on without its page.
    assert.equal((await pages.info('late')).subscribers, 1)
    const terminated = thread.terminate()
    await outputOf('fsfreeze', '-u', FROZEN)
    await Promise.all([persisted, synced, ...more, terminated])
    await eventually('they are gone', async () => (await pages.list()).every(({ subscribers }) => subscribers === 0))
    assert.deepEqual((await pages.list()).map(({ name, persistent }) => [name, persistent]), [['late', true], ['page', true]])
    await Promise.all([pages.remove('page'), pages.remove('late')])
    await eventually('their files are closed', async () => (await run(['umount', FROZEN])).status === 0)
    await outputOf('mount', '-o', 'loop', `${FROZEN}.img`, FROZEN)
  })

  behaviour('a page is in the namespace that is asked for', async (place) => {
    await outputOf('ip', 'netns', 'add', 'blue')
    place.afterwards(() => run(['ip', 'netns', 'del', 'blue']))
    const inside = await opened(place, 'page', { netns: 'blue' })
    const outside = await opened(place, 'page')
    await set(inside, 1)
    assert.deepEqual([countIn(inside), countIn(outside)], [1, 0])
    assert.equal(countIn(await opened(place, 'page', { netns: '/run/netns/blue', write: false })), 1)
    assert.equal(countIn(await opened(place, 'page', { netns: process.pid, write: false })), 0)
    const both = [inside, outside].map((page) => {
      const transaction = page.start()
      COUNTER.over(transaction.bytes).count = 2
      return transaction
    })
    assert.equal(await code(() => pages.commitMany(both)), 'EXDEV')
    assert.equal(await code(() => pages.readMany([inside, outside])), 'EXDEV')
    assert.equal(await code(() => pages.readMany([inside, inside])), 'EINVAL')
    await pages.create('pinned', { netns: 'blue' })
    assert.deepEqual((await pages.list({ netns: 'blue' })).map(({ name }) => name), ['page', 'pinned'])
    assert.deepEqual((await pages.list()).map(({ name }) => name), ['page'])
    assert.equal((await pages.info('pinned', { netns: '/run/netns/blue' })).pinned, true)
    const told = pages.monitor({ netns: 'blue' })
    await pages.remove('pinned', { netns: 'blue' })
    assert.deepEqual((await told.next()).value, { type: 'removed', name: 'pinned', version: 0 })
    await told.return?.()
    const waiting = inside.changes()
    await waiting.next()
    const next = code(() => waiting.next())
    await outputOf('ip', 'netns', 'del', 'blue')
    assert.equal(await next, 'EIDRM')
    assert.equal(await code(() => inside.read()), 'EIDRM')
  })

  behaviour('whatever is given for an argument is taken, or refused by an error that is meant for it', async (place) => {
    const page = await opened(place, 'page')
    const bytes = new Uint8Array(4096)
    const calls: Record<string, (junk: never) => unknown> = {
      'open()': async (junk) => { (await pages.open(junk)).close() },
      'options of open()': async (junk) => { (await pages.open('junk', junk)).close() },
      'write of open()': async (write) => { (await pages.open('junk', { write })).close() },
      'netns of open()': async (netns) => { (await pages.open('junk', { netns })).close() },
      'read()': (junk) => page.read(junk),
      'readMany()': (junk) => pages.readMany(junk),
      'pages of readMany()': (junk) => pages.readMany([junk]),
      'into of readMany()': (junk) => pages.readMany([page], junk),
      'bytes of readMany()': (junk) => pages.readMany([page, page], [bytes, junk]),
      'update()': (junk) => page.update(junk),
      'options of update()': (junk) => page.update(() => 1, junk),
      'retries of update()': (retries) => page.update(() => 1, { retries }),
      'announce of update()': (announce) => page.update(() => 1, { announce }),
      'signal of update()': (signal) => page.update(() => 1, { signal }),
      'resize()': (junk) => page.resize(junk),
      'persist()': (junk) => page.persist(junk),
      'sync()': (junk) => page.sync(junk),
      'list()': (junk) => pages.list(junk),
      'match of list()': (match) => pages.list({ match }),
      'netns of list()': (netns) => pages.list({ netns }),
      'info()': (junk) => pages.info(junk),
      'create()': async (junk) => { await pages.create(junk); await pages.remove(junk) },
      'size of create()': (size) => pages.create('page', { size }),
      'mode of create()': (mode) => pages.create('page', { mode }),
      'remove()': (junk) => pages.remove(junk),
      'options of monitor()': (junk) => takenAndLeft(pages.monitor(junk)),
      'netns of monitor()': (netns) => takenAndLeft(pages.monitor({ netns })),
      'commitMany()': (junk) => pages.commitMany(junk),
      'transactions of commitMany()': (junk) => pages.commitMany([junk]),
      'options of changes()': (junk) => takenAndLeft(page.changes(junk)),
      'maxRate of changes()': (maxRate) => takenAndLeft(page.changes({ maxRate })),
      'signal of changes()': (signal) => takenAndLeft(page.changes({ signal })),
      'layout()': (junk) => pages.layout(junk),
      'over()': (junk) => COUNTER.over(junk),
    }
    for (const [call, use] of Object.entries(calls)) {
      for (const junk of JUNK) {
        try {
          await use(junk as never)
        } catch (error) {
          assert.ok(isRefusal(error), `${call} with ${String(junk)}: ${String(error)}`)
        }
      }
    }
    assert.equal(await code(() => takenAndLeft(page.changes({ maxRate: 1 / 86_401 }))), 'EINVAL')
    assert.equal(await code(() => takenAndLeft(page.changes({ maxRate: 1e-300 }))), 'EINVAL')
    assert.throws(() => pages.readMany(Array.from({ length: 17 }, () => page)), RangeError)
    assert.throws(() => pages.readMany([page], null as never), TypeError)
    // Their addresses are not kept while the caller's code runs.
    let asked = 0
    const into = [new Uint8Array(4096), new Uint8Array(4096)]
    const closing = await opened(place, 'closing')
    Object.defineProperty(into, 1, { get: () => { if (asked++ > 0) closing.close(); return new Uint8Array(4096) } })
    assert.equal(pages.readMany([closing, page], into).length, 2)
    assert.equal(asked, 1)
    await set(page, 1)
    assert.equal(countIn(page), 1)
    // Bytes of another realm are as good.
    const foreign = runInNewContext('new Uint8Array(4096)') as Uint8Array
    assert.deepEqual([page.read(foreign).version, foreign[0]], [1, 1])
    page.close()
    await pages.remove('page')
  })
}

const JUNK: readonly unknown[] = [undefined, null, 7, -1, NaN, 2n ** 70n, '', 'a\0b', 'x'.repeat(100_000), true, Symbol('s'), {}, [], () => 1, new Uint16Array(3), new ArrayBuffer(3)]

function isRefusal(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof LunatikError
}

/** Nothing comes here: to be refused is all that it can do at once. */
async function takenAndLeft(feed: AsyncIterableIterator<unknown, undefined>): Promise<unknown> {
  const next = feed.next()
  const [result] = await Promise.all([next, feed.return?.()])
  return result
}

/** More of them than libuv has threads. */
async function hang(name: string): Promise<never> {
  const page = await pages.open(name)
  for (let i = 0; i < 8; i++) page.sync().catch(() => undefined)
  await sleep(100)
  await stat('/')
  process.stdout.write('goes on\n')
  // eslint-disable-next-line no-restricted-properties -- that this ends is what is tested
  process.exit(0)
}

if (!isMainThread) {
  void work(workerData as Order)
} else if (UNPRIVILEGED !== undefined) {
  void ask().then((told) => { process.stdout.write(`${told}\n`) })
} else if (HUNG !== undefined) {
  void hang(HUNG)
} else if (ELSEWHERE !== undefined) {
  void pages.open(ELSEWHERE).then((page) => watch(page, 1, (text) => { process.stdout.write(`${text}\n`) }))
} else {
  tests()
}

// SPDX-License-Identifier: MIT
// Messages to a state, and from it: whole, in order, counted where there is no room, and never lost silently.

import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { open, type Message, type Session } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, refused, SLOWNESS, type Place } from './guest.ts'
import { attribute, COMMAND, MESSAGE, RUN, text, Wire } from './wire.ts'

const KIB = 1024
const DATA_MAX = 32 * KIB
const QUEUE_MAX = 256 * KIB
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index)
const READER = { code: 'EBUSY', message: 'another socket receives from the state' }

/** A state that takes messages so. */
async function taking(place: Place, body: string): Promise<string> {
  const name = await place.newState()
  await place.session.run(name, `function receive_callback(data) ${body} end`)
  return name
}

async function another(place: Place): Promise<Session> {
  const session = await open()
  place.afterwards(() => { session.close() })
  return session
}

async function take(messages: AsyncIterator<Message, undefined>, count: number): Promise<Message[]> {
  const taken: Message[] = []
  while (taken.length < count) {
    const { value, done } = await messages.next()
    assert.ok(!done, `it ended after ${taken.length} of ${count}`)
    taken.push(value)
  }
  return taken
}

function texts(messages: readonly Message[]): string[] {
  return messages.map(({ data }) => Buffer.from(data).toString())
}

// --- to a state ---

behaviour('receive_callback gets a message, and what it returns is the reply', async (place) => {
  const { session } = place
  const name = await taking(place, 'n = (n or 0) + 1 return n, #data, data, { data }')
  assert.deepEqual((await session.send(name, 'hello')).values, [1, 5, 'hello', ['hello']])
  assert.deepEqual((await session.send(name, '')).values, [2, 0, '', ['']])
  assert.deepEqual((await session.send(name, 'grün')).values, [3, 5, 'grün', ['grün']])
  const { runs, script } = await session.show(name)
  assert.deepEqual([runs, script?.name], [4, 'do'])
})

behaviour('a message may be any bytes, up to 32 KiB of them', async (place) => {
  const { session } = place
  const name = await taking(place, 'return data')
  assert.deepEqual((await session.send(name, ALL_BYTES)).values, [ALL_BYTES])
  for (const size of [1023, 1024, 1025, DATA_MAX]) {
    const message = Uint8Array.from({ length: size }, (_, index) => index * 7)
    assert.deepEqual((await session.send(name, message)).values, [message])
  }
  const message = new Uint8Array(DATA_MAX + 1)
  await refused(session, () => session.send(name, message), { code: 'EMSGSIZE', message: 'a message has at most 32768 bytes' })
})

behaviour('a text is sent and run whole, wherever its characters lie', async (place) => {
  const name = await taking(place, 'return data')
  for (const character of ['é', '€', '😀']) {
    for (let ahead = 1015; ahead <= 1025; ahead++) {
      const message = 'a'.repeat(ahead) + character.repeat(9)
      assert.deepEqual((await place.session.send(name, message)).values, [message], `${ahead} before ${character}`)
      assert.deepEqual((await place.session.run(name, `return "${message}"`)).values, [message], `${ahead} before ${character}`)
    }
  }
})

behaviour('the module itself refuses a message that is too large, or none', async (place) => {
  const name = await taking(place, 'return data')
  const wire = await Wire.open()
  place.afterwards(() => wire.end())
  const data = (size: number) => [text(RUN.name, name), attribute(RUN.data, Buffer.alloc(size))]
  const large = await wire.ask({ command: COMMAND.data, dump: true, attributes: data(DATA_MAX + 1) })
  assert.deepEqual([large.errno, large.message], [constants.errno.EMSGSIZE, 'a message has at most 32 KiB'])
  const none = await wire.ask({ command: COMMAND.data, dump: true, attributes: [text(RUN.name, name)] })
  assert.deepEqual([none.errno, none.message], [constants.errno.EINVAL, 'the message is missing'])
})

behaviour('a state without receive_callback says so, and is as it was', async (place) => {
  const { session } = place
  const name = await place.newState()
  const error = await failureOf(session.send(name, 'x'))
  assert.equal(error?.code, 'ECANCELED')
  assert.match(error.message, /the state has no function receive_callback/)
  await session.run(name, 'receive_callback = "no function"')
  assert.equal((await failureOf(session.send(name, 'x')))?.code, 'ECANCELED')
})

behaviour('what fails in receive_callback is told as of a chunk: text, value, output, budget', async (place) => {
  const { session } = place
  const name = await taking(place, 'print("took", data) if data == "loop" then while true do end end error(data == "value" and { 7 } or data)')
  const failed = await failureOf(session.send(name, 'oops'))
  assert.deepEqual([failed?.code, failed?.operation, Buffer.from(failed?.result?.output ?? []).toString()], ['ECANCELED', 'data', 'took\toops\n'])
  assert.match(failed?.detail ?? '', /oops\nstack traceback:/)
  assert.deepEqual((await failureOf(session.send(name, 'value')))?.value, [7])
  assert.equal((await failureOf(session.send(name, 'loop', { budget: 0.2 })))?.code, 'ETIME')
  assert.equal((await failureOf(session.send(name, 'loop', { budget: 0, timeout: 0.2 })))?.code, 'ETIMEDOUT')
  const heard: string[] = []
  assert.equal((await failureOf(session.send(name, 'x', { onOutput: (bytes) => heard.push(Buffer.from(bytes).toString()) })))?.code, 'ECANCELED')
  assert.equal(heard.join(''), 'took\tx\n')
})

behaviour('messages of many senders at once are taken one after the other', async (place) => {
  const { session } = place
  const name = await taking(place, 'n = (n or 0) + 1 local before = n for i = 1, 5000 do end return before == n, data')
  const sent = Array.from({ length: 60 }, (_, index) => session.send(name, String(index), { wait: 60 * SLOWNESS, budget: 10 * SLOWNESS }))
  for (const [index, { values }] of (await Promise.all(sent)).entries()) assert.deepEqual(values, [true, String(index)])
  assert.deepEqual((await session.run(name, 'return n')).values, [60])
})

// --- from a state ---

behaviour('what a state sends is received in order, whatever its bytes and size', async (place) => {
  const { session } = place
  const name = await place.newState()
  const messages = session.receive(name)
  const sent = session.run(name, `
    assert(lunatik.send("first"))
    assert(lunatik.send(""))
    local all = {}
    for i = 0, 255 do all[#all + 1] = string.char(i) end
    assert(lunatik.send(table.concat(all)))
    assert(lunatik.send(("x"):rep(${DATA_MAX - 1}) .. "!"))
    assert(lunatik.send("last"))`)
  const [first, empty, all, long, last] = await take(messages, 5)
  await sent
  assert.deepEqual([Buffer.from(first?.data ?? []).toString(), empty?.data.length, last?.sequence], ['first', 0, 5])
  assert.deepEqual(Uint8Array.from(all?.data ?? []), ALL_BYTES)
  assert.equal(Buffer.from(long?.data ?? []).toString(), `${'x'.repeat(DATA_MAX - 1)}!`)
  assert.deepEqual([first, empty, all, long, last].map((message) => message?.lost), [0, 0, 0, 0, 0])
  await messages.return?.()
})

behaviour('a state cannot send more than 32 KiB at once, nor what is no string', async (place) => {
  const { session } = place
  const name = await place.newState()
  const error = await failureOf(session.run(name, `lunatik.send(("x"):rep(${DATA_MAX + 1}))`))
  assert.match(error?.message ?? '', /a message has at most 32 KiB/)
  assert.equal((await failureOf(session.run(name, 'lunatik.send({})')))?.code, 'ECANCELED')
  assert.equal((await session.show(name)).queued, 0)
})

behaviour('what was sent before there is a reader waits for it', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'for i = 1, 3 do lunatik.send("early " .. i) end')
  assert.equal((await session.show(name)).queued, 21)
  const messages = session.receive(name)
  assert.deepEqual(texts(await take(messages, 3)), ['early 1', 'early 2', 'early 3'])
  assert.equal((await session.show(name)).queued, 0)
  await session.run(name, 'lunatik.send("late")')
  assert.deepEqual(texts(await take(messages, 1)), ['late'])
  await messages.return?.()
})

behaviour('each message after a pause is heard of: none is stuck', async (place) => {
  const { session } = place
  const name = await place.newState()
  const messages = session.receive(name)
  for (let round = 1; round <= 200; round++) {
    const next = messages.next()
    if (round % 3 === 0) await setImmediate()
    await session.run(name, `lunatik.send("${round}")`)
    const { value } = await next
    assert.ok(value)
    assert.deepEqual(texts([value]), [String(round)])
  }
  await messages.return?.()
})

behaviour('thousands of messages arrive whole and in order while they are sent', async (place) => {
  const { session } = place
  const name = await place.newState()
  const messages = session.receive(name)
  const total = 5000
  const sending = session.run(name, `
    local sent = 0
    for i = 1, ${total} do
      local text = i .. ":" .. ("x"):rep(i * 37 % 3000)
      while not lunatik.send(text) do end
      sent = sent + 1
    end
    return sent`, { budget: 0 })
  const seen = new Set<number>()
  let [last, lost] = [0, 0]
  while (seen.size < total) {
    const [message] = await take(messages, 1)
    assert.ok(message)
    const content = Buffer.from(message.data).toString()
    const index = parseInt(content)
    assert.equal(content, `${index}:${'x'.repeat((index * 37) % 3000)}`)
    assert.ok(message.sequence > last && index === seen.size + 1)
    assert.equal(message.lost, message.sequence - last - 1)
    last = message.sequence
    lost += message.lost
    seen.add(index)
  }
  assert.deepEqual((await sending).values, [total])
  assert.equal((await session.show(name)).refused, lost)
  await messages.return?.()
})

behaviour('a queue that is full refuses the newest, says so to the script, and counts it', async (place) => {
  const { session } = place
  const name = await place.newState()
  const { values } = await session.run(name, `
    local text, taken, why = ("x"):rep(1024), 0, nil
    for i = 1, 300 do
      local ok, reason = lunatik.send(text)
      if ok then taken = taken + 1 else why = reason end
    end
    return taken, why`, { budget: 10 * SLOWNESS })
  assert.deepEqual(values, [256, 'there is no room for it in the queue'])
  const { queued, refused: count } = await session.show(name)
  assert.deepEqual([queued, count], [QUEUE_MAX, 44])
  const messages = session.receive(name)
  const waited = await take(messages, 256)
  assert.deepEqual([waited[0]?.sequence, waited.at(-1)?.sequence, waited.some(({ lost }) => lost > 0)], [1, 256, false])
  await session.run(name, 'assert(lunatik.send("after"))')
  const [after] = await take(messages, 1)
  assert.deepEqual([after?.sequence, after?.lost, after && texts([after])], [301, 44, ['after']])
  await messages.return?.()
})

behaviour('messages in the queue are counted in the memory of the namespace', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'text = ("x"):rep(32000)')
  const { memory } = await session.info()
  await session.run(name, 'for i = 1, 8 do assert(lunatik.send(text)) end')
  const { memory: more } = await session.info()
  assert.ok(more >= memory + 8 * 32000, `${memory} and then ${more}`)
})

behaviour('a reader that stalls holds up nobody, and learns afterwards what it has missed', async (place) => {
  const { session } = place
  const [name, other] = [await place.newState(), await taking(place, 'return data')]
  const messages = session.receive(name)
  await session.run(name, 'lunatik.send("first")')
  assert.deepEqual(texts(await take(messages, 1)), ['first'])
  // Nobody takes now.
  await session.run(name, 'for i = 1, 1000 do lunatik.send(("x"):rep(1024)) end', { budget: 10 * SLOWNESS })
  assert.deepEqual((await session.send(other, 'still here')).values, ['still here'])
  const { refused: count } = await session.show(name)
  assert.ok(count > 0)
  const [oldest] = await take(messages, 1)
  let seen = 1
  let lost = oldest?.lost ?? 0
  // Of what came before it some may still be in its way.
  await eventually('there is room for another', async () => (await session.run(name, 'return lunatik.send("")')).values[0] === true)
  for (;;) {
    const [message] = await take(messages, 1)
    assert.ok(message)
    seen++
    lost += message.lost
    if (message.data.length === 0) break
  }
  assert.ok(lost >= count && seen + lost <= 1101, `${seen} seen, ${lost} lost, ${count} refused before`)
  await messages.return?.()
})

behaviour('there is one reader at a time; the next one goes on where it stopped', async (place) => {
  const { session } = place
  const other = await another(place)
  const name = await place.newState()
  const messages = session.receive(name)
  await session.run(name, 'lunatik.send("one") lunatik.send("two")')
  assert.deepEqual(texts(await take(messages, 1)), ['one'])
  for (const second of [other, session]) await refused(session, () => second.receive(name).next(), READER)
  await messages.return?.()
  await session.run(name, 'lunatik.send("three")')
  const next = other.receive(name)
  assert.deepEqual(texts(await take(next, 1)), ['three'])
  await next.return?.()
  assert.equal((await session.info()).sessions, 0)
})

behaviour('receiving ends when the state is closed, also where nobody waits just then', async (place) => {
  const { session } = place
  for (const waits of [true, false]) {
    const name = await place.newState()
    const messages = session.receive(name)
    const next = waits ? messages.next() : undefined
    await session.closeState(name)
    assert.deepEqual(await (next ?? messages.next()), { done: true, value: undefined })
    assert.deepEqual(await messages.next(), { done: true, value: undefined })
  }
})

behaviour('a state of the same name, made anew, is not what was received from', async (place) => {
  const { session } = place
  const name = await place.newState()
  const messages = session.receive(name)
  await session.closeState(name)
  await session.newState(name, { handle: false })
  await session.run(name, 'lunatik.send("of the new one")')
  assert.equal((await messages.next()).done, true)
  const next = session.receive(name)
  assert.deepEqual(texts(await take(next, 1)), ['of the new one'])
  await next.return?.()
})

behaviour('a state that is not there has no reader', async ({ session }) => {
  await refused(session, () => session.receive('nosuch').next(), { code: 'ENOENT', message: 'no such state' })
  assert.equal((await failureOf(session.receive('a\0b').next()))?.code, 'EINVAL')
})

behaviour("a signal, the loop's end and the session's end free the place of the reader", async (place) => {
  const { session } = place
  const name = await place.newState()
  const controller = new AbortController()
  const waiting = failureOf(session.receive(name, { signal: controller.signal }).next())
  controller.abort(new Error('enough'))
  const error = await waiting
  assert.deepEqual([error?.code, error?.operation, error?.state], ['EINTR', 'receive', name])
  assert.ok(error?.cause instanceof Error && error.cause.message === 'enough')

  await session.run(name, 'lunatik.send("one")')
  for await (const message of session.receive(name)) {
    assert.deepEqual(texts([message]), ['one'])
    break
  }

  const other = await open()
  const next = other.receive(name).next()
  await setImmediate()
  other.close()
  assert.equal((await next).done, true)
  assert.equal((await failureOf(other.receive(name).next()))?.code, 'EBADF')

  assert.equal((await session.info()).sessions, 0)
  const last = session.receive(name)
  await session.run(name, 'lunatik.send("two")')
  assert.deepEqual(texts(await take(last, 1)), ['two'])
  await last.return?.()
})

behaviour('two states are received from side by side', async (place) => {
  const { session } = place
  const names = [await place.newState(), await place.newState()] as const
  const readers = names.map((name) => session.receive(name))
  for (let round = 0; round < 20; round++) for (const name of names) await session.run(name, `lunatik.send("${name} ${round}")`)
  for (const [index, reader] of readers.entries()) {
    const expected = Array.from({ length: 20 }, (_, round) => `${names[index]} ${round}`)
    assert.deepEqual(texts(await take(reader, 20)), expected)
    await reader.return?.()
  }
})

behaviour("a reader's place is free when its process is killed", async (place) => {
  const { session } = place
  const name = await place.newState()
  const wire = await Wire.open()
  place.afterwards(() => wire.end('SIGKILL'))
  assert.equal((await wire.ask({ command: COMMAND.receive, attributes: [text(MESSAGE.name, name)] })).errno, 0)
  await refused(session, () => session.receive(name).next(), READER)
  await session.run(name, 'lunatik.send("x")')
  const ready = await wire.hear()
  assert.deepEqual([ready.messages[0]?.get(MESSAGE.queued)?.readBigUInt64LE(), ready.messages[0]?.has(MESSAGE.data)], [1n, false])
  await wire.end('SIGKILL')
  await eventually('the place is free', async () => {
    const messages = session.receive(name)
    const failed = await failureOf(messages.next())
    await messages.return?.()
    return failed === undefined
  })
})

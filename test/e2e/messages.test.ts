// SPDX-License-Identifier: MIT
// Requests that no client of ours makes: the module takes them apart strictly, and says in words what is wrong.

import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { behaviour, listing, type Place } from './guest.ts'
import { ask, attribute, COMMAND, RUN, STATE, text, u32, u64, type Request } from './wire.ts'

const { EINVAL, ENOENT, EOPNOTSUPP, ERANGE } = constants.errno
const SPELLING = 'a name is 1 to 63 of A-Z a-z 0-9 . _ - : @, the first a letter, a digit or _'
const MIB = 1024 * 1024

const name = text(STATE.name, 'test.1')
const code = attribute(RUN.code, Buffer.from('ran = true'))

interface Refused extends Request {
  readonly errno: number
  /** undefined where the words are the kernel's own */
  readonly says?: string
}

const REFUSED: Readonly<Record<string, Refused>> = {
  'a name with a NUL inside': { command: COMMAND.newstate, attributes: [attribute(STATE.name, Buffer.from('we\0b\0'))], errno: EINVAL, says: SPELLING },
  'a name with a NUL inside, to close': { command: COMMAND.close, attributes: [attribute(STATE.name, Buffer.from('test.1\0x\0'))], errno: EINVAL, says: SPELLING },
  'a name with a NUL inside, to run in': { command: COMMAND.dostring, dump: true, attributes: [attribute(RUN.name, Buffer.from('test.1\0x\0')), code], errno: EINVAL, says: SPELLING },
  'a name without a NUL at its end': { command: COMMAND.newstate, attributes: [attribute(STATE.name, Buffer.from('web'))], errno: EINVAL },
  'a name of no bytes': { command: COMMAND.newstate, attributes: [attribute(STATE.name, Buffer.alloc(0))], errno: EINVAL },
  'a name of one NUL': { command: COMMAND.newstate, attributes: [text(STATE.name, '')], errno: EINVAL, says: SPELLING },
  'a name with bytes beyond ASCII': { command: COMMAND.newstate, attributes: [text(STATE.name, 'caf\xe9')], errno: EINVAL, says: SPELLING },
  'no name to make': { command: COMMAND.newstate, errno: EINVAL, says: 'the name of a state is missing' },
  'no name to close': { command: COMMAND.close, errno: EINVAL, says: 'the name of a state is missing' },
  'no name to show': { command: COMMAND.list, errno: EINVAL, says: 'the name of a state is missing' },
  'no name to abort': { command: COMMAND.abort, errno: EINVAL, says: 'the name of a state is missing' },
  'no name to run in': { command: COMMAND.dostring, dump: true, attributes: [code], errno: EINVAL, says: 'the name of a state is missing' },
  'no chunk': { command: COMMAND.dostring, dump: true, attributes: [name], errno: EINVAL, says: 'the chunk is missing' },
  'a chunk that is no dump': { command: COMMAND.dostring, attributes: [name, code], errno: EOPNOTSUPP },
  'a state that is made by a dump': { command: COMMAND.newstate, dump: true, attributes: [text(STATE.name, 'web')], errno: EOPNOTSUPP },
  'a maxalloc of 4 bytes': { command: COMMAND.newstate, attributes: [text(STATE.name, 'web'), u32(STATE.maxalloc, MIB)], errno: EINVAL },
  'a maxalloc of 16 bytes': { command: COMMAND.newstate, attributes: [text(STATE.name, 'web'), attribute(STATE.maxalloc, Buffer.alloc(16))], errno: EINVAL },
  'a maxalloc of 2^64 - 1': { command: COMMAND.newstate, attributes: [text(STATE.name, 'web'), u64(STATE.maxalloc, 2n ** 64n - 1n)], errno: EINVAL, says: 'maxalloc is more than 256 MiB' },
  'a context that there is not': { command: COMMAND.newstate, attributes: [text(STATE.name, 'web'), u32(STATE.context, 2)], errno: ERANGE },
  'an attribute that is only listed': { command: COMMAND.newstate, attributes: [text(STATE.name, 'web'), u64(STATE.curralloc, 1n)], errno: EINVAL },
  'an attribute that nobody knows': { command: COMMAND.newstate, attributes: [text(STATE.name, 'web'), u32(99, 1)], errno: EINVAL },
  'an attribute of another operation': { command: COMMAND.close, attributes: [name, u64(STATE.maxalloc, 1n)], errno: EINVAL },
  'an attribute that info does not take': { command: COMMAND.info, attributes: [name], errno: EINVAL },
  'an attribute that claims to be longer than the message': { command: COMMAND.close, attributes: [Buffer.from([0xff, 0, 1, 0, 0x61, 0, 0, 0])], errno: EINVAL },
  'bytes behind the last attribute': { command: COMMAND.close, attributes: [name, Buffer.from([1, 2, 3, 4])], errno: EINVAL },
  'a nest where a text belongs': { command: COMMAND.close, attributes: [attribute(STATE.name | 0x8000, Buffer.from('test.1\0'))], errno: EINVAL },
  'a pattern that asks for one state': { command: COMMAND.list, attributes: [text(STATE.pattern, '*')], errno: EINVAL, says: 'a pattern is for dumps' },
  'a name that asks for a dump': { command: COMMAND.list, dump: true, attributes: [name], errno: EINVAL, says: 'a dump takes a pattern, not a name' },
  'a pattern with a NUL inside': { command: COMMAND.list, dump: true, attributes: [attribute(STATE.pattern, Buffer.from('a\0*\0'))], errno: EINVAL, says: 'a pattern has at most 255 bytes, and no NUL' },
  'an operation that only the module uses: ready': { command: COMMAND.ready, attributes: [name], errno: EOPNOTSUPP },
  'an operation that only the module uses: event': { command: COMMAND.event, errno: EOPNOTSUPP },
  'no name to take a reference of': { command: COMMAND.getstate, errno: EINVAL, says: 'the name of a state is missing' },
  'no name to give a reference back of': { command: COMMAND.putstate, errno: EINVAL, says: 'the name of a state is missing' },
  'no name to send to': { command: COMMAND.data, dump: true, attributes: [attribute(RUN.data, Buffer.from('x'))], errno: EINVAL, says: 'the name of a state is missing' },
  'no name to receive from': { command: COMMAND.receive, errno: EINVAL, says: 'the name of a state is missing' },
  'no name to receive from, as a dump': { command: COMMAND.receive, dump: true, errno: EINVAL, says: 'the name of a state is missing' },
  'no name to set': { command: COMMAND.set, attributes: [u64(STATE.maxalloc, BigInt(MIB))], errno: EINVAL, says: 'the name of a state is missing' },
  'nothing to set': { command: COMMAND.set, attributes: [name], errno: EINVAL, says: 'maxalloc is missing' },
  'no message': { command: COMMAND.data, dump: true, attributes: [name], errno: EINVAL, says: 'the message is missing' },
  'a message that is no dump': { command: COMMAND.data, attributes: [name, attribute(RUN.data, Buffer.from('x'))], errno: EOPNOTSUPP },
  'a reference that is taken by a dump': { command: COMMAND.getstate, dump: true, attributes: [name], errno: EOPNOTSUPP },
  'a flag with a value': { command: COMMAND.getstate, attributes: [name, u32(STATE.handle, 1)], errno: ERANGE },
  'a token of 4 bytes': { command: COMMAND.getstate, attributes: [name, u32(STATE.token, 1)], errno: EINVAL },
  'a token with a new state': { command: COMMAND.newstate, attributes: [text(STATE.name, 'web'), u64(STATE.token, 1n)], errno: EINVAL },
  'a generation of 0': { command: COMMAND.set, attributes: [name, u64(STATE.maxalloc, BigInt(MIB)), u64(STATE.generation, 0n)], errno: EINVAL, says: 'generations are counted from 1' },
  'an expected generation of 0': { command: COMMAND.dostring, dump: true, attributes: [name, code, u64(RUN.expectGeneration, 0n)], errno: EINVAL, says: 'generations are counted from 1' },
  'a step of no bytes': { command: COMMAND.set, attributes: [name, u64(STATE.maxalloc, BigInt(MIB)), attribute(STATE.step, Buffer.alloc(0))], errno: EINVAL, says: "a step's mark has 1 to 64 bytes" },
  'a wait of 4 bytes': { command: COMMAND.dostring, dump: true, attributes: [name, code, u32(RUN.wait, 1)], errno: EINVAL },
  'an operation that there is not': { command: 200, errno: EOPNOTSUPP },
  'operation 0': { command: 0, errno: EOPNOTSUPP },
  "a chunk's name with a NUL inside": { command: COMMAND.dostring, dump: true, attributes: [name, code, attribute(RUN.chunkName, Buffer.from('=a\0b\0'))], errno: EINVAL, says: "a chunk's name has at most 255 bytes, and no NUL" },
  'a budget of 4 bytes': { command: COMMAND.dostring, dump: true, attributes: [name, code, u32(RUN.budget, 1)], errno: EINVAL },
  'output in a request': { command: COMMAND.dostring, dump: true, attributes: [name, code, attribute(RUN.output, Buffer.from('x'))], errno: EINVAL },
  'an abort by a port that runs nothing': { command: COMMAND.abort, attributes: [name, u32(RUN.port, 12345)], errno: ENOENT, says: 'nothing to abort runs in the state' },
}

for (const [what, { errno, says, ...request }] of Object.entries(REFUSED)) {
  behaviour(`${what} is refused`, async (place) => {
    await place.newState()
    const before = await listing(place.session)
    const answer = await ask(request)
    assert.equal(answer.errno, errno, answer.message)
    if (says !== undefined) assert.equal(answer.message, says)
    assert.deepEqual(answer.messages, [])
    assert.deepEqual(await listing(place.session), before)
    assert.deepEqual((await place.session.run('test.1', 'return ran')).values, [null])
  })
}

async function output(place: Place, attributes: readonly Uint8Array[]): Promise<string> {
  const state = await place.newState({ maxalloc: 16 * MIB })
  const answer = await ask({ command: COMMAND.dostring, dump: true, attributes: [text(RUN.name, state), ...attributes] })
  assert.equal(answer.errno, 0, answer.message)
  return answer.messages.map((message) => message.get(RUN.output)?.toString() ?? '').join('')
}

behaviour('an empty chunk is one', async (place) => {
  assert.equal(await output(place, [attribute(RUN.code, Buffer.alloc(0))]), '')
})

behaviour('of an attribute that comes twice the last counts', async (place) => {
  assert.equal(await output(place, [attribute(RUN.code, Buffer.from('print(1)')), attribute(RUN.code, Buffer.from('print(2)'))]), '2\n')
})

behaviour('a chunk of as many bytes as an attribute holds needs no upload', async (place) => {
  assert.equal(await output(place, [attribute(RUN.code, Buffer.from('print(1)'.padEnd(65531)))]), '1\n')
})

behaviour('the largest budget is none', async (place) => {
  assert.equal(await output(place, [attribute(RUN.code, Buffer.from('print(1)')), u64(RUN.budget, 2n ** 64n - 1n)]), '1\n')
})

behaviour('the last message of a run carries its status, as does the end of the dump', async (place) => {
  const state = await place.newState()
  const answer = await ask({ command: COMMAND.dostring, dump: true, attributes: [text(RUN.name, state), attribute(RUN.code, Buffer.from('error("x", 0)'))] })
  assert.equal(answer.errno, constants.errno.ECANCELED)
  const last = answer.messages.at(-1)
  assert.equal(last?.get(RUN.status)?.readUInt32LE(), constants.errno.ECANCELED)
  assert.match(last.get(RUN.message)?.toString() ?? '', /^x\nstack traceback:/)
  for (const message of answer.messages.slice(0, -1)) assert.equal(message.has(RUN.status), false)
})

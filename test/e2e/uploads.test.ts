// SPDX-License-Identifier: MIT
// Chunks that come in fragments: strictly in order, each upload for one state and of one socket, with which it goes.

import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { open } from '../../native/addon/index.ts'
import { behaviour, listing, refused, type Place } from './guest.ts'
import { attribute, COMMAND, flag, RUN, STATE, text, u32, u64, Wire, type Answer } from './wire.ts'

const { EBUSY, EINVAL, EMSGSIZE, ENOENT, ENOSPC } = constants.errno
const MIB = 1024 * 1024

interface Fragment {
  readonly code: string
  readonly upload?: number
  readonly offset?: number
  readonly total?: number
  readonly socket?: number
  readonly more?: readonly Uint8Array[]
}

/** A process, and a state to upload for. */
class Uploader {
  private constructor(readonly wire: Wire, readonly name: string) {}

  static async in(place: Place): Promise<Uploader> {
    const name = await place.newState()
    const wire = await Wire.open()
    place.afterwards(() => wire.end('SIGKILL'))
    return new Uploader(wire, name)
  }

  bring({ code, upload, offset, total, socket = 0, more = [] }: Fragment, name = this.name): Promise<Answer> {
    const attributes = [
      text(RUN.name, name),
      ...(upload === undefined ? [] : [u32(RUN.upload, upload)]),
      ...(offset === undefined ? [] : [u32(RUN.offset, offset)]),
      ...(total === undefined ? [] : [u32(RUN.total, total)]),
      attribute(RUN.code, Buffer.from(code)),
      ...more,
    ]
    return this.wire.ask({ command: COMMAND.upload, attributes }, socket)
  }

  /** The number of a new upload. */
  async begin(code: string, total: number, socket = 0): Promise<number> {
    const answer = await this.bring({ code, total, socket })
    assert.equal(answer.errno, 0, answer.message)
    const upload = answer.messages[0]?.get(RUN.upload)?.readUInt32LE()
    assert.ok(upload)
    return upload
  }

  run(upload: number, socket = 0, name = this.name, more: readonly Uint8Array[] = []): Promise<Answer> {
    return this.wire.ask({ command: COMMAND.dostring, dump: true, attributes: [text(RUN.name, name), u32(RUN.upload, upload), ...more] }, socket)
  }

  /** What it prints. */
  async output(upload: number, socket = 0): Promise<string> {
    const answer = await this.run(upload, socket)
    assert.equal(answer.errno, 0, answer.message)
    return answer.messages.map((message) => message.get(RUN.output)?.toString() ?? '').join('')
  }
}

function says(answer: Answer, errno: number, message: string): void {
  assert.deepEqual([answer.errno, answer.message, answer.messages], [errno, message, []])
}

behaviour('fragments in order are one chunk, and used up by its run', async (place) => {
  const uploader = await Uploader.in(place)
  const upload = await uploader.begin('print("in ', 18)
  assert.equal((await uploader.bring({ code: 'pie', upload, offset: 10 })).errno, 0)
  const last = await uploader.bring({ code: 'ces")', upload, offset: 13, total: 18 })
  assert.deepEqual([last.errno, last.messages[0]?.get(RUN.offset)?.readUInt32LE()], [0, 18])
  assert.equal(await uploader.output(upload), 'in pieces\n')
  says(await uploader.run(upload), EINVAL, 'this socket has no such upload')
})

behaviour('a fragment out of order, twice, or beyond the end is refused, and the upload goes on where it was', async (place) => {
  const uploader = await Uploader.in(place)
  const before = await listing(place.session)
  const upload = await uploader.begin('print(', 8)
  const order = 'fragments come in order'
  says(await uploader.bring({ code: ')', upload, offset: 7 }), EINVAL, order)
  says(await uploader.bring({ code: '1', upload, offset: 5 }), EINVAL, order)
  says(await uploader.bring({ code: 'print(', upload, offset: 0 }), EINVAL, order)
  says(await uploader.bring({ code: '1', upload }), EINVAL, order)
  says(await uploader.bring({ code: '1) ', upload, offset: 6 }), EINVAL, 'the fragment goes beyond the total')
  says(await uploader.bring({ code: '1)', upload, offset: 6, total: 9 }), EINVAL, 'the total was another before')
  says(await uploader.run(upload), EINVAL, 'the upload is not complete')
  assert.deepEqual(await listing(place.session), before)
  assert.equal((await uploader.bring({ code: '1)', upload, offset: 6 })).errno, 0)
  says(await uploader.bring({ code: ' ', upload, offset: 8 }), EINVAL, 'the fragment goes beyond the total')
  assert.equal(await uploader.output(upload), '1\n')
})

behaviour('a first fragment has to make sense', async (place) => {
  const uploader = await Uploader.in(place)
  const { memory } = await place.session.info()
  says(await uploader.bring({ code: 'x' }), EINVAL, 'the first fragment tells the total')
  says(await uploader.bring({ code: 'x', total: 0 }), EINVAL, 'the total is 0')
  says(await uploader.bring({ code: 'x', total: MIB + 1 }), EMSGSIZE, 'a chunk has at most 1 MiB')
  says(await uploader.bring({ code: 'xx', total: 1 }), EINVAL, 'the fragment goes beyond the total')
  says(await uploader.bring({ code: 'x', total: 2, offset: 1 }), EINVAL, 'fragments come in order')
  says(await uploader.bring({ code: '', total: 2 }), EINVAL, 'the fragment is missing')
  says(await uploader.bring({ code: 'x', total: 2 }, 'nosuch'), ENOENT, 'no such state')
  says(await uploader.bring({ code: 'x', upload: 99, offset: 1 }), EINVAL, 'this socket has no such upload')
  says(await uploader.run(99), EINVAL, 'this socket has no such upload')
  assert.equal((await place.session.info()).memory, memory)
})

behaviour('an upload is for its own state only', async (place) => {
  const uploader = await Uploader.in(place)
  const other = await place.newState()
  const upload = await uploader.begin('return', 7)
  says(await uploader.bring({ code: ' ', upload, offset: 6 }, other), EINVAL, 'the upload is for another state')
  assert.equal((await uploader.bring({ code: ' ', upload, offset: 6 })).errno, 0)
  says(await uploader.run(upload, 0, other), EINVAL, 'the upload is for another state')
  assert.equal(await uploader.output(upload), '')
})

behaviour('an upload for a state that was closed is not for the next of its name', async (place) => {
  const { session } = place
  const uploader = await Uploader.in(place)
  const upload = await uploader.begin('ran = 1', 7)
  await session.closeState(uploader.name)
  says(await uploader.run(upload), EINVAL, 'the upload is for another state')
  await session.newState(uploader.name, { handle: false })
  says(await uploader.run(upload), EINVAL, 'the upload is for another state')
  assert.deepEqual((await session.run(uploader.name, 'return ran')).values, [null])
})

behaviour("an upload is its socket's only, whatever session the socket works for", async (place) => {
  const uploader = await Uploader.in(place)
  const { wire, name } = uploader
  const none = 'this socket has no such upload'
  const upload = await uploader.begin('print(', 8)
  says(await uploader.bring({ code: '1)', upload, offset: 6, socket: 1 }), EINVAL, none)
  const taken = await wire.ask({ command: COMMAND.getstate, attributes: [text(STATE.name, name), flag(STATE.handle)] })
  const token = taken.messages[0]?.get(STATE.token)?.readBigUInt64LE() ?? 0n
  says(await uploader.bring({ code: '1)', upload, offset: 6, socket: 1, more: [u64(RUN.token, token)] }), EINVAL, none)
  says(await uploader.bring({ code: '1)', total: 2, socket: 1 }), EBUSY, 'state is in use')
  assert.equal((await uploader.bring({ code: '1)', upload, offset: 6 })).errno, 0)
  says(await uploader.run(upload, 1, name, [u64(RUN.token, token)]), EINVAL, none)
  assert.equal(await uploader.output(upload), '1\n')
})

behaviour('an upload that is broken off goes with its socket, and its memory', async (place) => {
  const { session } = place
  const uploader = await Uploader.in(place)
  const { memory } = await session.info()
  await uploader.begin('x', MIB, 1)
  await uploader.begin('x', MIB, 2)
  const during = await session.info()
  assert.ok(during.memory >= memory + 2 * MIB, `${during.memory} of ${memory}`)
  assert.equal(during.sessions, 2)
  await uploader.wire.shut(1)
  assert.equal((await session.info()).sessions, 1)
  await uploader.wire.end('SIGKILL')
  const after = await session.info()
  assert.deepEqual([after.memory, after.sessions], [memory, 0])
})

behaviour('a socket has at most 4 uploads at a time', async (place) => {
  const uploader = await Uploader.in(place)
  const uploads: number[] = []
  for (let index = 0; index < 4; index++) uploads.push(await uploader.begin(`print(${index}`, 8))
  says(await uploader.bring({ code: 'x', total: 1 }), ENOSPC, 'the socket has as many uploads as it may have')
  // Another socket has its own.
  await uploader.begin('x', 1, 1)
  for (const upload of uploads.toReversed()) assert.equal((await uploader.bring({ code: ')', upload, offset: 7 })).errno, 0)
  for (const [index, upload] of uploads.entries()) assert.equal(await uploader.output(upload), `${index}\n`)
  await uploader.begin('x', 1)
})

behaviour('an upload of a run that is refused can be run later', async (place) => {
  const { session } = place
  const uploader = await Uploader.in(place)
  const upload = await uploader.begin('print(1)', 8)
  await session.getState(uploader.name)
  says(await uploader.run(upload), EBUSY, 'state is in use')
  await session.putState(uploader.name)
  assert.equal(await uploader.output(upload), '1\n')
})

behaviour('a chunk is code or an upload, not both, and not none', async (place) => {
  const uploader = await Uploader.in(place)
  const upload = await uploader.begin('print(1)', 8)
  const code = attribute(RUN.code, Buffer.from('print(2)'))
  says(await uploader.run(upload, 0, uploader.name, [code]), EINVAL, 'a chunk comes as code or as an upload, not as both')
  assert.equal(await uploader.output(upload), '1\n')
})

/** A chunk of so many bytes, which returns a number. */
function large(size: number, value: number): string {
  return `return ${value} --`.padEnd(size, 'x')
}

behaviour('chunks of any size up to 1 MiB run, as text and as bytes, and one byte more is refused', async (place) => {
  const { session } = place
  const name = await place.newState({ maxalloc: 16 * MIB })
  for (const size of [32767, 32768, 32769, 65536, 65537, 100_001, MIB]) {
    const code = large(size, size)
    assert.deepEqual((await session.run(name, code)).values, [size])
    assert.deepEqual((await session.run(name, Buffer.from(code))).values, [size])
    assert.equal((await session.show(name)).script?.size, size)
  }
  await refused(session, () => session.run(name, large(MIB + 1, 0)), { code: 'EMSGSIZE', message: 'a chunk has at most 1048576 bytes' })
})

behaviour('large chunks of many clients at once do not mix', async (place) => {
  const name = await place.newState({ maxalloc: 16 * MIB })
  const sessions = await Promise.all([1, 2, 3].map(() => open()))
  place.afterwards(() => { for (const session of sessions) session.close() })
  const asked = sessions.flatMap((session, client) =>
    [1, 2, 3].map(async (value) => {
      const { values } = await session.run(name, large(300_000, 10 * client + value), { wait: 60 })
      assert.deepEqual(values, [10 * client + value])
    }))
  await Promise.all(asked)
})

behaviour('a large chunk that is refused leaves nothing behind', async (place) => {
  const { session } = place
  const name = await place.newState()
  const { memory, sessions } = await session.info()
  await refused(session, () => session.run('nosuch', large(MIB, 1)), { code: 'ENOENT', message: 'no such state' })
  const other = await open()
  place.afterwards(() => { other.close() })
  await other.getState(name)
  await refused(session, () => session.run(name, large(MIB, 1)), { code: 'EBUSY', message: 'state is in use' })
  await other.putState(name)
  for (let round = 0; round < 6; round++)
    await refused(session, () => session.run(name, large(100_000, 1), { expectGeneration: 99 }), { code: 'ESTALE', message: 'the state is of another generation' })
  const after = await session.info()
  assert.ok(after.memory <= memory + 64 * 1024 && after.sessions <= sessions + 2, JSON.stringify({ memory, sessions, after }))
})

// SPDX-License-Identifier: MIT
// What keeps coming to Node, messages and events: sockets that end with their thread, process or owner, and an event loop
// that is held by nothing but somebody who waits.

import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { open, type Session } from '../../native/addon/index.ts'
import { behaviour, eventually, outputOf, Program, refused } from './guest.ts'

const READER = { code: 'EBUSY', message: 'another socket receives from the state' }

/** This file is also what a worker, or another process, runs: it receives from a state that is there. */
const ELSEWHERE = process.env['RECEIVE_FROM']

async function receiveElsewhere(name: string, most: number, tell: (text: string) => void): Promise<void> {
  const messages = (await open()).receive(name)
  let next = messages.next()
  tell('receiving')
  for (let count = 1; ; count++) {
    const { value, done } = await next
    if (done) return
    tell(Buffer.from(value.data).toString())
    if (count === most) return
    next = messages.next()
  }
}

/** A function of its own, as one that is not over holds what it had. */
function watchAndForget(session: Session, name: string, times: number): void {
  for (let count = 0; count < times; count++) session.monitor()
  session.receive(name)
}

async function sockets(): Promise<number> {
  return Number(await outputOf('sh', '-c', `ls -l /proc/${process.pid}/fd | grep -c socket:`))
}

function tests(): void {
  behaviour('receiving ends with the worker thread that waits, and with the process', async (place) => {
    const { session } = place
    const name = await place.newState()
    for (let round = 0; round < 5; round++) {
      const worker = new Worker(__filename, { workerData: { name } })
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      await refused(session, () => session.receive(name).next(), READER)
      // In the middle of what comes, every other time.
      if (round % 2) await session.run(name, 'for i = 1, 100 do lunatik.send("x") end')
      await worker.terminate()
      assert.equal((await session.info()).sessions, 0)
    }
    const program = new Program([process.execPath, __filename], { env: { RECEIVE_FROM: name } })
    await program.printed('receiving')
    assert.equal((await session.info()).sessions, 1)
    program.kill('SIGTERM')
    await program.ended
    await eventually('the place is free', async () => (await session.info()).sessions === 0)
  })

  behaviour('who receives keeps Node alive only while waiting for something', async (place) => {
    const name = await place.newState()
    const program = new Program([process.execPath, __filename], { env: { RECEIVE_FROM: name, MOST: '1' } })
    await program.printed('receiving')
    await place.session.run(name, 'lunatik.send("one") lunatik.send("two")')
    const { status, stdout, stderr } = await program.ended
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'receiving\none\n', stderr: '' })
  })

  behaviour('what nobody holds any more is collected, and its sockets with it', async (place) => {
    const { session } = place
    const name = await place.newState()
    const before = await sockets()
    watchAndForget(session, name, 100)
    assert.ok(await sockets() > before + 100)
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    await eventually('they are closed', async () => {
      collect()
      await setImmediate()
      return (await sockets()) <= before && (await session.info()).sessions === 0
    })
  })
}

if (!isMainThread) {
  void receiveElsewhere((workerData as { name: string }).name, 0, (text) => parentPort?.postMessage(text))
} else if (ELSEWHERE !== undefined) {
  void receiveElsewhere(ELSEWHERE, Number(process.env['MOST']), (text) => { process.stdout.write(`${text}\n`) })
} else {
  tests()
}

// SPDX-License-Identifier: MIT
// node worker.cjs SEED OPERATIONS STATE…: as worker.c, in Node: handle, pin, run, upload, message, receive, list, set, hold,
// contend, close.

import { setTimeout as sleep } from 'node:timers/promises'
import { LunatikError, open, type Session } from '../../native/addon/index.ts'

const [seed = '', chosen = '', ...states] = process.argv.slice(2)

/** What others do to the states. */
const EXPECTED = ['EBUSY', 'ENOENT', 'ECANCELED', 'EINTR', 'ETIME', 'ETIMEDOUT']

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Whether it came to a good end; false where others are the reason that it did not. */
async function done(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (error instanceof LunatikError && EXPECTED.includes(error.code) && !error.message.includes('not exclusive')) return false
    throw error
  }
}

/** Nobody else works on the state between two chunks, for whom a handle is held. */
async function withHandle(session: Session, name: string): Promise<void> {
  if (!(await done(session.getState(name)))) return
  const mine = `'node ${seed}'`
  const owned = await done(session.run(name, `owner = ${mine} lunatik.send(owner)`))
  await done(session.run(name, 'for i = 1, 20000 do end'))
  if (owned) await done(session.run(name, `assert(owner == ${mine}, 'not exclusive')`))
  await done(session.putState(name))
}

async function withPin(session: Session, name: string): Promise<void> {
  if (!(await done(session.pin(name)))) return
  while (!(await done(session.unpin(name))));
}

async function message(session: Session, name: string): Promise<void> {
  await done(session.run(name, 'owner = nil function receive_callback(data) return #data end'))
  await done(session.send(name, new Uint8Array(20000)))
}

async function receive(session: Session, name: string): Promise<void> {
  const messages = session.receive(name)
  const next = done(messages.next())
  await Promise.race([next, sleep(5)])
  await messages.return?.()
  await next
}

async function hold(session: Session, name: string): Promise<never> {
  await session.getState(name)
  await session.run(name, 'held = true')
  print('holds')
  for (;;) await sleep(60_000)
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    if (error instanceof LunatikError) return error.code
    throw error
  }
}

/** One after the other; afterwards there is nothing more to do. */
async function say(session: Session, works: Readonly<Record<string, () => Promise<unknown>>>): Promise<'over'> {
  for (const [what, work] of Object.entries(works)) print(`${what} ${await codeOf(work())}`)
  session.close()
  return 'over'
}

const OPERATIONS: Readonly<Record<string, (session: Session, name: string) => Promise<unknown>>> = {
  handle: withHandle,
  pin: withPin,
  run: (session, name) => done(session.run(name, 'owner = nil lunatik.send("run") for i = 1, 20000 do end print(("x"):rep(5000))')),
  upload: (session, name) => done(session.run(name, `owner = nil${' '.repeat(150_000)}`)),
  message,
  receive,
  list: (session) => session.list(),
  set: (session, name) => done(session.set(name, { maxalloc: 2 ** 20 + Math.floor(Math.random() * 4096) })),
  hold,
  contend: (session, name) => say(session, {
    run: () => session.run(name, ''),
    message: () => session.send(name, ''),
    handle: () => session.getState(name),
    pin: () => session.pin(name),
    receive: () => session.receive(name).next(),
    set: () => session.set(name, { maxalloc: 2 ** 20 }),
    close: () => session.closeState(name),
    list: () => session.list(),
  }),
  close: (session, name) => say(session, { close: () => session.closeState(name) }),
}

function oneOf<T>(choices: readonly T[]): T {
  const choice = choices[Math.floor(Math.random() * choices.length)]
  if (choice === undefined) throw new RangeError('there is no choice')
  return choice
}

async function work(): Promise<void> {
  const operations = chosen.split(',').map((name) => {
    const operation = OPERATIONS[name]
    if (!operation) throw new RangeError(`no operation is called ${name}`)
    return operation
  })
  const session = await open()
  print('at work')
  while ((await oneOf(operations)(session, oneOf(states))) !== 'over');
}

void work()

// SPDX-License-Identifier: MIT
// What streams, a line for each thing that comes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LunatikEvent } from '../../cli/client.ts'
import { startAlarm } from '../../cli/follow.ts'
import { asSent, hex } from '../../cli/output/bytes.ts'
import { eventDocument, eventLine } from '../../cli/output/events.ts'
import { limits } from '../../cli/running.ts'

const DAY = 86400
const TIMER_MAX = 2 ** 31 - 1

const pipe = { isTerminal: false }
const terminal = { isTerminal: true }
const FAILED: LunatikEvent = { type: 'error', name: 'web', generation: 3, maxalloc: 1048576, curralloc: 19456, status: 'ECANCELED' }

test('an event is a line of words, with sizes for people on a terminal', () => {
  assert.equal(eventLine(FAILED, pipe), 'error     web  generation=3 curralloc=19456 maxalloc=1048576 status=ECANCELED\n')
  assert.equal(eventLine({ ...FAILED, type: 'time-out', status: null }, terminal), 'time-out  web  generation=3 curralloc=19K maxalloc=1M\n')
})

test('lost events are told where they are missing', () => {
  assert.equal(eventLine({ type: 'overrun' }, pipe), 'overrun   -  events came faster than they were read: some are lost\n')
  assert.equal(eventDocument({ type: 'overrun' }, 5), '{"schema":1,"netns":5,"type":"overrun"}\n')
})

test('an event in JSON has the names of the contract', () => {
  assert.equal(
    eventDocument(FAILED, 5),
    '{"schema":1,"netns":5,"type":"error","name":"web","generation":3,"maxalloc":1048576,"curralloc":19456,"status":"ECANCELED"}\n',
  )
})

test('bytes of a state go to programs as they are, and to people with an end of the line', () => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
  assert.equal(text(asSent(Buffer.from('a'), pipe)), 'a')
  assert.equal(text(asSent(Buffer.from('a'), terminal)), 'a\n')
  assert.equal(text(asSent(Buffer.from('a\n'), terminal)), 'a\n')
  assert.equal(text(asSent(new Uint8Array(), pipe)), '')
  assert.equal(hex(Uint8Array.of(0, 10, 255)), '000aff')
})

test('an alarm beyond what a timer of Node holds rings when its time is over, and not before', ({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  let rings = 0
  const alarm = startAlarm(60 * DAY, () => { rings++ })
  for (const passes of [TIMER_MAX, TIMER_MAX, 60 * DAY * 1000 - 2 * TIMER_MAX - 1]) {
    mock.timers.tick(passes)
    assert.deepEqual([alarm.rang, rings], [false, 0])
  }
  mock.timers.tick(1)
  assert.deepEqual([alarm.rang, rings], [true, 1])
})

test('lunatikctl gives up after the kernel does: the budget, as long again to wait or what --wait says, and a second', () => {
  const info = { budget: 1 }
  assert.deepEqual(limits({ color: 'auto' }, info), { budget: 1, timeout: 3 })
  assert.deepEqual(limits({ color: 'auto', timeout: 2, wait: 0 }, info), { budget: 2, wait: 0, timeout: 3 })
  assert.deepEqual(limits({ color: 'auto', timeout: 2, wait: 30 }, info), { budget: 2, wait: 30, timeout: 33 })
  assert.deepEqual(limits({ color: 'auto', timeout: 0, wait: 30 }, info), { budget: 0, wait: 30, timeout: 0 })
})

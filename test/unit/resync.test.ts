// SPDX-License-Identifier: MIT
// After events were lost, the states as they are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LunatikEvent } from '../../cli/client.ts'
import { eventDocument, eventLine } from '../../cli/output/events.ts'
import { resynchronised, type Told } from '../../cli/resync.ts'
import { WEB } from './states.ts'

const SET: LunatikEvent = { type: 'set', name: 'web', generation: 2, maxalloc: 65536, curralloc: 100, status: null }

/** Events that are there, and such that come when the states have been listed; it notes that it was closed. */
class Events implements AsyncIterableIterator<LunatikEvent, undefined> {
  closed = false
  listed: () => void = () => undefined
  readonly #listing = new Promise<void>((resolve) => { this.listed = resolve })
  constructor(private readonly items: (LunatikEvent | 'listing')[]) {}

  async next(): Promise<IteratorResult<LunatikEvent, undefined>> {
    const item = this.items.shift()
    if (item === 'listing') {
      await this.#listing
      return this.next()
    }
    return item ? { done: false, value: item } : { done: true, value: undefined }
  }

  return(): Promise<IteratorResult<LunatikEvent, undefined>> {
    this.closed = true
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator]() {
    return this
  }
}

async function typesOf(events: Events, states = [WEB]): Promise<string[]> {
  const types: string[] = []
  const list = () => {
    events.listed()
    return Promise.resolve(states)
  }
  for await (const { type } of resynchronised(events, list)) types.push(type)
  return types
}

test('what waited when events were lost comes before the listing, and what happens then after it', async () => {
  const events = new Events([SET, { type: 'overrun' }, SET, SET, 'listing', SET])
  assert.deepEqual(await typesOf(events), ['set', 'overrun', 'set', 'set', 'state', 'resynced', 'set'])
})

test('two losses in a row are one listing', async () => {
  const events = new Events([{ type: 'overrun' }, SET, { type: 'overrun' }, 'listing'])
  assert.deepEqual(await typesOf(events, []), ['overrun', 'set', 'overrun', 'resynced'])
})

test('where nothing is lost, nothing is listed', async () => {
  assert.deepEqual(await typesOf(new Events([SET, SET])), ['set', 'set'])
})

test('who stops reading closes the events', async () => {
  const events = new Events([SET, SET])
  for await (const told of resynchronised(events, () => Promise.resolve([]))) {
    assert.equal(told.type, 'set')
    break
  }
  assert.equal(events.closed, true)
})

test('the listing is lines like events, and documents with the whole state', () => {
  const state: Told = { type: 'state', state: WEB }
  const done: Told = { type: 'resynced', states: 1 }
  assert.equal(eventLine(state, { isTerminal: false }), 'state     web  generation=3 curralloc=19456 maxalloc=1048576\n')
  assert.equal(eventLine(done, { isTerminal: false }), 'resynced  -  states=1\n')
  assert.match(eventDocument(state, 5), /^\{"schema":1,"netns":5,"type":"state","state":\{"name":"web",.*"refused":0\}\}\n$/)
  assert.equal(eventDocument(done, 5), '{"schema":1,"netns":5,"type":"resynced","states":1}\n')
})

// SPDX-License-Identifier: MIT
// Reading out of what is mapped, in memory that is ours here. The real one, and a writer at full speed, are in test/e2e.

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { MAP, PageMap, SLOT, SLOTS } from '../../../native/addon/page-map.ts'

const SIZE = (1 + SLOTS) * 4096
const HALF = 2 ** 32

/** As a writer leaves it. */
class Memory {
  readonly buffer = new ArrayBuffer(SIZE)
  readonly words = new Uint32Array(this.buffer)

  publish(version: number, bytes: readonly number[]): void {
    const index = version % SLOTS
    const slot = MAP.slots + index * SLOT.words
    this.words[slot + SLOT.size] = bytes.length
    new Uint8Array(this.buffer).set(bytes, (1 + index) * 4096)
    for (const at of [slot + SLOT.sequence, MAP.version]) {
      this.words[at] = version % HALF
      this.words[at + 1] = Math.floor(version / HALF)
    }
  }

  /** What a slot says that it holds. */
  mark(version: number, low: number, high: number): void {
    const slot = MAP.slots + (version % SLOTS) * SLOT.words + SLOT.sequence
    this.words[slot] = low
    this.words[slot + 1] = high
  }
}

suite('what is mapped', () => {
  test('is read in whatever slot the version lies', () => {
    const memory = new Memory()
    const map = new PageMap(memory.buffer)
    for (const version of [1, 2, 7, 8, 9, HALF - 1, HALF, HALF + 3, 2 ** 52 + 5]) {
      memory.publish(version, [version % 251, 2, 3])
      const copy = map.read(undefined)
      assert.deepEqual([copy?.version, copy?.bytes], [version, Uint8Array.of(version % 251, 2, 3)])
    }
  })

  test('goes where it is told to, as far as it is', () => {
    const memory = new Memory()
    const map = new PageMap(memory.buffer)
    const room = new Uint8Array(4).fill(9)
    memory.publish(1, [1, 2])
    assert.deepEqual([map.read(room)?.bytes, [...room]], [Uint8Array.of(1, 2), [1, 2, 9, 9]])
    memory.publish(2, [1, 2, 3, 4])
    assert.equal(map.read(room)?.bytes, room)
    memory.publish(3, [1, 2, 3, 4, 5])
    assert.equal(map.read(room), undefined)
  })

  test('is not for here while a writer is at the slot', () => {
    const memory = new Memory()
    const map = new PageMap(memory.buffer)
    memory.publish(5, [1])
    for (const [low, high] of [[HALF - 1, HALF - 1], [HALF - 2, HALF - 1], [13, 0], [5, 1]] as const) {
      memory.mark(5, low, high)
      assert.equal(map.read(undefined), undefined)
    }
    memory.mark(5, 5, 0)
    assert.equal(map.read(undefined)?.version, 5)
  })

  test('is thrown away where the slot was written meanwhile', () => {
    const memory = new Memory()
    const map = new PageMap(memory.buffer)
    memory.publish(5, [1, 2])
    let sets = 0
    const overtaken = Object.assign(new Uint8Array(2), { set: () => { memory.mark(5, 13 + sets++, 0) } })
    assert.equal(map.read(overtaken), undefined)
    assert.equal(sets, 1)
  })

  test('is not for here once the page is gone, or closed', () => {
    const memory = new Memory()
    const map = new PageMap(memory.buffer)
    memory.publish(1, [1])
    memory.words[MAP.removed] = 1
    assert.equal(map.read(undefined), undefined)
    memory.words[MAP.removed] = 0
    assert.equal(map.read(undefined)?.version, 1)
    structuredClone(memory.buffer, { transfer: [memory.buffer] })
    assert.equal(map.read(undefined), undefined)
  })
})

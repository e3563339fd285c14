// SPDX-License-Identifier: MIT

import { RECORD_NUMBERS, ROOM } from './native.ts'

/**
 * What the addon writes into in place of making objects: numbers, and the values of a chunk where they are few. It is good
 * only inside of a call that the addon makes or answers.
 */
export class Record {
  readonly numbers = new Float64Array(RECORD_NUMBERS + ROOM.size / 8)
  readonly room = new Uint8Array(this.numbers.buffer, ROOM.at, ROOM.size)
  readonly view = new DataView(this.numbers.buffer, ROOM.at, ROOM.size)

  number(index: number): number {
    return this.numbers[index] ?? 0
  }
}

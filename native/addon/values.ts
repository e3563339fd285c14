// SPDX-License-Identifier: MIT
// Lua values as the kernel sends them: a CBOR sequence (RFC 8742) of the subset that kmod/lunatik.yaml describes.

/** A float that shall not be taken for an integer: 3.0 beside 3. */
export class LuaFloat {
  constructor(readonly value: number) {}
}

/** Text is a string, other bytes are a Uint8Array; a table is an array where its keys are 1..n, else a Map. */
export type LuaValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | LuaFloat
  | LuaValue[]
  | Map<LuaValue, LuaValue>

export interface DecodeOptions {
  /** Every float is a LuaFloat; else floats and integers are numbers alike. */
  readonly exact?: boolean
}

/** The bytes are none that the protocol allows. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** The bytes end in the middle of a value. */
class EndOfBytes extends DecodeError {}

/** The module nests far less; this is for bytes from elsewhere. */
const DEPTH_MAX = 200

// Major types.
const UNSIGNED = 0
const NEGATIVE = 1
const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5
const SIMPLE = 7

// Of the major type SIMPLE.
const FALSE = 20
const TRUE = 21
const NULL = 22
const DOUBLE = 27

/** Integers beyond 2^53 are bigint, all others numbers. */
function integer(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The first `size` bytes of some, and what looks at numbers in them. */
export interface Encoded {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly size: number
}

class Decoder {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #size: number
  readonly #exact: boolean
  #at = 0

  constructor({ bytes, view, size }: Encoded, { exact = false }: DecodeOptions) {
    this.#bytes = bytes
    this.#view = view
    this.#size = size
    this.#exact = exact
  }

  get atEnd(): boolean {
    return this.#at === this.#size
  }

  value(depth = 0): LuaValue {
    if (depth > DEPTH_MAX) throw new DecodeError('values are nested too deeply')
    const first = this.#view.getUint8(this.#skip(1))
    const major = first >> 5
    const short = first & 0x1f
    if (major === SIMPLE) return this.#simple(short)
    const argument = this.#argument(short)
    switch (major) {
      case UNSIGNED:
        return typeof argument === 'number' ? argument : integer(argument)
      case NEGATIVE:
        return typeof argument === 'number' ? -1 - argument : integer(-1n - argument)
      case BYTES:
        return this.#take(argument).slice()
      case TEXT:
        return this.#string(argument)
      case ARRAY:
        return this.#array(argument, depth)
      case MAP:
        return this.#map(argument, depth)
      default:
        throw new DecodeError('values with tags are none of ours')
    }
  }

  /** Goes on by so many bytes, which have to be there, and says where they are. */
  #skip(count: number | bigint): number {
    const start = this.#at
    if (count > this.#size - start) throw new EndOfBytes('the values end too early')
    this.#at = start + Number(count)
    return start
  }

  #take(count: number | bigint): Uint8Array {
    const start = this.#skip(count)
    return this.#bytes.subarray(start, this.#at)
  }

  #argument(short: number): number | bigint {
    if (short < 24) return short
    switch (short) {
      case 24:
        return this.#view.getUint8(this.#skip(1))
      case 25:
        return this.#view.getUint16(this.#skip(2))
      case 26:
        return this.#view.getUint32(this.#skip(4))
      case 27:
        return this.#view.getBigUint64(this.#skip(8))
      default:
        throw new DecodeError('values without a length are none of ours')
    }
  }

  #simple(short: number): LuaValue {
    switch (short) {
      case FALSE:
        return false
      case TRUE:
        return true
      case NULL:
        return null
      case DOUBLE: {
        const number = this.#view.getFloat64(this.#skip(8))
        return this.#exact ? new LuaFloat(number) : number
      }
      default:
        throw new DecodeError(`simple value ${short} is none of ours`)
    }
  }

  #string(length: number | bigint): string {
    const bytes = this.#take(length)
    try {
      return utf8.decode(bytes)
    } catch (cause) {
      throw new DecodeError('text that is not UTF-8', { cause })
    }
  }

  #array(length: number | bigint, depth: number): LuaValue[] {
    const array: LuaValue[] = []
    for (let index = 0; index < length; index++) array.push(this.value(depth + 1))
    return array
  }

  #map(length: number | bigint, depth: number): Map<LuaValue, LuaValue> {
    const map = new Map<LuaValue, LuaValue>()
    for (let index = 0; index < length; index++) {
      const key = this.value(depth + 1)
      map.set(key, this.value(depth + 1))
    }
    return map
  }
}

/** As it is when it stands alone. */
export function encoded(bytes: Uint8Array): Encoded {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), size: bytes.length }
}

/**
 * The values of a CBOR sequence, in order.
 * @throws {DecodeError} if it is none, or of another kind than the module sends
 */
export function decodeValues(bytes: Uint8Array, options: DecodeOptions = {}): LuaValue[] {
  return decode(encoded(bytes), false, options)
}

/** The same; of one that may have been cut off, a value that is not there as a whole is left out. */
export function decode(sequence: Encoded, cutOff: boolean, options: DecodeOptions): LuaValue[] {
  const decoder = new Decoder(sequence, options)
  const values: LuaValue[] = []
  try {
    while (!decoder.atEnd) values.push(decoder.value())
  } catch (error) {
    if (!(cutOff && error instanceof EndOfBytes)) throw error
  }
  return values
}

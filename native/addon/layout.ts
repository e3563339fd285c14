// SPDX-License-Identifier: MIT
// Names for the numbers in a page.

import { checkBytes } from './check.ts'
import { PAGE_SIZE_MAX } from './native.ts'

/** What a field is to JavaScript. */
export interface FieldTypes {
  readonly u8: number
  readonly u16: number
  readonly u32: number
  readonly u64: bigint
  readonly i8: number
  readonly i16: number
  readonly i32: number
  readonly i64: bigint
  readonly f32: number
  readonly f64: number
}

export type FieldType = keyof FieldTypes

export interface Field {
  readonly name: string
  readonly type: FieldType
  /** Where it begins, in bytes. */
  readonly offset: number
}

type Trimmed<Text extends string> = Text extends ` ${infer Rest}` ? Trimmed<Rest> : Text extends `${infer Rest} ` ? Trimmed<Rest> : Text
type NameIn<Text extends string> = Text extends `${infer Name}@${string}` ? Trimmed<Name> : Trimmed<Text>
type FieldIn<Text extends string> =
  Trimmed<Text> extends `${infer Type extends FieldType} ${infer Rest}` ? Record<NameIn<Rest>, FieldTypes[Type]> : unknown

/** The values of a layout, by the names that are in its text where the compiler sees that. */
export type ValuesOf<Text extends string> = string extends Text
  ? Record<string, number | bigint>
  : Text extends `${infer First},${infer Rest}`
    ? FieldIn<First> & ValuesOf<Rest>
    : FieldIn<Text>

/** Fields of a page, and how to get at them. */
export interface Layout<Values> {
  /** In the order that they were named in. */
  readonly fields: readonly Field[]
  /** Bytes that they need, from the start of the page. */
  readonly size: number
  /** Them as properties of an object, which reads and writes the bytes. A RangeError where there are too few. */
  over(bytes: Uint8Array): Values
}

interface NumberType {
  readonly size: number
  readonly get: (view: DataView, at: number) => number | bigint
  readonly set: (view: DataView, at: number, value: never) => void
}

/** Little-endian, as all machines are that this runs on. */
const NUMBER_TYPES: Readonly<Record<FieldType, NumberType>> = {
  u8: { size: 1, get: (view, at) => view.getUint8(at), set: (view, at, value: number) => { view.setUint8(at, whole(value, 0, 2 ** 8)) } },
  u16: { size: 2, get: (view, at) => view.getUint16(at, true), set: (view, at, value: number) => { view.setUint16(at, whole(value, 0, 2 ** 16), true) } },
  u32: { size: 4, get: (view, at) => view.getUint32(at, true), set: (view, at, value: number) => { view.setUint32(at, whole(value, 0, 2 ** 32), true) } },
  u64: { size: 8, get: (view, at) => view.getBigUint64(at, true), set: (view, at, value: bigint) => { view.setBigUint64(at, big(value, 0n, 2n ** 64n), true) } },
  i8: { size: 1, get: (view, at) => view.getInt8(at), set: (view, at, value: number) => { view.setInt8(at, whole(value, -(2 ** 7), 2 ** 7)) } },
  i16: { size: 2, get: (view, at) => view.getInt16(at, true), set: (view, at, value: number) => { view.setInt16(at, whole(value, -(2 ** 15), 2 ** 15), true) } },
  i32: { size: 4, get: (view, at) => view.getInt32(at, true), set: (view, at, value: number) => { view.setInt32(at, whole(value, -(2 ** 31), 2 ** 31), true) } },
  i64: { size: 8, get: (view, at) => view.getBigInt64(at, true), set: (view, at, value: bigint) => { view.setBigInt64(at, big(value, -(2n ** 63n), 2n ** 63n), true) } },
  f32: { size: 4, get: (view, at) => view.getFloat32(at, true), set: (view, at, value: number) => { view.setFloat32(at, float(value), true) } },
  f64: { size: 8, get: (view, at) => view.getFloat64(at, true), set: (view, at, value: number) => { view.setFloat64(at, float(value), true) } },
}

/** DataView would cut off what is too large, and take texts. */
function whole(value: number, least: number, end: number): number {
  if (typeof value !== 'number') throw new TypeError(`${String(value)} is no number`)
  if (!Number.isInteger(value) || value < least || value >= end)
    throw new RangeError(`${value} is no whole number of ${least} to ${end - 1}`)
  return value
}

function big(value: bigint, least: bigint, end: bigint): bigint {
  if (typeof value !== 'bigint') throw new TypeError(`${String(value)} is no bigint`)
  if (value < least || value >= end) throw new RangeError(`${value} is no whole number of ${least} to ${end - 1n}`)
  return value
}

function float(value: number): number {
  if (typeof value !== 'number') throw new TypeError(`${String(value)} is no number`)
  return value
}

const FIELD = /^\s*(\w+)\s+([A-Za-z_]\w*)\s*(?:@\s*(\d+)\s*)?$/

function isFieldType(text: string): text is FieldType {
  return Object.hasOwn(NUMBER_TYPES, text)
}

/** @param end of the field before */
function fieldIn(text: string, end: number): Field {
  const [, type = '', name = '', at] = FIELD.exec(text) ?? []
  if (!isFieldType(type)) throw new RangeError(`no field of a layout: '${text.trim()}'`)
  const { size } = NUMBER_TYPES[type]
  const offset = at === undefined ? Math.ceil(end / size) * size : Number(at)
  if (offset + size > PAGE_SIZE_MAX) throw new RangeError(`${name} would end at ${offset + size}, and a page at ${PAGE_SIZE_MAX}`)
  return { name, type, offset }
}

function endOf({ type, offset }: Field): number {
  return offset + NUMBER_TYPES[type].size
}

function fieldsIn(text: string): Field[] {
  const fields: Field[] = []
  for (const part of text.split(',')) {
    const last = fields.at(-1)
    const field = fieldIn(part, last ? endOf(last) : 0)
    if (fields.some(({ name }) => name === field.name)) throw new RangeError(`two fields are called ${field.name}`)
    fields.push(field)
  }
  return fields
}

/**
 * Names the numbers of a page: `u32 hits, f64 rate`. Types are u8 to u64, i8 to i64, f32 and f64, those of 64 bits a bigint
 * here. They lie as in a struct of C, each at a multiple of its size behind the one before; `u8 flags @ 40` says where.
 *
 *     const STATS = pages.layout('u32 hits, f64 rate')
 *     await page.update(({ bytes }) => STATS.over(bytes).hits++)
 *     const { hits, rate } = STATS.over(page.read().bytes)
 *
 * A RangeError for a text that is none; likewise for a number that does not fit its field, and a TypeError for what is no
 * number.
 */
export function layout<const Text extends string>(text: Text): Layout<ValuesOf<Text>> {
  if (typeof text !== 'string') throw new TypeError('a layout is a string')
  const fields = fieldsIn(text)
  const size = Math.max(...fields.map(endOf))
  return {
    fields,
    size,
    over(bytes) {
      // They are the properties that the type reads from the text.
      return propertiesOf(fields, viewOf(bytes, size)) as ValuesOf<Text>
    },
  }
}

function viewOf(bytes: Uint8Array, size: number): DataView {
  checkBytes(bytes, 'what a layout lies over')
  if (bytes.length < size) throw new RangeError(`the layout takes ${size} bytes, and there are ${bytes.length}`)
  return new DataView(bytes.buffer, bytes.byteOffset, size)
}

/** They can be changed, but no others put there. */
function propertiesOf(fields: readonly Field[], view: DataView): unknown {
  const object: unknown = Object.create(null)
  for (const { name, type, offset } of fields) {
    const { get, set } = NUMBER_TYPES[type]
    Object.defineProperty(object, name, {
      enumerable: true,
      get: () => get(view, offset),
      set: (value: never) => { set(view, offset, value) },
    })
  }
  return Object.seal(object)
}

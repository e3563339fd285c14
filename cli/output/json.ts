// SPDX-License-Identifier: MIT
// The JSON that `--json` prints. Keys and types never change within a schema number; the manual's JSON section lists
// them.

import { LuaFloat, type Info, type LuaValue, type StateInfo } from '../client.ts'
import { visibleInQuotes } from '../escape.ts'
import { hex } from './bytes.ts'

export const SCHEMA = 1

/** JSON text that stands as it is in a document: what JSON.stringify cannot write (3.0, and tables in Lua's order). */
class Verbatim {
  constructor(readonly text: string) {}
}

export type Json = null | boolean | number | string | Verbatim | readonly Json[] | JsonObject

interface JsonObject {
  readonly [key: string]: Json
}

/** One document, on one line. */
export function document(body: JsonObject): string {
  return `${write({ schema: SCHEMA, ...body })}\n`
}

function write(value: Json): string {
  if (value instanceof Verbatim) return value.text
  if (typeof value === 'string') return writeString(value)
  if (isArray(value)) return `[${value.map(write).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([key, field]) => `${writeString(key)}:${write(field)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

// Array.isArray does not narrow a readonly array.
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

// JSON lets through DEL, the C1 controls and what turns the writing direction; a terminal would obey them.
function writeString(text: string): string {
  return visibleInQuotes(JSON.stringify(text))
}

/** A state with the names of the kernel's listing; bytes and seconds are plain numbers. */
export function stateToJson(state: StateInfo): JsonObject {
  return {
    name: state.name,
    context: state.context,
    users: state.users,
    pins: state.pins,
    inuse: state.inuse,
    maxalloc: state.maxalloc,
    curralloc: state.curralloc,
    peak: state.peak,
    script: state.script?.name ?? null,
    script_size: state.script?.size ?? null,
    script_sha256: state.script?.sha256 ?? null,
    generation: state.generation,
    step: state.step && hex(state.step),
    age: state.age,
    runs: state.runs,
    errors: state.errors,
    aborts: state.aborts,
    run_time: state.runTime,
    queued: state.queued,
    refused: state.refused,
  }
}

/** The same for the module's limits and the namespace's totals. */
export function infoToJson(info: Info): JsonObject {
  return {
    module: info.module,
    protocol: info.protocol,
    lua: info.lua,
    kernel: info.kernel,
    branches: info.branches,
    build: info.build,
    states: info.states,
    states_max: info.statesMax,
    memory: info.memory,
    memory_max: info.memoryMax,
    sessions: info.sessions,
    sessions_max: info.sessionsMax,
    maxalloc: info.maxalloc,
    maxalloc_min: info.maxallocMin,
    maxalloc_max: info.maxallocMax,
    budget: info.budget,
    code_max: info.codeMax,
    output_max: info.outputMax,
    data_max: info.dataMax,
    queue_max: info.queueMax,
    users_max: info.usersMax,
    uploads_max: info.uploadsMax,
    name_max: info.nameMax,
    chunk_name_max: info.chunkNameMax,
    step_max: info.stepMax,
  }
}

const LARGEST_PLAIN = 2n ** 53n
const WRAPPERS = new Set(['int', 'float', 'base64', 'table'])
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes as text where they are UTF-8, else as `{"base64":"…"}`. */
export function bytesToJson(bytes: Uint8Array): Json {
  try {
    return UTF8.decode(bytes)
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}

/** A Lua value; each is told from every other: 3 from 3.0, bytes from text, a table with the key `int` from an integer. */
export function valueToJson(value: LuaValue): Json {
  if (typeof value === 'bigint') return integerToJson(value)
  if (value instanceof LuaFloat) return floatToJson(value.value)
  if (value instanceof Uint8Array) return bytesToJson(value)
  if (Array.isArray(value)) return value.map(valueToJson)
  if (value instanceof Map) return tableToJson(value)
  return value
}

function integerToJson(value: bigint): Json {
  const magnitude = value < 0n ? -value : value
  return magnitude > LARGEST_PLAIN ? { int: String(value) } : new Verbatim(String(value))
}

function floatToJson(value: number): Json {
  if (Number.isNaN(value)) return { float: 'nan' }
  if (!Number.isFinite(value)) return { float: value > 0 ? 'inf' : '-inf' }
  const text = Object.is(value, -0) ? '-0' : String(value)
  return new Verbatim(/^-?\d+$/.test(text) ? `${text}.0` : text)
}

function tableToJson(table: Map<LuaValue, LuaValue>): Json {
  const fields: string[] = []
  for (const [key, field] of table) {
    const wrapperLike = table.size === 1 && typeof key === 'string' && WRAPPERS.has(key)
    if (typeof key !== 'string' || wrapperLike) return pairsToJson(table)
    fields.push(`${writeString(key)}:${write(valueToJson(field))}`)
  }
  // Not an object of JavaScript: that would put "1" first and lose "__proto__".
  return new Verbatim(`{${fields.join(',')}}`)
}

function pairsToJson(table: Map<LuaValue, LuaValue>): Json {
  return { table: [...table].map(([key, field]) => [valueToJson(key), valueToJson(field)]) }
}

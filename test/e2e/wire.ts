// SPDX-License-Identifier: MIT
// Netlink messages byte by byte, for requests that the library would never make. Built from the contract's numbers by
// hand, so that a mistake in the library is not repeated here.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'

export const NLM = { request: 1, multi: 2, ack: 4, dump: 0x300 } as const
export const COMMAND = { newstate: 1, close: 2, dostring: 3, getstate: 4, list: 7, info: 8, abort: 9 } as const
export const STATE = { name: 1, maxalloc: 2, context: 3, curralloc: 4, pattern: 20 } as const
export const RUN = { name: 1, chunkName: 2, code: 3, budget: 4, port: 5, output: 6, values: 7, status: 8, message: 9 } as const

const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const NLMSG_HEADER = 16
const GENL_HEADER = 4
const CAPPED = 0x100
const GENL_ID_CTRL = 16
const CTRL = { getFamily: 3, familyId: 1, familyName: 2 } as const
const ACK = { message: 1, offset: 2 } as const

const align = (size: number): number => (size + 3) & ~3

export function attribute(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc(align(4 + value.length))
  bytes.writeUInt16LE(4 + value.length, 0)
  bytes.writeUInt16LE(type, 2)
  bytes.set(value, 4)
  return bytes
}

/** With the NUL that ends it. */
export function text(type: number, value: string): Buffer {
  return attribute(type, Buffer.from(`${value}\0`, 'latin1'))
}

export function u32(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return attribute(type, bytes)
}

export function u64(type: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return attribute(type, bytes)
}

export interface Request {
  readonly command: number
  readonly attributes?: readonly Uint8Array[]
  readonly dump?: true
  readonly version?: number
  readonly reserved?: number
}

export interface Answer {
  /** errno of the end, 0 for success; undefined where there was none */
  readonly errno: number | undefined
  /** the extended ack's text */
  readonly message: string | undefined
  /** attributes of each message */
  readonly messages: readonly ReadonlyMap<number, Buffer>[]
}

function encode(type: number, { command, attributes = [], dump, version = 1, reserved = 0 }: Request): Buffer {
  const head = Buffer.alloc(NLMSG_HEADER + GENL_HEADER)
  const body = Buffer.concat([head, ...attributes])
  body.writeUInt32LE(body.length, 0)
  body.writeUInt16LE(type, 4)
  body.writeUInt16LE(NLM.request | NLM.ack | (dump ? NLM.dump : 0), 6)
  body.writeUInt32LE(1, 8)
  body.writeUInt8(command, 16)
  body.writeUInt8(version, 17)
  body.writeUInt16LE(reserved, 18)
  return body
}

function attributesIn(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let at = 0; at + 4 <= bytes.length; at += align(bytes.readUInt16LE(at)))
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + bytes.readUInt16LE(at)))
  return found
}

function decode(bytes: Buffer): Answer {
  const messages: Map<number, Buffer>[] = []
  for (let at = 0; at < bytes.length; at += align(bytes.readUInt32LE(at))) {
    const message = bytes.subarray(at, at + bytes.readUInt32LE(at))
    const type = message.readUInt16LE(4)
    if (type !== NLMSG_ERROR && type !== NLMSG_DONE) {
      messages.push(attributesIn(message.subarray(NLMSG_HEADER + GENL_HEADER)))
      continue
    }
    const errno = 0 - message.readInt32LE(NLMSG_HEADER)
    const repeated = type === NLMSG_DONE ? 0 : (message.readUInt16LE(6) & CAPPED) !== 0 ? NLMSG_HEADER : message.readUInt32LE(NLMSG_HEADER + 4)
    const ack = attributesIn(message.subarray(NLMSG_HEADER + 4 + align(repeated)))
    return { errno, message: ack.get(ACK.message)?.toString('latin1').replace(/\0$/, ''), messages }
  }
  return { errno: undefined, message: undefined, messages }
}

function exchange(request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('build/test/netlink', { stdio: ['pipe', 'pipe', 'inherit'], timeout: 60_000 })
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve(Buffer.concat(parts))
      else reject(new Error(`build/test/netlink ended with ${status}`))
    })
    child.stdin.end(request)
  })
}

async function lookUp(family: string): Promise<number> {
  const { messages } = decode(await exchange(encode(GENL_ID_CTRL, { command: CTRL.getFamily, attributes: [text(CTRL.familyName, family)] })))
  const id = messages[0]?.get(CTRL.familyId)
  assert.ok(id, `no family ${family}`)
  return id.readUInt16LE()
}

export async function ask(request: Request): Promise<Answer> {
  return decode(await exchange(encode(await lookUp('lunatik'), request)))
}

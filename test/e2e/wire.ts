// SPDX-License-Identifier: MIT
// Netlink messages byte by byte, for requests that the library would never make. Built from the contract's numbers by
// hand, so that a mistake in the library is not repeated here.

import assert from 'node:assert/strict'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { TEST_MS } from './guest.ts'

export const NLM = { request: 1, multi: 2, ack: 4, dump: 0x300 } as const
export const COMMAND = {
  newstate: 1, close: 2, dostring: 3, getstate: 4, putstate: 5, data: 6, list: 7, info: 8, abort: 9, set: 10, upload: 11, receive: 12,
  ready: 13, event: 14,
} as const
export const STATE = {
  name: 1, maxalloc: 2, context: 3, curralloc: 4, users: 6, pins: 7, inuse: 8, generation: 12, pattern: 20, handle: 22, token: 23, force: 24,
  expectGeneration: 25, step: 26,
} as const
export const RUN = {
  name: 1, chunkName: 2, code: 3, budget: 4, port: 5, output: 6, values: 7, status: 8, message: 9, pause: 16, wait: 17, token: 18,
  expectGeneration: 19, generation: 20, step: 21, upload: 22, offset: 23, total: 24, data: 25,
} as const
export const MESSAGE = { name: 1, token: 2, sequence: 3, size: 4, offset: 5, data: 6, queued: 7, refused: 8, closed: 9 } as const

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

export function flag(type: number): Buffer {
  return attribute(type, Buffer.alloc(0))
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

const VERB = { send: 0, hear: 1, shut: 2 } as const

interface Waiting {
  readonly resolve: (answer: Buffer) => void
  readonly reject: (error: Error) => void
}

/** A process with netlink sockets, which are known by numbers from 0. What it holds in the kernel goes with it. */
export class Wire {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting: Waiting[] = []
  #heard: Buffer = Buffer.alloc(0)
  #family = 0

  private constructor() {
    this.#child = spawn('build/test/netlink', { stdio: ['pipe', 'pipe', 'inherit'], timeout: TEST_MS })
    this.#child.stdout.on('data', (part: Buffer) => { this.#take(part) })
    this.#child.stdin.on('error', () => undefined)
    this.#child.on('error', (error) => { this.#fail(error) })
    this.#child.on('close', (status) => { this.#fail(new Error(`build/test/netlink ended with ${status}`)) })
  }

  static async open(): Promise<Wire> {
    const wire = new Wire()
    wire.#family = await wire.#lookUp('lunatik')
    return wire
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async ask(request: Request, socket = 0): Promise<Answer> {
    return decode(await this.#order(VERB.send, socket, encode(this.#family, request)))
  }

  /** The next that the module sends to a socket by itself. */
  async hear(socket = 0): Promise<Answer> {
    return decode(await this.#order(VERB.hear, socket))
  }

  /** Closes a socket. */
  async shut(socket = 0): Promise<void> {
    await this.#order(VERB.shut, socket)
  }

  /** Ends the process. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    const over = new Promise((resolve) => this.#child.once('close', resolve))
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    if (signal === undefined) this.#child.stdin.end()
    else this.#child.kill(signal)
    await over
  }

  #order(verb: number, socket: number, message: Buffer = Buffer.alloc(0)): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin.write(Buffer.concat([Buffer.from(Uint32Array.of(verb, socket, message.length).buffer), message]))
    })
  }

  #take(part: Buffer): void {
    this.#heard = Buffer.concat([this.#heard, part])
    while (this.#heard.length >= 4 && this.#heard.length >= 4 + this.#heard.readUInt32LE()) {
      const end = 4 + this.#heard.readUInt32LE()
      this.#waiting.shift()?.resolve(this.#heard.subarray(4, end))
      this.#heard = this.#heard.subarray(end)
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  async #lookUp(family: string): Promise<number> {
    const request = { command: CTRL.getFamily, attributes: [text(CTRL.familyName, family)] }
    const { messages } = decode(await this.#order(VERB.send, 0, encode(GENL_ID_CTRL, request)))
    const id = messages[0]?.get(CTRL.familyId)
    assert.ok(id, `no family ${family}`)
    return id.readUInt16LE()
  }
}

/** One request, by a process of its own. */
export async function ask(request: Request): Promise<Answer> {
  const wire = await Wire.open()
  try {
    return await wire.ask(request)
  } finally {
    await wire.end()
  }
}

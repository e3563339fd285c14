// SPDX-License-Identifier: MIT
// The kernel's own YNL as a client, by test/ynl/client.py: it knows of the module what kmod/lunatik.yaml says, and nothing else.

import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { SLOWNESS, TEST_MS } from './guest.ts'

/** Where YNL is, in the cache. */
export const YNL = execFileSync('test/ynl/fetch', ['-p'], { encoding: 'utf8' }).trim()
export const CONTRACT = 'kmod/lunatik.yaml'
/** The interpreter that Debian's modules of Python are for. */
export const PYTHON = '/usr/bin/python3'

/** Attributes by the contract's names; bytes in hexadecimal. */
export type Attributes = Readonly<Record<string, string | number | bigint | boolean>>

interface Answer {
  readonly reply?: Attributes | readonly Attributes[] | null
  readonly errno?: number
  readonly extack?: Readonly<Record<string, unknown>> | null
  readonly heard?: readonly { readonly name: string; readonly msg: Attributes }[]
  readonly operations?: Readonly<Record<string, readonly string[]>>
}

/** What the kernel said of a request that it refused. */
export interface Refused {
  readonly errno: number
  readonly message: unknown
  readonly attribute: unknown
}

export class Ynl {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }[] = []
  /** Operations that were asked for or heard, as "do newstate". */
  readonly used = new Set<string>()

  constructor() {
    this.#child = spawn(PYTHON, ['test/ynl/client.py', YNL, CONTRACT], { stdio: ['pipe', 'pipe', 'inherit'], timeout: TEST_MS })
    createInterface(this.#child.stdout).on('line', (line) => { this.#waiting.shift()?.resolve(JSON.parse(line) as Answer) })
    this.#child.stdin.on('error', () => undefined)
    this.#child.on('close', (status) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`test/ynl/client.py ended with ${status}`))
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The reply to a request that is not refused; null where that is an ack. */
  async do(operation: string, attributes: Attributes = {}, socket = 0): Promise<Attributes | null> {
    const { reply } = await this.#succeed({ socket, do: operation, attributes })
    this.used.add(`do ${operation}`)
    assert.ok(reply !== undefined && !Array.isArray(reply))
    return reply as Attributes | null
  }

  async dump(operation: string, attributes: Attributes = {}, socket = 0): Promise<readonly Attributes[]> {
    const { reply } = await this.#succeed({ socket, dump: operation, attributes })
    this.used.add(`dump ${operation}`)
    assert.ok(Array.isArray(reply))
    return reply as readonly Attributes[]
  }

  async refused(mode: 'do' | 'dump', operation: string, attributes: Attributes = {}, socket = 0): Promise<Refused> {
    const { errno, extack, ...answer } = await this.#order({ socket, [mode]: operation, attributes })
    assert.ok(errno !== undefined, JSON.stringify(answer))
    return { errno, message: extack?.['msg'], attribute: extack?.['bad-attr'] ?? extack?.['miss-type'] }
  }

  /** On a socket that is new. */
  async subscribe(group: string, socket = 0): Promise<void> {
    await this.#succeed({ socket, subscribe: group })
  }

  /** What the kernel sends by itself, as soon as there is any. */
  async hear(socket = 0): Promise<readonly (Attributes & { readonly operation: string })[]> {
    const { heard = [] } = await this.#order({ socket, hear: 20 * SLOWNESS })
    for (const { name } of heard) this.used.add(`event ${name}`)
    return heard.map(({ name, msg }) => ({ operation: name, ...msg }))
  }

  /** All that there are, as in `used`. */
  async operations(): Promise<readonly string[]> {
    const { operations = {} } = await this.#order({ operations: true })
    return Object.entries(operations).flatMap(([name, modes]) => modes.map((mode) => `${mode} ${name}`))
  }

  async end(signal?: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const over = new Promise((resolve) => this.#child.once('close', resolve))
    if (signal === undefined) this.#child.stdin.end()
    else this.#child.kill(signal)
    await over
  }

  async #succeed(order: object): Promise<Answer> {
    const answer = await this.#order(order)
    assert.equal(answer.errno, undefined, `${JSON.stringify(order)}: ${JSON.stringify(answer)}`)
    return answer
  }

  #order(order: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin.write(`${JSON.stringify(order)}\n`)
    })
  }
}

export function hex(text: string): string {
  return Buffer.from(text).toString('hex')
}

export function unhex(bytes: unknown): string {
  assert.ok(typeof bytes === 'string')
  return Buffer.from(bytes, 'hex').toString()
}

// SPDX-License-Identifier: MIT
// What an attack must not do to the machine: stop it, make it complain, keep its memory.

import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import { freeMiB } from '../e2e/memory.ts'
import { eventually } from '../e2e/guest.ts'

/** MiB that may be missing in the end: pages of tables, caches of files. */
const MEMORY_SLACK = 24

/** Where lines of the kernel's log are looked through. */
const LINES = '/tmp/attack.log'

/** What other work waited for, in milliseconds. */
export interface Pause {
  /** for a processor, at real-time priority */
  readonly processor: number
  /** for a chunk in another state */
  readonly state: number
}

/** The program that feels how things go on; see pulse.c. */
export class Pulse {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #interface: Interface

  constructor(netns: string) {
    const child = spawn('build/test/pulse', [netns], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    this.#interface = createInterface(child.stdout)
    this.#lines = this.#interface[Symbol.asyncIterator]()
  }

  /** The longest since this was asked last. */
  async longest(): Promise<Pause> {
    this.#child.stdin?.write('\n')
    const { value } = await this.#lines.next() as { value: string | undefined }
    assert.ok(value !== undefined, 'a heart stopped')
    const [processor = NaN, state = NaN, beats] = value.split(' ').map(Number)
    assert.ok(beats !== undefined)
    return { processor: processor / 1000, state: state / 1000 }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.on('close', resolve))
    this.#child.stdin?.end()
    await ended
    this.#interface.close()
  }
}

/** What the kernel says from now on. */
export class Log {
  readonly #file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK)
  readonly #record = Buffer.alloc(8192)

  constructor() {
    this.fresh()
  }

  /** The lines since this was asked last. */
  fresh(): string[] {
    const lines: string[] = []
    for (let record = this.#next(); record !== undefined; record = this.#next()) {
      const [text = ''] = record.slice(record.indexOf(';') + 1).split('\n')
      lines.push(text)
    }
    return lines
  }

  /** Fails where one of them is a complaint. */
  assertClean(): void {
    const lines = this.fresh()
    if (lines.length === 0) return
    writeFileSync(LINES, `${lines.join('\n')}\n`)
    const { status, stdout, stderr } = spawnSync('test/guest.d/complaints', [LINES], { encoding: 'utf8' })
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' }, `the kernel complains:\n${stdout}`)
  }

  close(): void {
    closeSync(this.#file)
  }

  #next(): string | undefined {
    for (;;) {
      try {
        return this.#record.toString('utf8', 0, readSync(this.#file, this.#record))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error
        // EPIPE: records were overwritten before they were read.
        if (error.code !== 'EPIPE') return undefined
      }
    }
  }
}

/** MiB that this process itself has come to take. */
function ownMiB(): number {
  const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kib) / 1024
}

/** What is free, slabs not counted and this process neither, to be compared with what is free in the end. */
export async function memory(): Promise<{ readonly assertBack: () => Promise<string> }> {
  const before = await freeMiB() + ownMiB()
  return {
    async assertBack() {
      let now = 0
      await eventually(`of ${Math.round(before)} MiB no more than ${MEMORY_SLACK} are missing`, async () => {
        now = await freeMiB() + ownMiB()
        return now > before - MEMORY_SLACK
      })
      return `${Math.round(before)} MiB were free or this process's, ${Math.round(now)} are`
    },
  }
}

// SPDX-License-Identifier: MIT
// How often functions of a module are called, counted by probes of the kernel's own, so that the module need not count for
// tests alone. They go on counting when the module is loaded again.

import { readFile, writeFile } from 'node:fs/promises'

const TRACING = '/sys/kernel/tracing'

export class Counting {
  readonly #names: readonly string[]

  private constructor(names: readonly string[]) {
    this.#names = names
  }

  /** @param functions by a name for each */
  static async start(module: string, functions: Readonly<Record<string, string>>): Promise<Counting> {
    for (const [name, symbol] of Object.entries(functions))
      await writeFile(`${TRACING}/kprobe_events`, `p:counting/${name} ${module}:${symbol}\n`, { flag: 'a' })
    await writeFile(`${TRACING}/events/counting/enable`, '1')
    return new Counting(Object.keys(functions))
  }

  async counted(): Promise<Record<string, number>> {
    const profile = await readFile(`${TRACING}/kprobe_profile`, 'utf8')
    return Object.fromEntries([...profile.matchAll(/^ *(\w+) +(\d+) +(\d+)$/gm)].map(([, name = '', hits, misses]) => [name, Number(hits) + Number(misses)]))
  }

  async stop(): Promise<void> {
    await writeFile(`${TRACING}/events/counting/enable`, '0').catch(() => undefined)
    for (const name of this.#names) await writeFile(`${TRACING}/kprobe_events`, `-:counting/${name}\n`, { flag: 'a' }).catch(() => undefined)
  }
}

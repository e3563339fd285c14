// SPDX-License-Identifier: MIT
// The module of test/attacks/witness, by way of its files: it looks at lunatik from inside the kernel.

import { readFile, writeFile } from 'node:fs/promises'
import { after, before } from 'node:test'
import { eventually, KERNEL, outputOf, run } from '../e2e/guest.ts'

const WITNESS = `build/${KERNEL}/witness/witness.ko`
const FILES = '/sys/kernel/debug/witness'

/** Has it loaded while the tests of a file run. */
export function witnessed(): void {
  before(() => outputOf('insmod', WITNESS))
  after(() => eventually('the witness can be unloaded', async () => (await run(['rmmod', 'witness'])).status === 0))
}

/** The longest that a machine kept a processor to itself since this was asked last, in milliseconds of that processor. */
export async function held(): Promise<number> {
  const [ms = NaN] = await numbers('held')
  return ms
}

async function numbers(file: string): Promise<number[]> {
  return (await readFile(`${FILES}/${file}`, 'utf8')).trim().split(' ').map(Number)
}

/** Has `count` of the allocations refused that machines make for this process, from the `first` on; 0 is none. */
export async function failAllocations(first: number, count: number): Promise<void> {
  await writeFile(`${FILES}/fail`, `${first} ${count} ${process.pid}`)
}

/** Since then: those asked for, and those refused. */
export async function allocations(): Promise<{ readonly asked: number; readonly refused: number }> {
  const [asked = NaN, refused = NaN] = await numbers('fail')
  return { asked, refused }
}

/** Others in the kernel use the FPU for so long. */
export async function useFpu(ms: number): Promise<void> {
  await writeFile(`${FILES}/fpu`, String(ms))
}

/** How often they have, in threads and in interrupts, and how often what they had there was not what they put there. */
export async function fpuUses(): Promise<{ readonly threads: number; readonly timers: number; readonly losses: number }> {
  const [threads = NaN, timers = NaN, losses = NaN] = await numbers('fpu')
  return { threads, timers, losses }
}

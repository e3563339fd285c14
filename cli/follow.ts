// SPDX-License-Identifier: MIT
// What keeps coming, printed as it comes: messages of a state, events.

import { startTimer } from '../native/addon/alarm.ts'
import { isCode } from './errors.ts'
import type { ExitStatus } from './exit.ts'
import { onInterruption } from './interrupt.ts'
import { LiveOutput } from './output/live.ts'
import type { Stream } from './streams.ts'

export interface Source<Item> {
  /** ends, or throws EINTR, once the signal is given */
  readonly items: (signal: AbortSignal) => AsyncIterable<Item>
  readonly print: (item: Item) => string | Uint8Array
  /** items after which it is enough */
  readonly count?: number | undefined
  /** seconds for all of it; 0 is no limit */
  readonly timeout?: number | undefined
}

/** Why nothing more is printed, after how many items. */
export interface Followed {
  /** `closed`: nothing more comes; `interrupted`: by a signal, which `status` stands for */
  readonly end: 'closed' | 'enough' | 'late' | 'interrupted'
  readonly status: ExitStatus | undefined
  readonly items: number
}

/**
 * Prints until the source ends, or there is enough of it, or the user has had enough. Takes the next item when the one
 * before is written: for a reader that stalls the kernel keeps what it can, and counts the rest.
 * @throws {OutputError} when nobody reads any more
 */
export async function follow<Item>(source: Source<Item>, stdout: Stream): Promise<Followed> {
  const ending = new AbortController()
  const end = (): void => { ending.abort() }
  const interruption = onInterruption(end)
  const alarm = startAlarm(source.timeout ?? 0, end)
  const live = new LiveOutput(stdout, end)
  try {
    const { enough, items } = await printEach(source, live, ending.signal)
    const { status } = interruption
    if (status !== undefined) return { end: 'interrupted', status, items }
    if (alarm.rang && !enough) return { end: 'late', status, items }
    await live.finish()
    return { end: enough ? 'enough' : 'closed', status, items }
  } finally {
    alarm.stop()
    interruption.stopListening()
  }
}

async function printEach<Item>(
  { items, print, count = Infinity }: Source<Item>,
  live: LiveOutput,
  signal: AbortSignal,
): Promise<{ enough: boolean; items: number }> {
  const given = new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }, { once: true }) })
  let printed = 0
  try {
    for await (const item of items(signal)) {
      live.write(Buffer.from(print(item)))
      // A reader that stalls must not keep Ctrl-C from ending this.
      await Promise.race([live.finish(), given])
      printed++
      if (printed === count) return { enough: true, items: printed }
      if (signal.aborted) break
    }
  } catch (error) {
    if (!(signal.aborted && isCode(error, 'EINTR'))) throw error
  }
  return { enough: false, items: printed }
}

interface Alarm {
  readonly rang: boolean
  stop(): void
}

export function startAlarm(seconds: number, ring: () => void): Alarm {
  let rang = false
  const stop = seconds > 0 ? startTimer(seconds * 1000, () => { rang = true; ring() }) : undefined
  return {
    get rang() {
      return rang
    },
    stop() {
      stop?.()
    },
  }
}

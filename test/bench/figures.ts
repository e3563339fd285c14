// SPDX-License-Identifier: MIT
// What is counted and not compared: what readers of a page go through under a writer at full speed.

import { execFileSync } from 'node:child_process'
import { callsOfReader, countReads } from '../attacks/page-reader.ts'

const MODULE = 'build/stock/kstate.ko'
const READS = 10_000_000
/** strace slows what makes system calls, and nothing else. */
const LOOKS = 1_000_000

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** that may not be exceeded; undefined where the figure is only to be known */
  readonly limit: number | undefined
}

export async function figuresOfPages(): Promise<Figure[]> {
  execFileSync('insmod', [MODULE])
  const { reads, commits, torn, retries, asked, longest } = await countReads(READS)
  const calls = await callsOfReader(LOOKS)
  execFileSync('rmmod', ['kstate'])
  return [
    { name: 'reads of a page, 4 bytes to 4 KiB, under a writer at full speed', value: reads, unit: '', limit: undefined },
    { name: 'commits meanwhile', value: commits, unit: '', limit: undefined },
    { name: 'torn reads', value: torn, unit: '', limit: 0 },
    { name: 'tries that a writer was faster than', value: retries, unit: '', limit: undefined },
    { name: 'reads that had to ask the kernel, after two such', value: asked, unit: '', limit: undefined },
    { name: 'longest wait of a reader, preemption included', value: longest / 1e6, unit: 'ms', limit: undefined },
    { name: `system calls of a reader in ${LOOKS} reads, by strace`, value: calls.length, unit: '', limit: 0 },
  ]
}

// SPDX-License-Identifier: MIT
// What readers of a page go through while it is written, by page-reader.c: for tests, and for figures.

import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'

const PROGRAM = 'build/test/page-reader'
const TRACE = '/tmp/page-reader.strace'

const run = promisify(execFile)

export interface Reads {
  readonly reads: number
  readonly commits: number
  readonly torn: number
  /** tries that a writer was faster than */
  readonly retries: number
  /** times that this was so twice, and the kernel was asked */
  readonly asked: number
  /** nanoseconds of one read */
  readonly longest: number
}

/** Under a writer at full speed. */
export async function countReads(reads: number): Promise<Reads> {
  const { stdout } = await run(PROGRAM, ['count', String(reads)])
  // It is this program's to say so.
  return JSON.parse(stdout) as Reads
}

/** The system calls of somebody who reads so often, each as strace writes it. */
export async function callsOfReader(reads: number): Promise<string[]> {
  await run('strace', ['-o', TRACE, PROGRAM, 'look', String(reads)])
  const lines = (await readFile(TRACE, 'utf8')).split('\n')
  await rm(TRACE)
  const [begin, end] = ['begin', 'end'].map((word) => lines.findIndex((line) => line.startsWith(`write(1, "${word}\\n"`)))
  if (begin === undefined || end === undefined || begin < 0 || end <= begin) throw new Error(`strace saw no reader: ${lines.join('\n')}`)
  return lines.slice(begin + 1, end)
}

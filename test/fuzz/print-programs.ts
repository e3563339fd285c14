// SPDX-License-Identifier: MIT
//
//	print-programs SEED COUNT [FILE…]
//
// Prints so many random Lua programs, from this seed on, each ended by a NUL; between them, at random, what is in the files.

import { readFileSync } from 'node:fs'
import { chanceFrom, programOf } from './programs.ts'

const [seed = 0, count = 0] = process.argv.slice(2, 4).map(Number)
const files = process.argv.slice(4).map((file) => readFileSync(file, 'latin1'))
const chance = chanceFrom(seed)

/** One in so many is from a file. */
const FROM_A_FILE = 4

function text(number: number): string {
  const file = files[chance(files.length * FROM_A_FILE)]
  return file ?? programOf(seed + number)
}

process.stdout.write(Buffer.from(Array.from({ length: count }, (_, number) => `${text(number).replaceAll('\0', '')}\0`).join(''), 'latin1'))

#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The entry, and the only place that ends the process. The program lies beside it with what V8 made of it when it was
// built (bundle.mjs), which halves what a start takes beyond Node's own; another release of Node compiles it again.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import type * as program from './program.ts'

type Program = typeof program
/** What bundle.mjs wraps around the program, as Node does around modules. */
type Wrapper = (exports: object, require: NodeJS.Require, module: object, filename: string, dirname: string) => void

function codeCache(filename: string): Buffer | undefined {
  try {
    return readFileSync(`${filename}.cache`)
  } catch {
    return undefined
  }
}

function load(): Program {
  const filename = join(__dirname, 'program.js')
  const cachedData = codeCache(filename)
  // esbuild writes ASCII, which is read fastest as this.
  const script = new Script(readFileSync(filename, 'latin1'), { filename, ...(cachedData && { cachedData }) })
  const module = { exports: {} }
  // Both types are those of our own build.
  const wrapper = script.runInThisContext() as Wrapper
  wrapper(module.exports, require, module, filename, __dirname)
  return module.exports as Program
}

void load()
  .run(process.argv.slice(2))
  .then((status) => process.exit(status))

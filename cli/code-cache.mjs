// SPDX-License-Identifier: MIT
// V8's code cache of the program: it has the functions in it that ran before it was made. So the commands that have to
// start fast are run here, on a kernel that is none.

import fs, { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'

const REHEARSALS = [
  ['list', '--json'],
  ['list'],
  ['list', '--json', '--jsn'],
  ['--help'],
]

/** What native/addon/native.ts says that the compiled addon exports, as far as the rehearsals go. */
const noKernel = {
  initialize() {},
  Session: class {
    netns() {
      return 1
    }
    list() {
      return [new Float64Array(36), ['a', 'stdin', 'b', undefined]]
    }
    close() {}
  },
}

/** The cache for the bundle in `filename`, for the Node that runs this. */
export async function codeCache(filename) {
  const script = new Script(readFileSync(filename, 'latin1'), { filename })
  const required = createRequire(filename)
  const require = (id) => stubs[id] ?? (id.endsWith('.node') ? noKernel : required(id))
  const stubs = {
    'node:fs': {
      ...fs,
      existsSync: () => true,
      fstatSync: () => ({ isCharacterDevice: () => false }),
      writeSync: (_, bytes) => bytes.length,
    },
    'node:module': { createRequire: () => require },
  }
  const module = { exports: {} }
  script.runInThisContext()(module.exports, require, module, filename, dirname(filename))
  for (const argv of REHEARSALS) await module.exports.run(argv)
  return script.createCachedData()
}

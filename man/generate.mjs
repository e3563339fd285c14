// SPDX-License-Identifier: MIT
// Writes the parts of the manual pages that follow from the command tree (cli/manual.ts): make man.

import { build } from 'esbuild'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const outfile = 'build/man/manual.cjs'
await build({
  entryPoints: ['cli/manual.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['*.node'],
  outfile,
  logLevel: 'warning',
})
const { generated, pages } = createRequire(import.meta.url)(`../${outfile}`)
for (const { file, parts } of pages()) {
  const page = await readFile(file, 'utf8')
  const wanted = generated(page, parts)
  if (wanted !== page) await writeFile(file, wanted)
}

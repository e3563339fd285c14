// SPDX-License-Identifier: MIT
// The README's tour, read from standard input: each command is run as it stands there, and prints what stands below it.
// At a prompt nobody sits here: the part that has one is left out.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'

const readme = readFileSync(0, 'utf8')
const [, tour = ''] = /\n## A short tour\n([^]*?)\n## /.exec(readme) ?? []
const blocks = [...tour.matchAll(/```console\n([^]*?)```/g)].map(([, text]) => text).filter((text) => !text.includes('lunatikctl shell'))
const steps = blocks.flatMap((text) => text.split(/^\$ /m).slice(1))
if (steps.length < 10) throw new Error('this is no README with a tour')

// What a state holds is another number with each change of Lua's configuration.
const alike = (text) => text.replace(/held = \d+/, 'held = N')

let failed = 0
for (const step of steps) {
  const [command, ...wanted] = step.trimEnd().split('\n')
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1\n${command}`], { encoding: 'utf8' })
  const printed = stdout.trimEnd()
  if (alike(printed) === alike(wanted.join('\n'))) continue
  failed++
  process.stderr.write(`tour: $ ${command}\nwanted:\n${wanted.join('\n')}\nprinted:\n${printed}\n`)
}
process.stderr.write(`tour: ${steps.length - failed} of ${steps.length} commands print what the README says\n`)
process.exitCode = failed === 0 ? 0 : 1

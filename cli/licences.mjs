// SPDX-License-Identifier: MIT
// The licences of the packages whose code goes out with ours: they ask for their text to go along.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The folder of the package that a bundled file is from; nothing for our own. */
function packageOf(file) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  if (!file) throw new Error(`${folder} has no licence's text`)
  const text = await readFile(join(folder, file), 'utf8')
  return `${name} ${version} (${license})\n\n${text.trim()}\n`
}

/**
 * One text of all licences.
 * @param metafiles what esbuild tells of its bundles
 * @param others folders of packages that come in by other ways
 */
export async function licences(metafiles, others) {
  const files = metafiles.flatMap(({ inputs }) => Object.keys(inputs))
  const folders = new Set([...files.map(packageOf).filter(Boolean), ...others])
  const texts = await Promise.all([...folders].sort().map(licenceOf))
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

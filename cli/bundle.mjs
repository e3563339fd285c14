// SPDX-License-Identifier: MIT
// Bundles the command line into build/cli: the entry, the program, what only a terminal and what only a file of YAML needs,
// V8's code cache of the program, and the licences of what is bundled. Start-up time is what this is about; `make bench` has the figures.

import { build } from 'esbuild'
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codeCache } from './code-cache.mjs'
import { licences } from './licences.mjs'

/** Each is a bundle of its own, loaded when imported. */
const APART = { terminal: 'cli/output/terminal.ts', yaml: 'cli/manifest/yaml.ts' }

const partsApart = {
  name: 'parts apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(terminal|yaml)\.ts$/ }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path: `./${basename(path, '.ts')}.js`, external: true },
    )
  },
}

/**
 * commander asks for child_process, to run commands that are programs of their own: a twentieth of a start. Those of
 * ours that do run one get it.
 */
const noChildProcess = {
  name: 'no child_process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      importer.includes('/node_modules/') ? { path, namespace: 'empty' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
  },
}

const common = {
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  outdir: 'build/cli',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['*.node'],
  plugins: [partsApart, noChildProcess],
  // main.ts runs the program as a script, and scripts cannot import().
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
  metafile: true,
}

const parts = await build({ ...common, entryPoints: { lunatikctl: 'cli/main.ts', ...APART } })
const whole = await build({
  ...common,
  entryPoints: ['cli/program.ts'],
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
})
const program = fileURLToPath(new URL('../build/cli/program.js', import.meta.url))
await writeFile(`${program}.cache`, await codeCache(program))

// Headers of node-addon-api are compiled into the addon.
const texts = await licences([parts.metafile, whole.metafile], ['node_modules/node-addon-api'])
await writeFile(new URL('../build/cli/LICENSES.txt', import.meta.url), texts)

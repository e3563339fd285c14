// SPDX-License-Identifier: MIT
// Bundles the command line into two files: what every start needs, and what only a terminal needs. Start-up time is
// what this is about; the figures are those of `make bench`.

import { build } from 'esbuild'

const folder = new URL('..', import.meta.url).pathname

/** terminal.ts is a bundle of its own, loaded when imported. */
const terminalApart = {
  name: 'terminal apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/terminal\.ts$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './terminal.js', external: true },
    )
  },
}

/** commander asks for child_process, which takes a tenth of a start, to run commands that are programs of their own. */
const noChildProcess = {
  name: 'no child_process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path }) => ({ path, namespace: 'empty' }))
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
  },
}

await build({
  absWorkingDir: folder,
  entryPoints: { lunatikctl: 'cli/main.ts', terminal: 'cli/output/terminal.ts' },
  outdir: 'build/cli',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['*.node'],
  plugins: [terminalApart, noChildProcess],
  logLevel: 'warning',
})

// SPDX-License-Identifier: MIT
// Changes of states, a line each as diff(1) would mark them, or as JSON.

import { visibleWord } from '../escape.ts'
import type { Change } from '../manifest/plan.ts'
import { formatSize } from '../sizes.ts'
import type { Stream } from '../streams.ts'
import { bytesToJson, type Json } from './json.ts'

const SIGNS = { new: '+', set: '~', run: '~', close: '-' } as const

/** `SIGN STATE ACTION KEY=VALUE...`; sizes for people on a terminal, elsewhere bytes. */
export function changeLine(change: Change, { isTerminal }: Pick<Stream, 'isTerminal'>): string {
  const { action, state } = change
  const size = (bytes: number): string => (isTerminal ? formatSize(bytes) : String(bytes))
  return `${[SIGNS[action], visibleWord(state), ...words(change, size)].join(' ')}\n`
}

function words(change: Change, size: (bytes: number) => string): string[] {
  switch (change.action) {
    case 'new':
      return ['new', ...(change.maxalloc === undefined ? [] : [`maxalloc=${size(change.maxalloc)}`])]
    case 'set':
      return ['set', `maxalloc=${size(change.maxalloc)}`, `was=${size(change.was)}`]
    case 'run':
      return [change.again ? 'run-again' : 'run', visibleWord(change.script.name), `size=${size(change.script.size)}`]
    case 'close':
      return [change.reason === 'recreate' ? 'close-to-recreate' : 'close']
  }
}

/** The line before those of a namespace, where a file names several. */
export function namespaceLine(netns: string): string {
  return `@ ${visibleWord(netns)}\n`
}

export function changeToJson(netns: string | undefined, change: Change, output?: Uint8Array): Json {
  const about = { netns: netns ?? null, state: change.state, action: change.action }
  switch (change.action) {
    case 'new':
      return { ...about, maxalloc: change.maxalloc ?? null }
    case 'set':
      return { ...about, maxalloc: change.maxalloc, was: change.was }
    case 'run': {
      const { name, size, sha256 } = change.script
      return { ...about, script: name, size, sha256, again: change.again, ...(output && { output: bytesToJson(output) }) }
    }
    case 'close':
      return { ...about, reason: change.reason }
  }
}

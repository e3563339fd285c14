// SPDX-License-Identifier: MIT
// Events, a line each.

import { visibleWord } from '../escape.ts'
import type { Told } from '../resync.ts'
import { formatSize } from '../sizes.ts'
import type { Stream } from '../streams.ts'
import { document, stateToJson } from './json.ts'

const TYPE_WIDTH = 'time-out'.length

/** `TYPE NAME KEY=VALUE...`; sizes for people on a terminal, elsewhere bytes. */
export function eventLine(told: Told, { isTerminal }: Pick<Stream, 'isTerminal'>): string {
  const type = told.type.padEnd(TYPE_WIDTH)
  if (told.type === 'overrun') return `${type}  -  events came faster than they were read: some are lost\n`
  if (told.type === 'resynced') return `${type}  -  states=${told.states}\n`
  const size = isTerminal ? formatSize : String
  const { name, generation, curralloc, maxalloc } = told.type === 'state' ? told.state : told
  const fields = [`generation=${generation}`, `curralloc=${size(curralloc)}`, `maxalloc=${size(maxalloc)}`]
  if (told.type !== 'state' && told.status !== null) fields.push(`status=${told.status}`)
  return `${type}  ${visibleWord(name)}  ${fields.join(' ')}\n`
}

export function eventDocument(told: Told, netns: number): string {
  const { type } = told
  switch (type) {
    case 'overrun':
      return document({ netns, type })
    case 'resynced':
      return document({ netns, type, states: told.states })
    case 'state':
      return document({ netns, type, state: stateToJson(told.state) })
    default: {
      const { name, generation, maxalloc, curralloc, status } = told
      return document({ netns, type, name, generation, maxalloc, curralloc, status })
    }
  }
}

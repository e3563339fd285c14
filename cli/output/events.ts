// SPDX-License-Identifier: MIT
// Events, a line each.

import type { LunatikEvent } from '../client.ts'
import { visibleWord } from '../escape.ts'
import { formatSize } from '../sizes.ts'
import type { Stream } from '../streams.ts'
import { document } from './json.ts'

const TYPE_WIDTH = 'time-out'.length

/** `TYPE NAME KEY=VALUE...`; sizes for people on a terminal, elsewhere bytes. */
export function eventLine(event: LunatikEvent, { isTerminal }: Pick<Stream, 'isTerminal'>): string {
  const type = event.type.padEnd(TYPE_WIDTH)
  if (event.type === 'overrun') return `${type}  -  events came faster than they were read: some are lost\n`
  const size = isTerminal ? formatSize : String
  const { name, generation, curralloc, maxalloc, status } = event
  const fields = [`generation=${generation}`, `curralloc=${size(curralloc)}`, `maxalloc=${size(maxalloc)}`]
  if (status !== null) fields.push(`status=${status}`)
  return `${type}  ${visibleWord(name)}  ${fields.join(' ')}\n`
}

export function eventDocument(event: LunatikEvent, netns: number): string {
  if (event.type === 'overrun') return document({ netns, type: event.type })
  const { type, name, generation, maxalloc, curralloc, status } = event
  return document({ netns, type, name, generation, maxalloc, curralloc, status })
}

// SPDX-License-Identifier: MIT
// Every option of every command, by its long name: a name means the same everywhere. tree.ts says which command takes
// which.

import type { ColorChoice } from './color.ts'

export interface GlobalOptions {
  netns?: string
  json?: true
  color: ColorChoice
  quiet?: true
  verbose?: true
}

export interface CommandOptions {
  /** bytes */
  maxalloc?: number
  ifMissing?: true
  ifExists?: true
  all?: true
  yes?: true
  prune?: true
  force?: true
  /** names of columns */
  output?: string[]
  /** false with --no-header */
  header?: boolean
  eval?: string[]
  /** seconds; 0 is no limit */
  timeout?: number
  /** seconds; 0 is not at all */
  wait?: number
  /** at least 1 */
  count?: number
  format?: MessageFormat
  allNetns?: true
  watch?: true
  /** seconds, more than 0 */
  interval?: number
  /** name of a column */
  sort?: string
  reverse?: true
  /** bytes */
  size?: number
  /** bits, as of files */
  mode?: number
  /** as native/addon/layout.ts reads it */
  layout?: string
  hex?: true
  /** bytes from the start */
  at?: number
  /** of a page; 0 where it was never written */
  expect?: number
  /** in a second, more than 0 */
  maxRate?: number
  sync?: true
  /** seconds, more than 0 */
  duration?: number
}

export type MessageFormat = 'raw' | 'hex' | 'json'

export type Options = GlobalOptions & CommandOptions

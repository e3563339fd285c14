// SPDX-License-Identifier: MIT
// What lunatikctl prints, and how it tells that it failed.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { EVERY_COMMAND } from '../../cli/tree.ts'
import { fitsSchema, schemaOfCommand } from '../schemas.ts'
import { listing, lunatikctl, outputOf, type Place, type ProgramOptions } from './guest.ts'

/** What a command prints where all is well; JSON, where that was asked for, is what its schema says. */
export async function prints(...args: readonly string[]): Promise<string> {
  const output = await outputOf('lunatikctl', ...args)
  if (args.includes('--json')) fitsSchema(schemaOfCommand(commandOf(args)), output)
  return output
}

function commandOf(args: readonly string[]): string {
  const line = ` ${args.join(' ')} `
  // That of a group ends with what may be the name of another.
  const longestFirst = EVERY_COMMAND.toSorted((a, b) => Number(b.name.includes(' ')) - Number(a.name.includes(' ')))
  const spec = longestFirst.find(({ name, aliases = [] }) => [name, ...aliases].some((each) => line.includes(` ${each} `)))
  assert.ok(spec, `no command in ${args.join(' ')}`)
  return spec.name
}

export interface Told extends ProgramOptions {
  readonly status: number
  /** the lines on standard error */
  readonly says: readonly string[]
  readonly prints?: string
}

/** A command fails with this status and these words, and leaves the listing as it was. */
export async function fails({ session }: Place, args: readonly string[], { status, says, prints = '', ...options }: Told): Promise<void> {
  const before = await listing(session)
  const ended = await lunatikctl(args, options)
  const told = { status: ended.status, says: ended.stderr.split('\n').filter((line) => line !== ''), prints: ended.stdout }
  assert.deepEqual(told, { status, says, prints }, `lunatikctl ${args.join(' ')}`)
  assert.deepEqual(await listing(session), before)
}

/** The same for a script, which is counted: the first lines are compared. */
export async function scriptFails(args: readonly string[], { status, says, prints = '', ...options }: Told): Promise<void> {
  const ended = await lunatikctl(args, options)
  const lines = ended.stderr.split('\n').slice(0, says.length)
  assert.deepEqual({ status: ended.status, says: lines, prints: ended.stdout }, { status, says, prints })
}

export interface Document {
  readonly schema: number
  readonly netns: number
  readonly states: readonly Readonly<Record<string, unknown>>[]
  readonly [key: string]: unknown
}

/** The one JSON document that a text is. */
export function parse(text: string): Document {
  assert.match(text, /^\{.*\}\n$/, 'not one document on one line')
  return JSON.parse(text) as Document
}

/** A folder that goes with the test. */
export async function folder(place: Place): Promise<string> {
  const path = await mkdtemp('/tmp/cli.')
  place.afterwards(() => rm(path, { recursive: true }))
  return path
}

// SPDX-License-Identifier: MIT
// What the commands on pages print.

import { LuaFloat, type PageCopy, type PageInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { inodeOf } from '../namespaces.ts'
import type { Fields, FieldValue } from '../page/fields.ts'
import { isFloat, shortest } from '../page/number.ts'
import { bytesToJson, document, valueToJson, type Json } from './json.ts'

/** `page list` and `page create` print the same document, with many pages or one. */
export function pagesDocument(pages: readonly PageInfo[], { netns }: Context): string {
  return document({ netns: inodeOf(netns), pages: pages.map(pageToJson) })
}

function pageToJson({ name, size, version, subscribers, uid, gid, mode, pinned, persistent, memory }: PageInfo): Json {
  return { name, size, version, subscribers, uid, gid, mode, pinned, persistent, memory }
}

/** A version of a page, as `page read` and `page watch` print it: its numbers, or else its bytes. */
export function copyDocument({ version, bytes }: PageCopy, { page, netns, fields }: { readonly page: string; readonly netns: number; readonly fields: Fields | undefined }): string {
  const about = { netns, page, version, size: bytes.length }
  return document(fields ? { ...about, fields: fieldsToJson(fields.over(bytes, page).all()) } : { ...about, data: bytesToJson(bytes) })
}

function fieldsToJson(values: readonly FieldValue[]): Json {
  return Object.fromEntries(values.map(({ field, value }) => [field.name, numberToJson({ field, value })]))
}

/** As Lua's values are: what no JSON number can say is told in words. */
function numberToJson({ field, value }: FieldValue): Json {
  if (!isFloat(field)) return valueToJson(BigInt(value))
  const float = Number(value)
  return valueToJson(new LuaFloat(field.type === 'f32' && Number.isFinite(float) ? shortest(float) : float))
}

/** What became of a page that was to be changed. */
export interface PageChange {
  readonly page: string
  /** that the page has now, unless somebody was faster since */
  readonly version: number
  readonly size: number
  /** false where nothing was different */
  readonly changed: boolean
}

export function tellChange(change: PageChange, context: Context): void {
  const { page, version, size, changed } = change
  context.note(changed ? `${page}: version ${version}` : `${page}: nothing is different; version ${version} stays`)
  if (context.json) context.stdout.write(document({ netns: inodeOf(context.netns), page, version, size, changed }))
}

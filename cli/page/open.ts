// SPDX-License-Identifier: MIT
// Pages that are there, for the commands on them.
//
// To subscribe for writing makes a page that is missing, and it would be gone again when the command ends: what was written
// to a mistyped name would be lost without a word. So every page is looked for by reading first, and while that
// subscription lasts, the page cannot go.

import { pageLibrary, type Page } from '../client.ts'
import type { Context } from '../context.ts'

export type Access = 'read' | 'write'

/** Where a page is looked for, as the library takes it. */
export function placeOf({ netns }: Context): { readonly netns?: string } {
  return netns === undefined ? {} : { netns }
}

/** Subscribes to a page that is there, and leaves it whatever happens. */
export async function withPage<Result>(name: string, access: Access, context: Context, use: (page: Page) => Promise<Result>): Promise<Result> {
  const page = await subscribed(name, access, context)
  try {
    return await use(page)
  } finally {
    page.close()
  }
}

async function subscribed(name: string, access: Access, context: Context): Promise<Page> {
  const library = await pageLibrary()
  const reader = await library.open(name, { write: false, ...placeOf(context) })
  if (access === 'read') return reader
  try {
    return await library.open(name, placeOf(context))
  } finally {
    reader.close()
  }
}

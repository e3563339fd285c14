// SPDX-License-Identifier: MIT

import { checkText } from './check.ts'

/**
 * A network namespace: a path if it has a slash, else a name under /run/netns or, where there is no such name, a process
 * id. A number is a process id.
 */
export type Netns = string | number

/** As the addon takes it. */
export function netnsArgument(netns: Netns | undefined): string | undefined {
  const where = typeof netns === 'number' ? `/proc/${netns}/ns/net` : netns
  if (where !== undefined) checkText(where, 'netns', 'netns', undefined)
  return where
}

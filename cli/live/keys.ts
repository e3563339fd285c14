// SPDX-License-Identifier: MIT
// What a terminal in raw mode sends for keys.

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\u0003', 'ctrl-c'],
  ['\u000c', 'ctrl-l'],
  ['\u001a', 'ctrl-z'],
  ['\u001b', 'escape'],
  ['\r', 'enter'],
])

/** By the last letter, or by the number before a tilde; terminals send them as `ESC [` or `ESC O`. */
const FUNCTION_KEYS: ReadonlyMap<string, string> = new Map([
  ['A', 'up'],
  ['B', 'down'],
  ['C', 'right'],
  ['D', 'left'],
  ['H', 'home'],
  ['F', 'end'],
  ['1~', 'home'],
  ['4~', 'end'],
  ['5~', 'page-up'],
  ['6~', 'page-down'],
])

// eslint-disable-next-line no-control-regex -- escape sequences are what this is about
const KEY = /\u001b[[O]([0-9;]*)([A-Za-z~])|[^]/gu

/** Names of the keys in what was read at once: characters stand for themselves, sequences of no known key for nothing. */
export function keysOf(read: string): string[] {
  return [...read.matchAll(KEY)].flatMap(([whole, parameters, final]) => {
    if (final === undefined) return NAMED.get(whole) ?? whole
    // A modifier, after a semicolon, makes it no other key.
    const number = final === '~' ? (parameters?.split(';')[0] ?? '') : ''
    return FUNCTION_KEYS.get(number + final) ?? []
  })
}

// SPDX-License-Identifier: MIT
// Text from the kernel, from scripts and from arguments is not trusted with the terminal.

// C0 without tab and newline, DEL, C1, and what turns the writing direction.
// eslint-disable-next-line no-control-regex -- control characters are what this is about
export const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  if (character === '\r') return '\\r'
  const code = character.charCodeAt(0)
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** For text of several lines: every control character but tab and newline is escaped. */
export function visibleLines(text: string): string {
  return text.replace(UNSAFE, escaped)
}

/** For one line of text: every control character is escaped. */
export function visible(text: string): string {
  return visibleLines(text).replace(/[\t\n]/g, escaped)
}

/** For a text in JSON, or one in double quotes in YAML, that is read as the same text. */
export function visibleInQuotes(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** For one word of a line that scripts split at spaces. */
export function visibleWord(text: string): string {
  return visible(text).replaceAll(' ', '\\x20')
}

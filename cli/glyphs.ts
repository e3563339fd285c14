// SPDX-License-Identifier: MIT
// Characters beyond ASCII, where the locale has them.

export interface Glyphs {
  /** for what was cut off */
  readonly ellipsis: string
  /** of a bar */
  readonly full: string
  readonly empty: string
  readonly descending: string
  readonly ascending: string
}

const UNICODE: Glyphs = { ellipsis: '…', full: '█', empty: '░', descending: '▼', ascending: '▲' }
const ASCII: Glyphs = { ellipsis: '...', full: '#', empty: '.', descending: 'v', ascending: '^' }

/** The first of these that is set to something decides, as it does for the C library. */
export function glyphs(env: NodeJS.ProcessEnv): Glyphs {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((set) => set !== undefined && set !== '') ?? 'C'
  return /utf-?8/i.test(locale) ? UNICODE : ASCII
}

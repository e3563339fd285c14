// SPDX-License-Identifier: MIT
// The one decision about colour, and the few colours there are.

export type ColorChoice = 'auto' | 'always' | 'never'

/**
 * `--color` decides; with `auto`, a terminal gets colour unless NO_COLOR is set to something or TERM says that it has
 * none.
 */
export function wantsColor(choice: ColorChoice, isTerminal: () => boolean, env: NodeJS.ProcessEnv): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return false
  return isTerminal()
}

export type Paint = (text: string) => string

export interface Palette {
  readonly heading: Paint
  readonly failure: Paint
  readonly notable: Paint
  readonly faint: Paint
}

const plain: Paint = (text) => text
const COLORLESS: Palette = { heading: plain, failure: plain, notable: plain, faint: plain }
const SIXTEEN_COLORS = 1

export async function palette(color: boolean): Promise<Palette> {
  if (!color) return COLORLESS
  const { Chalk } = await import('./output/terminal.ts')
  // Chalk would decide by itself, and knows nothing of NO_COLOR.
  const chalk = new Chalk({ level: SIXTEEN_COLORS })
  // Each can be read on black and on white, which yellow cannot.
  return { heading: chalk.bold, failure: chalk.red, notable: chalk.magenta, faint: chalk.dim }
}

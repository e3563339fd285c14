// SPDX-License-Identifier: MIT
// A question before something that cannot be put back.

import type { Context } from './context.ts'

const QUESTION_MS = 60_000

/** Asks on a terminal, and takes no answer within a minute for a no. Where nobody can answer, as in a batch, it was meant. */
export async function confirmed(question: string, context: Context): Promise<boolean> {
  if (!somebodyIsThere(context)) return true
  const { stderr } = context
  stderr.tell(`${question} [y/N] `)
  const answer = await lineOfInput()
  if (answer === undefined) stderr.tell('\n')
  return /^y(es)?$/i.test(answer?.trim() ?? '')
}

/** Who can answer. */
export function somebodyIsThere({ stderr, line }: Context): boolean {
  return !line && process.stdin.isTTY && stderr.isTerminal
}

/** Not in readline's terminal mode, which takes Ctrl-C for itself. Undefined after Ctrl-D, or when nobody is there. */
async function lineOfInput(): Promise<string | undefined> {
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: process.stdin, terminal: false })
  const timer = setTimeout(() => lines.close(), QUESTION_MS)
  try {
    return await new Promise((resolve) => {
      lines.once('line', resolve)
      lines.once('close', () => resolve(undefined))
    })
  } finally {
    clearTimeout(timer)
    lines.close()
  }
}

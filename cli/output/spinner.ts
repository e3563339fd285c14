// SPDX-License-Identifier: MIT
// A sign of life on a terminal, for what takes noticeable time and says nothing meanwhile.

import type { Context } from '../context.ts'

const NOTICEABLE_MS = 500

export interface Spinner {
  /** Takes it away, at once and for good; may be called again. */
  stop(): void
}

export function startSpinner(text: string, { stderr, quiet, json }: Context): Spinner {
  if (quiet || json || !stderr.isTerminal) return { stop: () => undefined }
  let stopped = false
  let stopShown = (): void => undefined
  const show = async (): Promise<void> => {
    const { ora } = await import('./terminal.ts')
    if (stopped) return
    // Neither standard input nor the cursor is touched: ora's handlers for them would swallow Ctrl-C.
    const spinner = ora({ text, stream: process.stderr, color: stderr.color && 'cyan', discardStdin: false, hideCursor: false })
    spinner.start()
    stopShown = () => void spinner.stop()
  }
  const timer = setTimeout(() => void show(), NOTICEABLE_MS)
  return {
    stop() {
      // ora writes to the terminal however often it is stopped.
      if (stopped) return
      stopped = true
      clearTimeout(timer)
      stopShown()
    },
  }
}

// SPDX-License-Identifier: MIT

import { setMaxListeners } from 'node:events'

/** Has `aborted` called when the signal comes, until the function that this returns is. */
export function onAbort(signal: AbortSignal | undefined, aborted: () => void): () => void {
  if (!signal) return () => undefined
  // One signal may well be for hundreds of runs; what Node would warn of, listeners left behind, there are none.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', aborted, { once: true })
  return () => { signal.removeEventListener('abort', aborted) }
}

// SPDX-License-Identifier: MIT

import { setMaxListeners } from 'node:events'
import { constants } from 'node:os'
import { LunatikError } from './error.ts'

/** What is done, and with what. */
export interface About {
  readonly operation: string
  readonly state?: string | undefined
  readonly page?: string | undefined
}

/** What something is that its caller has stopped by a signal. */
export function stoppedBy(signal: AbortSignal | undefined, { operation, state, page }: About): LunatikError {
  const failure = { code: 'EINTR', errno: constants.errno.EINTR, operation, attribute: '', message: 'stopped by the caller' }
  return new LunatikError(failure, state, { page, cause: signal?.reason })
}

/** Has `aborted` called when the signal comes, until the function that this returns is. */
export function onAbort(signal: AbortSignal | undefined, aborted: () => void): () => void {
  if (!signal) return () => undefined
  // One signal may well be for hundreds of runs; what Node would warn of, listeners left behind, there are none.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', aborted, { once: true })
  return () => { signal.removeEventListener('abort', aborted) }
}

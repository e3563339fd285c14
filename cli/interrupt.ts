// SPDX-License-Identifier: MIT
// Ctrl-C, SIGTERM, and SIGHUP of a terminal that has gone, while a script runs: the first one ends the script in the
// kernel, the second one this process, which the kernel notices too.

import { EXIT, type ExitStatus } from './exit.ts'

const STATUS = { SIGHUP: EXIT.hangup, SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const

type Interrupting = keyof typeof STATUS

export interface Interruption {
  /** the exit status that the signal stands for, once it has come */
  readonly status: ExitStatus | undefined
  stopListening(): void
}

export function onInterruption(end: () => void): Interruption {
  let status: ExitStatus | undefined
  const heard = (signal: NodeJS.Signals): void => {
    stopListening()
    // It listens to no others.
    status = STATUS[signal as Interrupting]
    end()
  }
  const stopListening = (): void => {
    for (const signal of Object.keys(STATUS)) process.off(signal, heard)
  }
  for (const signal of Object.keys(STATUS)) process.on(signal, heard)
  return {
    get status() {
      return status
    },
    stopListening,
  }
}

// SPDX-License-Identifier: MIT
// Exit statuses: the only place that knows them. The manual's EXIT STATUS section says the same.

export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  missing: 3,
  conflict: 4,
  script: 5,
  time: 6,
  permission: 7,
  module: 8,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]

const BY_CODE: ReadonlyMap<string, ExitStatus> = new Map([
  ['ENOENT', EXIT.missing],
  ['EIDRM', EXIT.missing],
  ['EEXIST', EXIT.conflict],
  ['EBUSY', EXIT.conflict],
  ['ESTALE', EXIT.conflict],
  ['EALREADY', EXIT.conflict],
  ['ENOEXEC', EXIT.script],
  ['ECANCELED', EXIT.script],
  ['ETIME', EXIT.time],
  ['ETIMEDOUT', EXIT.time],
  ['EINTR', EXIT.time],
  ['EPERM', EXIT.permission],
  ['EACCES', EXIT.permission],
  ['ENOMODULE', EXIT.module],
  ['EPROTO', EXIT.module],
])

/** The exit status for an error code of the kernel or of the client library. */
export function exitStatus(code: string): ExitStatus {
  return BY_CODE.get(code) ?? EXIT.failure
}

/** For `diff`, whose 1 is a difference, as that of diff(1): what is 1 elsewhere is 2 there. */
export function failureStatus(command: string, status: ExitStatus): ExitStatus {
  return command === 'diff' && status === EXIT.failure ? EXIT.usage : status
}

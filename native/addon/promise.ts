// SPDX-License-Identifier: MIT

/** Does it now; what throws rejects. */
export function promise<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work())
  })
}

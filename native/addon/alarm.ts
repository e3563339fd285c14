// SPDX-License-Identifier: MIT

/** setTimeout() takes no more milliseconds at once; it is 24 days. */
const TIMER_MAX = 0x7fffffff

/** Has `ring` called after so many milliseconds, however many, until the function that this returns is. */
export function startTimer(milliseconds: number, ring: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = (left: number): void => {
    timer = left > TIMER_MAX ? setTimeout(() => { wait(left - TIMER_MAX) }, TIMER_MAX) : setTimeout(ring, left)
  }
  wait(milliseconds)
  return () => { clearTimeout(timer) }
}

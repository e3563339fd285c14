// SPDX-License-Identifier: MIT

/** `1 pin`, `2 pins` */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

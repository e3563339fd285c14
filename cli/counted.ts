// SPDX-License-Identifier: MIT

/** `1 pin`, `2 pins` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

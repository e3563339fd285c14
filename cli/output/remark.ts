// SPDX-License-Identifier: MIT
// What is told on standard error though nothing failed: a line, or a JSON object where JSON was asked for, so that a
// program that reads standard error finds one thing there.

import { visible } from '../escape.ts'
import { document } from './json.ts'

export interface Remark {
  /** that was being carried out */
  readonly command: string
  /** `FILE:LINE` of a batch */
  readonly place: string | undefined
  readonly kind: 'warning' | 'note'
  readonly text: string
}

export function remarkLine({ command, place, text }: Remark): string {
  const where = place === undefined ? '' : `${place}: `
  return `lunatikctl: ${visible(`${where}${command}: ${text}`)}\n`
}

export function remarkDocument({ command, place, kind, text }: Remark): string {
  return document({ command, ...(place !== undefined && { place }), [kind]: text })
}

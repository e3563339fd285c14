// SPDX-License-Identifier: MIT
// What is told on standard error though nothing failed: a line, or a JSON object where JSON was asked for, so that a
// program that reads standard error finds one thing there.

import { visible } from '../escape.ts'
import { document } from './json.ts'

export type Remark = 'warning' | 'note'

export function remarkLine(command: string, text: string): string {
  return `lunatikctl: ${command}: ${visible(text)}\n`
}

export function remarkDocument(command: string, kind: Remark, text: string): string {
  return document({ command, [kind]: text })
}

// SPDX-License-Identifier: MIT
// What doctor found, a line each.

import type { Paint, Palette } from '../color.ts'
import type { Finding } from '../doctor/diagnose.ts'
import { visible } from '../escape.ts'
import { document } from './json.ts'
import { longest } from './plain.ts'

/** `STATUS  CHECK  MESSAGE`, and indented below what to do. */
export function findingLines(findings: readonly Finding[], colors: Palette): string {
  const width = longest(findings.map(({ check }) => check))
  const paints: Readonly<Record<Finding['status'], Paint>> = { ok: colors.faint, warn: colors.notable, fail: colors.failure }
  return findings
    .flatMap(({ check, status, message, advice }) => [
      `${paints[status](status.padEnd(4))}  ${check.padEnd(width)}  ${visible(message)}\n`,
      ...(advice === null ? [] : [`${' '.repeat(width + 8)}${visible(advice)}\n`]),
    ])
    .join('')
}

export function findingsDocument(findings: readonly Finding[]): string {
  const ok = findings.every(({ status }) => status !== 'fail')
  return document({ ok, checks: findings.map(({ check, status, message, advice }) => ({ check, status, message, advice })) })
}

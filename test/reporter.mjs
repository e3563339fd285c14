// SPDX-License-Identifier: MIT
// What node:test found out, as test/run wants it of every suite: a line for each test, a failure in full, and at the
// end `N passed, N failed`. In the guest, what the kernel said last stands beside a failure.

import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { inspect } from 'node:util'

const KERNEL_LINES = 15

function indent(text) {
  return text.replace(/^/gm, '    ')
}

let lastShown

/** What the kernel has said since this was asked last. */
function kernelLog() {
  if (process.env.LUNATIK_GUEST === undefined) return ''
  try {
    const lines = execFileSync('dmesg', { encoding: 'utf8', timeout: 10_000 }).trimEnd().split('\n')
    const fresh = lines.slice(lines.lastIndexOf(lastShown) + 1).slice(-KERNEL_LINES)
    lastShown = lines.at(-1)
    return fresh.length === 0 ? '' : `    the kernel's last lines:\n${indent(fresh.join('\n'))}\n`
  } catch (error) {
    return `    no kernel log: ${error.message}\n`
  }
}

/** What was thrown: an assertion's text says what was expected and what came. */
function explanation({ error }) {
  const { cause } = error
  if (!(cause instanceof Error)) return String(cause ?? error.message)
  return cause.stack?.includes(cause.message) ? inspect(cause) : `${cause.message}\n${inspect(cause)}`
}

function isTest({ details, skip, todo }) {
  return details.type !== 'suite' && skip === undefined && todo === undefined
}

export default async function* report(events) {
  let passed = 0
  let failed = 0
  for await (const { type, data } of events) {
    if (type === 'test:pass' && isTest(data)) {
      passed++
      yield `  ok  ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`
    } else if (type === 'test:pass' && data.skip !== undefined) {
      yield `  --  ${data.name}: left out${data.skip === true ? '' : `, ${data.skip}`}\n`
    } else if (type === 'test:fail' && isTest(data)) {
      failed++
      yield `FAILED: ${data.name} (${Math.round(data.details.duration_ms)} ms)\n${indent(explanation(data.details))}\n${kernelLog()}`
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message
    }
  }
  yield `${passed} passed, ${failed} failed\n`
}

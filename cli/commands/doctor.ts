// SPDX-License-Identifier: MIT

import { palette } from '../color.ts'
import type { Context } from '../context.ts'
import { diagnose, type Finding } from '../doctor/diagnose.ts'
import { gatherFacts } from '../doctor/facts.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { findingLines, findingsDocument } from '../output/findings.ts'

export async function command(_args: readonly string[], _: Options, context: Context): Promise<ExitStatus> {
  const { stdout, json } = context
  const findings = diagnose(await gatherFacts(context))
  stdout.write(json ? findingsDocument(findings) : findingLines(findings, await palette(stdout.color)))
  return statusOf(findings)
}

function statusOf(findings: readonly Finding[]): ExitStatus {
  return findings.some(({ status }) => status === 'fail') ? EXIT.failure : EXIT.ok
}

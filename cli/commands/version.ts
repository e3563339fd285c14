// SPDX-License-Identifier: MIT

import { readFileSync } from 'node:fs'
import { version } from '../../package.json'
import type { Info } from '../client.ts'
import type { Context } from '../context.ts'
import { isCode } from '../errors.ts'
import { visible } from '../escape.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { document } from '../output/json.ts'

interface Module {
  readonly netns: number | null
  readonly info: Info | null
  /** why there is no info, or why it is not what lunatikctl expects */
  readonly problem: string | null
  /** of kstate, null where that is not loaded */
  readonly kstate: string | null
}

export async function command(_args: readonly string[], _options: Options, context: Context): Promise<ExitStatus> {
  const module = { ...(await askModule(context)), kstate: kstateRelease() }
  context.stdout.write(context.json ? versionDocument(module) : versionLines(module))
  if (module.problem !== null) context.warn(module.problem)
  return EXIT.ok
}

/** Whoever needs no pages need not have it: that is no problem. */
function kstateRelease(): string | null {
  try {
    return readFileSync('/sys/module/kstate/version', 'utf8').trim()
  } catch {
    return null
  }
}

async function askModule(context: Context): Promise<Omit<Module, 'kstate'>> {
  try {
    return await context.withSession(async (session) => {
      const info = await session.info()
      const problem = info.module === version ? null : `the module is of release ${info.module}, lunatikctl of ${version}`
      return { netns: session.netns, info, problem }
    })
  } catch (error) {
    // Telling versions is for finding out what is wrong: these two are answers, not failures.
    if (!isCode(error, 'ENOMODULE', 'EPROTO')) throw error
    const remedy = error.code === 'ENOMODULE' ? '; load it with: modprobe lunatik' : ''
    return { netns: null, info: null, problem: error.message + remedy }
  }
}

function versionLines({ info, kstate }: Module): string {
  const pages = `kstate      ${visible(kstate ?? '-')}\n`
  if (info === null) return `lunatikctl  ${version}\nmodule      -\n${pages}`
  const { module, protocol, lua, kernel } = info
  const built = visible(`for Linux ${kernel}, ${info.branches} branches`)
  return `lunatikctl  ${version}\nmodule      ${visible(module)} (${built})\nprotocol    ${protocol}\nLua         ${visible(lua)}\n${pages}`
}

function versionDocument({ netns, info, problem, kstate }: Module): string {
  return document({
    netns,
    lunatikctl: version,
    module: info?.module ?? null,
    protocol: info?.protocol ?? null,
    lua: info?.lua ?? null,
    kernel: info?.kernel ?? null,
    branches: info?.branches ?? null,
    problem,
    kstate,
  })
}

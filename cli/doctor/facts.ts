// SPDX-License-Identifier: MIT
// What there is to know of this machine before anything can be said of it. Whatever cannot be found out is undefined.

import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { machine, release } from 'node:os'
import { version } from '../../package.json'
import type { Info } from '../client.ts'
import type { Context } from '../context.ts'
import { LunatikError } from '../client.ts'

export interface Facts {
  readonly lunatikctl: string
  readonly node: string
  readonly kernel: string
  readonly machine: string
  /** that the module is installed for this kernel */
  readonly installed: boolean
  readonly loaded: boolean
  /** of the module: letters of what it does to the kernel's reputation, such as E for unsigned */
  readonly taint: string
  readonly parameters: Readonly<Record<string, string>>
  /** what asking the module gave */
  readonly info: Info | { readonly code: string; readonly message: string }
  /** effective capabilities, as bits */
  readonly capabilities: bigint
  readonly initialUserNamespace: boolean
  readonly lockdown: string | undefined
  readonly secureBoot: boolean | undefined
  readonly signaturesEnforced: boolean
  readonly headers: boolean
  /** bytes that the memory cgroup of this process may hold, Infinity for no limit; undefined where there is no such cgroup */
  readonly cgroupMemory: number | undefined
  readonly namedNamespaces: number | undefined
  /** the module for pages: that it is installed for this kernel, that it is loaded, and that its device is to be opened here */
  readonly kstate: { readonly installed: boolean; readonly loaded: boolean; readonly usable: boolean }
}

const PARAMETERS = '/sys/module/lunatik/parameters'
const SECURE_BOOT = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c'

export async function gatherFacts(context: Context): Promise<Facts> {
  const kernel = release()
  const modules = `/lib/modules/${kernel}`
  const status = text('/proc/self/status') ?? ''
  const dependencies = text(`${modules}/modules.dep`) ?? ''
  return {
    lunatikctl: version,
    node: process.version,
    kernel,
    machine: machine(),
    installed: isInstalled('lunatik', dependencies),
    loaded: exists('/sys/module/lunatik'),
    taint: text('/sys/module/lunatik/taint') ?? '',
    parameters: Object.fromEntries((names(PARAMETERS) ?? []).flatMap((name) => {
      const value = text(`${PARAMETERS}/${name}`)
      return value === undefined ? [] : [[name, value]]
    })),
    info: await askModule(context),
    capabilities: BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`),
    initialUserNamespace: /^\s*0\s+0\s+4294967295$/m.test(text('/proc/self/uid_map') ?? ''),
    lockdown: /\[(\w+)\]/.exec(text('/sys/kernel/security/lockdown') ?? '')?.[1],
    secureBoot: secureBoot(),
    signaturesEnforced: text('/sys/module/module/parameters/sig_enforce') === 'Y',
    headers: exists(`${modules}/build/Makefile`),
    cgroupMemory: cgroupMemory(text('/proc/self/cgroup') ?? '', text),
    namedNamespaces: names('/run/netns')?.length,
    kstate: {
      installed: isInstalled('kstate', dependencies),
      loaded: exists('/sys/module/kstate'),
      usable: exists('/dev/kstate', constants.R_OK | constants.W_OK),
    },
  }
}

/** In depmod(8)'s list. */
function isInstalled(module: string, dependencies: string): boolean {
  return new RegExp(`(^|/)${module}\\.ko(\\.\\w+)?:`, 'm').test(dependencies)
}

async function askModule(context: Context): Promise<Facts['info']> {
  try {
    return await context.withSession((session) => session.info())
  } catch (error) {
    // Where there is no such namespace, nothing can be said of it.
    if (!(error instanceof LunatikError) || (error.operation === 'netns' && error.code === 'ENOENT')) throw error
    return { code: error.code, message: error.message }
  }
}

/** Four bytes of attributes come before the value. */
function secureBoot(): boolean | undefined {
  try {
    return readFileSync(SECURE_BOOT)[4] === 1
  } catch {
    return undefined
  }
}

type Read = (file: string) => string | undefined

/** The least of the limits from the cgroup of a process up to the root, in the first hierarchy or the second. */
export function cgroupMemory(cgroups: string, read: Read): number | undefined {
  const first = /^\d+:memory:(\/.*)$/m.exec(cgroups)?.[1]
  if (first !== undefined) return leastLimit('/sys/fs/cgroup/memory', first, 'memory.limit_in_bytes', read)
  const second = /^0::(\/.*)$/m.exec(cgroups)?.[1]
  const hasMemory = /\bmemory\b/.test(read('/sys/fs/cgroup/cgroup.controllers') ?? '')
  return second !== undefined && hasMemory ? leastLimit('/sys/fs/cgroup', second, 'memory.max', read) : undefined
}

function leastLimit(root: string, path: string, file: string, read: Read): number {
  const parts = path.split('/').filter((part) => part !== '')
  const limits = parts.map((_, depth) => Number(read([root, ...parts.slice(0, depth + 1), file].join('/'))))
  // `max`, what the first hierarchy has in its place, and what is not there are no limits.
  return Math.min(Infinity, ...limits.filter((limit) => Number.isSafeInteger(limit)))
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trimEnd()
  } catch {
    return undefined
  }
}

function names(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}

/** With rights to use it. */
function exists(path: string, rights = constants.F_OK): boolean {
  try {
    accessSync(path, rights)
    return true
  } catch {
    return false
  }
}

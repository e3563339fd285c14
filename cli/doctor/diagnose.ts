// SPDX-License-Identifier: MIT
// What facts mean: whether it is well, and what to do where it is not.

import { formatDuration, formatSize } from '../sizes.ts'
import type { Facts } from './facts.ts'

export interface Finding {
  readonly check: string
  /** `fail`: nothing works, or not what most want; `warn`: something may not, or ought to be known */
  readonly status: 'ok' | 'warn' | 'fail'
  readonly message: string
  /** what to do */
  readonly advice: string | null
}

/** Bits of /proc/self/status. */
const CAP_NET_ADMIN = 12n
const CAP_SYS_ADMIN = 21n

/** On which the module is tested. */
const TESTED = { kernels: ['6.1', '6.12'], machine: 'x86_64' }
const NODE_MAJOR = 20
/** Of a limit, from which on it is worth to be told. */
const NEARLY = 0.9

type Check = (facts: Facts) => Omit<Finding, 'check'>

const CHECKS: Readonly<Record<string, Check>> = {
  node: ({ node }) => (Number(/^v(\d+)/.exec(node)?.[1]) >= NODE_MAJOR ? ok(node) : warn(node, `Node ${NODE_MAJOR} is the oldest that is tested`)),
  kernel,
  module,
  versions,
  capability,
  'user namespace': userNamespace,
  lockdown: ({ lockdown = 'none' }) =>
    lockdown === 'none' ? ok('off') : fail(`the kernel is locked down (${lockdown}): it runs no Lua`, 'boot without lockdown= and without Secure Boot'),
  'secure boot': secureBoot,
  signature,
  headers,
  parameters,
  states: (facts) => near('states', facts, ({ states, statesMax }) => [states, statesMax], String, 'parameter maxstates'),
  memory: (facts) => near('memory of states', facts, ({ memory, memoryMax }) => [memory, memoryMax], formatSize, 'parameter maxmemory'),
  cgroup,
  namespaces,
  pages,
}

export function diagnose(facts: Facts): Finding[] {
  return Object.entries(CHECKS).map(([check, judge]) => ({ check, ...judge(facts) }))
}

function ok(message: string): Omit<Finding, 'check'> {
  return { status: 'ok', message, advice: null }
}

function warn(message: string, advice: string): Omit<Finding, 'check'> {
  return { status: 'warn', message, advice }
}

function fail(message: string, advice: string): Omit<Finding, 'check'> {
  return { status: 'fail', message, advice }
}

function kernel({ kernel, machine }: Facts): Omit<Finding, 'check'> {
  const what = `Linux ${kernel} on ${machine}`
  const [series] = /^\d+\.\d+(?!\d)/.exec(kernel) ?? []
  const tested = TESTED.kernels.some((each) => each === series) && machine === TESTED.machine
  return tested ? ok(what) : warn(what, `the module is tested on Linux ${TESTED.kernels.join(' and ')}, ${TESTED.machine}`)
}

function module({ loaded, installed, kernel, info }: Facts): Omit<Finding, 'check'> {
  if (loaded || 'module' in info) return ok('loaded')
  if (installed) return fail('installed, but not loaded', 'modprobe lunatik')
  return fail(`not installed for Linux ${kernel}`, 'in its sources: make && sudo make install && sudo modprobe lunatik')
}

function versions({ info, lunatikctl }: Facts): Omit<Finding, 'check'> {
  if (!('module' in info)) {
    const { code, message } = info
    if (code === 'ENOMODULE') return warn(`lunatikctl ${lunatikctl}, and no module to compare with`, 'load the module')
    return fail(`${message} (${code})`, code === 'EPROTO' ? 'install lunatikctl and the module from the same release' : 'see what the kernel says: dmesg')
  }
  const { module: release, protocol, lua } = info
  const told = `module ${release}, protocol ${protocol}, Lua ${lua}`
  return release === lunatikctl ? ok(told) : warn(`${told}, but lunatikctl ${lunatikctl}`, 'install both from the same release, and load the module anew')
}

function capability({ capabilities }: Facts): Omit<Finding, 'check'> {
  const has = (bit: bigint): boolean => (capabilities >> bit) % 2n === 1n
  if (!has(CAP_NET_ADMIN)) return fail('CAP_NET_ADMIN is missing', 'try sudo')
  return has(CAP_SYS_ADMIN) ? ok('CAP_NET_ADMIN, CAP_SYS_ADMIN') : warn('CAP_SYS_ADMIN is missing', 'without it there is no -n: use ip netns exec')
}

function userNamespace({ initialUserNamespace, parameters: { userns } }: Facts): Omit<Finding, 'check'> {
  if (initialUserNamespace) return ok('initial')
  if (userns === 'Y') return ok('not the initial one, whose owner may run Lua all the same: userns=Y')
  return fail('not the initial one: the module refuses all but `info`', 'work from outside of the container')
}

function secureBoot({ secureBoot: on, loaded }: Facts): Omit<Finding, 'check'> {
  if (on === undefined) return ok('none: not started by UEFI')
  if (!on) return ok('off')
  return loaded ? ok('on') : warn('on: the kernel takes no module that is not signed', 'sign it with a key that mokutil --import has enrolled')
}

function signature({ signaturesEnforced, loaded, taint }: Facts): Omit<Finding, 'check'> {
  if (loaded) return ok(taint.includes('E') ? 'the module is not signed, and the kernel took it' : 'the module is signed')
  return signaturesEnforced ? fail('the kernel enforces signatures of modules', 'sign the module, or boot without module.sig_enforce') : ok('not enforced')
}

function headers({ headers: there, kernel: release, loaded }: Facts): Omit<Finding, 'check'> {
  if (there) return ok(`for Linux ${release}`)
  const without = `none for Linux ${release}: the module cannot be built here`
  return loaded ? ok(without) : warn(without, `apt install linux-headers-${release}`)
}

function parameters({ parameters: set, info }: Facts): Omit<Finding, 'check'> {
  if (set['userns'] === 'Y') return warn('userns=Y: whoever owns a container runs Lua in the kernel', 'echo N > /sys/module/lunatik/parameters/userns')
  if (!('module' in info)) return ok('not known without the module')
  if (info.budget === 0) return warn('budget=0: a script that does not end runs for ever', 'echo 1000 > /sys/module/lunatik/parameters/budget')
  return ok(`${formatDuration(info.budget)} a run, ${formatSize(info.maxalloc)} a state`)
}

type Use = (info: Extract<Facts['info'], { module: string }>) => readonly [used: number, most: number]

function near(what: string, { info }: Facts, use: Use, format: (value: number) => string, limit: string): Omit<Finding, 'check'> {
  if (!('module' in info)) return ok('not known without the module')
  const [used, most] = use(info)
  const told = `${format(used)} of ${format(most)}`
  return used >= NEARLY * most ? warn(`${what}: ${told}`, `close some, or raise it: ${limit}`) : ok(told)
}

function cgroup({ cgroupMemory, info }: Facts): Omit<Finding, 'check'> {
  if (cgroupMemory === undefined) return warn('no memory cgroup: states are charged to nobody', 'boot with cgroup_enable=memory')
  if (cgroupMemory === Infinity) return ok('no limit here')
  const told = `${formatSize(cgroupMemory)} for this shell and the states it makes`
  const least = 'module' in info ? info.maxalloc : 0
  return cgroupMemory < least ? warn(told, 'make states from a cgroup with more memory') : ok(told)
}

function namespaces({ namedNamespaces = 0 }: Facts): Omit<Finding, 'check'> {
  return ok(namedNamespaces === 0 ? 'none with a name' : `${namedNamespaces} with names`)
}

/** Most can do without. */
function pages({ kstate: { installed, loaded, usable }, kernel: release }: Facts): Omit<Finding, 'check'> {
  if (usable) return ok('kstate is loaded, and /dev/kstate can be used')
  if (loaded) return warn('kstate is loaded, but /dev/kstate is not for this user', 'try sudo, or load it with a parameter: modprobe kstate mode=0666')
  if (installed) return warn('kstate is installed, but not loaded: there are no pages', 'modprobe kstate')
  return warn(`kstate is not installed for Linux ${release}: there are no pages`, 'in its sources: make && sudo make install && sudo modprobe kstate')
}

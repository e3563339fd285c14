// SPDX-License-Identifier: MIT
// What may help after a failure, and what stands against something. Asking the kernel for it is a courtesy: where that fails too, there is no hint.

import { readdirSync } from 'node:fs'
import { LunatikError, pageLibrary, type Session, type StateInfo } from './client.ts'
import type { Context } from './context.ts'
import { counted } from './counted.ts'
import type { Failure } from './errors.ts'
import { nearest } from './nearest.ts'
import { placeOf } from './page/open.ts'

const NAMESPACES = '/run/netns'

/** To look into another user's process is denied as a file is. */
const DENIED: ReadonlySet<string> = new Set(['EPERM', 'EACCES'])
const TO_ENTER = 'to work in another network namespace takes CAP_SYS_ADMIN: try sudo'
const FOR_PAGES = 'it takes CAP_NET_ADMIN where the network namespace belongs: try sudo'

/** The failure with a hint, and with what stands against an operation on a state. */
export async function explain(error: unknown, failure: Failure, context: Context): Promise<Failure> {
  if (!(error instanceof LunatikError)) return failure
  const { page, operation } = error
  if (page !== undefined && operation !== 'netns') return explainPage(error, page, failure, context)
  if (operation === 'netns' && DENIED.has(error.code)) return { ...failure, hint: TO_ENTER }
  switch (error.code) {
    case 'ENOMODULE':
      return { ...failure, hint: toLoad(error) }
    case 'EPROTO':
      return { ...failure, hint: 'lunatikctl and the module are of different releases; see lunatikctl version' }
    case 'EPERM':
      // Where the module itself refuses, it says why, and no privilege helps.
      if (error.message.includes('locked down')) return failure
      return { ...failure, hint: isOfPages(context) ? FOR_PAGES : 'it takes CAP_NET_ADMIN in the initial user namespace: try sudo' }
    case 'ENOENT':
      return { ...failure, hint: await nearestNames(error, context) }
    case 'EBUSY':
      return { ...failure, ...(await obstacle(error, context)) }
    case 'ESTALE':
    case 'EALREADY':
      return { ...failure, hint: `its generation and its last step are told by: ${on(error, 'show', context)}` }
    case 'EOVERFLOW':
      return { ...failure, hint: `a pin is given back with: ${on(error, 'put', context)}` }
    default:
      return failure
  }
}

/** Its words name the module that is missing. */
function toLoad({ message }: LunatikError): string {
  return `load it with: modprobe ${/the module (\w+)/.exec(message)?.[1] ?? 'lunatik'}`
}

/** A command for the state that an error is about, as it can be typed. */
function on({ state }: LunatikError, command: string, context: Context): string {
  return typed(context, command, state ?? 'NAME')
}

function typed({ netns }: Context, ...words: readonly string[]): string {
  return ['lunatikctl', ...(netns === undefined ? [] : ['-n', netns]), ...words].join(' ')
}

async function explainPage(error: LunatikError, page: string, failure: Failure, context: Context): Promise<Failure> {
  switch (error.code) {
    case 'ENOMODULE':
      return { ...failure, hint: toLoad(error) }
    case 'EPERM':
      return { ...failure, hint: FOR_PAGES }
    case 'ENOENT':
      return { ...failure, hint: nearestUnlessThere(page, await pageNames(context)) }
    case 'EACCES':
      return { ...failure, hint: `try sudo; owner and mode are told by: ${typed(context, 'page list', page)}` }
    case 'EBUSY':
      return { ...failure, hint: `how many there are is told by: ${typed(context, 'page list', page)}` }
    default:
      return failure
  }
}

/** Of a listing, whose failure is about no page. */
function isOfPages({ command }: Context): boolean {
  return command.startsWith('page ')
}

/** None where they cannot be asked for. */
async function pageNames(context: Context): Promise<string[]> {
  try {
    const { list } = await pageLibrary()
    return (await list(placeOf(context))).map(({ name }) => name)
  } catch {
    return []
  }
}

async function nearestNames(error: LunatikError, context: Context): Promise<string | undefined> {
  const { state } = error
  if (state === undefined) return context.netns === undefined ? undefined : nearestNamespaces(context.netns)
  const names = (await asked(context, (session) => session.list()))?.map(({ name }) => name) ?? []
  return nearestUnlessThere(state, names)
}

function nearestNamespaces(wanted: string): string | undefined {
  try {
    return didYouMean(wanted, readdirSync(NAMESPACES))
  } catch {
    return undefined
  }
}

/** What was not found is then something else: something in the state, or the page's file. */
function nearestUnlessThere(wanted: string, names: readonly string[]): string | undefined {
  return names.includes(wanted) ? undefined : didYouMean(wanted, names)
}

function didYouMean(wanted: string, names: readonly string[]): string | undefined {
  const near = nearest(wanted, names)
  return near.length > 0 ? `did you mean ${near.join(', ')}?` : undefined
}

type Obstacle = Pick<Failure, 'hint'> & Partial<Pick<Failure, 'message'>>

/** The kernel says this where somebody holds the state or runs something there; on some kernels it cannot say who. */
const IN_USE = 'state is in use'

/** What the listing tells of a state that is busy. The kernel's own words stay where that is nothing. */
async function obstacle(error: LunatikError, context: Context): Promise<Obstacle> {
  const { state } = error
  const found = state === undefined ? undefined : await asked(context, (session) => session.show(state))
  if (!found) return {}
  if (error.message === IN_USE && found.inuse !== null) return { message: `state is in use by ${holder(found.inuse)}`, hint: waysOut(error, context) }
  return error.operation === 'close' ? againstClosing(found, error, context) : {}
}

function holder(pid: number): string {
  return pid === 0 ? 'a process that this pid namespace does not see' : `pid ${pid}`
}

function waysOut(error: LunatikError, context: Context): string {
  const free = `to end a run: ${on(error, 'abort', context)}; to take a handle away: ${on(error, 'put --force', context)}`
  return WAITING.has(error.operation) ? `to wait for it: --wait SECONDS; ${free}` : free
}

/** The operations of commands that have --wait. */
const WAITING: ReadonlySet<string> = new Set(['dostring', 'data'])

function againstClosing({ users, pins }: StateInfo, error: LunatikError, context: Context): Obstacle {
  const references = users - 1 - pins
  if (references > 0) return { message: `a kernel module holds the state (${counted(references, 'reference')})` }
  if (pins === 0) return {}
  return {
    message: `state is pinned (${counted(pins, 'pin')})`,
    hint: `give ${pins === 1 ? 'it' : 'them'} back with: ${on(error, 'put', context)}; or close --force`,
  }
}

async function asked<Answer>(
  context: Context,
  ask: (session: Session) => Promise<Answer>,
): Promise<Answer | undefined> {
  return context.withSession(ask).catch(() => undefined)
}

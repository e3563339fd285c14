// SPDX-License-Identifier: MIT
// What may help after a failure. Asking the kernel for it is a courtesy: where that fails too, there is no hint.

import { readdirSync } from 'node:fs'
import { LunatikError, type Session } from './client.ts'
import type { Context } from './context.ts'
import type { Failure } from './errors.ts'
import { nearest } from './nearest.ts'

const NAMESPACES = '/run/netns'

/** The failure with a hint, and with the holder of a state that is in use. */
export async function explain(error: unknown, failure: Failure, context: Context): Promise<Failure> {
  if (!(error instanceof LunatikError)) return failure
  switch (error.code) {
    case 'ENOMODULE':
      return { ...failure, hint: 'load it with: modprobe lunatik' }
    case 'EPROTO':
      return { ...failure, hint: 'lunatikctl and the module are of different releases; see lunatikctl version' }
    case 'EPERM':
      return { ...failure, hint: 'it takes CAP_NET_ADMIN in the initial user namespace: try sudo' }
    case 'ENOENT':
      return { ...failure, hint: await nearestNames(error, context) }
    case 'EBUSY':
      return { ...failure, message: (await holder(error, context)) ?? failure.message }
    default:
      return failure
  }
}

async function nearestNames(error: LunatikError, context: Context): Promise<string | undefined> {
  const { state } = error
  if (state === undefined) return context.netns === undefined ? undefined : nearestNamespaces(context.netns)
  const states = (await asked(context, (session) => session.list())) ?? []
  return didYouMean(state, states.map(({ name }) => name))
}

function nearestNamespaces(wanted: string): string | undefined {
  try {
    return didYouMean(wanted, readdirSync(NAMESPACES))
  } catch {
    return undefined
  }
}

function didYouMean(wanted: string, names: readonly string[]): string | undefined {
  const near = nearest(wanted, names)
  return near.length > 0 ? `did you mean ${near.join(', ')}?` : undefined
}

async function holder(error: LunatikError, context: Context): Promise<string | undefined> {
  const { state } = error
  if (state === undefined) return undefined
  const found = await asked(context, (session) => session.show(state))
  // 0 is a process of another pid namespace, null nobody: then a pin or a reference stands in the way.
  return found?.inuse ? `state is in use by pid ${found.inuse}` : undefined
}

async function asked<Answer>(
  context: Context,
  ask: (session: Session) => Promise<Answer>,
): Promise<Answer | undefined> {
  return context.withSession(ask).catch(() => undefined)
}

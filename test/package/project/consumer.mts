// SPDX-License-Identifier: MIT
// The types, as a strict program sees them. It is compiled, and never runs.

import {
  LuaFloat,
  LunatikError,
  open,
  pages,
  type Info,
  type LuaValue,
  type LunatikEvent,
  type Message,
  type RunResult,
  type Session,
  type State,
  type StateInfo,
} from 'lunatikctl'

export async function use(signal: AbortSignal): Promise<void> {
  await using session: Session = await open({ netns: 'blue' })
  await using state: State = await session.newState('web', { maxalloc: 2 ** 20, step: Uint8Array.of(1) })
  const { values, output }: RunResult = await state.doString('return 1', { budget: 1, signal, onOutput: (bytes) => bytes.length })
  const first: LuaValue | undefined = values[0]
  if (first instanceof LuaFloat) first.value.toFixed()
  output.subarray(1)
  await state.doFile(new URL('file:///etc/web.lua'))
  await state.send(Uint8Array.of(1), { wait: 0 })
  const { inuse }: StateInfo = state.attributes
  inuse?.toFixed()
  for await (const { data, lost } of state.receive({ signal })) if (lost > 0 || data.length === 0) break
  const messages: AsyncIterableIterator<Message, undefined> = session.receive('web')
  await messages.return?.()
  for await (const event of session.monitor()) if (event.type === 'overrun' || event.name === 'web') break
  const { budget }: Info = await session.info()
  budget.toFixed()
  await (await session.getState('web')).close({ expectGeneration: 1 })
}

export async function usePages(signal: AbortSignal): Promise<number> {
  using page: pages.Page = await pages.open('stats', { netns: 'blue', write: true })
  const stats = pages.layout('u32 hits, u64 bytes @ 16, f64 rate')
  const hits: number = await page.update(({ bytes, view }) => view.getUint8(0) + stats.over(bytes).hits++, { retries: 3, signal })
  for await (const version of page.changes({ maxRate: 0.5, signal })) if (version > hits) break
  const transaction: pages.Transaction = page.start()
  stats.over(transaction.bytes).bytes += 2n
  await pages.commitMany([transaction])
  await page.persist('/var/lib/stats')
  await page.sync(transaction.version)
  await pages.create('pinned', { size: 16, mode: 0o640, netns: 'blue' })
  const listed: pages.PageInfo[] = await pages.list({ match: 'p*' })
  if (listed[0]?.pinned && (await pages.info('pinned')).mode === 0o640) await pages.remove('pinned', { netns: 1 })
  for await (const event of pages.monitor({ signal })) if (event.type === 'committed' && event.passed_over) break
  const copies: pages.PageCopy[] = pages.readMany([page], [new Uint8Array(page.size)])
  return stats.over(copies[0]?.bytes ?? page.read().bytes).rate
}

export async function misusePages(page: pages.Page): Promise<void> {
  const fields = pages.layout('u32 hits').over(page.read().bytes)
  // @ts-expect-error there is no such field
  fields.hit = 1
  // @ts-expect-error it is no bigint
  fields.hits = 1n
  // @ts-expect-error bytes go into bytes
  page.read([])
  // @ts-expect-error there is no such option
  await page.update(() => 1, { retry: true })
}

export function tell(error: unknown): string {
  return error instanceof LunatikError ? `${error.code} ${error.operation} ${error.state ?? ''} ${error.message}` : String(error)
}

export function name(event: LunatikEvent): string {
  // @ts-expect-error what was lost has no name
  return event.name
}

export async function misuse(session: Session, state: State): Promise<void> {
  // @ts-expect-error a name is text
  await session.newState(7)
  // @ts-expect-error a limit is a number
  await session.newState('web', { maxalloc: '1M' })
  // @ts-expect-error a context is one that there is
  await session.newState('web', { context: 'interrupt' })
  // @ts-expect-error code is text or bytes
  await state.doString({})
  // @ts-expect-error there is no such option
  await state.doString('', { buget: 1 })
  // @ts-expect-error attributes are the kernel's
  state.attributes.maxalloc = 1
}

// SPDX-License-Identifier: MIT
// What `top` tells of a state, and of all of them.

import type { Info, StateInfo } from '../client.ts'
import type { Palette } from '../color.ts'
import { counted } from '../counted.ts'
import type { Glyphs } from '../glyphs.ts'
import type { Activity } from '../live/rates.ts'
import { formatSize } from '../sizes.ts'
import { quantity, type Column } from './column.ts'
import { ACTIVITY_NAMES, COLUMNS } from './columns.ts'

const BAR = 10
/** Shares of a limit from which on it is pointed out. */
const NEAR = 0.75
const NEARER = 0.9

export function activityColumns(glyphs: Glyphs): Column<Activity>[] {
  const own = [
    quantity<Activity>('use', ({ state }) => useOf(state), (share) => bar(share, glyphs)),
    quantity<Activity>('rate', (activity) => activity.rate, formatRate),
    quantity<Activity>('lua', (activity) => activity.lua, formatShare),
  ]
  const all = [...COLUMNS.map(ofActivity), ...own]
  return ACTIVITY_NAMES.flatMap((name) => all.find((column) => column.name === name) ?? [])
}

function ofActivity(column: Column<StateInfo>): Column<Activity> {
  return {
    ...column,
    value: ({ state }) => column.value(state),
    human: ({ state }) => column.human(state),
    raw: ({ state }) => column.raw(state),
  }
}

function useOf({ curralloc, maxalloc }: StateInfo): number {
  return curralloc / maxalloc
}

/** `███░░░░░░░  31%` */
export function bar(share: number, { full, empty }: Glyphs): string {
  const filled = Math.min(BAR, Math.max(0, Math.round(share * BAR)))
  return `${full.repeat(filled)}${empty.repeat(BAR - filled)} ${`${Math.floor(share * 100)}%`.padStart(4)}`
}

/** Of what happens in a second. */
export function formatRate(rate: number): string {
  if (rate >= 9950) return `${(rate / 1000).toFixed(rate < 99_500 ? 1 : 0)}k`
  return rate === 0 ? '0' : rate < 9.95 ? rate.toFixed(1) : rate.toFixed(0)
}

export function formatShare(share: number): string {
  const percent = share * 100
  return `${percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)}%`
}

/** What stands out in a row. */
export function tone(column: string, { state }: Activity): keyof Palette | undefined {
  if (column === 'use') return useTone(useOf(state))
  return column === 'errors' && state.errors > 0 ? 'notable' : undefined
}

function useTone(share: number): keyof Palette | undefined {
  return share >= NEARER ? 'failure' : share >= NEAR ? 'notable' : undefined
}

/** Two lines above the table: what happens, and what of the memory that the namespace may have is taken. */
export function summary(activities: readonly Activity[], { memory, memoryMax }: Pick<Info, 'memory' | 'memoryMax'>, where: string, glyphs: Glyphs): string[] {
  const held = sum(activities, ({ state }) => state.curralloc)
  const parts = [
    where,
    counted(activities.length, 'state'),
    `${formatSize(held)} held`,
    `${formatRate(sum(activities, ({ rate }) => rate))} runs/s`,
    `Lua ${formatShare(sum(activities, ({ lua }) => lua))}`,
    counted(sum(activities, ({ state }) => state.errors), 'error'),
  ]
  return [parts.join('  '), `memory ${bar(memory / memoryMax, glyphs)}  ${formatSize(memory)} of ${formatSize(memoryMax)}`]
}

function sum(activities: readonly Activity[], value: (activity: Activity) => number | null): number {
  return activities.reduce((total, activity) => total + (value(activity) ?? 0), 0)
}

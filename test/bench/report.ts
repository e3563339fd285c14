// SPDX-License-Identifier: MIT
// Makes of the measurements in the files named the table, on standard output, and build/bench/bench.json.

import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figures.ts'
import type { Machine, Measurement } from './measure.ts'
import { summarize, type Row, type Summary } from './ratio.ts'

interface Line extends Summary {
  readonly group: string
  readonly name: string
  readonly against: string
  readonly unit: string
  readonly rounds: number
  readonly limit: number | null
  readonly holds: boolean | null
}

/** Where it matters, how the interpreter's indirect branches run is part of what is measured. */
function title(group: string, { branches }: Machine): string {
  return group === 'lua' ? `Lua in the kernel, ${branches} branches` : group
}

function lineOf(group: string, { name, against, unit, limit, pairs }: Row): Line {
  const summary = summarize(pairs)
  const holds = limit === undefined ? null : summary.ratio <= limit
  return { group, name, against, unit, ...summary, rounds: pairs.length, limit: limit ?? null, holds }
}

function linesOf({ machine, groups }: Measurement): Line[] {
  return Object.entries(groups).flatMap(([group, rows]) => rows.map((row) => lineOf(title(group, machine), row)))
}

function quantity(value: number, unit: string): string {
  return `${value >= 1000 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`
}

function range(from: number, to: number): string {
  return `${from.toFixed(2)}–${to.toFixed(2)}`
}

const HEADER = ['', 'ours', 'against', '', 'ratio', 'half of all', 'min–max', 'at most', 'holds']
const LEFT_ALIGNED = new Set([0, 3, HEADER.length - 1])

function cellsOf(line: Line): string[] {
  return [
    line.name,
    quantity(line.ours, line.unit),
    quantity(line.theirs, line.unit),
    line.against,
    line.ratio.toFixed(2),
    range(line.lower, line.upper),
    range(line.least, line.most),
    line.limit === null ? '' : line.limit.toFixed(1),
    line.holds === null ? '' : line.holds ? 'yes' : 'no',
  ]
}

function table(lines: readonly Line[]): string {
  const rows = [HEADER, ...lines.map(cellsOf)]
  const widths = HEADER.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const pad = (cell: string, column: number): string =>
    LEFT_ALIGNED.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  const text = rows.map((cells) => cells.map(pad).join('  ').trimEnd())
  const [header = '', ...body] = text
  const printed = body.flatMap((row, index) => {
    const group = lines[index]?.group ?? ''
    return group === lines[index - 1]?.group ? [row] : ['', `${group}:`, row]
  })
  return [header, ...printed].join('\n')
}

/** Undefined where nothing is asked of it. */
function holds({ value, limit }: Figure): boolean | undefined {
  return limit === undefined ? undefined : value <= limit
}

function listOf(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const lines = figures.map((figure) => {
    const { name, value, unit, limit } = figure
    const number = Number.isInteger(value) ? `${value} ${unit}` : quantity(value, unit)
    const verdict = limit === undefined ? '' : `at most ${limit}  ${holds(figure) ? 'yes' : 'no'}`
    return `${name.padEnd(width)}  ${number.trim().padStart(10)}  ${verdict}`.trimEnd()
  })
  return lines.length === 0 ? '' : `\n\n${lines.join('\n')}`
}

function report(files: readonly string[]): void {
  // measure.ts wrote them, in this very run.
  const measurements = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Measurement)
  const lines = measurements.flatMap(linesOf)
  const machines = measurements.map(({ machine }) => machine)
  const figures = measurements.flatMap((measurement) => measurement.figures)
  const json = { schema: 1, taken: new Date().toISOString(), machines, rows: lines, figures }
  writeFileSync(join(__dirname, 'bench.json'), `${JSON.stringify(json, null, 2)}\n`)

  const [machine] = machines
  const [, , load = NaN] = loadavg()
  const judged = [...lines.flatMap((line) => line.holds ?? []), ...figures.flatMap((figure) => holds(figure) ?? [])]
  const held = judged.filter(Boolean)
  process.stdout.write(`${table(lines)}${listOf(figures)}\n\n${held.length} of ${judged.length} hold\n`)
  if (machine)
    process.stdout.write(
      `taken on ${machine.processor}, ${machine.cpus} CPUs, Linux ${machine.kernel}, Node ${machine.node}, ` +
        `Lua ${machine.lua} in module ${machine.module}; load of the host in the last 15 minutes ${load.toFixed(1)}\n`,
    )
}

report(process.argv.slice(2))

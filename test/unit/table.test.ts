// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { glyphs } from '../../cli/glyphs.ts'
import { COLUMNS, DISPENSABLE, findColumn, usualColumns } from '../../cli/output/columns.ts'
import { fitColumns } from '../../cli/output/fit.ts'
import { plainFields, plainTable } from '../../cli/output/plain.ts'
import { humanTable } from '../../cli/output/table.ts'
import { MAIL, WEB } from './states.ts'

const plainPaint = (text: string) => text
const COLORS = { heading: plainPaint, failure: plainPaint, notable: plainPaint, faint: plainPaint }

test('columns that fit keep their widths', () => {
  const columns = [extent(4), extent(6)]
  assert.deepEqual(fitColumns(columns, 12, 2), [4, 6])
})

test('the widest column gives first, down to its least width', () => {
  assert.deepEqual(fitColumns([extent(4), extent(30, 8), extent(20, 8)], 40, 2), [4, 16, 16])
  assert.deepEqual(fitColumns([extent(4), extent(30, 8)], 14, 2), [4, 8])
})

test('what still does not fit is left out, the most dispensable first, and the rest widens again', () => {
  const columns = [extent(10, 8), extent(10, 10, 1), extent(10, 10, 2)]
  assert.deepEqual(fitColumns(columns, 30, 2), [10, 10, 0])
  assert.deepEqual(fitColumns(columns, 12, 2), [10, 0, 0])
})

test('what has to stay comes back at its least where nothing fits', () => {
  assert.deepEqual(fitColumns([extent(20, 8), extent(20, 8)], 5, 2), [8, 8])
})

function extent(natural: number, least = natural, dispensability = 0) {
  return { natural, least, dispensability }
}

test('a piped table is one header line and words: bytes, seconds, - for nothing', () => {
  const columns = ['name', 'inuse', 'curralloc', 'age', 'script'].flatMap((name) => findColumn(name) ?? [])
  const lines = plainTable([MAIL, WEB], columns, true, COLORS).split('\n')
  assert.deepEqual(lines.map((line) => line.split(/ +/)), [
    ['NAME', 'INUSE', 'CURRALLOC', 'AGE', 'SCRIPT'],
    ['mail', '-', '19456', '4001.25', '-'],
    ['web', '4242', '19456', '4001.25', '/etc/lunatik/a\\x20rather\\x20long\\x20name.lua'],
    [''],
  ])
})

test('a piped table can do without its header', () => {
  assert.equal(plainTable([WEB], COLUMNS.slice(0, 1), false, COLORS), 'web\n')
  assert.equal(plainTable([], COLUMNS.slice(0, 1), false, COLORS), '')
})

test('the digest of the script and the mark of the step are words', () => {
  const columns = ['script_sha256', 'step'].flatMap((name) => findColumn(name) ?? [])
  assert.equal(plainTable([WEB, { ...MAIL, step: null }], columns, false, COLORS), `${'ab'.repeat(32)}  00ff\n${'-'.padEnd(64)}  -\n`)
})

test('piped, show prints every column on a line', () => {
  const lines = plainFields(WEB, COLUMNS).trimEnd().split('\n')
  assert.equal(lines.length, COLUMNS.length)
  assert.match(lines[0] ?? '', /^name +web$/)
})

for (const width of [120, 80, 60, 40, 30]) {
  test(`a table for people fits a terminal of ${width}`, async () => {
    const options = { header: true, width, dispensable: DISPENSABLE, colors: COLORS, glyphs: glyphs({ LANG: 'C.UTF-8' }) }
    const lines = (await humanTable([MAIL, WEB], usualColumns(), options)).split('\n')
    for (const line of lines) assert.ok(line.length <= width, line)
    assert.match(lines[0] ?? '', /^NAME/)
    assert.match(lines[2] ?? '', /^web /)
  })
}

test('a table for people has sizes and times', async () => {
  const options = { header: false, width: 200, dispensable: DISPENSABLE, colors: COLORS, glyphs: glyphs({ LANG: 'C.UTF-8' }) }
  const text = await humanTable([WEB], usualColumns(), options)
  assert.match(text, /19K +1M +12 +1 +1h 6m +\/etc\/lunatik\/a rather long name\.lua\n$/)
})

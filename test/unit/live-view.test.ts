// SPDX-License-Identifier: MIT
// The live screens without a terminal: keys, frames, the table and what moves it, rates, and when to look again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import stringWidth from 'string-width'
import type { StateInfo } from '../../cli/client.ts'
import { glyphs } from '../../cli/glyphs.ts'
import { frameOf, repaint } from '../../cli/live/frame.ts'
import { keysOf } from '../../cli/live/keys.ts'
import { fitted } from '../../cli/live/lines.ts'
import { looks } from '../../cli/live/pace.ts'
import { Rates } from '../../cli/live/rates.ts'
import { View } from '../../cli/live/view.ts'
import { activityColumns, bar, formatRate, formatShare, summary, tone } from '../../cli/output/activity.ts'
import { ACTIVITY_DISPENSABLE, COLUMNS, findColumn } from '../../cli/output/columns.ts'
import { sorted } from '../../cli/output/sort.ts'
import { WEB } from './states.ts'

const UNICODE = glyphs({ LANG: 'de_DE.UTF-8' })
const ASCII = glyphs({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' })
const same = (text: string): string => text
const COLORLESS = { heading: same, failure: same, notable: same, faint: same }
const PEN = { measure: stringWidth, ellipsis: '…' }

test('keys: characters, sequences with and without modifiers, several at once, and nothing for unknown ones', () => {
  assert.deepEqual(keysOf('qR\u0003'), ['q', 'R', 'ctrl-c'])
  assert.deepEqual(keysOf('\u001b[A\u001bOB\u001b[5~\u001b[6;2~\u001b[1;5C'), ['up', 'down', 'page-up', 'page-down', 'right'])
  assert.deepEqual(keysOf('\u001b'), ['escape'])
  assert.deepEqual(keysOf('\u001b[15~\u001b[200~'), [])
  assert.deepEqual(keysOf('ü'), ['ü'])
})

test('only lines that differ are written, all at once, and nothing where none does', () => {
  const shown = frameOf(['a ', 'b '], { rows: 3, columns: 2 })
  assert.deepEqual(shown, ['a ', 'b ', '  '])
  assert.equal(repaint(shown, [...shown]), '')
  assert.equal(repaint(shown, ['a ', 'c ', '  ']), '\u001b[?2026h\u001b[2;1Hc \u001b[?2026l')
  assert.equal(repaint(undefined, ['a ', 'b ']), '\u001b[?2026h\u001b[1;1Ha \u001b[2;1Hb \u001b[?2026l')
})

test('text takes the columns it is given, also where characters are two wide', () => {
  assert.equal(fitted('ab', 4, PEN), 'ab  ')
  assert.equal(fitted('ab', 4, PEN, true), '  ab')
  assert.equal(fitted('abcdef', 4, PEN), 'abc…')
  assert.equal(fitted('abcdef', 4, { ...PEN, ellipsis: '...' }), 'a...')
  for (const width of [0, 1, 2, 3, 4, 5]) assert.equal(stringWidth(fitted('漢字漢字', width, PEN)), width)
})

function states(...names: string[]): StateInfo[] {
  return names.map((name, index) => ({ ...WEB, name, curralloc: 1000 * (index + 1), errors: 0, inuse: null }))
}

function view(rows: readonly StateInfo[], sort = 'name'): View<StateInfo> {
  const made = new View<StateInfo>({
    columns: COLUMNS.filter(({ name }) => ['name', 'curralloc', 'inuse'].includes(name)),
    sort, reverse: false, dispensable: [], colors: COLORLESS, glyphs: UNICODE, measure: stringWidth, tone: () => undefined,
  })
  made.update(rows)
  return made
}

const SIZE = { rows: 6, columns: 40 }
const namesIn = (lines: readonly string[]) => lines.slice(1, -1).flatMap((line) => /^\w+/.exec(line)?.[0] ?? [])

test('a view fills the terminal exactly, whatever its size', () => {
  const shown = view(states('a', 'b', 'c', 'd', 'e', 'f', 'g'))
  for (const rows of [1, 2, 3, 6, 30]) {
    for (const columns of [10, 40, 200]) {
      const lines = shown.lines({ rows, columns })
      assert.ok(lines.length <= rows)
      for (const line of lines) assert.equal(stringWidth(line), columns, `${columns}: '${line}'`)
    }
  }
})

test('letters and arrows sort, the same letter turns round, R too; the heading shows it', () => {
  const shown = view(states('b', 'c', 'a'))
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['a', 'b', 'c'])
  assert.match(shown.lines(SIZE)[0] ?? '', /^NAME▲ /)
  shown.key('c')
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['a', 'c', 'b'])
  shown.key('c')
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['b', 'c', 'a'])
  shown.key('R')
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['a', 'c', 'b'])
  shown.key('left')
  assert.match(shown.lines(SIZE).at(-1) ?? '', /sorted by inuse/)
  shown.key('left')
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['a', 'b', 'c'])
})

test('rows that do not fit are scrolled to, and never past the end', () => {
  const shown = view(states('a', 'b', 'c', 'd', 'e', 'f', 'g'))
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['a', 'b', 'c', 'd'])
  assert.match(shown.lines(SIZE).at(-1) ?? '', /1-4 of 7/)
  shown.key('down')
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['b', 'c', 'd', 'e'])
  shown.key('page-down')
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['d', 'e', 'f', 'g'])
  shown.key('end')
  shown.key('down')
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['d', 'e', 'f', 'g'])
  shown.key('home')
  shown.key('up')
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['a', 'b', 'c', 'd'])
  shown.update(states('a'))
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['a'])
})

test('help goes with the next key; q and escape end it', () => {
  const shown = view(states('a'))
  assert.equal(shown.key('?'), true)
  assert.match(shown.lines({ rows: 20, columns: 60 }).join('\n'), /c {2}sort by curralloc/)
  assert.equal(shown.key('x'), true)
  assert.deepEqual(namesIn(shown.lines(SIZE)), ['a'])
  assert.equal(shown.key('q'), false)
  assert.equal(shown.key('escape'), false)
})

test('numbers are sorted from the largest, texts from A, what is not there comes last either way', () => {
  const rows = [{ ...WEB, inuse: 1 }, { ...WEB, inuse: null }, { ...WEB, inuse: 5 }]
  const column = findColumn('inuse')
  assert.ok(column)
  assert.deepEqual(sorted(rows, { column, reverse: false }).map(({ inuse }) => inuse), [5, 1, null])
  assert.deepEqual(sorted(rows, { column, reverse: true }).map(({ inuse }) => inuse), [1, 5, null])
})

test('rates come from the ages of the states, over a second at least, and not from another state by the same name', () => {
  const rates = new Rates()
  const at = (age: number, runs: number, runTime = 0) => ({ ...WEB, age, runs, runTime })
  const told = (state: StateInfo) => rates.of([state]).map(({ rate, lua }) => [rate, lua])[0]
  assert.deepEqual(told(at(10, 100)), [null, null])
  assert.deepEqual(told(at(10.5, 200)), [null, null])
  assert.deepEqual(told(at(12, 300, 1)), [100, 0.5])
  assert.deepEqual(told(at(12.1, 500)), [100, 0.5])
  assert.deepEqual(told(at(0.5, 1)), [null, null])
  assert.deepEqual(rates.of([]), [])
  assert.deepEqual(told(at(20, 1000)), [null, null])
})

test('rates, shares and bars are read at a glance, in ASCII too', () => {
  assert.deepEqual([0, 0.44, 9.96, 1234, 9960, 123_456].map(formatRate), ['0', '0.4', '10', '1234', '10.0k', '123k'])
  assert.deepEqual([0, 0.0312, 0.5, 1].map(formatShare), ['0.0%', '3.1%', '50%', '100%'])
  assert.equal(bar(0.31, UNICODE), '███░░░░░░░  31%')
  assert.equal(bar(0.999, ASCII), '##########  99%')
  assert.equal(bar(1.5, ASCII), '########## 150%')
  assert.equal(bar(0, ASCII), '..........   0%')
})

test('top has its columns and its summary; what is near its limit or failed stands out', () => {
  const activity = { state: { ...WEB, curralloc: 1_000_000 }, rate: 12, lua: 0.1 }
  const columns = activityColumns(ASCII)
  const shown = new View({ columns, sort: 'use', reverse: false, dispensable: ACTIVITY_DISPENSABLE, colors: COLORLESS, glyphs: ASCII, measure: stringWidth, tone })
  const info = { memory: 5 << 20, memoryMax: 1 << 30 }
  shown.update([activity], [...summary([activity], info, 'namespace blue', ASCII), ''])
  const lines = shown.lines({ rows: 10, columns: 80 })
  assert.match(lines[0] ?? '', /^namespace blue {2}1 state {2}977K held {2}12 runs\/s {2}Lua 10% {2}1 error/)
  assert.match(lines[1] ?? '', /^memory \.{10} {3}0% {2}5M of 1G/)
  assert.match(lines[4] ?? '', /^web +#{10} {2}95%/)
  assert.equal(tone('use', activity), 'failure')
  assert.equal(tone('errors', activity), 'notable')
  assert.equal(tone('name', activity), undefined)
})

const nothing = () => Promise.resolve()

/** So many events at once, and nothing more until the signal. */
async function* burst(events: number, signal: AbortSignal) {
  for (let event = 0; event < events; event++) yield await Promise.resolve(event)
  await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }) })
}

test('it is time to look: at once, once more for many events, and not again before something happens, nor after the end', async () => {
  const ending = new AbortController()
  const { signal } = ending
  const looking = looks(burst(10, signal), nothing, { interval: 3600, signal })
  for (let look = 0; look < 2; look++) assert.equal((await looking.next()).done, false)
  const third = looking.next()
  assert.equal(await Promise.race([third, sleep(150, 'nothing')]), 'nothing')
  ending.abort()
  assert.equal((await third).done, true)
})

test('it is time to look when the interval is over, and a failure of what tells events is told', async () => {
  const ending = new AbortController()
  const { signal } = ending
  const looking = looks(burst(0, signal), nothing, { interval: 0.01, signal })
  for (let look = 0; look < 3; look++) assert.equal((await looking.next()).done, false)
  ending.abort()
  assert.equal((await looking.next()).done, true)

  const fails = looks((async function* () { yield await Promise.reject(new Error('broken')) })(), nothing, { interval: 3600, signal: new AbortController().signal })
  await fails.next()
  await assert.rejects(fails.next(), /broken/)
})

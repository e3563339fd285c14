// SPDX-License-Identifier: MIT
// A table that is looked at: how it is sorted, from where it is shown, and what keys do to it. It knows no terminal.

import type { Palette } from '../color.ts'
import type { Glyphs } from '../glyphs.ts'
import type { Column } from '../output/column.ts'
import { sorted } from '../output/sort.ts'
import { layOut, type Laid } from '../output/table.ts'
import { fitted, rowLine, type Pen } from './lines.ts'

export interface ViewOptions<Row> {
  readonly columns: readonly Column<Row>[]
  /** by which it is sorted at first: one of the columns */
  readonly sort: string
  readonly reverse: boolean
  /** names of columns that are left out where they do not fit, the last first */
  readonly dispensable: readonly string[]
  readonly colors: Palette
  readonly glyphs: Glyphs
  readonly measure: Pen['measure']
  readonly tone: (column: string, row: Row) => keyof Palette | undefined
}

export interface Size {
  readonly rows: number
  readonly columns: number
}

/** Letters that sort. */
const SORT_KEYS: ReadonlyMap<string, string> = new Map([
  ['n', 'name'],
  ['u', 'use'],
  ['c', 'curralloc'],
  ['m', 'maxalloc'],
  ['r', 'runs'],
  ['s', 'rate'],
  ['l', 'lua'],
  ['e', 'errors'],
  ['d', 'queued'],
  ['i', 'inuse'],
  ['a', 'age'],
])

export class View<Row> {
  #rows: readonly Row[] = []
  #above: readonly string[] = []
  #sort: string
  #reverse: boolean
  /** the first row that is shown */
  #top = 0
  #page = 1
  #helps = false

  constructor(private readonly options: ViewOptions<Row>) {
    this.#sort = options.sort
    this.#reverse = options.reverse
  }

  /** Other rows, and lines above the table. */
  update(rows: readonly Row[], above: readonly string[] = []): void {
    this.#rows = rows
    this.#above = above
  }

  /** Returns false where the key ends it. */
  key(key: string): boolean {
    if (this.#helps) {
      this.#helps = false
      return key !== 'q'
    }
    if (key === 'q' || key === 'escape') return false
    const column = SORT_KEYS.get(key)
    if (column !== undefined && this.#names().includes(column)) this.#sortBy(column)
    else this.#move(key)
    return true
  }

  #move(key: string): void {
    switch (key) {
      case 'R':
        this.#reverse = !this.#reverse
        return
      case 'left':
      case 'right':
        this.#sortBeside(key === 'left' ? -1 : 1)
        return
      case '?':
      case 'h':
        this.#helps = true
        return
      default:
        this.#top = this.#scrolled(key)
    }
  }

  #scrolled(key: string): number {
    switch (key) {
      case 'up':
      case 'k':
        return this.#top - 1
      case 'down':
      case 'j':
        return this.#top + 1
      case 'page-up':
        return this.#top - this.#page
      case 'page-down':
      case ' ':
        return this.#top + this.#page
      case 'home':
        return 0
      case 'end':
        return this.#rows.length
      default:
        return this.#top
    }
  }

  #names(): string[] {
    return this.options.columns.map(({ name }) => name)
  }

  /** The column by which it is sorted already is turned round. */
  #sortBy(column: string): void {
    this.#reverse = column === this.#sort && !this.#reverse
    this.#sort = column
    this.#top = 0
  }

  #sortBeside(step: number): void {
    const names = this.#names()
    const beside = names[names.indexOf(this.#sort) + step]
    if (beside !== undefined) this.#sortBy(beside)
  }

  /** As many lines as there are rows at most, each as wide as there are columns. */
  lines(size: Size): string[] {
    const pen = { measure: this.options.measure, ellipsis: this.options.glyphs.ellipsis }
    const { colors } = this.options
    const above = this.#above.map((line, index) => (index === 0 ? colors.heading : plain)(fitted(line, size.columns, pen)))
    const room = Math.max(1, size.rows - above.length - 2)
    const body = this.#helps ? this.#help(size, pen) : this.#table(size, room, pen)
    const blank = ' '.repeat(size.columns)
    const filled = [...above, ...body, ...Array.from({ length: Math.max(0, room + 1 - body.length) }, () => blank)]
    return [...filled, colors.faint(fitted(this.#status(), size.columns, pen))].slice(0, size.rows)
  }

  #table({ columns: width }: Size, room: number, pen: Pen): string[] {
    const { columns, dispensable, colors, tone } = this.options
    const order = columns.find(({ name }) => name === this.#sort)
    const rows = order ? sorted(this.#rows, { column: order, reverse: this.#reverse }) : this.#rows
    this.#page = room
    this.#top = Math.max(0, Math.min(this.#top, rows.length - room))
    const shown = rows.slice(this.#top, this.#top + room)
    const laid = layOut(shown, columns, { width, dispensable, measure: pen.measure, mark: (name) => this.#mark(name, order) })
    const head = rowLine(laid, (each) => ({ text: each.head, paint: colors.heading }), width, pen)
    const lines = shown.map((row, index) => {
      const painted = (each: Laid<Row>) => {
        const toned = tone(each.column.name, row)
        return { text: each.cells[index] ?? '', paint: toned ? colors[toned] : plain }
      }
      return rowLine(laid, painted, width, pen)
    })
    return [head, ...lines]
  }

  /** Which way it goes down the column by which it is sorted. */
  #mark(name: string, order: Column<Row> | undefined): string {
    if (name !== order?.name) return ''
    const { ascending, descending } = this.options.glyphs
    return order.numeric === this.#reverse ? ascending : descending
  }

  #status(): string {
    const all = this.#rows.length
    const last = Math.min(all, this.#top + this.#page)
    const where = all > this.#page ? `  ${this.#top + 1}-${last} of ${all}` : ''
    return `q quit  ? keys  sorted by ${this.#sort}${this.#reverse ? ', reversed' : ''}${where}`
  }

  #help({ columns }: Size, pen: Pen): string[] {
    const names = this.#names()
    const letters = [...SORT_KEYS].filter(([, column]) => names.includes(column)).map(([letter, column]) => `  ${letter}  sort by ${column}`)
    return [
      ...letters,
      '  left, right  sort by the column beside',
      '  R  the other way round',
      '  up, down, page-up, page-down, home, end  other rows',
      '  q  quit',
    ].map((line) => fitted(line, columns, pen))
  }
}

const plain = (text: string): string => text

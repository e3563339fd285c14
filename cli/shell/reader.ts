// SPDX-License-Identifier: MIT
// From lines that are typed to chunks that run, as Lua's own prompt does it: an expression is returned, and where the
// compiler misses the rest there are more lines to come.

import type { Refusal } from '../checker.ts'

/** Tells why code does not compile; null where it does. */
export type Compile = (code: string) => Refusal | null

export type Read =
  | { readonly kind: 'nothing' | 'more' }
  /** `.NAME ARGUMENT` */
  | { readonly kind: 'command'; readonly name: string; readonly argument: string }
  /** an expression, or a list of them */
  | { readonly kind: 'expression'; readonly code: string }
  | { readonly kind: 'statements'; readonly code: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** No Lua begins like this, as it does with `.5` and `...`. */
const COMMAND = /^\s*\.([A-Za-z]\w*)\s*(.*?)\s*$/s

export class Reader {
  #lines: string[] = []

  constructor(private readonly compile: Compile) {}

  /** Whether it is in the middle of a chunk. */
  get waits(): boolean {
    return this.#lines.length > 0
  }

  take(line: string): Read {
    if (!this.waits) {
      if (line.trim() === '') return { kind: 'nothing' }
      const [, name, argument = ''] = COMMAND.exec(line) ?? []
      if (name !== undefined) return { kind: 'command', name, argument }
    }
    this.#lines.push(line)
    const read = this.#read(this.#lines.join('\n'))
    if (read.kind !== 'more') this.forget()
    return read
  }

  /** No more lines come. */
  end(): Read {
    if (!this.waits) return { kind: 'nothing' }
    const refusal = this.compile(this.#lines.join('\n'))
    this.forget()
    return refusal ? { kind: 'refused', refusal } : { kind: 'nothing' }
  }

  forget(): void {
    this.#lines = []
  }

  #read(code: string): Read {
    const asExpression = this.compile(`return ${code}`)
    if (!asExpression) return { kind: 'expression', code }
    const refusal = this.compile(code)
    if (!refusal) return { kind: 'statements', code }
    return misses(asExpression) || misses(refusal) ? { kind: 'more' } : { kind: 'refused', refusal }
  }
}

/** The compiler came to the end and was not done. */
function misses({ message }: Refusal): boolean {
  return message.endsWith('<eof>')
}

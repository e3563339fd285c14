// SPDX-License-Identifier: MIT
// A Lua prompt in a state. On a terminal it goes on after a failure; a script ends with the first one.

import { refusalOf, type Refusal } from '../checker.ts'
import { chunkOfFile, type Chunk } from '../chunks.ts'
import type { Info, Session, StateInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT, exitStatus, type ExitStatus } from '../exit.ts'
import { reserveStandardInput } from '../input.ts'
import { COLUMNS } from '../output/columns.ts'
import { formatValues } from '../output/lua.ts'
import { formatReply } from '../output/reply.ts'
import { printFields, printStatesAsJson } from '../output/states.ts'
import { report } from '../report.ts'
import { Running, type Job, type Limits } from '../running.ts'
import { formatSize } from '../sizes.ts'
import { OutputError } from '../streams.ts'
import { shellHelp, unknownCommand } from './commands.ts'
import { completer } from './complete.ts'
import { History, historyFile } from './history.ts'
import { DROPPED, EditedInput, linesInput, type Input } from './input.ts'
import { Reader, type Read } from './reader.ts'
import { showing } from './show.ts'

const CHUNK_NAME = '=stdin'

/** These end the shell, and not only what runs. */
const ENDINGS: readonly ExitStatus[] = [EXIT.hangup, EXIT.terminated]

export class Shell {
  readonly #interactive: boolean
  readonly #reader: Reader
  readonly #name: string
  /** read so far, and of them those before the chunk that is being read */
  #lines = 0
  #before = 0
  #toldOfLocals = false
  #left = false

  constructor(
    private readonly session: Session,
    private readonly state: StateInfo,
    private readonly info: Info,
    private readonly limits: Limits,
    private readonly context: Context,
  ) {
    this.#name = state.name
    this.#interactive = process.stdin.isTTY && context.stdout.movesCursor
    this.#reader = new Reader((code) => refusalOf(this.#chunk(code), state.maxalloc))
  }

  async run(): Promise<ExitStatus> {
    reserveStandardInput('the shell')
    const input = this.#interactive ? this.#editor() : linesInput()
    if (this.#interactive) this.#greet()
    try {
      return await this.#loop(input)
    } finally {
      input.close()
    }
  }

  async #loop(input: Input): Promise<ExitStatus> {
    const prompts = { first: `${this.#name}> `, more: `${' '.repeat(this.#name.length - 1)}>> ` }
    for (;;) {
      const line = await input.next(this.#reader.waits ? prompts.more : prompts.first)
      if (line === DROPPED) {
        this.#reader.forget()
        continue
      }
      if (!this.#reader.waits) this.#before = this.#lines
      this.#lines++
      const read = line === undefined ? this.#reader.end() : this.#reader.take(line)
      const status = await input.away(() => this.#carryOut(read))
      if (ENDINGS.includes(status) || (status !== EXIT.ok && !this.#interactive)) return status
      if (line === undefined || this.#left) return EXIT.ok
    }
  }

  #editor(): Input {
    const history = new History(historyFile(process.env), (why) => {
      this.context.warn(`history: ${history.file}: ${why}; what is typed is not kept`)
    })
    return new EditedInput(history, completer(this.session, this.#name))
  }

  #greet(): void {
    const { lua } = this.info
    this.context.warn(`Lua ${lua} in ${this.#name}, ${formatSize(this.state.maxalloc)} at most; .help tells more, Ctrl-D leaves`)
  }

  /** What fails is told here. */
  async #carryOut(read: Read): Promise<ExitStatus> {
    try {
      return await this.#do(read)
    } catch (error) {
      // Nobody reads any more.
      if (error instanceof OutputError) throw error
      return report(error, this.context, this.#interactive ? this.#name : undefined)
    }
  }

  async #do(read: Read): Promise<ExitStatus> {
    switch (read.kind) {
      case 'nothing':
      case 'more':
        return EXIT.ok
      case 'refused':
        throw asFailure(read.refusal, this.#name)
      case 'expression':
        return this.#runChunk(this.#chunk(this.context.json ? `return ${read.code}` : showing(read.code)))
      case 'statements':
        this.#remarkLocal(read.code)
        return this.#runChunk(this.#chunk(read.code))
      case 'command':
        return this.#command(read.name, read.argument)
    }
  }

  /** In a script, lines have the numbers that they have there. */
  #chunk(code: string): Chunk {
    const before = this.#interactive ? '' : '\n'.repeat(this.#before)
    return { name: CHUNK_NAME, code: Buffer.from(before + code) }
  }

  #runChunk({ name: chunkName, code }: Chunk): Promise<ExitStatus> {
    return this.#run({
      start: (options) => this.session.run(this.#name, code, { ...options, chunkName }),
      about: { script: chunkName.slice(1) },
      print: ({ values }) => formatValues(values, this.context.stdout.columns),
    })
  }

  #run(job: Job): Promise<ExitStatus> {
    return new Running(this.session, this.#name, this.limits, this.context).all([job])
  }

  async #command(name: string, argument: string): Promise<ExitStatus> {
    switch (name) {
      case 'help':
        this.context.stdout.write(shellHelp())
        return EXIT.ok
      case 'load':
        if (argument === '') throw new CommandError('.load FILE: name a file', EXIT.usage)
        return this.#runChunk(await chunkOfFile(argument, this.info))
      case 'send':
        return this.#send(argument)
      case 'info':
        return this.#tell()
      case 'quit':
        this.#left = true
        return EXIT.ok
      default:
        throw new CommandError(unknownCommand(name), EXIT.usage)
    }
  }

  #send(text: string): Promise<ExitStatus> {
    return this.#run({
      start: (options) => this.session.send(this.#name, text, options),
      about: {},
      print: ({ values }) => formatReply(values, { isTerminal: true, columns: this.context.stdout.columns }),
    })
  }

  async #tell(): Promise<ExitStatus> {
    const state = await this.session.show(this.#name)
    if (this.context.json) printStatesAsJson([state], this.session, this.context)
    else await printFields(state, COLUMNS, this.context)
    return EXIT.ok
  }

  #remarkLocal(code: string): void {
    if (!this.#interactive || this.#toldOfLocals || !/^\s*local\s/.test(code)) return
    this.#toldOfLocals = true
    this.context.warn('a local is of its chunk only; without `local` it stays')
  }
}

function asFailure({ code, message }: Refusal, subject: string): CommandError {
  return new CommandError(message, exitStatus(code), { code, subject })
}

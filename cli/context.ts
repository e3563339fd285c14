// SPDX-License-Identifier: MIT
// What a command is given besides its arguments.

import { open, type Session } from './client.ts'
import type { Options } from './options.ts'
import { remarkDocument, remarkLine, type Remark } from './output/remark.ts'
import type { Stream } from './streams.ts'

/** Where a command stands that is one of a batch, whose connection it shares. */
export interface BatchLine {
  /** `FILE:LINE` */
  readonly place: string
  readonly netns: string | undefined
  readonly session: () => Promise<Session>
}

export class Context {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  /** as the user gave it: a name, a path or a process id */
  readonly netns: string | undefined

  constructor(
    readonly command: string,
    options: Options,
    readonly stdout: Stream,
    readonly stderr: Stream,
    readonly line?: BatchLine,
  ) {
    this.json = options.json ?? false
    this.quiet = options.quiet ?? false
    this.verbose = options.verbose ?? false
    this.netns = options.netns
  }

  /** Opens a session in the namespace that was asked for, and closes it whatever happens; that of a batch stays open. */
  async withSession<Result>(use: (session: Session) => Promise<Result>): Promise<Result> {
    if (this.line && this.line.netns === this.netns) return use(await this.line.session())
    const session = await open(this.netns === undefined ? {} : { netns: this.netns })
    try {
      return await use(session)
    } finally {
      session.close()
    }
  }

  /** Something the user should know, though it worked. */
  warn(text: string): void {
    if (!this.quiet) this.#tell('warning', text)
  }

  /** Something the user asked to be told with --verbose. */
  note(text: string): void {
    if (this.verbose) this.#tell('note', text)
  }

  #tell(kind: Remark['kind'], text: string): void {
    const remark = { command: this.command, place: this.line?.place, kind, text }
    this.stderr.tell(this.json ? remarkDocument(remark) : remarkLine(remark))
  }
}

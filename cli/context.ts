// SPDX-License-Identifier: MIT
// What a command is given besides its arguments.

import { open, type Session } from './client.ts'
import type { Options } from './options.ts'
import { remarkDocument, remarkLine, type Remark } from './output/remark.ts'
import type { Stream } from './streams.ts'

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
  ) {
    this.json = options.json ?? false
    this.quiet = options.quiet ?? false
    this.verbose = options.verbose ?? false
    this.netns = options.netns
  }

  /** Opens a session in the namespace that was asked for, and closes it whatever happens. */
  async withSession<Result>(use: (session: Session) => Promise<Result>): Promise<Result> {
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

  #tell(kind: Remark, text: string): void {
    const { command } = this
    this.stderr.tell(this.json ? remarkDocument(command, kind, text) : remarkLine(command, text))
  }
}

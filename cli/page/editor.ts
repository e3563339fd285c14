// SPDX-License-Identifier: MIT
// The user's editor, on a file that is his alone.
//
// The file goes when the text has done its work, or has not changed. Whenever something else happens, it stays, and who
// called says where it is: what somebody has typed is not lost.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CommandError, fileError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'

/** What git and crontab go by. */
export function editorOf(env: NodeJS.ProcessEnv): string {
  return [env['VISUAL'], env['EDITOR']].find((editor) => editor !== undefined && editor !== '') ?? 'vi'
}

/** A text in a file, to be edited. */
export class EditedFile {
  readonly path: string

  /** @throws {CommandError} */
  constructor(name: string, text: string) {
    const folder = join(tmpdir(), 'lunatikctl-')
    try {
      // Of mode 0700.
      this.path = join(mkdtempSync(folder), name)
    } catch (error) {
      throw fileError(folder, error)
    }
    try {
      writeFileSync(this.path, text, { mode: 0o600 })
    } catch (error) {
      this.remove()
      throw fileError(this.path, error)
    }
  }

  /** @throws {CommandError} */
  read(): string {
    try {
      return readFileSync(this.path, 'utf8')
    } catch (error) {
      throw fileError(this.path, error)
    }
  }

  remove(): void {
    rmSync(dirname(this.path), { recursive: true, force: true })
  }

  /** How an editor has ended, or which signal has ended the waiting for it. */
  async edit(editor: string): Promise<Edited> {
    // The shell splits what may have arguments, and env(1) takes what may stand before them. Neither stays: a signal is the
    // editor's own.
    const child = spawn('/bin/sh', ['-c', `exec env ${editor} "$@"`, editor, this.path], { stdio: 'inherit' })
    let interrupted: ExitStatus | undefined
    const end = (signal: NodeJS.Signals): void => {
      interrupted = signal === 'SIGHUP' ? EXIT.hangup : EXIT.terminated
      child.kill(signal)
    }
    // Ctrl-C is the editor's, which shares this terminal.
    const ignore = (): void => undefined
    process.on('SIGINT', ignore).on('SIGTERM', end).on('SIGHUP', end)
    try {
      const status = await new Promise<number>((resolve, reject) => {
        child.once('error', reject)
        child.once('close', (code, signal) => { resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']) })
      })
      return { status, interrupted }
    } finally {
      process.off('SIGINT', ignore).off('SIGTERM', end).off('SIGHUP', end)
    }
  }
}

export interface Edited {
  /** as a shell tells it */
  readonly status: number
  /** the exit status for the signal, where one came */
  readonly interrupted: ExitStatus | undefined
}

/** What an editor's failure is to whoever wanted something edited; undefined for none. */
export function editorFailure({ status, interrupted }: Edited, editor: string): CommandError | undefined {
  if (interrupted !== undefined) return new CommandError('the editor was ended by a signal', interrupted)
  if (status === 0) return undefined
  const hint = status === 127 ? { hint: 'VISUAL or EDITOR says which editor it is' } : {}
  return new CommandError(`the editor ended with status ${status}, so nothing was changed`, EXIT.failure, { subject: editor, ...hint })
}

// SPDX-License-Identifier: MIT
// A terminal taken over for a while. Whatever ends that gives it back as it was: a key, a signal, being stopped, a failure.
// What cannot be given back is a terminal that has gone, which ends the process.

import { EXIT, type ExitStatus } from '../exit.ts'
import { onInterruption, type Interruption } from '../interrupt.ts'
import { OutputError, type Stream } from '../streams.ts'
import { frameOf, repaint, type Frame } from './frame.ts'
import { keysOf } from './keys.ts'

// The other screen, no cursor, no new line at the right edge.
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l'

export interface ScreenUse {
  /** keys but for Ctrl-C and Ctrl-Z */
  readonly key: (key: string) => void
  /** the terminal has another size, or shows something else: to be drawn again */
  readonly redraw: () => void
  /** a signal, Ctrl-C, or a terminal that is gone; called once */
  readonly end: () => void
}

export class Screen {
  #shown: Frame | undefined
  #entered = false
  #status: ExitStatus | undefined
  readonly #interruption: Interruption
  readonly #keys: NodeJS.ReadStream | undefined

  constructor(
    private readonly stdout: Stream,
    private readonly use: ScreenUse,
  ) {
    this.#keys = process.stdin.isTTY ? process.stdin : undefined
    this.#interruption = onInterruption(() => { this.#end(undefined) })
    process.on('SIGWINCH', this.#resized)
    process.on('SIGTSTP', this.#suspendSelf)
    process.on('SIGCONT', this.#continued)
    process.on('exit', this.#leave)
    this.#enter()
  }

  /** Why it ended, if that was none of the user's keys. */
  get status(): ExitStatus | undefined {
    return this.#interruption.status ?? this.#status
  }

  get rows(): number {
    return this.stdout.rows
  }

  get columns(): number {
    return this.stdout.columns
  }

  /**
   * Shows lines, each as wide as the terminal.
   * @throws {OutputError} when the terminal is gone
   */
  show(lines: readonly string[]): void {
    if (!this.#entered) return
    const frame = frameOf(lines, this)
    const text = repaint(this.#shown, frame)
    this.#shown = frame
    if (text !== '') this.stdout.write(text)
  }

  close(): void {
    this.#leave()
    this.#interruption.stopListening()
    process.off('SIGWINCH', this.#resized)
    process.off('SIGTSTP', this.#suspendSelf)
    process.off('SIGCONT', this.#continued)
    process.off('exit', this.#leave)
  }

  #enter(): void {
    this.#entered = true
    this.#shown = undefined
    this.stdout.write(ENTER)
    if (!this.#keys) return
    this.#keys.setRawMode(true)
    this.#keys.setEncoding('utf8')
    this.#keys.on('data', this.#read)
    this.#keys.on('end', this.#gone)
    this.#keys.on('error', this.#gone)
    this.#keys.resume()
  }

  readonly #leave = (): void => {
    if (!this.#entered) return
    this.#entered = false
    if (this.#keys) {
      this.#keys.pause()
      this.#keys.off('data', this.#read)
      this.#keys.off('end', this.#gone)
      // A listener stays for errors: what comes after this is nobody's concern.
      this.#keys.setRawMode(false)
    }
    this.stdout.tell(LEAVE)
  }

  readonly #read = (read: string): void => {
    for (const key of keysOf(read)) {
      if (key === 'ctrl-c') this.#end(EXIT.interrupted)
      else if (key === 'ctrl-z') this.#suspend(0)
      else if (key === 'ctrl-l') this.#repaintAll()
      else this.use.key(key)
    }
  }

  readonly #gone = (): void => { this.#end(EXIT.hangup) }

  #end(status: ExitStatus | undefined): void {
    this.#status ??= status
    this.use.end()
  }

  readonly #suspendSelf = (): void => { this.#suspend(process.pid) }

  /** Ctrl-Z stops everything in the foreground (0), as the terminal itself does where it is not raw. */
  #suspend(pid: number): void {
    this.#leave()
    process.off('SIGTSTP', this.#suspendSelf)
    process.kill(pid, 'SIGTSTP')
  }

  readonly #continued = (): void => {
    process.off('SIGTSTP', this.#suspendSelf)
    process.on('SIGTSTP', this.#suspendSelf)
    // Whoever had the terminal meanwhile left it in another mode, of which Node knows nothing.
    this.#leave()
    this.#reenter()
  }

  #reenter(): void {
    try {
      this.#enter()
      this.use.redraw()
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      this.#gone()
    }
  }

  readonly #resized = (): void => { this.#repaintAll() }

  #repaintAll(): void {
    this.#shown = undefined
    this.use.redraw()
  }
}

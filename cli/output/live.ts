// SPDX-License-Identifier: MIT
// Standard output while a script runs. A reader that does not read must not keep Ctrl-C from being heard, so a pipe is
// written from the event loop; files and terminals take what they are given at once.

import { fstatSync } from 'node:fs'
import { isSystemError, OutputError, type Stream } from '../streams.ts'

/** The callback of each write hears of errors; without a listener they would also be thrown. One does for all. */
const heardElsewhere = (): void => undefined

export class LiveOutput {
  #failure: OutputError | undefined
  #written: Promise<void> = Promise.resolve()
  readonly #isPipe: boolean

  /** `failed` is called once, when nothing more can be written. */
  constructor(
    private readonly stdout: Stream,
    private readonly failed: (error: OutputError) => void,
  ) {
    const kind = fstatSync(stdout.fd)
    this.#isPipe = kind.isFIFO() || kind.isSocket()
    if (this.#isPipe && !process.stdout.listeners('error').includes(heardElsewhere)) process.stdout.on('error', heardElsewhere)
  }

  /** Never throws: a failure is told to `failed`, and again by `finish`. */
  write(bytes: Uint8Array): void {
    if (this.#failure || bytes.length === 0) return
    if (this.#isPipe) this.#written = this.#writePipe(bytes)
    else this.#writeNow(bytes)
  }

  /**
   * Waits until all of it is written.
   * @throws {OutputError}
   */
  async finish(): Promise<void> {
    await this.#written
    if (this.#failure) throw this.#failure
  }

  #writePipe(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      process.stdout.write(bytes, (error) => {
        if (error) this.#fail(new OutputError(isSystemError(error) ? error.code : 'EIO', error))
        resolve()
      })
    })
  }

  #writeNow(bytes: Uint8Array): void {
    try {
      this.stdout.write(bytes)
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      this.#fail(error)
    }
  }

  #fail(error: OutputError): void {
    if (this.#failure) return
    this.#failure = error
    this.failed(error)
  }
}

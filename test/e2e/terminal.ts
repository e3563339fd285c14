// SPDX-License-Identifier: MIT
// A real terminal: tmux's, with a shell in it, as a user would have.

import assert from 'node:assert/strict'
import { eventually, run, SLOWNESS, type Place } from './guest.ts'

/** A terminal with a shell, on which keys are pressed. */
export class Terminal {
  static #opened = 0
  readonly #server = `test-${process.pid}-${++Terminal.#opened}`

  static async open(place: Place, columns = 100, rows = 40, shell = 'PS1="$ " exec bash --norc --noprofile'): Promise<Terminal> {
    const terminal = new Terminal()
    place.afterwards(() => terminal.#tmux('kill-server'))
    await terminal.#tmux('-u', '-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), shell)
    return terminal
  }

  async type(line: string): Promise<void> {
    await this.write(line)
    await this.press('Enter')
  }

  async write(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text)
  }

  async press(key: string): Promise<void> {
    await this.#tmux('send-keys', key)
  }

  async screen(...options: readonly string[]): Promise<string> {
    const { stdout } = await this.#tmux('capture-pane', '-p', ...options)
    return stdout.trimEnd()
  }

  /** Waits until the screen fits. */
  async shows(wanted: RegExp, ...options: readonly string[]): Promise<string> {
    let screen = ''
    const fits = async (): Promise<boolean> => {
      screen = await this.screen(...options)
      return wanted.test(screen)
    }
    // Each look starts a program, on the processors that what is looked at needs.
    await eventually(`the terminal shows ${wanted.source}`, fits, 60 * SLOWNESS, 200).catch(() => assert.match(screen, wanted))
    return screen
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** Whether the cursor is shown, and the other screen. */
  async modes(): Promise<{ cursor: boolean; alternate: boolean }> {
    const { stdout } = await this.#tmux('display-message', '-p', '#{cursor_flag} #{alternate_on}')
    const [cursor, alternate] = stdout.trim().split(' ')
    return { cursor: cursor === '1', alternate: alternate === '1' }
  }

  /** As when the window is closed, or the line is cut. */
  async vanish(): Promise<void> {
    await this.#tmux('kill-server')
  }

  #tmux(...args: readonly string[]) {
    return run(['tmux', '-L', this.#server, ...args], { env: { LC_ALL: 'C.UTF-8' } })
  }
}

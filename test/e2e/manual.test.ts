// SPDX-License-Identifier: MIT
// The examples of the manual pages, run as they stand there: a line that begins with `$ ` is a command, with what `> `
// continues, and the lines after it are what it prints. Comments of a page say what has to be there before (`before:`), and
// how long to wait for what does not end (`stop:`, seconds), or that there is no such thing here (`not run`).

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { behaviour, run, SLOWNESS, TEST_MS } from './guest.ts'
import { loadLibrary, unloadLibrary } from './kstate.ts'
import { folder } from './told.ts'

// For lunatik-page(7) and lunatikctl-page(8).
before(() => loadLibrary())
after(unloadLibrary)

interface Example {
  readonly command: string
  readonly prints: string
  /** undefined where it ends by itself */
  readonly stop: number | undefined
}

type Step = Example | { readonly before: string }

/** What roff shows of a line. */
function shown(line: string): string {
  return line.replaceAll('\\&', '').replaceAll('\\-', '-').replaceAll('\\(dq', '"').replaceAll('\\e', '\\')
}

function stepsOf(page: string): Step[] {
  const steps: Step[] = []
  let stop: number | undefined
  let isRun = true
  for (const block of page.slice(page.indexOf('\n.Sh EXAMPLES')).matchAll(/^\.\\" (before|stop|not run)(?:: (.*))?$|^\.Bd -literal.*\n([^]*?)^\.Ed$/gm)) {
    const [, mark, value = '', text] = block
    if (mark === 'before') steps.push({ before: value })
    else if (mark === 'stop') stop = Number(value)
    else if (mark === 'not run') isRun = false
    else {
      if (isRun) steps.push(...examplesOf(text ?? '', stop))
      stop = undefined
      isRun = true
    }
  }
  return steps
}

function examplesOf(text: string, stop: number | undefined): Example[] {
  return text.split(/^(?=\$ )/m).map((part) => {
    const lines = part.trimEnd().split('\n').map(shown)
    const length = 1 + lines.slice(1).findLastIndex((line) => line.startsWith('> ') || line === '>') + 1
    const command = lines.slice(0, length).map((line) => line.slice(2)).join('\n')
    return { command, prints: lines.slice(length).map((line) => `${line}\n`).join(''), stop }
  })
}

const MARK = '@@@'

/** One script for all, so that what runs in the background, and variables, live on from one to the next. */
function scriptOf(steps: readonly Step[]): string {
  return steps.map((step) => {
    if ('before' in step) return `{ ${step.before}\n} >/dev/null\n`
    const { command, stop } = step
    const started = stop === undefined ? command : `timeout -s INT ${stop * SLOWNESS} bash -c ${quoted(command)}`
    return `${started}\nwait\necho '${MARK}'\n`
  }).join('').replaceAll(/&\nwait\n/g, '&\n')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

const PAGES = readdirSync('man').filter((file) => /^lunatik.*\.[578]$/.test(file))

for (const file of PAGES) {
  const steps = stepsOf(readFileSync(join('man', file), 'utf8'))
  const examples = steps.filter((step): step is Example => !('before' in step))
  if (examples.length === 0) continue
  behaviour(`the examples of ${file} do what they say`, async (place) => {
    const names = ['blue', 'green']
    place.afterwards(() => run(['bash', '-c', names.map((name) => `[ ! -e /run/netns/${name} ] || ip netns del ${name}`).join('; ')]))
    place.afterwards(() => run(['lunatikctl', 'close', '--all', '--force', '--yes']))
    const { stdout } = await run(['bash', '-c', `exec 2>&1\n${scriptOf(steps)}`], { cwd: await folder(place), ms: TEST_MS })
    const printed = stdout.split(`${MARK}\n`)
    assert.equal(printed.length, examples.length + 1, stdout)
    const told = examples.map(({ command }, index) => `$ ${command}\n${printed[index] ?? ''}`)
    assert.deepEqual(told, examples.map(({ command, prints }) => `$ ${command}\n${prints}`))
  })
}

// SPDX-License-Identifier: MIT
// Completion in the shells themselves, of commands and groups of them, options, values, states, pages, namespaces and files.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pages } from '../../native/addon/index.ts'
import { behaviour, outputOf, run, TEST_MS, type Place } from './guest.ts'
import { kstateLoaded } from './kstate.ts'
import { Terminal } from './terminal.ts'
import { folder } from './told.ts'

kstateLoaded()

/** States, pages and namespaces to be completed: traffic and its figures here, elsewhere in blue. */
async function furnish(place: Place): Promise<string> {
  const { session } = place
  await session.newState('traffic', { handle: false })
  place.afterwards(() => session.closeState('traffic'))
  await outputOf('ip', 'netns', 'add', 'blue')
  place.afterwards(() => outputOf('ip', 'netns', 'del', 'blue'))
  await outputOf('lunatikctl', '-n', 'blue', 'new', 'elsewhere:1')
  await pages.create('figures.traffic')
  place.afterwards(() => pages.remove('figures.traffic'))
  await pages.create('figures.blue', { netns: 'blue' })
  const path = await folder(place)
  await writeFile(join(path, 'script.lua'), '')
  return path
}

/** What is typed before Tab, and what the line is then. */
const LINES: readonly (readonly [typed: string, line: string])[] = [
  ['lunatikctl mon', 'lunatikctl monitor '],
  ['lunatikctl new --if', 'lunatikctl new --if-missing '],
  ['lunatikctl --color al', 'lunatikctl --color always '],
  ['lunatikctl recv --format h', 'lunatikctl recv --format hex '],
  ['lunatikctl list -o name,pe', 'lunatikctl list -o name,peak'],
  ['lunatikctl show ', 'lunatikctl show traffic '],
  ['lunatikctl -n bl', 'lunatikctl -n blue '],
  ['lunatikctl -n blue show ', 'lunatikctl -n blue show elsewhere:1 '],
  ['lunatikctl show -n blue ', 'lunatikctl show -n blue elsewhere:1 '],
  ['lunatikctl --netns=blue show ', 'lunatikctl --netns=blue show elsewhere:1 '],
  ['lunatikctl -nblue show ', 'lunatikctl -nblue show elsewhere:1 '],
  ['lunatikctl do traffic sc', 'lunatikctl do traffic script.lua '],
  ['lunatikctl apply sc', 'lunatikctl apply script.lua '],
  ['lunatikctl completion f', 'lunatikctl completion fish '],
  ['lunatikctl pag', 'lunatikctl page '],
  ['lunatikctl page wa', 'lunatikctl page watch '],
  ['lunatikctl page read ', 'lunatikctl page read figures.traffic '],
  ['lunatikctl page --json read ', 'lunatikctl page --json read figures.traffic '],
  ['lunatikctl page -n blue read ', 'lunatikctl page -n blue read figures.blue '],
  ['lunatikctl page read -n blue ', 'lunatikctl page read -n blue figures.blue '],
  ["lunatikctl page read --layout 'u32 a, f64 b' fig", "lunatikctl page read --layout 'u32 a, f64 b' figures.traffic "],
  ['lunatikctl -n blue page delete ', 'lunatikctl -n blue page delete figures.blue '],
  ['lunatikctl page watch figures.traffic --max', 'lunatikctl page watch figures.traffic --max-rate '],
  ['lunatikctl page list -o name,ver', 'lunatikctl page list -o name,version'],
  ['lunatikctl page list --sort mem', 'lunatikctl page list --sort memory '],
  ['lunatikctl page write figures.traffic sc', 'lunatikctl page write figures.traffic script.lua '],
  ['lunatikctl page persist figures.traffic sc', 'lunatikctl page persist figures.traffic script.lua '],
  ['lunatikctl page create --if', 'lunatikctl page create --if-missing '],
]

/** Types each line in a shell in the folder, and looks at what Tab makes of it. */
async function completes(terminal: Terminal): Promise<void> {
  for (const [typed, line] of LINES) {
    await terminal.write(typed)
    await terminal.press('Tab')
    // zsh and fish escape what they do not have to.
    const wanted = line.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[:,]/g, '\\\\?$&')
    // A list may go on, and a value follow, which zsh shows.
    await terminal.shows(new RegExp(`^\\$ ${wanted}[,=]?$`, 'm'))
    await terminal.press('C-u')
    await terminal.press('C-l')
  }
}

behaviour('bash completes', async (place) => {
  const path = await furnish(place)
  const home = await folder(place)
  // Debian's bash reads /etc/bash.bashrc first, which has a prompt of its own.
  await writeFile(join(home, 'rc'), `source ${process.cwd()}/completions/lunatikctl.bash; PS1='$ '; cd ${path}\n`)
  const terminal = await Terminal.open(place, 100, 40, `exec bash --noprofile --rcfile ${home}/rc`)
  await terminal.shows(/^\$/m)
  await completes(terminal)
}, 2 * TEST_MS)

behaviour('zsh completes', async (place) => {
  const path = await furnish(place)
  const home = await folder(place)
  await mkdir(join(home, 'functions'))
  await outputOf('cp', 'completions/_lunatikctl', join(home, 'functions'))
  await writeFile(join(home, '.zshrc'), `fpath=(${home}/functions $fpath); autoload -U compinit; compinit -D -u; PS1='$ '; cd ${path}; setopt no_beep\n`)
  const terminal = await Terminal.open(place, 100, 40, `ZDOTDIR=${home} exec zsh -d`)
  await terminal.shows(/^\$/m)
  await completes(terminal)
}, 2 * TEST_MS)

behaviour('fish completes', async (place) => {
  const path = await furnish(place)
  const script = join(process.cwd(), 'completions/lunatikctl.fish')
  for (const [typed, line] of LINES) {
    const { stdout, stderr } = await run(['fish', '--no-config', '-c', `source ${script}; complete -C '${typed.replaceAll("'", "\\'")}'`], { cwd: path })
    const last = line.trimEnd().split(' ').at(-1)
    assert.deepEqual([stdout.split('\n').map((offer) => offer.split('\t')[0]).filter((offer) => offer !== ''), stderr], [[last], ''], typed)
  }
})

// SPDX-License-Identifier: MIT
// lunatikctl in a real terminal: tmux's, with a shell in it, as a user would have.

import assert from 'node:assert/strict'
import { behaviour, eventually, outputOf, type Place } from './guest.ts'
import { Terminal } from './terminal.ts'

async function running(place: Place, name: string): Promise<void> {
  await eventually(`${name} is in use`, async () => (await place.session.show(name)).inuse !== null)
}

behaviour('Ctrl-C ends the script in the kernel too: exit 130, and the state is free', async (place) => {
  const name = await place.newState()
  const terminal = await Terminal.open(place)
  await terminal.type(`lunatikctl do ${name} --timeout 0 -e 'print("begun") while true do end'; echo "status=$?"`)
  await running(place, name)
  await terminal.shows(/^begun/m)
  await terminal.press('C-c')
  await terminal.shows(/status=130$/m)
  assert.equal((await place.session.show(name)).inuse, null)
  assert.deepEqual((await place.session.run(name, 'return 1')).values, [1])
})

behaviour('on a terminal a listing is a table that fits it, and plain columns in a pipe', async (place) => {
  await place.session.newState('web', { handle: false, maxalloc: 4 * 1024 * 1024 })
  place.afterwards(() => place.session.closeState('web'))
  const terminal = await Terminal.open(place, 60)
  await terminal.type('clear; lunatikctl list; echo end')
  const table = await terminal.shows(/^end/m)
  assert.match(table, /web.*4M/)
  for (const line of table.split('\n')) assert.ok(line.length <= 60, line)
  await terminal.type('clear; lunatikctl list | cat; echo done')
  assert.match(await terminal.shows(/^done/m), /web +\d+ +- .* 4194304 /)
})

behaviour('colour is for terminals, unless NO_COLOR or --color say otherwise', async (place) => {
  await place.newState()
  const escape = '\u001b['
  const terminal = await Terminal.open(place)
  await terminal.type('clear; lunatikctl list; echo end')
  assert.ok((await terminal.shows(/^end/m, '-e')).includes(escape))
  await terminal.type('clear; NO_COLOR=1 lunatikctl list; echo done')
  assert.ok(!(await terminal.shows(/^done/m, '-e')).includes(escape))
  const [piped, always] = await Promise.all([outputOf('lunatikctl', 'list'), outputOf('lunatikctl', 'list', '--color', 'always')])
  assert.deepEqual([piped.includes(escape), always.includes(escape)], [false, true])
})

behaviour('close --all asks, and closes on yes only', async (place) => {
  const { session } = place
  for (const name of ['a', 'b']) await session.newState(name, { handle: false })
  const terminal = await Terminal.open(place)
  await terminal.type('lunatikctl close --all; echo "status=$?"')
  await terminal.shows(/Close all 2 states of this namespace\? \[y\/N\]$/m)
  await terminal.type('n')
  await terminal.shows(/^status=1/m)
  assert.equal((await session.list()).length, 2)
  await terminal.type('clear; lunatikctl close --all; echo "status=$?"')
  // The first question has an answer behind it.
  await terminal.shows(/\[y\/N\]$/m)
  await terminal.type('y')
  await terminal.shows(/^status=0/m)
  assert.deepEqual(await session.list(), [])
})

behaviour('apply --prune - at a terminal asks nothing there: what is typed is the file', async (place) => {
  const name = await place.newState()
  const terminal = await Terminal.open(place)
  await terminal.type('lunatikctl apply --prune -; echo "status=$?"')
  await terminal.shows(/^lunatikctl: apply: .* --prune needs --yes\n.*\nstatus=2/m)
  assert.equal((await place.session.show(name)).name, name)
})

behaviour('an error text that a script makes does not reach the terminal as orders', async (place) => {
  const name = await place.newState()
  const terminal = await Terminal.open(place)
  await terminal.type(`clear; lunatikctl do ${name} -e 'error("\\27[2J\\27]0;title\\7here", 0)'; echo "status=$?"`)
  assert.match(await terminal.shows(/^status=5/m), /\\x1b\[2J\\x1b\]0;title\\x07here/)
})

behaviour('on a terminal a reply and each message get an end of the line, and Ctrl-C ends recv and monitor: exit 130', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'function receive_callback(data) lunatik.send("sent") lunatik.send("twice") return "reply" end')
  const terminal = await Terminal.open(place)
  await terminal.type(`clear; printf x | lunatikctl send ${name}; echo end`)
  await terminal.shows(/^reply\nend$/m)
  await terminal.type(`clear; lunatikctl recv ${name}; echo "status=$?"`)
  await terminal.shows(/^sent\ntwice$/m)
  await terminal.press('C-c')
  await terminal.shows(/status=130$/m)
  await terminal.type('clear; lunatikctl monitor; echo "status=$?"')
  await eventually('an event is shown', async () => {
    await session.set(name, { maxalloc: 2 * 1024 * 1024 })
    return (await terminal.screen()).includes(`set       ${name}  generation=`)
  })
  assert.match(await terminal.screen(), /maxalloc=2M/)
  await terminal.press('C-c')
  await terminal.shows(/status=130$/m)
})

// SPDX-License-Identifier: MIT
// A state, what a script leaves in it, and how a script fails: node examples/counter.mjs

import { LunatikError, open } from 'lunatikctl'

const session = await open()
const counter = await session.newState('counter', { maxalloc: 256 * 1024 })

await counter.doString('hits = 0  function hit() hits = hits + 1 return hits end')
for (let i = 0; i < 3; i++) await counter.doString('hit()')

const { values, curralloc } = await counter.doString('return hits, hits / 4, { name = lunatik.name }, math.maxinteger')
console.log(values) // [ 3, 0.75, Map(1) { 'name' => 'counter' }, 9223372036854775807n ]
console.log(`${curralloc} of ${counter.attributes.maxalloc} bytes`)

// One that would not end is ended: by its budget in the kernel, or by a signal from here.
async function endless(limits) {
  try {
    await counter.doString('while true do hit() end', limits)
  } catch (error) {
    if (!(error instanceof LunatikError)) throw error
    console.log(`${error.code}: ${error.message}`)
  }
}
await endless({ budget: 0.1 }) // ETIME: do:1: time budget is over
await endless({ budget: 0, signal: AbortSignal.timeout(100) }) // EINTR: stopped by the caller

await counter.close()
session.close()

// SPDX-License-Identifier: MIT
// Looks at the page that latency.lua publishes, as fast as it can for some seconds after its next change, and tells what was
// to be seen:
//
//     node examples/latency.mjs SECONDS
//
// Looking makes no system call, and whoever writes does not know of it.

import { performance } from 'node:perf_hooks'
import { pages } from 'lunatikctl'

const PARTS = 32
const [seconds = '1'] = process.argv.slice(2)

/** Each commit counts a number in one of the parts, so that together they are the count, in any version. */
function isWhole({ view }) {
  let sum = 0
  for (let part = 0; part < PARTS; part++) sum += view.getUint32(8 + 4 * part, true)
  return sum === Number(view.getBigUint64(0, true))
}

const page = await pages.open('web.latency', { write: false })
const room = new Uint8Array(4096)
const changes = page.changes()
await changes.next() // the one that it has
await changes.next()

const seen = { looks: 0, versions: 0, torn: 0 }
const end = performance.now() + Number(seconds) * 1000
for (let last = 0; performance.now() < end; seen.looks++) {
  const copy = page.read(room)
  if (copy.version !== last) seen.versions++
  if (!isWhole(copy)) seen.torn++
  last = copy.version
}
await changes.return()
page.close()
console.log(`${seen.looks} looks, ${seen.versions} versions, ${seen.torn} torn`)

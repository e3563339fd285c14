// SPDX-License-Identifier: MIT
// Messages to a state and from it, and what is heard of it: node examples/messages.mjs

import { open } from 'lunatikctl'

const session = await open()
const events = session.monitor()
const echo = await session.newState('echo')

await echo.doString(`
  function receive_callback(text)
    lunatik.send(text:upper())
    return #text
  end`)

// What nobody takes yet waits in the kernel, and what finds no room there is counted.
const messages = echo.receive()
for (const text of ['one', 'two', 'three']) {
  const { values } = await echo.send(text)
  console.log(`${text}: ${values[0]} bytes`)
}
for await (const { sequence, data, lost } of messages) {
  console.log(`${sequence}: ${Buffer.from(data)}, ${lost} lost before it`)
  if (sequence === 3) break
}

await echo.close()
for await (const event of events) {
  console.log(event.type, event.name)
  if (event.type === 'closed') break
}
session.close()

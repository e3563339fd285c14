// SPDX-License-Identifier: MIT
// Scripts that recurse, in every way that Lua has: each ends in an error of Lua's while the kernel's stack has room
// left. How much, is measured.

import assert from 'node:assert/strict'
import { behaviour, run, SLOWNESS, TEST_MS } from '../e2e/guest.ts'
import { attacks } from './attack.ts'
import { scripts } from './script.ts'

/** Bytes that stay free of the kernel's stack, interrupts that came meanwhile counted: see luaconf.h. */
const ROOM = 1536

attacks('stack')

behaviour('recursion is as deep as anybody needs', async (place) => {
  const name = await place.newState({ maxalloc: 16 * 1024 * 1024 })
  const code = `
    local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
    local function nest(n) if n == 0 then return 0 end local ok, d = pcall(nest, n - 1) return d + 1 end
    local function cross(n) if n == 0 then return 0 end return coroutine.wrap(function() return 1 + cross(n - 1) end)() end
    return depth(10000), nest(10), cross(5)`
  assert.deepEqual((await place.session.run(name, code, { budget: 10 * SLOWNESS })).values, [10000, 10, 5])
})

behaviour('the deepest that any of them gets leaves room on the kernel\'s stack', async (place) => {
  let deepest = { used: 0, size: 0, name: '' }
  for (const script of scripts('stack')) {
    if (script.makesChunk) continue
    // In a small state a chunk begins within its request, with more of the stack in use.
    for (const maxalloc of script.maxallocs) {
      const state = 'deep'
      await place.session.newState(state, { handle: false, maxalloc })
      const { stdout, stderr } = await run(['build/test/client', state, String(script.budget * 1000 * SLOWNESS)], { input: script.code })
      const [, used = NaN, size = NaN] = /^begun\n(\d+) (\d+) /.exec(stdout)?.map(Number) ?? []
      assert.ok(used > 0 && size > 0, `${script.name}: ${stdout}${stderr}`)
      if (used > deepest.used) deepest = { used, size, name: script.name }
      await place.session.closeState(state)
    }
  }
  process.stdout.write(`  the deepest use of the kernel's stack is ${deepest.used} of ${deepest.size} bytes, by ${deepest.name}\n`)
  assert.ok(deepest.used > 0.4 * deepest.size, 'nothing went deep: is it measured?')
  assert.ok(deepest.size - deepest.used >= ROOM, `${deepest.name} leaves ${deepest.size - deepest.used} bytes`)
}, 2 * TEST_MS)

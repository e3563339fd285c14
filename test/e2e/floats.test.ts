// SPDX-License-Identifier: MIT
// Floating point in the kernel, to the last bit, with other states and other programs at work on the same registers.

import assert from 'node:assert/strict'
import { writeFile, rm } from 'node:fs/promises'
import { LuaFloat } from '../../native/addon/index.ts'
import { behaviour, outputOf, SLOWNESS } from './guest.ts'

// Only operations that are exact to the last bit wherever they are made.
const NBODY = `
local sqrt = math.sqrt
local PI = 3.141592653589793
local SOLAR_MASS = 4 * PI * PI
local DAYS = 365.24
local bodies = {
  {x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = SOLAR_MASS},
  {x = 4.84143144246472082945e+00, y = -1.16032004402742839362e+00, z = -1.03622044471123109494e-01,
   vx = 1.66007664274403694959e-03 * DAYS, vy = 7.69901118419740425080e-03 * DAYS, vz = -6.90460016972063023554e-05 * DAYS,
   mass = 9.54791938424326609124e-04 * SOLAR_MASS},
  {x = 8.34336671824457987790e+00, y = 4.12479856412430479268e+00, z = -4.03523417114321381293e-01,
   vx = -2.76742510726411021390e-03 * DAYS, vy = 4.99852801234917238954e-03 * DAYS, vz = 2.30417297573763929463e-05 * DAYS,
   mass = 2.85885980666130812119e-04 * SOLAR_MASS},
}
local function advance(dt)
  for i = 1, #bodies do
    local a = bodies[i]
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local d2 = dx * dx + dy * dy + dz * dz
      local mag = dt / (d2 * sqrt(d2))
      a.vx, a.vy, a.vz = a.vx - dx * b.mass * mag, a.vy - dy * b.mass * mag, a.vz - dz * b.mass * mag
      b.vx, b.vy, b.vz = b.vx + dx * a.mass * mag, b.vy + dy * a.mass * mag, b.vz + dz * a.mass * mag
    end
    a.x, a.y, a.z = a.x + dt * a.vx, a.y + dt * a.vy, a.z + dt * a.vz
  end
end
for _ = 1, STEPS do advance(0.01) end
local text = {}
for _, b in ipairs(bodies) do text[#text + 1] = string.format("%a %a %a %a", b.x, b.y, b.z, b.vx) end
text = table.concat(text, "\\n")
`

const STEPS = 20_000

async function stock(code: string): Promise<string> {
  const path = `/tmp/floats.${process.pid}.lua`
  await writeFile(path, `${code} io.write(text)`)
  try {
    return await outputOf('lua5.4', path)
  } finally {
    await rm(path)
  }
}

/** The sum of a series, by this process, whose registers are its own too. */
function series(): number {
  let sum = 0
  for (let n = 1; n <= 200_000; n++) sum += 1 / (n * n) - Math.sqrt(n) * 1e-9
  return sum
}

behaviour('a long computation comes to what stock Lua makes of it, in four states at once, while this process computes too', async (place) => {
  const code = NBODY.replace('STEPS', String(STEPS))
  const expected = await stock(code)
  const own = series()
  const names = await Promise.all([1, 2, 3, 4].map(() => place.newState()))
  let running = names.length
  const runs = names.map(async (name) => {
    const { values } = await place.session.run(name, `${code} return text`, { budget: 60 * SLOWNESS })
    running--
    assert.deepEqual(values, [expected])
  })
  let rounds = 0
  while (running > 0) {
    assert.equal(series(), own, 'the registers of a process are not its own')
    rounds++
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(runs)
  assert.ok(rounds > 0)
})

behaviour('programs that compute beside a busy kernel come to the right result', async (place) => {
  const code = NBODY.replace('STEPS', '5000')
  const expected = await stock(code)
  const name = await place.newState()
  const controller = new AbortController()
  const busy = place.session.run(name, 'local x = 1.5 while true do x = math.sin(x) * 1.25 + math.sqrt(x * x + 0.5) end', { budget: 0, signal: controller.signal })
  const results = []
  for (let round = 0; round < 4; round++) results.push(await stock(code))
  controller.abort()
  await assert.rejects(busy, { code: 'EINTR' })
  for (const result of results) assert.equal(result, expected)
})

behaviour('a value that lives in a register for many slices stays what it is', async (place) => {
  const names = [await place.newState(), await place.newState()]
  const code = `
    local a, b, c, d = 1.1, 2.2, 3.3, 4.4
    local t = os.clock()
    while os.clock() < t + 0.3 do
      for i = 1, 1000 do a, b, c, d = b, c, d, a end
      if a + b + c + d ~= 1.1 + 2.2 + 3.3 + 4.4 or a ~= a then return "lost", a, b, c, d end
    end
    return a, b, c, d`
  const results = await Promise.all(names.map((name) => place.session.run(name, code, { budget: 10 * SLOWNESS, exact: true })))
  for (const { values } of results) assert.deepEqual(values, [1.1, 2.2, 3.3, 4.4].map((value) => new LuaFloat(value)))
})

const MATH: Readonly<Record<string, number>> = {
  'math.sin(0.5)': Math.sin(0.5), 'math.cos(0.5)': Math.cos(0.5), 'math.tan(0.5)': Math.tan(0.5), 'math.asin(0.5)': Math.asin(0.5),
  'math.acos(0.5)': Math.acos(0.5), 'math.atan(0.5, -2)': Math.atan2(0.5, -2), 'math.exp(1.5)': Math.exp(1.5), 'math.log(1.5)': Math.log(1.5),
  'math.log(1000, 10)': 3, 'math.log(8, 2)': 3, '2.5 ^ 3.7': 2.5 ** 3.7, 'math.fmod(7.5, 2.1)': 7.5 % 2.1, 'math.sqrt(1e300)': 1e150,
}

for (const [expression, expected] of Object.entries(MATH)) {
  behaviour(`${expression} is right to the last digits`, async (place) => {
    const { values } = await place.session.run(await place.newState(), `return ${expression}`)
    const [value] = values
    assert.ok(typeof value === 'number')
    assert.ok(Math.abs(value / expected - 1) < 4e-16, `${value}, not ${expected}`)
  })
}

behaviour('numbers are written and read as stock Lua does', async (place) => {
  const code = `
    local t = {}
    local x = 1.0
    for i = 1, 300 do x = x * 1.7 % 1e17 + 1 / i t[#t + 1] = string.format("%.14g %.17g %a %e %g", x, x, x, -x, 1 / x) t[#t + 1] = tostring(x * 1e-7) end
    for _, s in ipairs { "0.1", "1e-320", "2.2250738585072011e-308", "0x1.8p3", "1e308", "9007199254740993", "123456789012345678901234567890", "0x.1", "5e-324" } do
      t[#t + 1] = string.format("%s %.17g", s, tonumber(s))
    end
    text = table.concat(t, "\\n")`
  const { values } = await place.session.run(await place.newState(), `${code} return text`, { budget: 5 * SLOWNESS })
  const [text] = values
  assert.ok(typeof text === 'string')
  assert.deepEqual(text.split('\n'), (await stock(code)).split('\n'))
})

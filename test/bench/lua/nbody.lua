-- SPDX-License-Identifier: MIT
-- Floats in fields: moons that pull at each other, by velocity Verlet.
local sqrt = math.sqrt

local function moon(mass, x, y, vx, vy)
  return { mass = mass, x = x, y = y, vx = vx, vy = vy, ax = 0.0, ay = 0.0 }
end

local function pull(moons)
  for _, moon in ipairs(moons) do moon.ax, moon.ay = 0.0, 0.0 end
  for i = 1, #moons do
    local a = moons[i]
    for j = i + 1, #moons do
      local b = moons[j]
      local dx, dy = b.x - a.x, b.y - a.y
      local square = dx * dx + dy * dy + 1e-9
      local force = 1 / (square * sqrt(square))
      a.ax, a.ay = a.ax + dx * force * b.mass, a.ay + dy * force * b.mass
      b.ax, b.ay = b.ax - dx * force * a.mass, b.ay - dy * force * a.mass
    end
  end
end

local function step(moons, time)
  for _, moon in ipairs(moons) do
    moon.vx, moon.vy = moon.vx + moon.ax * time / 2, moon.vy + moon.ay * time / 2
    moon.x, moon.y = moon.x + moon.vx * time, moon.y + moon.vy * time
  end
  pull(moons)
  for _, moon in ipairs(moons) do
    moon.vx, moon.vy = moon.vx + moon.ax * time / 2, moon.vy + moon.ay * time / 2
  end
end

local moons = {
  moon(1.0, 0, 0, 0, 0),
  moon(1e-3, 1, 0, 0, 1),
  moon(2e-3, 0, 1.7, -0.75, 0),
  moon(1e-4, -2.5, 0, 0, -0.6),
  moon(5e-4, 0, -3.9, 0.5, 0),
}
pull(moons)
for _ = 1, 1500 do step(moons, 0.002) end
return moons[2].x + moons[3].y

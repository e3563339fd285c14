-- SPDX-License-Identifier: MIT
-- Protected calls by the ten thousand within each other, which takes a yield in each; at the end each catches the error once
-- more, and the stack is looked through for what of it is in use.
--
-- ends: ETIME
-- budget: 1 s
-- maxalloc: 64M
local CALLS <const> = 16
local nest = load([[
  local pcall, yield, loop = ...
  local function nest(n)
    yield()
    if n == 0 then loop() end
    return (pcall(]] .. ("pcall, "):rep(CALLS - 1) .. [[nest, n - 1))
  end
  return nest]])(pcall, coroutine.yield, function() while true do end end)
local nested = coroutine.create(nest)
local levels = 150000 // (2 * CALLS + 4)
coroutine.resume(nested, levels)
for _ = 0, levels do
  coroutine.resume(nested)
end

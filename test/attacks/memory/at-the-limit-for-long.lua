-- SPDX-License-Identifier: MIT
-- Runs into its limit over and over, and lives there for seconds: by large blocks, by small ones, by strings, in turn.
--
-- ends: ETIME
-- budget: 4 s
-- maxalloc: 64K, 1M
local function fill(make)
  local held = {}
  while true do held[#held + 1] = make(#held) end
end
local function block(n) return { n } end
local function text(n) return ("x"):rep(100) .. n end
local function closure(n) return function() return n end end
local function thread() return coroutine.create(print) end
local function large() return ("x"):rep(lunatik.maxalloc() // 10) end
local function chunk() return load(("x = 1 "):rep(100)) or error("no memory") end
while true do
  pcall(fill, block)
  pcall(fill, text)
  pcall(fill, closure)
  pcall(fill, thread)
  pcall(fill, large)
  pcall(fill, chunk)
end

-- SPDX-License-Identifier: MIT
-- Closing values that are none, that change, that fail, and that are closed twice.
--
-- ends: well
-- budget: 20 s
assert(not pcall(load, "local x <close> = 1") or not pcall(load("local x <close> = 1")))
assert(not pcall(function() local x <close> = {} end) and pcall(function() local x <close> = nil local y <close> = false end))
local n = 0
local meta = { __close = function() n = n + 1 end }
pcall(function()
  local a <close> = setmetatable({}, meta)
  local b <close> = setmetatable({}, meta)
  error("x")
end)
assert(n == 2)
local gone = setmetatable({}, { __close = meta.__close })
assert(not pcall(function() local a <close> = gone getmetatable(gone).__close = nil end))
local co = coroutine.wrap(function() local a <close> = setmetatable({}, { __close = function() coroutine.yield(1) error("y") end }) return 2 end)
assert(co() == 1 and not pcall(co))
co = coroutine.create(function() local a <close> = setmetatable({}, { __close = function() error({ "z" }) end }) coroutine.yield() end)
coroutine.resume(co)
local ok, why = coroutine.close(co)
assert(not ok and why[1] == "z" and coroutine.close(co))
assert(not pcall(coroutine.close, coroutine.running()))
for _ in function() end, nil, nil, nil do end

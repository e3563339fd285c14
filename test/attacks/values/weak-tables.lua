-- SPDX-License-Identifier: MIT
-- What is weak goes, and stays gone: ephemerons, keys that are held by their values, strings, which are values.
--
-- ends: well
-- budget: 20 s
for _, mode in ipairs { "k", "v", "kv", "", "x" } do
  local t = setmetatable({}, { __mode = mode })
  for i = 1, 100 do
    t[{}] = i
    t[i] = {}
    t["s" .. i] = "v" .. i
    local key = {}
    t[key] = { key }
  end
  collectgarbage()
  collectgarbage("generational")
  for i = 1, 100 do
    t[{ i }] = { t }
  end
  collectgarbage()
  collectgarbage("incremental")
  collectgarbage()
  local n = 0
  for k, v in pairs(t) do
    n = n + 1
    assert(k ~= nil and v ~= nil and tostring(k) and tostring(v))
  end
  assert(n >= 100)
  getmetatable(t).__mode = mode == "k" and "v" or "k"
  collectgarbage()
end

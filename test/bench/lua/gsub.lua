-- SPDX-License-Identifier: MIT
-- Patterns, with a string, a table and a function as replacement.
local text = ("The module keeps 17 states in 4 namespaces, of which blue has 9; eth0 dropped 1024 packets. "):rep(40)
local words = { module = "kernel module", states = "Lua states", blue = "green" }
local size = 0
for _ = 1, 12 do
  size = size + #text:gsub("%d+", "<%0>")
  size = size + #text:gsub("%a+", words)
  size = size + #text:gsub("(%w+) (%w+)", function(a, b) return b .. " " .. a end)
  size = size + #text:gsub("%s*,%s*", " and ")
end
return size

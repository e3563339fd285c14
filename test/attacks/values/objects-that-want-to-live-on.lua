-- SPDX-License-Identifier: MIT
-- There are no finalizers to bring them back: not asked for, not smuggled in, not borrowed.
--
-- ends: well
-- budget: 20 s
assert(not pcall(setmetatable, {}, { __gc = print }) and not pcall(setmetatable, {}, { __gc = 1 }) and not pcall(setmetatable, {}, { __gc = false }))
local came = false
local meta = {}
local t = setmetatable({}, meta)
meta.__gc = function(o) came = o while true do end end
setmetatable(meta, { __index = { __gc = meta.__gc } })
getmetatable("").__gc = meta.__gc
assert(not pcall(setmetatable, t, meta))
t = nil
local inherited = setmetatable({}, setmetatable({}, { __index = function() return meta.__gc end }))
inherited = nil
collectgarbage()
collectgarbage()
assert(not came)

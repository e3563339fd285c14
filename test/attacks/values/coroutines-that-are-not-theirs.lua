-- SPDX-License-Identifier: MIT
-- Resumes, closes and yields where that cannot be; and threads of chunks that have ended.
--
-- ends: well
-- budget: 20 s
-- keeps: memory
thread = coroutine.running()
function kept() return coroutine.resume(thread) end
assert(not pcall(coroutine.yield) and not coroutine.isyieldable() and not coroutine.resume(coroutine.running()))
return 1, "x"
-- then --
assert(thread ~= coroutine.running())
for i = 1, 5 do
  pcall(kept)
  pcall(coroutine.wrap(kept))
  debug.traceback(thread)
  debug.getinfo(thread, 0)
  coroutine.status(thread)
end
coroutine.close(thread)
thread = coroutine.running()
pcall(function() while #debug.traceback() do error(thread) end end)
local co
co = coroutine.create(function() return coroutine.resume(co), coroutine.close and pcall(coroutine.close, co), coroutine.resume(thread) end)
assert(coroutine.resume(co))
assert(not pcall(coroutine.wrap(function() string.gsub("x", "x", coroutine.yield) end)))
assert(not pcall(coroutine.wrap(function() table.sort({ 1, 2 }, coroutine.yield) end)))
local gen = coroutine.wrap(function() return pcall(pcall, pcall, coroutine.yield, 1) end)
assert(gen() == 1 and gen(2) == true)

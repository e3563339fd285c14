-- SPDX-License-Identifier: MIT
-- A coroutine dies in the middle of gsub, which holds a large buffer; nobody closes it. Once more, and more.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
for i = 1, 30 do
  local co = coroutine.create(function()
    local n = 0
    return (("x"):rep(10000):gsub("x", function()
      n = n + 1
      return n < 9000 and "0123456789" or error("enough")
    end))
  end)
  assert(not coroutine.resume(co))
end

-- SPDX-License-Identifier: MIT
-- Thirty thousand minuses within each other do not compile, in the chunk and by load; what people write does.
--
-- ends: ENOEXEC
-- budget: 10 s
-- makes: the chunk
local function nested(many)
  return "return " .. ("- "):rep(many) .. "x"
end
assert(load(nested(10)))
assert(not load(nested(30000)))
return nested(30000)

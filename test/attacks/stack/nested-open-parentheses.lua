-- SPDX-License-Identifier: MIT
-- Thirty thousand open parentheses within each other do not compile, in the chunk and by load; what people write does.
--
-- ends: ENOEXEC
-- budget: 10 s
-- makes: the chunk
local function nested(many)
  return "return " .. ("("):rep(many)
end
assert(not load(nested(30000)))
return nested(30000)

-- SPDX-License-Identifier: MIT
-- What is computed in C, by polynomials and tables.
local t = {}
for i = 1, 4000 do
  local x = i * 0.37 + 1e-3
  t[#t + 1] = math.sqrt(x) + x ^ 0.5 + x % 0.7 + x // 0.3
  if i % 100 == 0 then
    t[#t + 1] = string.format("%.17g %a %.3f", t[#t], 1 / x, x * 1e15)
  end
end
local sum = 0.0
local words = {}
for _, v in ipairs(t) do
  if type(v) == "number" then sum = sum + v else words[#words + 1] = v end
end
return string.format("%a ", sum) .. table.concat(words, " ")

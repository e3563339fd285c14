-- SPDX-License-Identifier: MIT
-- Float arithmetic over arrays: the norm of a matrix of which only the formula is kept, by power iteration.
local function entry(row, column)
  local diagonal = row + column - 2
  return 1.0 / (diagonal * (diagonal + 1) / 2 + row)
end

local function transposed(row, column)
  return entry(column, row)
end

local function apply(matrix, vector)
  local result = {}
  for row = 1, #vector do
    local sum = 0.0
    for column = 1, #vector do
      sum = sum + matrix(row, column) * vector[column]
    end
    result[row] = sum
  end
  return result
end

local function product(a, b)
  local sum = 0.0
  for i = 1, #a do sum = sum + a[i] * b[i] end
  return sum
end

local u, v = {}, nil
for i = 1, 70 do u[i] = 1.0 end
for _ = 1, 4 do
  v = apply(transposed, apply(entry, u))
  u = apply(transposed, apply(entry, v))
end
return math.sqrt(product(u, v) / product(v, v))

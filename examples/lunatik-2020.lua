-- SPDX-License-Identifier: MIT
-- What chunks written for the Lunatik of 2020 find in a state: `memory`, buffers of bytes that change, after lua-memory, and
-- `netlink.send`. Run it in a state before them:
--
--   state:dostring(io.open("examples/lunatik-2020.lua"):read("a"), "@lunatik-2020.lua")
--
-- It has the functions of lua-memory that take no format. A string is as good as a buffer where nothing is written, as there.

memory = {}

local Memory = { __index = memory, __name = "char[]" }

local function bytes_of(value)
  if getmetatable(value) == Memory then return string.char(table.unpack(value)) end
  return value
end

local function buffer_of(value)
  return assert(getmetatable(value) == Memory and value, "memory expected")
end

--- A buffer of so many zero bytes, or of those of a string or buffer, from i to j.
function memory.create(source, i, j)
  if type(source) == "number" then source = ("\0"):rep(source) end
  local text = bytes_of(source or ""):sub(i or 1, j or -1)
  local buffer = setmetatable({}, Memory)
  for at = 1, #text do buffer[at] = text:byte(at) end
  return buffer
end

function memory.type(value)
  return getmetatable(value) == Memory and "fixed" or nil
end

function memory.len(buffer)
  return rawlen(buffer_of(buffer))
end

function memory.tostring(value, i, j)
  return bytes_of(value):sub(i or 1, j or -1)
end

function memory.get(buffer, i, j)
  return bytes_of(buffer_of(buffer)):byte(i or 1, j)
end

function memory.set(buffer, i, ...)
  local size = memory.len(buffer)
  if i < 0 then i = size + i + 1 end
  assert(i >= 1 and i <= size, "index out of bounds")
  for at, byte in ipairs { ... } do
    assert(byte >= 0 and byte <= 255, "value out of range")
    if i + at - 1 <= size then buffer[i + at - 1] = byte end
  end
end

function memory.fill(buffer, source, i, j)
  local text = type(source) == "number" and string.char(source) or bytes_of(source)
  for at = i or 1, j or memory.len(buffer) do buffer[at] = text:byte((at - (i or 1)) % #text + 1) end
end

function memory.find(value, text, i)
  return bytes_of(value):find(bytes_of(text), i, true)
end

--- Where the first difference is, if there is one, and whether the one is less than the other.
function memory.diff(one, other)
  one, other = bytes_of(one), bytes_of(other)
  if one == other then return nil, false end
  local at = 1
  while one:byte(at) == other:byte(at) do at = at + 1 end
  return at, one < other
end

Memory.__len = memory.len
Memory.__tostring = memory.tostring

-- A program gets it as a module; a state has it as a global, like all that a chunk there defines.
if not lunatik then return memory end

netlink = { send = function(value) return lunatik.send(bytes_of(value)) end }

// SPDX-License-Identifier: MIT
// What an expression gives, so that it can be shown: functions, coroutines and tables that contain themselves do not come
// out of the kernel as they are.

import { OPAQUE } from '../output/lua.ts'

/** A table with this key, and no other, stands for what its value says. */
const KEY = JSON.stringify(OPAQUE).replace('\\u0000', '\\0')

/**
 * Takes the values of an expression and returns them; of those that cannot be carried, copies in which something else
 * stands for what it is about. It calls nothing of the values', and where the state has lost these functions of Lua it
 * returns them as they are.
 */
const SHOW = `
function(...)
  local type, next, tostring, select = type, next, tostring, select
  if not (type and next and tostring and select) then return ... end
  local open = {}
  local function carried(value, depth)
    local kind = type(value)
    if kind ~= "table" then return kind == "nil" or kind == "boolean" or kind == "number" or kind == "string" end
    if depth > 32 or open[value] then return false end
    open[value] = true
    local all = true
    for key, field in next, value do
      if not (carried(key, depth + 1) and carried(field, depth + 1)) then all = false break end
    end
    open[value] = nil
    return all
  end
  local function copied(value, depth)
    if carried(value, depth) then return value end
    if type(value) ~= "table" then return { [${KEY}] = tostring(value) } end
    if open[value] then return { [${KEY}] = "table that this is in" } end
    if depth > 31 then return { [${KEY}] = "table" } end
    open[value] = true
    local copy = {}
    for key, field in next, value do copy[copied(key, depth + 1)] = copied(field, depth + 1) end
    open[value] = nil
    return copy
  end
  local function each(count, value, ...)
    if count > 0 then return copied(value, 1), each(count - 1, ...) end
  end
  return each(select("#", ...), ...)
end`

/** A chunk that returns what an expression gives. On one line, so that those of the expression keep their numbers. */
export function showing(expression: string): string {
  return `return (${SHOW.trim().replace(/\s*\n\s*/g, ' ')})(${expression}\n)`
}

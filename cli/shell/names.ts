// SPDX-License-Identifier: MIT
// Completion in the shell: names of globals and of fields, asked from the state.

import { KEYWORDS } from '../output/lua.ts'

/** What stands before the cursor, as far as it is a path of names. */
export interface Path {
  /** tables, from the global one on */
  readonly tables: readonly string[]
  /** of the name that is being typed */
  readonly prefix: string
}

const PATH = /(?<before>^|[^\w.:]|\.\.)(?<tables>(?:[A-Za-z_]\w*[.:])*)(?<prefix>(?:[A-Za-z_]\w*)?)$/

/** Undefined where no name can be completed, as in `f().x`. */
export function pathBefore(line: string): Path | undefined {
  const { tables = '', prefix = '' } = PATH.exec(line)?.groups ?? {}
  if (tables === '' && prefix === '') return undefined
  return { tables: tables.split(/[.:]/).slice(0, -1), prefix }
}

/** Names that are found at most, and entries of tables that are looked at. */
const NAMES_MAX = 200
const ENTRIES_MAX = 20_000
const PARENTS_MAX = 10

/**
 * A chunk that returns the names which go on with a path. It has no effect on the state: it only reads, past all
 * metamethods. It goes to the tables that an \`__index\` names, as Lua would, but calls none that is a function. A prefix is
 * compared by order, since not even string's functions need to be there.
 */
export function namesChunk({ tables, prefix }: Path): string {
  return `
local rawget, next, type, getmetatable = rawget, next, type, getmetatable
local function parent(value)
  local meta = getmetatable(value)
  local index = type(meta) == "table" and rawget(meta, "__index")
  return type(index) == "table" and index or nil
end
local function field(value, name)
  for _ = 1, ${PARENTS_MAX} do
    local found
    if type(value) == "table" then found = rawget(value, name) end
    if found ~= nil then return found end
    value = parent(value)
    if not value then return nil end
  end
end
local value = _ENV
for _, name in next, {${tables.map((name) => `"${name}"`).join(', ')}} do value = field(value, name) end
local names, count, left = {}, 0, ${ENTRIES_MAX}
if type(value) == "string" then value = parent(value) end
for _ = 1, ${PARENTS_MAX} do
  if type(value) ~= "table" then break end
  for name in next, value do
    left = left - 1
    if left < 0 or count == ${NAMES_MAX} then return names end
    if type(name) == "string" and name >= "${prefix}" and name < "${prefix}\\255" then
      count = count + 1
      names[count] = name
    end
  end
  value = parent(value)
end
return names`
}

/** What the state found, as completions of a path: sorted, each once; keywords besides, where a global may stand. */
export function completions({ tables, prefix }: Path, found: readonly unknown[]): string[] {
  const names = found.filter((name): name is string => typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name))
  const words = tables.length === 0 && prefix !== '' ? [...KEYWORDS].filter((word) => word.startsWith(prefix)) : []
  return [...new Set([...names, ...words])].sort()
}

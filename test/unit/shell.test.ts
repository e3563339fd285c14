// SPDX-License-Identifier: MIT
// The shell without a kernel: what is a chunk, what completes a name, what is kept of what was typed. The compiler is the
// module's own (native/check), and what the state would run is run by Debian's Lua.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LuaValue } from '../../cli/client.ts'
import type { Refusal } from '../../cli/checker.ts'
import { formatValue, OPAQUE } from '../../cli/output/lua.ts'
import { shellHelp, unknownCommand } from '../../cli/shell/commands.ts'
import { History, HISTORY_MAX, historyFile, keptLines } from '../../cli/shell/history.ts'
import { completions, namesChunk, pathBefore } from '../../cli/shell/names.ts'
import { Reader } from '../../cli/shell/reader.ts'
import { showing } from '../../cli/shell/show.ts'

function compile(code: string): Refusal | null {
  const { status, stdout } = spawnSync('build/check/lunatik-check', ['1048576', '=stdin'], { input: code, encoding: 'utf8' })
  return status === 0 ? null : { code: 'ENOEXEC', message: stdout.slice(stdout.indexOf('\n') + 1), line: 1 }
}

/** What each of the lines is read as; of chunks their code. */
function read(...lines: string[]): string[] {
  const reader = new Reader(compile)
  return lines.map((line) => {
    const told = reader.take(line)
    if ('code' in told) return `${told.kind}: ${told.code}`
    return told.kind === 'command' ? `.${told.name}(${told.argument})` : told.kind
  })
}

test('an expression is told from statements', () => {
  assert.deepEqual(read('1 + 1', 'x = 1', 'f()', 'return 1, 2', 'a, b', '"--"'), [
    'expression: 1 + 1', 'statements: x = 1', 'expression: f()', 'statements: return 1, 2', 'expression: a, b', 'expression: "--"',
  ])
})

test('what the compiler misses the end of goes on, statements and expressions', () => {
  assert.deepEqual(read('for i = 1, 3 do', '', '  print(i)', 'end', '{', '1, [[', ']]}', 'x =', '5'), [
    'more', 'more', 'more', 'statements: for i = 1, 3 do\n\n  print(i)\nend', 'more', 'more', 'expression: {\n1, [[\n]]}', 'more', 'statements: x =\n5',
  ])
})

test('what does not compile is refused, and the next line begins anew', () => {
  assert.deepEqual(read('x = = 1', 'for i = 1 do end', '1'), ['refused', 'refused', 'expression: 1'])
  const reader = new Reader(compile)
  reader.take('if x then')
  const ended = reader.end()
  assert.ok(ended.kind === 'refused' && ended.refusal.message.endsWith("expected near <eof>"), JSON.stringify(ended))
  assert.equal(reader.waits, false)
})

test('a dot begins a command, but not within a chunk; nothing is nothing', () => {
  assert.deepEqual(read('.load a b.lua ', '.', '.5 + 1', '...', '', '   ', 'x = {', '.5}'), ['.load(a b.lua)', 'refused', 'expression: .5 + 1', 'expression: ...', 'nothing', 'nothing', 'more', 'statements: x = {\n.5}'])
  assert.equal(unknownCommand('hlep'), 'no command .hlep: did you mean .help?')
  for (const line of shellHelp().split('\n')) assert.ok(line.length <= 110, line)
})

// --- completion ---

test('a path of names is completed, and nothing else', () => {
  const path = (line: string) => {
    const found = pathBefore(line)
    return found && [...found.tables, `|${found.prefix}`].join(' ')
  }
  assert.equal(path('str'), '|str')
  assert.equal(path('x = string.f'), 'string |f')
  assert.equal(path('a.b:c'), 'a b |c')
  assert.equal(path('print(a.'), 'a |')
  assert.equal(path('"a"..s'), '|s')
  assert.equal(path('f().x'), undefined)
  assert.equal(path('t[1].x'), undefined)
  assert.equal(path('x = '), undefined)
})

function lua(code: string): string {
  return execFileSync('lua5.4', ['-'], { input: code, encoding: 'utf8' })
}

/** Names that the chunk finds after `before` has run. */
function names(before: string, line: string): string[] {
  const path = pathBefore(line)
  assert.ok(path)
  const found = lua(`${before}\nlocal names = (function() ${namesChunk(path)}\nend)()\nfor _, name in next, names do print(name) end`)
  return completions(path, found.split('\n'))
}

test('globals, fields, and what an __index that is a table leads to', () => {
  assert.deepEqual(names('', 'strin'), ['string'])
  assert.deepEqual(names('', 'string.rep'), ['rep'])
  assert.deepEqual(names('t = { a = { bc = 1, bd = 2, ["b-"] = 3, ["end"] = 4, [1] = 5 } }', 't.a.b'), ['bc', 'bd'])
  assert.deepEqual(names('C = { method = 1 } C.__index = C o = setmetatable({ mine = 1 }, C)', 'o:m'), ['method', 'mine'])
  assert.deepEqual(names('s = "text"', 's:up'), ['upper'])
  assert.deepEqual(names('retry = 1', 'ret'), ['retry', 'return'])
  assert.deepEqual(names('', 'nosuch.x'), [])
})

test('no metamethod is called, and what never ends is not gone through', () => {
  const traps = 'local function trap() error("called") end local m = { __index = trap, __pairs = trap, __len = trap, __eq = trap, __lt = trap }'
  assert.deepEqual(names(`${traps} t = setmetatable({ yes = 1 }, m) setmetatable(_G, m)`, 't.y'), ['yes'])
  assert.deepEqual(names(`${traps} t = setmetatable({ yes = 1 }, m)`, 't.no.x'), [])
  assert.deepEqual(names('a, b = {}, {} setmetatable(a, { __index = b }) setmetatable(b, { __index = a })', 'a.x'), [])
  assert.equal(names('t = {} for i = 1, 1000 do t["x" .. i] = i end', 't.x').length, 200)
  assert.deepEqual(names('t = {} for i = 1, 100000 do t[i] = i end t.x = 1', 't.nosuch'), [])
})

// --- results ---

/** What Lua makes of it, as text that tells types. */
function shown(expression: string): string {
  return lua(`
    local function text(v)
      if type(v) ~= "table" then return type(v) == "string" and "'" .. v .. "'" or tostring(v) end
      local parts = {}
      for k, x in pairs(v) do parts[#parts + 1] = text(k) .. "=" .. text(x) end
      table.sort(parts)
      return "{" .. table.concat(parts, ",") .. "}"
    end
    local values = table.pack((function() ${showing(expression)} end)())
    for i = 1, values.n do io.write(text(values[i]), ";") end`).replace(/(function|builtin|thread|table)?: 0x\w+/g, '$1').replaceAll('\0', '\\0')
}

test('what can be carried is left as it is, and stands for something else where it cannot', () => {
  assert.equal(shown('1, nil, "a", nil'), "1;nil;'a';nil;")
  assert.equal(shown('-- no value\nnil'), 'nil;')
  assert.equal(shown('{ 1, { a = true } }'), "{1=1,2={'a'=true}};")
  assert.equal(shown('print, { f = print, 1 }'), "{'\\0opaque'='function'};{'f'={'\\0opaque'='function'},1=1};")
  assert.match(shown('(function() local t = { 1 } t.t = t return t end)()'), /^\{'t'=\{'\\0opaque'='table that this is in'\},1=1\};$/)
  assert.match(shown('(function() local t = {} for _ = 1, 40 do t = { t } end return t end)()'), /'\\0opaque'='table'/)
  assert.equal(shown('setmetatable({ print }, { __index = error, __pairs = error, __tostring = error, __len = error })'), "{1={'\\0opaque'='function'}};")
})

test('the lines of an expression keep their numbers', () => {
  assert.ok(!showing('1').split('\n')[0]?.includes('--'))
  assert.equal(showing('a\n+ b').split('\n').length, 3)
})

test('it is printed in angle brackets, within tables too', () => {
  const opaque: LuaValue = new Map([[OPAQUE, 'function: 0x12\u001b']])
  assert.equal(formatValue(opaque, 80), '<function: 0x12\\x1b>')
  assert.equal(formatValue(new Map<LuaValue, LuaValue>([['f', opaque]]), 80), '{f = <function: 0x12\\x1b>}')
})

// --- history ---

function inFolder(check: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'))
  try {
    check(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('the file is where the XDG specification has it', () => {
  assert.equal(historyFile({ XDG_STATE_HOME: '/var/state' }), '/var/state/lunatikctl/history')
  assert.match(historyFile({ XDG_STATE_HOME: 'relative' }), /\/\.local\/state\/lunatikctl\/history$/)
})

test('what was typed is there the next time, twice the same once, and readable for nobody else', () => {
  inFolder((folder) => {
    const file = join(folder, 'a/b/history')
    const fail = (why: string) => { throw new Error(why) }
    const history = new History(file, fail)
    assert.deepEqual(history.load(), [])
    for (const line of ['x = 1', 'x = 1', '  ', 'y = 2']) history.add(line)
    assert.deepEqual(new History(file, fail).load(), ['x = 1', 'y = 2'])
    assert.equal(readFileSync(file, 'utf8'), 'x = 1\ny = 2\n')
    assert.match(execFileSync('stat', ['-c', '%a', file, join(folder, 'a')], { encoding: 'utf8' }), /^600\n700\n$/)
  })
})

test('it does not grow for ever, and what nobody typed is left out', () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `x = ${index}`)
  assert.equal(keptLines([...lines, '\u001b[2J', 'a'.repeat(5000)].join('\n')).length, HISTORY_MAX)
  inFolder((folder) => {
    const file = join(folder, 'history')
    writeFileSync(file, lines.join('\n'))
    const history = new History(file, (why) => { throw new Error(why) })
    assert.equal(history.load().at(-1), 'x = 2999')
    assert.equal(readFileSync(file, 'utf8').trimEnd().split('\n').length, HISTORY_MAX)
  })
})

test('a file that cannot be used is told once, in words, and then left alone', () => {
  inFolder((folder) => {
    const told: string[] = []
    const path = join(folder, 'history')
    mkdirSync(path)
    const history = new History(path, (why) => told.push(why))
    assert.deepEqual(history.load(), [])
    history.add('x')
    history.add('y')
    assert.deepEqual(told, ['illegal operation on a directory'])
    writeFileSync(join(folder, 'file'), '')
    const below = new History(join(folder, 'file/history'), (why) => told.push(why))
    below.load()
    below.add('x')
    assert.deepEqual(told.slice(1), ['not a directory'])
    const nowhere = new History('/proc/nosuch/lunatikctl/history', (why) => told.push(why))
    nowhere.add('x')
    assert.deepEqual(told.slice(2), ['no such file or directory'])
  })
})

// SPDX-License-Identifier: MIT
// lunatikctl check and the kernel have one verdict, in the same words, on whatever can be wrong with a chunk.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { behaviour, failureOf, KERNEL, lunatikctl, run, SLOWNESS, type Place } from './guest.ts'

const KIB = 1024
const MIB = 1024 * KIB
const CHUNK_NAME = '@corpus.lua'

/** Of what compiles only this runs. Before a chunk it moves no line, and costs the same on both sides. */
const RETURN = 'do return end '

interface Verdict {
  readonly code: string
  readonly message: string
}

type Code = string | Uint8Array

/** Why the kernel does not compile it; null where it does. */
async function kernelVerdict({ session }: Place, state: string, code: Code): Promise<Verdict | null> {
  const error = await failureOf(session.run(state, code, { chunkName: CHUNK_NAME, budget: 10 * SLOWNESS }))
  return error ? { code: error.code, message: error.detail ?? error.message } : null
}

async function checkVerdict(code: Code, maxalloc: number): Promise<Verdict | null> {
  const { status, stdout, stderr } = await run(['build/check/lunatik-check', String(maxalloc), CHUNK_NAME], { input: code })
  if (status === 0) return null
  assert.deepEqual({ status, stderr }, { status: 1, stderr: '' })
  const end = stdout.indexOf('\n')
  return { code: stdout.slice(0, stdout.indexOf(' ')), message: stdout.slice(end + 1) }
}

/** The largest number, from one that does, for which it compiles. */
async function largest(compiles: (many: number) => Promise<boolean>, few: number, many: number): Promise<number> {
  assert.ok(await compiles(few), `not even ${few}`)
  assert.ok(!(await compiles(many)), `even ${many}`)
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2)
    if (await compiles(middle)) few = middle
    else many = middle
  }
  return few
}

// --- depth ---

const around = (open: string, close: string, inner = '') => (many: number) => open.repeat(many) + inner + close.repeat(many)
const within = (open: string, close: string, inner = '') => (many: number) => `return ${around(open, close, inner)(many)}`

/** A chunk, and how many levels of it users can count on. */
const NESTED: Readonly<Record<string, readonly [least: number, nest: (many: number) => string]>> = {
  'functions that are returned': [13, around('return function() ', 'end ')],
  'functions that are arguments': [10, around('f(function() ', 'end) ')],
  'functions that are arguments of methods': [10, around('a.b:c(1, function() ', 'end) ')],
  'functions that are assigned': [10, around('x = function() ', 'end ')],
  'local functions': [17, around('local function f() ', 'end ')],
  'functions with parameters': [16, around('local function f(a, b, ...) ', 'end ', 'return a ')],
  'methods': [17, around('function a.b:c() ', 'end ')],
  'upvalues of all functions around': [12, around('local v return function() ', 'end ', 'return v ')],
  'tables': [28, within('{', '}')],
  'tables with names': [17, within('{ a = ', '}', '1')],
  'tables with keys': [17, within('{ [1] = ', '}', '1')],
  'tables in keys': [16, within('{ [', '] = 1 }', '1')],
  'tables with functions': [7, within('{ a = function() return ', ' end }', '1')],
  'parentheses': [34, within('(', ')', '1')],
  'parentheses of calls': [21, within('f(', ')')],
  'calls with tables': [16, within('f{', '}')],
  'indices': [30, within('a[', ']', '1')],
  'concatenations': [57, within('a .. ', '', 'a')],
  'powers': [58, within('2 ^ ', '', '2')],
  'nots': [57, within('not ', '', 'x')],
  'minuses': [57, within('- ', '', 'x')],
  'operators in parentheses': [15, within('a and (b or ', ')', 'c')],
  'sums in parentheses': [21, within('1 + (2 * ', ')', '3')],
  'ifs': [23, around('if x then ', 'end ')],
  'ifs with conditions': [22, around('if f(x) == { 1 } then ', 'end ')],
  'elses': [23, around('if x then else ', 'end ')],
  'elseifs': [23, around('if x then elseif y then ', 'end ')],
  'whiles': [26, around('while x do ', 'end ')],
  'repeats': [32, around('repeat ', 'until x ')],
  'dos': [44, around('do ', 'end ')],
  'loops that count': [18, around('for i = 1, 2 do ', 'end ')],
  'loops that iterate': [13, around('for k, v in pairs(t) do ', 'end ')],
  'targets of an assignment': [46, (many) => `${'a, '.repeat(many)}a = 1`],
  'indexed targets of an assignment': [43, (many) => `${'a[1].b, '.repeat(many)}a = 1`],
  'everything in turn': [2, around('local x = { a = f(function(...) for k in pairs({ ... }) do while x do if (a) then return function() ', 'end end end end end) } ')],
}

for (const [what, [least, nest]] of Object.entries(NESTED)) {
  behaviour(`${what} nest as deep for the kernel as for check: ${least} at least`, async (place) => {
    const code = (many: number) => RETURN + nest(many)
    const deepest = await largest(async (many) => (await checkVerdict(code(many), MIB)) === null, least, 80)
    const beyond = [deepest + 1, 2 * deepest, 3000]
    const refusals = await Promise.all(beyond.map((many) => checkVerdict(code(many), MIB)))
    for (const refusal of refusals) assert.match(refusal?.message ?? '', /^corpus\.lua:1: chunk has too many syntax levels near /)
    // A chunk in a small state begins within its request, with more of the stack in use.
    for (const maxalloc of [MIB, 64 * MIB]) {
      const state = await place.newState({ maxalloc })
      for (let many = 1; many < deepest; many++) assert.equal(await kernelVerdict(place, state, code(many)), null, `${many} of ${deepest}`)
      // How much of the stack is in use is up to chance, too.
      for (let again = 0; again < 8; again++) assert.equal(await kernelVerdict(place, state, code(deepest)), null)
      for (const [index, many] of beyond.entries()) assert.deepEqual(await kernelVerdict(place, state, code(many)), refusals[index], String(many))
    }
  })
}

behaviour('what is long but not deep compiles', async (place) => {
  const state = await place.newState({ maxalloc: 16 * MIB })
  const long = [
    `if x then ${'elseif x then '.repeat(5000)}end`, `return ${'a + '.repeat(5000)}a`, `return ${'a and '.repeat(5000)}a`, `return f${'()'.repeat(5000)}`,
    `return a${'.b'.repeat(5000)}`, `return a${'[1]'.repeat(5000)}`, 'do end '.repeat(5000), `return { ${'{}, '.repeat(5000)} }`,
    'local function f() end f = nil '.repeat(100), `f(${'a, '.repeat(200)}a)`,
  ]
  for (const code of long) {
    assert.equal(await checkVerdict(RETURN + code, 16 * MIB), null, code.slice(0, 40))
    assert.equal(await kernelVerdict(place, state, RETURN + code), null, code.slice(0, 40))
  }
})

behaviour('load() in a chunk judges depth as the chunk itself is judged', async (place) => {
  const state = await place.newState()
  const deepest = within('(', ')', '1')(34)
  const { values } = await place.session.run(state, `return load(${JSON.stringify(deepest)}) ~= nil, (select(2, load(${JSON.stringify(deepest.replace('return ', 'return (('))}, "=deep")))`)
  const [compiles, why] = values
  assert.ok(compiles === true && typeof why === 'string')
  assert.match(why, /^deep:1: chunk has too many syntax levels near /)
})

// KASAN's frames are others, and its stack is twice as large.
if (KERNEL !== 'debug') {
  behaviour('the parser\'s functions are charged what they take of the stack', async () => {
    const taken = new Map<string, number>()
    for (const line of (await readFile(`build/${KERNEL}/lua/upstream/lua/lparser.su`, 'utf8')).trim().split('\n')) {
      const [place = '', bytes] = line.split('\t')
      taken.set(place.split(':').at(-1)?.replace(/\..*/, '') ?? '', Number(bytes))
    }
    const settings = await readFile('kmod/lua/luaconf.h', 'utf8')
    const charged = new Map([...settings.matchAll(/#define LUNATIK_FRAME_(\w+)\s+(\d+)/g)].map(([, name = '', bytes]) => [name, Number(bytes)]))
    const sum = (...names: readonly string[]) => names.reduce((total, name) => total + (taken.get(name) ?? 0), 0)
    const needed: Readonly<Record<string, number>> = {
      STATEMENT: sum('statlist', 'statement'), IF: sum('ifstat', 'test_then_block'), WHILE: sum('whilestat', 'block'), DO: sum('block'),
      FOR: sum('forstat', 'fornum', 'forbody', 'block'), FORLIST: sum('forlist'), REPEAT: sum('repeatstat'), COND: sum('cond'),
      FUNCTION: sum('funcstat'), LOCAL: Math.max(sum('localstat'), sum('localfunc')), RETURN: sum('retstat'), EXPRSTAT: sum('exprstat'),
      RESTASSIGN: sum('restassign'), BODY: sum('body'), EXPLIST: sum('explist'), SUBEXPR: sum('expr', 'subexpr', 'simpleexp'),
      SUFFIXEDEXP: sum('suffixedexp', 'primaryexp'), YINDEX: sum('yindex'), FUNCARGS: sum('funcargs'),
      CONSTRUCTOR: sum('constructor', 'field', 'listfield'), RECFIELD: sum('recfield'),
    }
    assert.deepEqual([...charged.keys()].sort(), Object.keys(needed).sort())
    for (const [name, bytes] of Object.entries(needed)) assert.ok(bytes > 0 && bytes <= (charged.get(name) ?? 0), `${name}: ${bytes} taken`)
  })
}

// --- words ---

const many = (count: number, code: (index: number) => string, between = ' ') => Array.from({ length: count }, (_, index) => code(index)).join(between)
const bytes = (...parts: readonly (string | number)[]) => Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))))

const NUMBERS = [
  '0', '00', '1.', '.5', '.', '..', '1..2', '1...2', '3e', '3e+', '3e-1', '3e400', '1e-400', '4.9e-324', '2.4703282292062327e-324', '0x', '0x.', '0x.p1',
  '0x1p', '0x1p4', '0x1p-1075', '0x.8p1', '0xg', '0xffffffffffffffff', '0x1ffffffffffffffff', '9223372036854775807', '9223372036854775808',
  '1e', '1f', '1_000', '0b1', '12a', '1.5.2', '0x1.8.2', '1e5e5', '08', '1'.repeat(400), `0.${'3'.repeat(400)}`, '1'.repeat(70_000), '0x1.fffffffffffff7',
  '1e1000000000000', '2^53', '1 // 0', '1 % 0', '1.0 // 0', '0.0 / 0 | 1', '1 << 1.5', '"a" + 1', '1 < "x"', '- - 1', '~1.5', '-nil', '#5', '1 .. 2',
].map((number) => `return ${number}`)

const STRINGS: readonly Code[] = [
  ...['"', "'", '"abc', '"abc\n"', '"abc\r\n', '"\\q"', '"\\', '"\\x"', '"\\xg"', '"\\x1"', '"\\x41"', '"\\256"', '"\\2555"', '"\\999"', '"\\u"', '"\\u{"', '"\\u{}"', '"\\u{g}"',
    '"\\u{7fffffff}"', '"\\u{80000000}"', '"\\u{110000}"', '"\\u{fffffffff}"', '"\\u{1"', '"\\z   \n  x"', '"\\z', '"a\\\nb\\q"', '[[', '[[\n\n]', '[=[ ]]', '[==', '[=', '[==x', '[[]]', '[=[]]]=]',
    '--[[', '--[==[ ]]', '--[=x', '--', '"a" "b"', 'f"a"[[b]]{}', '"\u00e9\\q"', '"\t\\q"'].map((string) => `return ${string}`),
  bytes('return "', 0xff, 0xfe, '\\q"'), bytes('return "', 0, '\\q"'), bytes('return "', 0, '"'), bytes('return "a', 0xc3), bytes('return ', 0xc3, 0xa9), bytes('x', 0xff, ' = 1'), bytes('return [[', 0, 1, 2, 0xff, ']]'),
  bytes('return', 0, '1'), bytes(0), bytes('return 1', 0), bytes('return 1 --', 0), bytes('x = ', 7), bytes('x = ', 0x7f), bytes(0x1b, 'Lua'), bytes(0x1b), bytes('return ', 0x1b),
  `return "${'x'.repeat(3000)}\\q"`, `return "${'x'.repeat(20_000)}\\q"`, `return "${'x'.repeat(300_000)}`, `return [[${'x\n'.repeat(100_000)}`, `return ${'x'.repeat(20_000)} y`,
]

const NAMES: readonly Code[] = [
  '', ' ', '\n\n', ';', ';;;', 'return', 'return;', 'return 1;', 'return 1;;', 'return 1 return 2', 'end', 'do', 'x', 'x y', 'x =', 'x = = 1', '= 1', 'f() = 1', '(x) = 1', '(f)', '1 = x', 'x, 1 = 2', 'x.y.z', 'x:y',
  'x:y = 1', 'local', 'local 1', 'local x.y = 1', 'local function', 'local function x.y() end', 'function', 'function x:y.z() end', 'function f(', 'function f(a,) end', 'function f(..., a) end', 'function f(a b) end',
  'return ...', 'function f() return ... end', 'f(', 'f(1,)', 'f(1', 'if', 'if x', 'if x then', 'if x then else', 'if x then elseif end', 'if x then else else end', 'while', 'while x', 'while true do', 'for', 'for i', 'for i = 1', 'for i = 1 do end',
  'for i = 1, 2, 3, 4 do end', 'for i in do end', 'for i, 1 in x do end', 'for a.b in x do end', 'repeat', 'repeat until', 'return {', 'return {1, 2', 'return {,}', 'return {a = }', 'return {[1 = 2}', 'return {1 = 2}', 'return {;}', 'return (', 'return )', 'return [1]',
  'x = function', 'x = 1 +', 'x = + 1', 'x = not', 'x = 1 === 2', 'x = 1 != 2', 'x += 1', 'x++', 'x = a ? b : c', 'x = @', 'x = $1', 'x = `a`', 'x = a\\b', '\n\n\nx = \n\n= 1', 'and = 1', 'goto = 1', 'local nil = 1', 'f{}{}""()', 'x = 5 y = 6 z', 'return return',
  'goto', 'goto 1', 'goto x', '::x', '::x::', '::x:: ::x::', '::1::', 'goto x; local a; ::x:: print(a)', 'goto x local a ::x::', 'do goto x end ::x::', 'do ::x:: end goto x', 'goto x; local a ::x:: ; ;', 'repeat goto c; local z; ::c:: until z', 'break', 'do break end', 'while 1 do break end', 'while 1 do function f() break end end',
  'for i = 1, 2 do goto continue; local x; ::continue:: end', 'function f() goto x end ::x::', '::a:: do ::a:: end', 'goto a; do ::a:: end',
  'local x <const> = 1; x = 2', 'local x <const>; x = 2', 'local x <close> = nil', 'local x <close>, y <close> = 1, 2', 'local x <const>, y <close> = 1, nil', 'local x <foo> = 1', 'local x <const', 'local x <', 'local x <1> = 1', 'local x <const> = 1; return function() x = 2 end', 'local a <const> = 5; local b <const> = a; b = 1', 'local x <close> = nil; x = 1', 'for i <const> = 1, 2 do end', 'local function f() end <const>',
  many(200, (index) => `local a${index}`), many(201, (index) => `local a${index}`), many(250, (index) => `local a${index}`, '\n'), `local ${many(201, (index) => `a${index}`, ', ')} = 1`, `function f(${many(201, (index) => `a${index}`, ', ')}) end`, `for ${many(197, (index) => `a${index}`, ', ')} in x do end`, `for ${many(196, (index) => `a${index}`, ', ')} in x do end`,
  `function f() ${many(201, (index) => `local a${index}`)} end`, `${many(4, (part) => `local ${many(100, (index) => `u${part}_${index}`, ', ')} local function g${part}()`)} return function() return ${many(4, (part) => many(100, (index) => `u${part}_${index}`, ' + '), ' + ')} end end end end end`,
  `local a; ${many(256, (index) => `local function f${index}() return a end do end`, '\n').slice(0, 2000)}`,
  `return ${many(300, () => 'f(x)', ' .. ')}`, `f(${many(260, (index) => `a${index}`, ', ')})`, `return {${many(260, () => 'f(x)', ', ')}}`, `x = ${many(255, () => '{f(', '')}`, `local t = {} return t${many(300, (index) => `[${index}]`, '')}`, `return ${many(254, (index) => `a${index}`, ', ')}`, `return ${many(255, (index) => `a${index}`, ', ')}`, `return ${many(260, (index) => `a${index}`, ', ')}`,
  `return ${many(70_000, (index) => String(index + 0.5), ', ')}`.slice(0, 900_000), `x = {${many(40_000, (index) => `"k${index}"`, ', ')}}`, `while x do ${'a = b '.repeat(30_000)} end`, `goto x ${'a = b '.repeat(20_000)} ::x::`, `return ${'(a + b) * '.repeat(20_000)}1`, `${'\n'.repeat(100_000)}x = = 1`, `-- ${'x'.repeat(500_000)}\nx = = 1`,
  `${many(1000, (index) => `function f${index}() return ${index} end`, '\n')} x = =`, '# no first line to skip here', '\ufeffreturn 1', '\r\nx = = 1', '\n\rx = = 1', '\n\n\r\rx = = 1', 'x = 1 -- a\rx = = 1',
]

for (const [what, corpus] of Object.entries({ numbers: NUMBERS, strings: STRINGS, 'names and statements': NAMES })) {
  behaviour(`${corpus.length} chunks of ${what} are judged the same, in the same words`, async (place) => {
    const maxalloc = 32 * MIB
    const state = await place.newState({ maxalloc })
    for (const chunk of corpus) {
      for (const code of [chunk, Buffer.concat([Buffer.from(RETURN), Buffer.from(chunk)])]) {
        const inKernel = await kernelVerdict(place, state, code)
        // What does compile may fail when it runs: that is no matter of check's.
        if (code === chunk && inKernel?.code !== 'ENOEXEC') continue
        const shown = Buffer.from(code).subarray(0, 80).toString()
        assert.deepEqual(inKernel, await checkVerdict(code, maxalloc), `${shown} (${code.length} bytes)`)
      }
    }
  })
}

// --- memory ---

const GROWING: Readonly<Record<string, (many: number) => string>> = {
  'globals with names of their own': (count) => many(count, (index) => `name${index} = ${index}`, '\n'),
  'functions': (count) => many(count, (index) => `function f(a) return a + ${index} end`, '\n'),
  'a long string': (count) => `return [[${'x'.repeat(count * 16)}]]`,
  'a string with escapes': (count) => `return "${'\\65'.repeat(count * 8)}"`,
  'a table': (count) => `return { ${many(count, (index) => `"item ${index}"`, ', ')} }`,
  'float constants': (count) => `return { ${many(count, (index) => `${index}.25`, ', ')} }`,
  'calls': (count) => 'f(x) '.repeat(count),
  'blocks with locals': (count) => 'do local a, b, c = 1 end '.repeat(count),
}

/** Of what a new state holds; its name is of different lengths, too. */
const TOLERANCE = KIB

for (const [what, grow] of Object.entries(GROWING)) {
  behaviour(`${what} are as many as the state has memory for, by check as in the kernel`, async (place) => {
    for (const maxalloc of [64 * KIB, 256 * KIB]) {
      const code = (count: number) => RETURN + grow(count)
      const compiles = (limit: number) => async (count: number) => (await checkVerdict(code(count), limit)) === null
      const least = await largest(compiles(maxalloc - TOLERANCE), 1, 20_000)
      const most = await largest(compiles(maxalloc + TOLERANCE), least, 20_000)
      const verdict = async (count: number) => kernelVerdict(place, await place.newState({ maxalloc }), code(count))
      assert.equal(await verdict(least), null, `${least} in ${maxalloc}`)
      assert.deepEqual(await verdict(most + 1), { code: 'ECANCELED', message: 'not enough memory' }, `${most + 1} in ${maxalloc}`)
    }
  })
}

behaviour('check knows what a new state holds', async (place) => {
  const [, told] = /NEW_STATE_HOLDS (\d+)/.exec(await readFile('native/check/machine.h', 'utf8')) ?? []
  const { curralloc } = await place.session.show(await place.newState())
  assert.ok(Math.abs(curralloc - Number(told)) < TOLERANCE / 2, `${curralloc}, not ${told}: native/check/machine.h has it`)
})

// --- the command ---

behaviour('lunatikctl check says what lunatikctl do says', async (place) => {
  const state = await place.newState()
  const path = await mkdtemp('/tmp/check.')
  place.afterwards(() => rm(path, { recursive: true }))
  const chunks: readonly Code[] = [
    'x = = 1', '#!/usr/bin/lua\n\nx = = 1', '\ufeff# marked\nx = = 1', '# nothing else', '', within('(', ')', '1')(100), bytes('x = "', 0xff, '\u00e9\\q"'), '\u001b[2J', '\u001bLua',
    GROWING['globals with names of their own']?.(40_000) ?? '', 'x'.repeat(MIB + 1), ' '.repeat(MIB),
  ]
  for (const [index, code] of chunks.entries()) {
    const file = `${path}/a b:${index}:.lua`
    await writeFile(file, code)
    const done = await lunatikctl(['do', state, file])
    const checked = await lunatikctl(['check', file])
    const words = done.stderr.replace(`lunatikctl: do: ${state}: `, '')
    const expected = words === '' || words.startsWith(path) ? words : `${file}: ${words}`
    assert.deepEqual([checked.status, checked.stderr.replace('lunatikctl: check: ', ''), checked.stdout], [done.status, expected, ''], `chunk ${index}`)
  }
})

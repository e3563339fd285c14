// SPDX-License-Identifier: MIT
// Random Lua programs: made by a grammar, so that most of them compile and a good part runs, of what lies on borders.

/** From 0 up to, but not including n. */
type Chance = (n: number) => number

/** The same for the same seed. */
export function chanceFrom(seed: number): Chance {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n
  }
}

const NUMBERS = [
  '0', '1', '2', '3', '-1', '7', '10', '64', '100', '255', '256', '65535', '65536', '0x7fffffff', '0x80000000', '0xffffffff', '1 << 62',
  'math.maxinteger', 'math.mininteger', '0.0', '-0.0', '0.5', '1e15', '2^53', '2^63', '-2^63', '1e308', '1e-308', '5e-324', '1/0', '-1/0', '0/0',
  'math.pi', '3.0', '1e100', '0x1p-1074',
]
const STRINGS = [
  '""', '"a"', '"abc"', '"10"', '"0x10"', '" 1e2 "', '"nan"', '"\\0"', '"a\\0b"', '"\\xff\\xfe"', '"\\u{10ffff}"', '("x"):rep(100)', '("ab"):rep(3000)',
  '"%"', '"[%w"', '"line\\nline\\n"', '"héllo"',
]
const PATTERNS = [
  '"."', '".-"', '"a*"', '"(a*)*"', '"%w+"', '"[^%s]*"', '"%b()"', '"%f[%w]"', '"()"', '"(()())"', '"^(.-)%s*$"', '"%1"', '"(.)%1"', '"[a-]"', '"[]]"',
  '"%"', '"["', '"[a"', '"%g%z"', '".*.*.*b"', '"x-x-x-x-y"', '"(((((((((())))))))))"', '"\\0"', '"[%a-z]"', '"%f"', '"%b"',
]
const FORMATS = [
  '"%d"', '"%5.2f"', '"%g"', '"%a"', '"%q"', '"%s"', '"%-20s|"', '"%x %X %o"', '"%c"', '"%i%%"', '"%099.99f"', '"%p"', '"%.3s"', '"%.14g"', '"%"', '"%y"',
  '"%s%s%s%s%s%s"', '"%+#010x"', '"% e"',
]
const PACKS = ['"i"', '"b"', '"<i8>I2"', '"z"', '"s1"', '"s4"', '"!8 d i1 Xi8"', '"f d n"', '"i16"', '"i17"', '"c10"', '"c0"', '"c2147483647"', '"j J T"', '" = < > !"', '"xx"']

const METAMETHODS = [
  '__index', '__newindex', '__call', '__add', '__sub', '__mul', '__mod', '__pow', '__div', '__idiv', '__unm', '__concat', '__len', '__eq', '__lt', '__le',
  '__band', '__shl', '__bnot', '__tostring', '__name', '__pairs', '__close', '__mode', '__metatable', '__gc',
]
const BINARY = ['+', '-', '*', '/', '//', '%', '^', '..', '==', '~=', '<', '<=', '>', '>=', 'and', 'or', '&', '|', '~', '<<', '>>']
const UNARY = ['-', 'not ', '#', '~']

/** Functions of the library with kinds of their arguments: n number, s string, p pattern, f function, t table, F format, P pack, v any, c coroutine */
const CALLS = [
  'assert v', 'collectgarbage g', 'error v', 'getmetatable v', 'ipairs t', 'load s', 'next t', 'next t v', 'pairs t', 'pcall f v', 'print v v', 'rawequal v v',
  'rawget t v', 'rawlen t', 'rawset t v v', 'require s', 'select n v v v', 'setmetatable t t', 'tonumber v', 'tonumber s n', 'tostring v', 'type v', 'xpcall f f v',
  'coroutine.close c', 'coroutine.create f', 'coroutine.isyieldable', 'coroutine.resume c v', 'coroutine.running', 'coroutine.status c', 'coroutine.wrap f',
  'coroutine.yield v v', 'debug.traceback', 'debug.traceback c s n', 'debug.getinfo f', 'debug.getinfo n s', 'math.abs n', 'math.ceil n', 'math.floor n',
  'math.fmod n n', 'math.log n n', 'math.max n n', 'math.random', 'math.random n', 'math.random n n', 'math.randomseed n', 'math.sin n', 'math.exp n', 'math.sqrt n',
  'math.tointeger v', 'math.type v', 'math.ult n n', 'os.time', 'os.clock', 'string.byte s n n', 'string.char n n', 'string.find s p n v', 'string.format F v v v',
  'string.gmatch s p', 'string.gmatch s p n', 'string.gsub s p s n', 'string.gsub s p f', 'string.gsub s p t', 'string.len s', 'string.lower s', 'string.match s p n',
  'string.pack P v v v', 'string.packsize P', 'string.rep s m s', 'string.reverse s', 'string.sub s n n', 'string.unpack P s n', 'string.upper s', 'table.concat t s n n',
  'table.insert t v', 'table.insert t n v', 'table.move t n m n t', 'table.pack v v v', 'table.remove t n', 'table.sort t', 'table.sort t f', 'table.unpack t n n',
  'table.unpack t', 'utf8.char n n', 'utf8.codepoint s n n v', 'utf8.codes s', 'utf8.len s n n v', 'utf8.offset s n n', 'lunatik.send s', 'lunatik.log s s',
  'lunatik.maxalloc', 'lunatik.curralloc',
]

class Writer {
  #depth = 0
  #locals = 0
  #labels = 0
  #inLoop = false

  constructor(private readonly chance: Chance) {}

  #one<T>(of: readonly T[]): T {
    // An index below its length is in it.
    return of[this.chance(of.length)] as T
  }

  #deeper<T>(make: () => T): T {
    this.#depth++
    const made = make()
    this.#depth--
    return made
  }

  #name(): string {
    return this.#locals > 0 && this.chance(3) > 0 ? `v${this.chance(this.#locals)}` : `g${this.chance(4)}`
  }

  expression(): string {
    if (this.#depth > 4) return this.chance(2) > 0 ? this.#name() : this.#one(NUMBERS)
    return this.#deeper(() => {
      switch (this.chance(14)) {
        case 0: return this.#one(NUMBERS)
        case 1: return this.#one(STRINGS)
        case 2: case 3: return this.#name()
        case 4: return `(${this.expression()} ${this.#one(BINARY)} ${this.expression()})`
        case 5: return `(${this.#one(UNARY)}${this.expression()})`
        case 6: case 7: case 8: return this.#call()
        case 9: return this.#table()
        case 10: return this.#function()
        case 11: return `${this.#name()}[${this.expression()}]`
        case 12: return `${this.#name()}(${this.expression()})`
        default: return this.#one(['nil', 'true', 'false', '...', '_G', '_ENV', 'lunatik.name'])
      }
    })
  }

  #call(): string {
    const [name = '', ...kinds] = this.#one(CALLS).split(' ')
    // Sometimes one too few.
    const count = this.chance(12) === 0 ? this.chance(kinds.length + 1) : kinds.length
    const call = `${name}(${kinds.slice(0, count).map((kind) => this.#argument(kind)).join(', ')})`
    return this.chance(3) === 0 ? call : this.#guarded(call)
  }

  #guarded(expression: string): string {
    return `select(2, pcall(function(...) return ${expression} end, ...))`
  }

  #argument(kind: string): string {
    if (this.chance(10) === 0) return this.expression()
    switch (kind) {
      case 'n': return this.chance(2) > 0 ? this.#one(NUMBERS) : `(tonumber(${this.expression()}) or ${this.chance(9)})`
      case 'm': return String(this.#one([0, 1, 3, 100, 5000, 100000]))
      case 's': return this.chance(2) > 0 ? this.#one(STRINGS) : `tostring(${this.expression()})`
      case 'p': return this.#one(PATTERNS)
      case 'F': return this.#one(FORMATS)
      case 'P': return this.#one(PACKS)
      case 'f': return this.#function()
      case 't': return this.chance(2) > 0 ? this.#table() : `(function() local t = ${this.#name()} return type(t) == "table" and t or {} end)()`
      case 'c': return `coroutine.create(${this.#function()})`
      case 'g': return `"${this.#one(['collect', 'count', 'step', 'isrunning', 'generational', 'incremental', 'stop', 'restart', 'nonsense'])}"`
      default: return this.expression()
    }
  }

  #table(): string {
    const fields = Array.from({ length: this.chance(5) }, () => {
      switch (this.chance(4)) {
        case 0: return `[${this.expression()} or 1] = ${this.expression()}`
        case 1: return `k${this.chance(4)} = ${this.expression()}`
        default: return this.expression()
      }
    })
    const table = `{ ${fields.join(', ')} }`
    if (this.chance(4) > 0) return table
    const metamethods = Array.from({ length: 1 + this.chance(3) }, () => `${this.#one(METAMETHODS)} = ${this.#one([this.#function(), '"k"', '"v"', '"kv"', this.#name()])}`)
    return `setmetatable(${table}, { ${metamethods.join(', ')} })`
  }

  #function(): string {
    if (this.#depth > 3) return this.#one(['print', 'error', 'tostring', 'coroutine.yield', 'pcall', 'function(...) return ... end'])
    return this.#deeper(() => {
      const [locals, loop] = [this.#locals, this.#inLoop]
      this.#inLoop = false
      const parameters = Array.from({ length: this.chance(3) }, () => `v${this.#locals++}`)
      const body = this.block(1 + this.chance(3))
      const end = `return ${this.expression()}`
      this.#locals = locals
      this.#inLoop = loop
      return `function(${[...parameters, '...'].join(', ')}) ${body} ${end} end`
    })
  }

  #statement(): string {
    if (this.#depth > 4) return `${this.#name()} = ${this.expression()}`
    return this.#deeper(() => {
      switch (this.chance(16)) {
        case 0: case 1: case 2: return this.#local()
        case 3: case 4: return `${this.#name()} = ${this.expression()}`
        case 5: return `if type(${this.#name()}) == "table" then ${this.#name()}[${this.expression()} or 1] = ${this.expression()} end`
        case 6: return `if ${this.expression()} then ${this.#scope()} else ${this.#scope()} end`
        case 7: return `for v${this.#locals} = ${this.chance(4)}, ${this.#one(['3', '10', '100', 'math.maxinteger', '-1', '5.5'])}, ${this.#one(['1', '2', '-1', '0.5', '1 << 61'])} do ${this.#loop(1)} end`
        case 8: return `for v${this.#locals}, v${this.#locals + 1} in ${this.#one(['pairs', 'ipairs', 'next, '])}(${this.#table()}) do ${this.#loop(2)} end`
        case 9: return `while ${this.expression()} do ${this.#loop(0)} if ${this.expression()} then break end end`
        case 10: return `repeat ${this.#loop(0)} until ${this.expression()}`
        case 11: return this.#goto()
        case 12: return `pcall(${this.#function()}, ${this.expression()})`
        case 13: return `do ${this.#scope()} end`
        case 14: return `do local f = coroutine.wrap(${this.#function()}) pcall(f, ${this.expression()}) pcall(f) end`
        default: return this.#inLoop ? this.#one(['break', 'local _ = 1']) : 'local _ = 1'
      }
    })
  }

  #local(): string {
    // Before the new name is one.
    const value = this.chance(4) > 0 ? this.#guarded(this.expression()) : this.expression()
    const attribute = this.#one(['', '', '', '', ' <const>', ''])
    const closed = this.chance(12) === 0
    const name = `v${this.#locals++}`
    // What is constant is not assigned to: behind a name of its own.
    if (closed) return `local ${name} = ${value} local c${this.#locals} <close> = setmetatable({}, { __close = ${this.#function()} })`
    return attribute === '' ? `local ${name} = ${value}` : `local c${this.#locals}${attribute} = ${value} local ${name} = c${this.#locals}`
  }

  #scope(): string {
    const locals = this.#locals
    const made = this.block(1 + this.chance(2))
    this.#locals = locals
    return made
  }

  #loop(variables: number): string {
    const [locals, loop] = [this.#locals, this.#inLoop]
    this.#locals += variables
    this.#inLoop = true
    const made = `do ${this.block(1 + this.chance(2))} end`
    this.#locals = locals
    this.#inLoop = loop
    return made
  }

  #goto(): string {
    const label = `l${this.#labels++}`
    const body = this.#scope()
    return this.chance(2) > 0
      ? `do goto ${label} end do ${body} end ::${label}::`
      : `do local n = 0 ::${label}:: n = n + 1 do ${body} end if n < ${1 + this.chance(20)} then goto ${label} end end`
  }

  /** Each statement in a line of its own. */
  block(count: number): string {
    const statements: string[] = []
    for (let i = 0; i < count; i++) {
      const statement = this.#statement()
      statements.push(statement === 'break' ? 'do break end' : statement)
    }
    return statements.join('\n')
  }

  /** What fails does not keep the rest from running. */
  program(): string {
    const statements = Array.from({ length: 4 + this.chance(10) }, () => {
      if (this.chance(3) === 0) return this.#local()
      return `pcall(function(...) ${this.#scope()} end, ...)`
    })
    return `${statements.join('\n')}\nreturn ${this.#guarded(this.expression())}, ${this.expression()}\n`
  }
}

/** What breaks a program: a word, a byte or a line more or less. */
function spoil(program: string, chance: Chance): string {
  const at = chance(program.length)
  switch (chance(4)) {
    case 0: return program.slice(0, at) + program.slice(at + 1 + chance(6))
    case 1: return program.slice(0, at) + String.fromCharCode(chance(256)) + program.slice(at)
    case 2: return program.slice(0, at)
    default: return program.slice(0, at) + program.slice(chance(program.length))
  }
}

/** The program of a seed; one of eight is spoilt. */
export function programOf(seed: number): string {
  const chance = chanceFrom(seed)
  const program = new Writer(chance).program()
  return chance(8) === 0 ? spoil(program, chance) : program
}

// SPDX-License-Identifier: MIT
// How the lines of a batch become commands.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandsIn, splitWords, UnfinishedCommand, type BatchCommand } from '../../cli/words.ts'

const SPLITS: readonly (readonly [text: string, words: readonly string[]])[] = [
  ['', []],
  ['  \t\r\n', []],
  ['# new web', []],
  ['new web # made here', ['new', 'web']],
  ['new web#1', ['new', 'web#1']],
  ['a "b c" \'d e\'', ['a', 'b c', 'd e']],
  [`a"b"'c'd`, ['abcd']],
  ['""', ['']],
  ["''", ['']],
  [String.raw`a\ b \# \"`, ['a b', '#', '"']],
  [String.raw`"a\"b\\c\n"`, [String.raw`a"b\c\n`]],
  [String.raw`'a\b'`, [String.raw`a\b`]],
  ['a\\\nb c', ['ab', 'c']],
  ['"a\\\nb"', ['ab']],
  ["do web -e 'x = 1\ny = 2 # no comment'", ['do', 'web', '-e', 'x = 1\ny = 2 # no comment']],
  ['"é漢"', ['é漢']],
]

for (const [text, words] of SPLITS) {
  test(`${JSON.stringify(text)} is ${JSON.stringify(words)}`, () => {
    assert.deepEqual(splitWords(text), { words })
  })
}

test('what is not finished is told as that', () => {
  assert.deepEqual(splitWords("a 'b\n"), { lacks: "'" })
  assert.deepEqual(splitWords('a "b\\"\n'), { lacks: '"' })
  assert.deepEqual(splitWords('a \\\n'), { lacks: 'line' })
})

async function commandsOf(...lines: string[]): Promise<BatchCommand[]> {
  async function* each() {
    for (const line of lines) yield await Promise.resolve(line)
  }
  const commands: BatchCommand[] = []
  for await (const command of commandsIn(each())) commands.push(command)
  return commands
}

test('a command has the number of the line on which it begins', async () => {
  assert.deepEqual(await commandsOf('# first', '', 'new a', "do a -e '", 'x = "', "'", 'set a \\', '  --maxalloc 1M', 'close a'), [
    { line: 3, words: ['new', 'a'] },
    { line: 4, words: ['do', 'a', '-e', '\nx = "\n'] },
    { line: 7, words: ['set', 'a', '--maxalloc', '1M'] },
    { line: 9, words: ['close', 'a'] },
  ])
})

test('at the end, what is not finished is an error of the line on which it began', async () => {
  const unfinished = (line: number, message: string) => (error: unknown) => error instanceof UnfinishedCommand && error.line === line && error.message === message
  await assert.rejects(commandsOf('new a', 'do a -e "', 'x'), unfinished(2, 'a quote is not closed'))
  await assert.rejects(commandsOf('new a \\'), unfinished(1, 'the line that should follow is missing'))
})

test('a quote over very many lines is not read again with each of them', async () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `local v${index} = "${index}"`)
  const [command] = await commandsOf("do a -e '", ...lines, "'")
  assert.equal(command?.words[3]?.length, lines.join('\n').length + 2)
})

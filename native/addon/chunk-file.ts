// SPDX-License-Identifier: MIT
// A chunk out of a file, as `lua FILE` takes it.

// Its promises are loaded with their first use.
import { promises } from 'node:fs'

/** `@FILE`; of a path that is too long, the end, as Lua shortens names itself. `most` is in bytes. */
export function chunkName(file: string, most: number): string {
  const bytes = Buffer.from(`@${file}`)
  if (bytes.length <= most) return `@${file}`
  const mark = '@...'
  // A character cut in half at the start is left out whole.
  const tail = bytes.subarray(bytes.length - (most - mark.length)).toString().replace(/^\ufffd+/, '')
  return mark + tail
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
const HASH = 0x23
const NEWLINE = 0x0a

/** What `lua FILE` skips too: a byte order mark, and a first line that starts with `#`. Lines keep their numbers. */
export function withoutFirstComment(bytes: Uint8Array): Uint8Array {
  const marked = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)
  const text = marked ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
  if (text[0] !== HASH) return text
  const end = text.indexOf(NEWLINE)
  return end < 0 ? text.subarray(text.length) : text.subarray(end)
}

/** Reads a file, which may be one without end, and no more of it than `most` bytes. */
export async function readUpTo(path: string | URL, most: number): Promise<Uint8Array> {
  const file = await promises.open(path)
  try {
    const bytes = Buffer.allocUnsafe(most)
    let size = 0
    for (;;) {
      const { bytesRead } = await file.read(bytes, size, most - size)
      size += bytesRead
      if (bytesRead === 0 || size === most) return bytes.subarray(0, size)
    }
  } finally {
    await file.close()
  }
}

// SPDX-License-Identifier: MIT
// Bytes, seconds and counts, as people write them and as people read them.

const KIBI = 1024
const SIZE_SUFFIXES = ['', 'K', 'M', 'G', 'T'] as const

/**
 * Bytes of `65536`, `64K`, `1.5M` or `1GiB`; suffixes are powers of 1024, fractions go to the nearest byte.
 * @throws {RangeError} when the text is no size.
 */
export function parseSize(text: string): number {
  const bytes = Math.round(bytesOf(text))
  if (!Number.isSafeInteger(bytes)) throw new RangeError('A size is less than 2^53 bytes.')
  return bytes
}

function bytesOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:([KMGT])(?:iB)?|B)?$/i.exec(text)
  if (!match) throw new RangeError('A size is a number of bytes, with K, M or G for powers of 1024: 65536, 64K, 1M.')
  const power = SIZE_SUFFIXES.findIndex((suffix) => suffix === (match[2] ?? '').toUpperCase())
  return Number(match[1]) * KIBI ** power
}

/**
 * A place in bytes, of the same texts; the nearest to a fraction is another one.
 * @throws {RangeError} when the text is no size, or no whole one.
 */
export function parseOffset(text: string): number {
  const bytes = bytesOf(text)
  if (!Number.isSafeInteger(bytes)) throw new RangeError('An offset is a whole number of bytes: 40, 1K.')
  return bytes
}

/** What no number of the module's messages is for: the last of them stands for a size that is left open. */
const PAGE_SIZES = 0xffff_ffff

/**
 * Bytes for a page. Which of them one may have, the module says.
 * @throws {RangeError} when the text is no size, or one that cannot be asked for.
 */
export function parsePageSize(text: string): number {
  const bytes = parseSize(text)
  if (bytes >= PAGE_SIZES) throw new RangeError('A page has 1 to 4096 bytes.')
  return bytes
}

/** Bytes for people, in a form that parseSize reads; rounded to two or three digits. */
export function formatSize(bytes: number): string {
  let power = 0
  let value = bytes
  // 999.5 and not 1024: what would round to four digits goes to the next suffix.
  while (power < SIZE_SUFFIXES.length - 1 && value >= (power === 0 ? KIBI : 999.5)) {
    value /= KIBI
    power++
  }
  const digits = power === 0 || value >= 99.95 ? 0 : 1
  return value.toFixed(digits).replace(/\.0$/, '') + (SIZE_SUFFIXES[power] ?? '')
}

const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400 }

/** A hundred years; what is told in microseconds stays a whole number until then. */
const DURATION_MAX = 36525 * 86400

/**
 * Seconds of `300ms`, `2s`, `5m`; a bare number is seconds.
 * @throws {RangeError} when the text is no duration.
 */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)?$/.exec(text)
  if (!match) throw new RangeError('A duration is a number with a unit: 300ms, 2s, 5m.')
  const seconds = Number(match[1]) * (SECONDS[match[2] ?? 's'] ?? 1)
  if (seconds > DURATION_MAX) throw new RangeError('A duration is a hundred years at most.')
  return seconds
}

/**
 * A duration that is not nothing, and no more than a day.
 * @throws {RangeError}
 */
export function parseInterval(text: string): number {
  const seconds = parseDuration(text)
  if (!(seconds > 0 && seconds <= DAY)) throw new RangeError('An interval is more than nothing, and a day at most.')
  return seconds
}

const DAY = 86400

const LADDER = [
  ['d', 86400, 'h', 3600],
  ['h', 3600, 'm', 60],
  ['m', 60, 's', 1],
] as const

/** Seconds for people: the two largest units, `3d 4h`, `5m 12s`, `42s`, `1.5ms`. */
export function formatDuration(seconds: number): string {
  for (const [unit, size, smaller, smallerSize] of LADDER) {
    if (seconds < size) continue
    const count = Math.floor(seconds / size)
    const rest = Math.floor((seconds - count * size) / smallerSize)
    return rest > 0 ? `${count}${unit} ${rest}${smaller}` : `${count}${unit}`
  }
  if (seconds >= 1) return `${whole(seconds)}s`
  if (seconds >= 1e-3) return `${whole(seconds * 1e3)}ms`
  return seconds === 0 ? '0s' : `${Math.round(seconds * 1e6)}us`
}

// Cut, not rounded: 59.9 s must not read as 60 s beside an age of 1m.
function whole(value: number): number {
  return value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)
}

/**
 * A whole number from 1.
 * @throws {RangeError} when the text is none.
 */
export function parseCount(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count === 0 || !Number.isSafeInteger(count)) throw new RangeError('A count is a whole number from 1.')
  return count
}

/** Seconds of what a rate may be told by. */
const PER: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/**
 * How often in a second, of `10/s`, `0.5/s` or `1/m`; a bare number is per second.
 * @throws {RangeError} when the text is none, or less than one a day.
 */
export function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\/(s|m|h))?$/.exec(text)
  const rate = Number(match?.[1]) / (PER[match?.[2] ?? 's'] ?? 1)
  if (!match || rate < 1 / DAY) throw new RangeError('A rate is a number in a time, and one a day at least: 10/s, 1/m, 2/h.')
  return rate
}

/**
 * Bits of `0640` or `640`.
 * @throws {RangeError} when the text is no mode.
 */
export function parseMode(text: string): number {
  if (!/^[0-7]{3,4}$/.test(text)) throw new RangeError('A mode is three or four octal digits: 0640.')
  return parseInt(text, 8)
}

/**
 * A whole number from 0.
 * @throws {RangeError} when the text is none.
 */
export function parseVersion(text: string): number {
  const version = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(version)) throw new RangeError('A version is a whole number from 0.')
  return version
}

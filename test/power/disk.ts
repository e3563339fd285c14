// SPDX-License-Identifier: MIT
// What a disk with a cache has when its power goes, told from the log of all that was written to it.
//
// QEMU's filter blklogwrites makes the log, in the format of the kernel's dm-log-writes: a block that describes it, and then
// of each request a block with its place, length and flags, and what was written. Its order is the one in which the requests
// came: a flush makes durable what was complete before it was asked for, and so what stands before it. Of what stands behind
// the last flush each block may be there or not, whatever its neighbours, and whichever request came first. A block itself is
// there whole or not at all, as on disks of 4096-byte sectors: with less than that ext4 does not live either.

const SECTOR = 512
const BLOCK = 4096
const MAGIC = 0x6a736677736872n
const HEADER = 32

const FLUSH = 1n
const FUA = 2n

export interface Request {
  /** bytes */
  readonly place: number
  /** empty for a flush */
  readonly data: Buffer
  readonly isFlush: boolean
  /** durable by itself */
  readonly isDurable: boolean
}

/** The requests of a log, in order, as far as it goes without a gap: QEMU may have been killed at any moment. */
export function requestsOf(log: Buffer): Request[] {
  if (log.readBigUInt64LE(0) !== MAGIC || log.readUInt32LE(24) !== SECTOR) throw new Error('this is no log of a disk')
  const requests: Request[] = []
  let at = SECTOR
  while (at + SECTOR <= log.length) {
    const [sector, sectors, flags] = [0, 8, 16].map((offset) => log.readBigUInt64LE(at + offset)) as [bigint, bigint, bigint]
    if (log.subarray(at, at + HEADER).every((byte) => byte === 0)) break
    const size = Number(sectors) * SECTOR
    at += SECTOR
    const data = Buffer.alloc(size)
    // Of the last one a part may be missing, which is as much a block that did not get there.
    log.copy(data, 0, at, at + size)
    at += size
    requests.push({ place: Number(sector) * SECTOR, data, isFlush: (flags & FLUSH) !== 0n, isDurable: (flags & FUA) !== 0n })
  }
  return requests
}

/**
 * What the disk has after the power went when so many requests had come.
 *
 * @param share of what was not flushed that is there all the same, block by block, from 0 to 1
 */
export function afterTheCut(before: Buffer, requests: readonly Request[], share: number): Buffer {
  const disk = Buffer.from(before)
  const flushed = requests.findLastIndex(({ isFlush }) => isFlush)
  for (const [index, { place, data, isDurable }] of requests.entries()) {
    // Requests begin at a block, but for those that are less than one.
    for (let at = 0; at < data.length; at += BLOCK)
      if (index < flushed || isDurable || Math.random() < share) data.copy(disk, place + at, at, at + BLOCK)
  }
  return disk
}

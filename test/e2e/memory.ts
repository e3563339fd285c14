// SPDX-License-Identifier: MIT
// What memory the kernel has left.

import { readFile, writeFile } from 'node:fs/promises'

const PAGES_OF_A_MIB = 256

/** Without what files take, and with what each processor keeps at hand, which is a lot after large blocks were freed. */
export async function freeMiB(): Promise<number> {
  await writeFile('/proc/sys/vm/drop_caches', '3')
  const zones = await readFile('/proc/zoneinfo', 'utf8')
  let pages = 0
  for (const [, count] of zones.matchAll(/^\s+(?:nr_free_pages|count:)\s+(\d+)$/gm)) pages += Number(count)
  return pages / PAGES_OF_A_MIB
}

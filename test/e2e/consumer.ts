// SPDX-License-Identifier: MIT
// The module of test/consumer, by way of its file: a line goes in, what the kernel's API said to it comes out.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { eventually, KERNEL, outputOf, run, type Place } from './guest.ts'
import { load as loadKstate, unload as unloadKstate } from './kstate.ts'

export const CONSUMER = `build/${KERNEL}/consumer/consumer.ko`

const COMMANDS = '/sys/kernel/debug/consumer'
const ANSWER_MAX = 4096

/** Names of what the API answers with: Node knows not all of them. */
const ERRNO: Readonly<Record<string, string>> = {
  2: 'ENOENT', 5: 'EIO', 8: 'ENOEXEC', 12: 'ENOMEM', 13: 'EACCES', 16: 'EBUSY', 17: 'EEXIST', 19: 'ENODEV', 22: 'EINVAL', 28: 'ENOSPC', 35: 'EDEADLK', 4: 'EINTR', 43: 'EIDRM', 90: 'EMSGSIZE',
  62: 'ETIME', 75: 'EOVERFLOW', 108: 'ESHUTDOWN', 116: 'ESTALE', 122: 'EDQUOT', 125: 'ECANCELED',
}

/** What the module answers to a command; an errno in front by its name. */
export async function told(command: string): Promise<string> {
  const file = await openFile(COMMANDS, 'r+')
  try {
    await file.write(command)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(ANSWER_MAX), 0, ANSWER_MAX, 0)
    return buffer.toString('utf8', 0, bytesRead).replace(/^-(\d+)/, (all, number: string) => ERRNO[number] ?? all).trimEnd()
  } finally {
    await file.close()
  }
}

/** A command is answered so; a failure names the command. */
export async function answers(command: string, expected: string | RegExp): Promise<void> {
  const got = await told(command)
  if (typeof expected === 'string') assert.equal(got, expected, `${command}: expected ${expected}, got ${got}`)
  else assert.match(got, expected, `${command}: expected ${String(expected)}, got ${got}`)
}

let broughtKstate = false

/** With kstate, on which it stands as well. */
export async function load(): Promise<void> {
  broughtKstate = !existsSync('/sys/module/kstate')
  if (broughtKstate) await loadKstate()
  await outputOf('insmod', CONSUMER)
}

/** Takes away what load() brought, and returns true, if nobody uses it. */
export async function unloadUnlessUsed(): Promise<boolean> {
  if ((await run(['rmmod', 'consumer'])).status !== 0) return false
  if (broughtKstate) await unloadKstate()
  return true
}

/** Waits for the file to be closed, and for states that used the library to be gone. */
export async function unload(): Promise<void> {
  await eventually('the consumer can be unloaded', unloadUnlessUsed)
}

/** Loaded until the test ends. To come before states, which go before it then. */
export async function loaded(place: Place): Promise<void> {
  await load()
  place.afterwards(unload)
}

/** A new namespace, and how commands name it. The descriptor keeps it alive until `letGo`. */
export async function namespace(place: Place, name: string): Promise<{ readonly fd: string; readonly letGo: () => Promise<void> }> {
  await outputOf('ip', 'netns', 'add', name)
  place.afterwards(() => run(['ip', 'netns', 'del', name]))
  const file = await openFile(`/run/netns/${name}`)
  let open = true
  const letGo = async (): Promise<void> => {
    if (open) await file.close()
    open = false
  }
  place.afterwards(letGo)
  return { fd: `fd:${file.fd}`, letGo }
}

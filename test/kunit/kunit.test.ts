// SPDX-License-Identifier: MIT
// The KUnit tests of the module's parts: they run when their module is loaded, and what they found is told here, a test
// for each.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { KERNEL } from '../e2e/guest.ts'

const RESULTS = '/sys/kernel/debug/kunit'

/** A suite's own report, KTAP: its cases are indented, and say above them why they failed. */
function report(suite: string): void {
  const told = readFileSync(`${RESULTS}/${suite}/results`, 'utf8')
  const cases = [...told.matchAll(/^ {4}(not )?ok \d+ (?:- )?(\w+)/gm)]
  for (const [, wrong, name = ''] of cases) {
    void test(`${suite}: ${name.replaceAll('_', ' ')}`, () => assert.equal(wrong, undefined, told))
  }
  void test(`${suite}: all of it ran`, () => assert.match(told, new RegExp(`^ {4}1\\.\\.${cases.length}$`, 'm'), told))
}

execFileSync('insmod', [`build/${KERNEL}/kunit/lunatik_kunit.ko`], { timeout: 600_000 })
after(() => execFileSync('rmmod', ['lunatik_kunit']))
for (const suite of readdirSync(RESULTS).filter((name) => name.startsWith('lunatik-'))) report(suite)

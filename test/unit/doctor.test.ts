// SPDX-License-Identifier: MIT
// What doctor makes of what it finds.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, type Finding } from '../../cli/doctor/diagnose.ts'
import { cgroupMemory, type Facts } from '../../cli/doctor/facts.ts'
import { findingLines, findingsDocument } from '../../cli/output/findings.ts'

const INFO: Extract<Facts['info'], { module: string }> = {
  protocol: 1, module: '0.1.0', lua: '5.4.9', kernel: '6.1.0', branches: 'plain', build: '', nameMax: 63, chunkNameMax: 255, codeMax: 1 << 20,
  outputMax: 1 << 20, budget: 1, maxalloc: 1 << 20, maxallocMin: 1 << 16, maxallocMax: 1 << 28, states: 1, statesMax: 100, memory: 1 << 20,
  memoryMax: 1 << 30, dataMax: 1 << 15, stepMax: 64, usersMax: 1 << 20, uploadsMax: 4, queueMax: 1 << 18, sessions: 0, sessionsMax: 100,
}

const WELL: Facts = {
  lunatikctl: '0.1.0',
  node: 'v20.1.0',
  kernel: '6.1.0-56-amd64',
  machine: 'x86_64',
  installed: true,
  loaded: true,
  taint: 'OE',
  parameters: { userns: 'N', budget: '1000' },
  info: INFO,
  capabilities: 0x1ffffffffffn,
  initialUserNamespace: true,
  lockdown: 'none',
  secureBoot: false,
  signaturesEnforced: false,
  headers: true,
  cgroupMemory: Infinity,
  namedNamespaces: 2,
  kstate: { installed: true, loaded: true, usable: true },
}

/** What is not well: check, status, advice. */
function told(changes: Partial<Facts>): string[] {
  return diagnose({ ...WELL, ...changes })
    .filter(({ status }) => status !== 'ok')
    .map(({ check, status, advice }) => `${check}: ${status}: ${advice}`)
}

const NO_MODULE = { info: { code: 'ENOMODULE', message: 'the module lunatik is not loaded' } }
const VERSIONS = 'versions: warn: load the module'

const CASES: readonly (readonly [what: string, changes: Partial<Facts>, told: readonly string[]])[] = [
  ['a machine that is well', {}, []],
  ['a module that is not loaded', { ...NO_MODULE, loaded: false }, ['module: fail: modprobe lunatik', VERSIONS]],
  ['a module that is not there', { ...NO_MODULE, loaded: false, installed: false }, ['module: fail: in its sources: make && sudo make install && sudo modprobe lunatik', VERSIONS]],
  ['a module of another protocol', { info: { code: 'EPROTO', message: 'old' } }, ['versions: fail: install lunatikctl and the module from the same release']],
  ['a module of another release', { info: { ...INFO, module: '0.2.0' } }, ['versions: warn: install both from the same release, and load the module anew']],
  ['no privilege', { capabilities: 0n }, ['capability: fail: try sudo']],
  ['half of the privilege', { capabilities: 1n << 12n }, ['capability: warn: without it there is no -n: use ip netns exec']],
  ['a container', { initialUserNamespace: false }, ['user namespace: fail: work from outside of the container']],
  ['a container that may', { initialUserNamespace: false, parameters: { userns: 'Y' } }, ['parameters: warn: echo N > /sys/module/lunatik/parameters/userns']],
  ['lockdown', { lockdown: 'integrity' }, ['lockdown: fail: boot without lockdown= and without Secure Boot']],
  ['Secure Boot before the module is loaded', { ...NO_MODULE, loaded: false, secureBoot: true }, ['module: fail: modprobe lunatik', VERSIONS, 'secure boot: warn: sign it with a key that mokutil --import has enrolled']],
  ['enforced signatures', { ...NO_MODULE, loaded: false, signaturesEnforced: true }, ['module: fail: modprobe lunatik', VERSIONS, 'signature: fail: sign the module, or boot without module.sig_enforce']],
  ['no headers while they are needed', { ...NO_MODULE, loaded: false, headers: false }, ['module: fail: modprobe lunatik', VERSIONS, 'headers: warn: apt install linux-headers-6.1.0-56-amd64']],
  ['no headers while they are not', { headers: false }, []],
  ['another kernel', { kernel: '6.13.1' }, ['kernel: warn: the module is tested on Linux 6.1 and 6.12, x86_64']],
  ['the other kernel', { kernel: '6.12.38+deb13-amd64' }, []],
  ['an old Node', { node: 'v18.0.0' }, ['node: warn: Node 20 is the oldest that is tested']],
  ['containers that may', { parameters: { userns: 'Y' } }, ['parameters: warn: echo N > /sys/module/lunatik/parameters/userns']],
  ['no budget', { info: { ...INFO, budget: 0 } }, ['parameters: warn: echo 1000 > /sys/module/lunatik/parameters/budget']],
  ['states near their limit', { info: { ...INFO, states: 90 } }, ['states: warn: close some, or raise it: parameter maxstates']],
  ['memory near its limit', { info: { ...INFO, memory: 1 << 30 } }, ['memory: warn: close some, or raise it: parameter maxmemory']],
  ['a small cgroup', { cgroupMemory: 1000 }, ['cgroup: warn: make states from a cgroup with more memory']],
  ['no kstate', { kstate: { installed: true, loaded: false, usable: false } }, ['pages: warn: modprobe kstate']],
  ['no kstate anywhere', { kstate: { installed: false, loaded: false, usable: false } }, ['pages: warn: in its sources: make && sudo make install && sudo modprobe kstate']],
  ['kstate for others', { kstate: { installed: false, loaded: true, usable: false } }, ['pages: warn: try sudo, or load it with a parameter: modprobe kstate mode=0666']],
  ['no cgroup', { cgroupMemory: undefined }, ['cgroup: warn: boot with cgroup_enable=memory']],
]

for (const [what, changes, expected] of CASES) {
  test(`doctor: ${what}`, () => {
    assert.deepEqual(told(changes), expected)
  })
}

test('the memory of a cgroup is the least of its own limit and those above', () => {
  const files: Readonly<Record<string, string>> = {
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory pids',
    '/sys/fs/cgroup/a/memory.max': '1000',
    '/sys/fs/cgroup/a/b/memory.max': 'max',
    '/sys/fs/cgroup/memory/x/memory.limit_in_bytes': '9223372036854771712',
  }
  const read = (file: string) => files[file]
  assert.equal(cgroupMemory('0::/a/b\n', read), 1000)
  assert.equal(cgroupMemory('0::/\n', read), Infinity)
  assert.equal(cgroupMemory('4:memory:/x\n0::/\n', read), Infinity)
  assert.equal(cgroupMemory('0::/a\n', () => undefined), undefined)
})

test('findings are a line each, with what to do below', () => {
  const same = (text: string) => text
  const findings: Finding[] = [
    { check: 'node', status: 'ok', message: 'v20', advice: null },
    { check: 'module', status: 'fail', message: 'not\u001b loaded', advice: 'modprobe lunatik' },
  ]
  const colors = { heading: same, failure: same, notable: same, faint: same }
  assert.equal(findingLines(findings, colors), 'ok    node    v20\nfail  module  not\\x1b loaded\n              modprobe lunatik\n')
  assert.match(findingsDocument(findings), /^\{"schema":1,"ok":false,"checks":\[\{"check":"node","status":"ok","message":"v20","advice":null\},/)
})

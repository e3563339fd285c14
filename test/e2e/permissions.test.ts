// SPDX-License-Identifier: MIT
// Who may: CAP_NET_ADMIN in the initial user namespace for everything but versions. The kernel asks, not the tool.

import assert from 'node:assert/strict'
import { behaviour, eventually, listing, Program, run } from './guest.ts'

const COMMANDS: readonly (readonly string[])[] = [
  ['new', 'other'], ['new', 'web', '--if-missing'], ['close', 'web'], ['close', '--all'], ['list'], ['list', 'w*'], ['show', 'web'], ['do', 'web', '-e', 'return 1'],
]

/** Ways to have less than it takes. */
const UNPRIVILEGED: Readonly<Record<string, readonly string[]>> = {
  'root without CAP_NET_ADMIN': ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'],
  'another user': ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all,+dac_override,+dac_read_search', '--inh-caps=+dac_override,+dac_read_search', '--ambient-caps=+dac_override,+dac_read_search'],
  'root of a user namespace': ['unshare', '--user', '--map-root-user'],
  'root of a user namespace with a network namespace': ['unshare', '--user', '--map-root-user', '--net'],
}

const [first] = Object.values(UNPRIVILEGED)

const REFUSED = /^lunatikctl: \w+: (?:\w+: )?[^\n]+ \(EPERM\)\nlunatikctl: it takes CAP_NET_ADMIN in the initial user namespace: try sudo\n$/

for (const [who, prefix] of Object.entries(UNPRIVILEGED)) {
  behaviour(`${who} may see versions and do nothing else: exit 7`, async ({ session }) => {
    await session.newState('web', { handle: false })
    const before = await listing(session)
    // Each command asks the kernel the same way, so one who has been through all of them stands for the rest.
    const commands = prefix === first ? COMMANDS : COMMANDS.slice(-2)
    await Promise.all(commands.map(async (args) => {
      const { status, stdout, stderr } = await run([...prefix, 'lunatikctl', ...args])
      assert.deepEqual({ status, stdout }, { status: 7, stdout: '' }, `${args.join(' ')}: ${stderr}`)
      assert.match(stderr, REFUSED)
    }))
    const version = await run([...prefix, 'lunatikctl', 'version'])
    assert.deepEqual([version.status, version.stderr], [0, ''])
    assert.match(version.stdout, /^module +\d/m)
    assert.deepEqual(await listing(session), before)
    await session.closeState('web')
  })
}

behaviour('to enter another namespace takes another privilege, and to look into another user\'s process: exit 7', async () => {
  const child = new Program(['unshare', '--net', 'sh', '-c', 'echo ready; exec sleep 600'])
  await child.printed('ready')
  const mayNothing = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all', '--inh-caps=-all', 'lunatikctl']
  const mayNotEnter = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin', 'lunatikctl']
  for (const [prefix, command, code] of [[mayNotEnter, 'list', 'EPERM'], [mayNothing, 'list', 'EACCES']] as const) {
    const { status, stdout, stderr } = await run([...prefix, '-n', String(child.pid), command])
    assert.deepEqual([status, stdout], [7, ''], stderr)
    assert.match(stderr, new RegExp(`^lunatikctl: ${command}: ${child.pid}: [^\\n]+ \\(${code}\\)\\nlunatikctl: to work in another network namespace takes CAP_SYS_ADMIN: try sudo\\n$`))
  }
  child.kill('SIGTERM')
  await child.ended
})

behaviour('who may nothing cannot end what somebody else runs', async (place) => {
  const name = await place.newState()
  const client = new Program(['lunatikctl', 'do', name, '--timeout', '0', '-e', 'while true do end'])
  await eventually('it runs', async () => (await place.session.show(name)).inuse !== null)
  const { status } = await run([...(first ?? []), 'lunatikctl', 'close', name])
  assert.equal(status, 7)
  assert.equal((await place.session.show(name)).inuse, client.pid)
  client.kill('SIGTERM')
  assert.equal((await client.ended).status, 143)
})

// Sign-ins under way, as browsers keep them.

import { expect, it } from 'vitest'
import { createSignInFlows, FLOW_SECONDS } from '../../../src/services/oidc/sign-in-flow.ts'
import { createTestAccounts } from '../../support/auth/accounts.ts'

const FLOW = { state: 'a state', nonce: 'a nonce', verifier: 'a verifier', next: '/g/demo' }

const open = async () => {
  const { store, clock } = await createTestAccounts()
  return { store, clock, flows: createSignInFlows({ store, now: () => clock.ms }) }
}

it('are sealed and opened within ten minutes, and cannot be read', async () => {
  const { clock, flows } = await open()
  const sealed = await flows.seal(FLOW)
  for (const part of sealed.split('.'))
    for (const secret of Object.values(FLOW)) expect(Buffer.from(part, 'base64url').toString()).not.toContain(secret)
  expect(await flows.open(sealed)).toEqual(FLOW)
  clock.ms += FLOW_SECONDS * 1000 - 1
  expect(await flows.open(sealed)).toEqual(FLOW)
  clock.ms += 1
  expect(await flows.open(sealed)).toBeUndefined()
})

it('are not opened where they were changed, or sealed by another store', async () => {
  const { flows } = await open()
  expect(await flows.open('anything')).toBeUndefined()
  const sealed = await flows.seal(FLOW)
  const { flows: others } = await open()
  expect(await others.open(sealed)).toBeUndefined()
  await others.seal(FLOW)
  expect(await others.open(sealed)).toBeUndefined()
  const parts = sealed.split('.')
  for (const at of [0, 2, 3, 4]) {
    const first = parts[at]?.startsWith('A') ? 'B' : 'A'
    const changed = parts.map((part, index) => (index === at ? first + part.slice(1) : part)).join('.')
    expect(await flows.open(changed)).toBeUndefined()
  }
  for (const text of ['', 'a.b.c.d.e', `${sealed}.`]) expect(await flows.open(text)).toBeUndefined()
})

it('fit into a cookie with the longest path', async () => {
  const { flows } = await open()
  const long = 'x'.repeat(43)
  const sealed = await flows.seal({ state: long, nonce: long, verifier: long, next: `/${'x'.repeat(499)}` })
  expect(sealed.length).toBeLessThan(4000)
})

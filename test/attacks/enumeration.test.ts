// Account enumeration by the time of an answer: each sign-in does equal work.

import { expect, it, vi } from 'vitest'
import { createPasswords } from '../../src/services/auth/passwords.ts'
import { ADA, createTestAccounts } from '../support/auth/accounts.ts'

/** Hashes that a password was compared with. */
const compared: string[] = []

vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>()
  const verify: typeof real.verify = (hash, password) => {
    compared.push(String(hash))
    return real.verify(hash, password)
  }
  return { ...real, verify }
})

/** Kind, version, memory, passes and lanes: what the time depends on. */
const costOf = (hash: string | undefined) => hash?.split('$').slice(0, 4).join('$')

it('an unknown address, a wrong password and a disabled user cost one password comparison each', async () => {
  const { accounts, store } = await createTestAccounts('open', createPasswords)
  const { user } = await accounts.register(ADA)
  compared.length = 0
  const fails = (email: string, password: string) =>
    expect(accounts.signIn({ email, password })).rejects.toMatchObject({ code: 'wrong_credentials' })

  await fails(ADA.email, 'not the password')
  await fails('nobody@example.com', ADA.password)
  await store.users.change(user.id, (newest) => ({ ...newest, disabled: true }))
  await fails(ADA.email, ADA.password)

  expect(compared).toHaveLength(3)
  const [known, unknown, disabled] = compared.map(costOf)
  expect(known).toMatch(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+$/)
  expect([unknown, disabled]).toEqual([known, known])
})

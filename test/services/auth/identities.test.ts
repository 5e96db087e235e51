// Accounts of people who come by an identity provider: found, linked, created, refused.

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Registration } from '../../../src/core/auth/account.ts'
import type { ProviderIdentity } from '../../../src/services/auth/identities.ts'
import { createPasswordReset } from '../../../src/services/auth/password-reset.ts'
import { createPasswords } from '../../../src/services/auth/passwords.ts'
import { createUserAdmin } from '../../../src/services/auth/user-admin.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { ADA, createTestAccounts } from '../../support/auth/accounts.ts'

const VERIFIED: ProviderIdentity = {
  issuer: 'https://id.example.com',
  subject: 'ada',
  email: ADA.email,
  isEmailVerified: true,
  name: 'Ada',
}

const UNVERIFIED = { ...VERIFIED, isEmailVerified: false }
const WITHOUT = { ...UNVERIFIED, email: undefined }
/** Another person of the provider. */
const OTHER = { ...VERIFIED, subject: 'eve' }

const REFUSED = { code: 'wrong_credentials' }
const TAKEN = { code: 'email_taken' }

const open = async (registration: Registration = 'open') => {
  const made = await createTestAccounts(registration)
  const admin = createUserAdmin({ store: made.store, passwords: createPasswords() })
  return { ...made, admin }
}

describe('an unknown identity', () => {
  it.each([VERIFIED, UNVERIFIED])('gets an account where registration is open: %o', async (identity) => {
    const { accounts, another } = await open()
    const { user, accessToken } = await accounts.signInByIdentity(identity)
    expect(user).toMatchObject({ email: ADA.email, name: 'Ada', password_hash: null, generation: 0 })
    expect(await accounts.sessionOf(accessToken)).toMatchObject({ userId: user.id })
    const again = await another().accounts.signInByIdentity({ ...identity, email: 'new@example.com', name: null })
    expect(again.user).toEqual(user)
    expect(again.sessionId).not.toBe(accessToken)
    // No password fits.
    for (const password of ['', 'null', ADA.password])
      await expect(accounts.signIn({ email: ADA.email, password })).rejects.toMatchObject(REFUSED)
    const change = { current: '', next: 'a new long password' }
    await expect(accounts.changePassword(user.id, change)).rejects.toMatchObject(REFUSED)
  })

  it.each(['invite', 'closed'] as const)('gets none where registration is "%s"', async (registration) => {
    const { accounts, store } = await open(registration)
    for (const identity of [VERIFIED, UNVERIFIED])
      await expect(accounts.signInByIdentity(identity)).rejects.toMatchObject({ code: 'registration_closed' })
    expect(await store.users.list()).toEqual([])
  })

  it('gets none without an address', async () => {
    const { accounts } = await open()
    for (const identity of [WITHOUT, { ...WITHOUT, isEmailVerified: true }])
      await expect(accounts.signInByIdentity(identity)).rejects.toMatchObject({ code: 'identity_without_email' })
  })

  it('is refused where the account of its address is gone from the disk', async () => {
    const { accounts, another, storageDir } = await open()
    const { user } = await accounts.signInByIdentity(VERIFIED)
    await rm(join(storageDir, '.accounts', 'users', user.id), { recursive: true })
    for (const each of [accounts, another().accounts])
      await expect(each.signInByIdentity(VERIFIED)).rejects.toMatchObject(TAKEN)
  })

  it('gets an account whose record older versions read, and no password fits', async () => {
    const { accounts, storageDir } = await open()
    const { user } = await accounts.signInByIdentity(VERIFIED)
    const text = await readFile(join(storageDir, '.accounts', 'users', user.id, '1.json'), 'utf8')
    const { password_hash } = z.object({ password_hash: z.string() }).parse(JSON.parse(text))
    for (const password of ['', ADA.password])
      expect(await createPasswords().verify(password_hash, password)).toBe(false)
  })

  it('gets one account, however often it comes at once', async () => {
    const { another, store } = await open()
    const signedIn = await Promise.all(Array.from({ length: 6 }, () => another().accounts.signInByIdentity(UNVERIFIED)))
    expect(new Set(signedIn.map(({ user }) => user.id)).size).toBe(1)
    expect(await store.users.list()).toHaveLength(1)
  })
})

describe('an account with the address', () => {
  it.each(['open', 'closed'] as const)(
    'is linked where it is verified, with registration "%s"',
    async (registration) => {
      const { accounts, admin } = await open(registration)
      const made = await admin.create(ADA)
      const before = await accounts.signIn(ADA)
      const { user, accessToken } = await accounts.signInByIdentity(VERIFIED)
      expect(user).toMatchObject({ id: made.id, name: made.name, password_hash: null, generation: 1 })
      // A stranger could have registered it.
      expect(await accounts.sessionOf(before.accessToken)).toBeUndefined()
      await expect(accounts.refresh(before.refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' })
      await expect(accounts.signIn(ADA)).rejects.toMatchObject(REFUSED)
      // Known from now on: by the identity alone, and without an end of sessions.
      expect((await accounts.signInByIdentity(WITHOUT)).user).toEqual(user)
      expect(await accounts.sessionOf(accessToken)).toBeDefined()
    },
  )

  it('is not linked where it is not verified', async () => {
    const { accounts, admin } = await open()
    const made = await admin.create(ADA)
    await expect(accounts.signInByIdentity(UNVERIFIED)).rejects.toMatchObject(TAKEN)
    expect((await accounts.signIn(ADA)).user).toEqual(made)
  })

  it('ends the identity of a stranger who did not prove the address', async () => {
    const { accounts, store } = await open()
    const stranger = await accounts.signInByIdentity({ ...OTHER, isEmailVerified: false })
    const { user } = await accounts.signInByIdentity(VERIFIED)
    expect(user.id).toBe(stranger.user.id)
    expect(await accounts.sessionOf(stranger.accessToken)).toBeUndefined()
    await expect(accounts.signInByIdentity({ ...OTHER, isEmailVerified: false })).rejects.toMatchObject(TAKEN)
    // The stranger may have another account.
    const own = await accounts.signInByIdentity({ ...OTHER, email: 'eve@example.com' })
    expect(own.user.id).not.toBe(user.id)
    expect((await accounts.signInByIdentity(OTHER)).user).toEqual(own.user)
    expect(await store.users.list()).toHaveLength(2)
  })

  it('that a verified identity has is not given to another one, until its operator sets a password', async () => {
    const { accounts, admin } = await open()
    const { user } = await accounts.signInByIdentity(VERIFIED)
    await expect(accounts.signInByIdentity(OTHER)).rejects.toMatchObject(TAKEN)
    await admin.setPassword(ADA.email, ADA.password)
    await expect(accounts.signInByIdentity(UNVERIFIED)).rejects.toMatchObject(TAKEN)
    expect((await accounts.signInByIdentity(OTHER)).user.id).toBe(user.id)
    await expect(accounts.signInByIdentity(VERIFIED)).rejects.toMatchObject(TAKEN)
  })

  it('is not given to another identity once the provider has verified the address of the first one', async () => {
    const { accounts } = await open()
    const before = await accounts.signInByIdentity(UNVERIFIED)
    const { user } = await accounts.signInByIdentity(VERIFIED)
    expect(user).toMatchObject({ id: before.user.id, identity: { email_verified: true }, generation: 0 })
    expect(await accounts.sessionOf(before.accessToken)).toBeDefined()
    await expect(accounts.signInByIdentity(OTHER)).rejects.toMatchObject(TAKEN)
  })

  it('is given to the identity that proves the address, where the first one has proved another one', async () => {
    const { accounts } = await open()
    const { user } = await accounts.signInByIdentity({ ...OTHER, isEmailVerified: false })
    await accounts.signInByIdentity({ ...OTHER, email: 'eve@example.com' })
    expect((await accounts.signInByIdentity(VERIFIED)).user.id).toBe(user.id)
  })

  it('gives no session to an identity that loses it meanwhile', async () => {
    const { accounts, another, store } = await open()
    await accounts.signInByIdentity(UNVERIFIED)
    const change = store.users.change
    store.users.change = async (id, edit) => {
      await another().store.users.change(id, (newest) => ({
        ...newest,
        identity: { issuer: VERIFIED.issuer, subject: OTHER.subject, email_verified: true },
        generation: newest.generation + 1,
      }))
      return change(id, edit)
    }
    const { accessToken } = await accounts.signInByIdentity(VERIFIED)
    expect(await accounts.sessionOf(accessToken)).toBeUndefined()
  })

  it('is linked to another provider, which takes the place of the first one', async () => {
    const { accounts } = await open()
    const { user } = await accounts.signInByIdentity(VERIFIED)
    const moved = { ...VERIFIED, issuer: 'https://new.example.com' }
    expect((await accounts.signInByIdentity(moved)).user.id).toBe(user.id)
    await expect(accounts.signInByIdentity(UNVERIFIED)).rejects.toMatchObject(TAKEN)
  })

  it('that is disabled is neither signed in to nor linked', async () => {
    const { accounts, admin, store } = await open()
    await admin.create(ADA)
    await admin.setDisabled(ADA.email, true)
    await expect(accounts.signInByIdentity(VERIFIED)).rejects.toMatchObject({ code: 'account_disabled' })
    expect((await store.users.byEmail(ADA.email))?.identity).toBeUndefined()
    await admin.setDisabled(ADA.email, false)
    await accounts.signInByIdentity(VERIFIED)
    await admin.setDisabled(ADA.email, true)
    await expect(accounts.signInByIdentity(VERIFIED)).rejects.toMatchObject({ code: 'account_disabled' })
  })

  it('is linked once, however often its identity comes at once', async () => {
    const { another, admin, accounts } = await open()
    await admin.create(ADA)
    const signedIn = await Promise.all(Array.from({ length: 6 }, () => another().accounts.signInByIdentity(VERIFIED)))
    for (const { accessToken } of signedIn) expect(await accounts.sessionOf(accessToken)).toBeDefined()
  })

  it('is found where a process stopped before its identity led to it', async () => {
    const { accounts, store } = await open()
    const lead = store.identities.lead
    store.identities.lead = async () => {
      throw new Error('stopped')
    }
    await expect(accounts.signInByIdentity(UNVERIFIED)).rejects.toThrow('stopped')
    store.identities.lead = lead
    const { user } = await accounts.signInByIdentity(UNVERIFIED)
    expect(await store.identities.userId(UNVERIFIED)).toBe(user.id)
  })
})

it.each([
  [VERIFIED, true],
  [UNVERIFIED, false],
])('a password by mail ends the identity that did not prove the address: %o', async (identity, stays) => {
  const { accounts, store } = await open()
  const { user } = await accounts.signInByIdentity(identity)
  const texts: string[] = []
  const log = createLogger({ level: 'silent' })
  const reset = createPasswordReset({
    ...{ store, passwords: createPasswords(), log, counting: { log } },
    mail: { mailer: { send: async ({ text }) => void texts.push(text) }, publicUrl: 'https://pictures.example.com' },
  })
  reset.request(ADA.email)
  await reset.close()
  await reset.reset(/#reset=(\S+)/.exec(texts[0] ?? '')?.[1] ?? '', ADA.password)
  expect((await accounts.signIn(ADA)).user.id).toBe(user.id)
  const again = accounts.signInByIdentity(identity)
  if (stays) expect((await again).user.id).toBe(user.id)
  else await expect(again).rejects.toMatchObject(TAKEN)
})

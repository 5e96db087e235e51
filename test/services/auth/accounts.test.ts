// Accounts as several workers on one folder have them: one address, one session, one use of each token.

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { newAccountId } from '../../../src/core/auth/account.ts'
import { TintypeError } from '../../../src/core/errors.ts'
import { makeInvite } from '../../../src/services/auth/invites.ts'
import { ACCESS_SECONDS, REFRESH_SECONDS } from '../../../src/services/auth/session-tokens.ts'
import { ADA, createTestAccounts, START_MS } from '../../support/auth/accounts.ts'
import { filesIn } from '../../support/disk/folder.ts'

const BOB = { email: 'bob@example.com', password: 'another long password' }
const DAY_MS = 86_400_000

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

describe('an account', () => {
  it('is created, and can sign in at another worker, with any spelling of the address', async () => {
    const { accounts, another } = await createTestAccounts()
    const { user } = await accounts.register({ ...ADA, name: 'Ada' })
    const signedIn = await another().accounts.signIn({ ...ADA, email: ' ADA@Example.com ' })
    expect(signedIn.user).toEqual(user)
    expect(user).toMatchObject({ email: ADA.email, name: 'Ada', created_at: new Date(START_MS).toISOString() })
    expect(await accounts.sessionOf(signedIn.accessToken)).toMatchObject({ userId: user.id })
  })

  it('is created once per address, with simultaneous requests to many workers', async () => {
    const { another } = await createTestAccounts()
    const asked = await Promise.all(Array.from({ length: 6 }, () => codeOf(another().accounts.register(ADA))))
    expect(asked.filter((code) => code === 'done')).toHaveLength(1)
    expect(asked.filter((code) => code === 'email_taken')).toHaveLength(5)
    const { store } = another()
    expect(await store.users.list()).toHaveLength(1)
  })

  it('leaves no file of refused registrations, and no password in any file', async () => {
    const { accounts, storageDir } = await createTestAccounts()
    await accounts.register(ADA)
    expect(await codeOf(accounts.register({ ...ADA, password: 'somebody else wants it' }))).toBe('email_taken')
    const root = join(storageDir, '.accounts')
    const files = await filesIn(root)
    expect(files.filter((file) => file.startsWith('users/'))).toHaveLength(1)
    expect(await readdir(join(root, '.tmp'))).toEqual([])
    for (const file of files) expect(await readFile(join(root, file), 'utf8')).not.toContain(ADA.password)
    expect((await stat(root)).mode & 0o777).toBe(0o700)
  })

  it('exists only once its address is claimed; a crash before that leaves the address free', async () => {
    const { accounts, storageDir } = await createTestAccounts()
    const { user } = await accounts.register(BOB)
    const lost = { ...user, id: 'x'.repeat(20), email: ADA.email }
    const folder = join(storageDir, '.accounts', 'users', lost.id)
    await mkdir(folder)
    await writeFile(join(folder, '1.json'), JSON.stringify(lost))
    expect(await codeOf(accounts.signIn({ ...BOB, email: ADA.email }))).toBe('wrong_credentials')
    expect(await codeOf(accounts.register(ADA))).toBe('done')
    expect(await codeOf(accounts.signIn(ADA))).toBe('done')
  })

  it('answers a wrong password, an unknown address and a disabled user alike', async () => {
    const { accounts, store } = await createTestAccounts()
    const { user } = await accounts.register(ADA)
    await accounts.register(BOB)
    const refusals = [
      accounts.signIn({ ...ADA, password: `${ADA.password}.` }),
      accounts.signIn({ ...ADA, email: 'nobody@example.com' }),
    ]
    const said = await Promise.all(refusals.map((work) => work.catch((error: unknown) => String(error))))
    await store.users.change(user.id, (newest) => ({ ...newest, disabled: true }))
    said.push(await accounts.signIn(ADA).then(String, String))
    expect(new Set(said).size).toBe(1)
    expect(said[0]).toContain('Expected an e-mail address and its password')
  })

  it('accepts a password in any Unicode composition', async () => {
    const { accounts } = await createTestAccounts()
    await accounts.register({ ...ADA, password: 'cafe\u0301 cafe\u0301 cafe\u0301' })
    expect(await codeOf(accounts.signIn({ ...ADA, password: 'caf\u00e9 caf\u00e9 caf\u00e9' }))).toBe('done')
  })
})

describe('registration', () => {
  it('is refused where it is closed, before any work', async () => {
    const { accounts, storageDir } = await createTestAccounts('closed')
    expect(await codeOf(accounts.register(ADA))).toBe('registration_closed')
    expect(await readdir(storageDir)).toEqual([])
  })

  it('accepts an invitation once, also of two simultaneous workers', async () => {
    const { another, store, clock } = await createTestAccounts('invite')
    const code = await makeInvite({ invites: store.invites, now: () => clock.ms }, null, clock.ms + DAY_MS)
    const asked = await Promise.all(
      [ADA, BOB].map((who) => codeOf(another().accounts.register({ ...who, invite: code }))),
    )
    expect(asked.sort()).toEqual(['done', 'invite_invalid'])
    expect(await codeOf(another().accounts.register({ ...BOB, email: 'c@example.com', invite: code }))).toBe(
      'invite_invalid',
    )
    expect(await store.users.list()).toHaveLength(1)
  })

  it('releases an invitation where the address is taken', async () => {
    const { accounts, store, clock } = await createTestAccounts('invite')
    const invite = () => makeInvite({ invites: store.invites, now: () => clock.ms }, null, clock.ms + DAY_MS)
    await accounts.register({ ...ADA, invite: await invite() })
    const code = await invite()
    expect(await codeOf(accounts.register({ ...ADA, invite: code }))).toBe('email_taken')
    expect(await codeOf(accounts.register({ ...BOB, invite: code }))).toBe('done')
  })

  it.each(['draft', 'claim', 'announce', 'remove'] as const)(
    'makes one account of an invitation where the outcome of %s was unknown',
    async (step) => {
      const { accounts, store, another, clock } = await createTestAccounts('invite')
      const code = await makeInvite({ invites: store.invites, now: () => clock.ms }, null, clock.ms + DAY_MS)
      const broken = another()
      const { users, invites } = broken.store
      const unknown = async (work: Promise<unknown>): Promise<never> => {
        await work
        throw new TintypeError('store_unavailable', 'The outcome is unknown.')
      }
      if (step === 'draft') vi.spyOn(users, step).mockImplementationOnce((user) => unknown(store.users.draft(user)))
      if (step === 'announce')
        vi.spyOn(users, step).mockImplementationOnce((user) => unknown(store.users.announce(user)))
      if (step === 'claim')
        vi.spyOn(invites, step).mockImplementationOnce((...args) => unknown(store.invites.claim(...args)))
      if (step === 'remove') vi.spyOn(invites, step).mockImplementationOnce(() => unknown(Promise.resolve()))
      const outcome = await codeOf(broken.accounts.register({ ...ADA, invite: code }))
      expect(outcome).toBe(step === 'remove' ? 'done' : 'store_unavailable')
      // A draft that no claim names is no account.
      const made = step === 'draft' ? BOB : ADA
      expect(await codeOf(accounts.register({ ...BOB, invite: code }))).toBe(made === BOB ? 'done' : 'invite_invalid')
      expect((await store.users.list()).map(({ email }) => email)).toEqual([made.email])
      expect(await codeOf(accounts.signIn(made))).toBe('done')
      expect(await store.invites.read(code)).toBeUndefined()
    },
  )

  it('completes the account of a request that stopped after its claim', async () => {
    const { accounts, store, another, clock } = await createTestAccounts('invite')
    const code = await makeInvite({ invites: store.invites, now: () => clock.ms }, null, clock.ms + DAY_MS)
    const stopped = another()
    vi.spyOn(stopped.store.users, 'announce').mockRejectedValueOnce(new Error('the process stopped'))
    await expect(stopped.accounts.register({ ...ADA, invite: code })).rejects.toThrow('stopped')
    expect(await codeOf(accounts.signIn(ADA))).toBe('wrong_credentials')
    expect(await codeOf(accounts.register({ ...ADA, invite: code }))).toBe('invite_invalid')
    expect(await codeOf(accounts.signIn(ADA))).toBe('done')
  })

  it('keeps the account that another request completes before the claim of this one is answered', async () => {
    const { accounts, store, another, clock } = await createTestAccounts('invite')
    const code = await makeInvite({ invites: store.invites, now: () => clock.ms }, null, clock.ms + DAY_MS)
    const slow = another()
    vi.spyOn(slow.store.invites, 'claim').mockImplementationOnce(async (...args) => {
      expect(await store.invites.claim(...args)).toBe(true)
      expect(await codeOf(accounts.register({ ...BOB, invite: code }))).toBe('invite_invalid')
      // As to a claim that finds the invitation removed.
      return false
    })
    expect(await codeOf(slow.accounts.register({ ...ADA, invite: code }))).toBe('done')
    expect(await codeOf(accounts.signIn(ADA))).toBe('done')
    expect((await store.users.list()).map(({ email }) => email)).toEqual([ADA.email])
  })

  it('keeps an invitation good whose claim lost its address to another account meanwhile', async () => {
    const { accounts, store, clock } = await createTestAccounts('invite')
    const code = await makeInvite({ invites: store.invites, now: () => clock.ms }, null, clock.ms + DAY_MS)
    const claim = { user_id: newAccountId(), email: ADA.email }
    expect(await store.invites.claim(code, claim, async () => true)).toBe(true)
    const other = await makeInvite({ invites: store.invites, now: () => clock.ms }, null, clock.ms + DAY_MS)
    expect(await codeOf(accounts.register({ ...ADA, invite: other }))).toBe('done')
    expect(await codeOf(accounts.register({ ...BOB, invite: code }))).toBe('done')
    expect(await codeOf(accounts.register({ ...BOB, email: 'c@example.com', invite: code }))).toBe('invite_invalid')
  })

  it('refuses a missing, unknown, expired or foreign invitation by equal answers', async () => {
    const { accounts, store, clock } = await createTestAccounts('invite')
    const options = { invites: store.invites, now: () => clock.ms }
    const forBob = await makeInvite(options, 'Bob@Example.com', clock.ms + DAY_MS)
    const short = await makeInvite(options, null, clock.ms + 1000)
    const register = (invite?: string) => codeOf(accounts.register({ ...ADA, invite }))
    clock.ms += 1000
    expect([await register(), await register('tti_unknown'), await register(short), await register(forBob)]).toEqual(
      Array(4).fill('invite_invalid'),
    )
    expect(await register('../secret')).toBe('invite_invalid')
    expect(await codeOf(accounts.register({ ...BOB, invite: forBob }))).toBe('done')
  })
})

describe('a session', () => {
  it('ends its access token after 15 minutes, to the millisecond', async () => {
    const { accounts, clock } = await createTestAccounts()
    const { accessToken } = await accounts.register(ADA)
    expect(await accounts.sessionOf(accessToken)).toBeDefined()
    clock.ms = START_MS + ACCESS_SECONDS * 1000 - 1
    expect(await accounts.sessionOf(accessToken)).toBeDefined()
    clock.ms = START_MS + ACCESS_SECONDS * 1000
    expect(await accounts.sessionOf(accessToken)).toBeUndefined()
  })

  it('is valid for a request that arrived before its token expired, but not once it has ended', async () => {
    const { accounts, another, clock } = await createTestAccounts()
    const { accessToken, sessionId } = await accounts.register(ADA)
    clock.ms = START_MS + ACCESS_SECONDS * 1000
    for (const worker of [accounts, another().accounts]) {
      expect(await worker.sessionOf(accessToken, clock.ms - 1)).toBeDefined()
      expect(await worker.sessionOf(accessToken, clock.ms)).toBeUndefined()
    }
    await accounts.signOut(sessionId)
    expect(await accounts.sessionOf(accessToken, clock.ms - 1)).toBeUndefined()
  })

  it('is renewed by each refresh token once, by any worker', async () => {
    const { accounts, another } = await createTestAccounts()
    const first = await accounts.register(ADA)
    const second = await another().accounts.refresh(first.refreshToken)
    const third = await accounts.refresh(second.refreshToken)
    expect(new Set([first.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3)
    expect(third.sessionId).toBe(first.sessionId)
    expect(await accounts.sessionOf(third.accessToken)).toBeDefined()
  })

  it('is valid for 30 days after each renewal, and no longer', async () => {
    const { accounts, clock } = await createTestAccounts()
    const first = await accounts.register(ADA)
    clock.ms += REFRESH_SECONDS * 1000 - 1
    const second = await accounts.refresh(first.refreshToken)
    clock.ms += REFRESH_SECONDS * 1000
    expect(await codeOf(accounts.refresh(second.refreshToken))).toBe('unauthenticated')
  })

  it('ends for all clients where any of its older tokens is used again, whatever its age', async () => {
    for (const replayed of [0, 1]) {
      const { accounts, another } = await createTestAccounts()
      const issued = [await accounts.register(ADA)]
      for (let count = 0; count < 3; count++) {
        const last = issued.at(-1)
        if (last) issued.push(await accounts.refresh(last.refreshToken))
      }
      const newest = issued.at(-1)
      if (!newest) throw new Error('expected tokens')
      expect(await codeOf(another().accounts.refresh(issued[replayed]?.refreshToken ?? ''))).toBe('unauthenticated')
      expect(await accounts.sessionOf(newest.accessToken)).toBeUndefined()
      expect(await codeOf(accounts.refresh(newest.refreshToken))).toBe('unauthenticated')
    }
  })

  it('gives its newest token again for ten seconds after a renewal, and ends by a reuse after that', async () => {
    for (const isLate of [false, true]) {
      const { accounts, another, clock } = await createTestAccounts()
      const first = await accounts.register(ADA)
      const second = await accounts.refresh(first.refreshToken)
      clock.ms += isLate ? 10_000 : 9999
      const again = another().accounts.refresh(first.refreshToken)
      if (isLate) {
        expect(await codeOf(again)).toBe('unauthenticated')
        expect(await accounts.sessionOf(second.accessToken)).toBeUndefined()
        expect(await codeOf(accounts.refresh(second.refreshToken))).toBe('unauthenticated')
      } else {
        expect((await again).sessionId).toBe(first.sessionId)
        const third = await accounts.refresh((await again).refreshToken)
        // The other tab has the same number, whose renewal is shared as well.
        expect(await codeOf(accounts.refresh(second.refreshToken))).toBe('done')
        expect(await accounts.sessionOf(third.accessToken)).toBeDefined()
        expect(await codeOf(accounts.refresh(first.refreshToken))).toBe('unauthenticated')
        expect(await accounts.sessionOf(third.accessToken)).toBeUndefined()
      }
    }
  })

  it('is shared by tabs that renew it at the same moment at several workers', async () => {
    for (let round = 0; round < 5; round++) {
      const { accounts, another } = await createTestAccounts()
      const { refreshToken, sessionId } = await accounts.register(ADA)
      const tabs = await Promise.all(Array.from({ length: 4 }, () => another().accounts.refresh(refreshToken)))
      expect(new Set(tabs.map((tab) => tab.sessionId))).toEqual(new Set([sessionId]))
      for (const { accessToken } of tabs) expect(await accounts.sessionOf(accessToken)).toBeDefined()
      expect(await codeOf(accounts.refresh(tabs[0]?.refreshToken ?? ''))).toBe('done')
    }
  })

  it('is not renewed within the ten seconds where it has ended, or its user was disabled', async () => {
    const { accounts, store } = await createTestAccounts()
    const first = await accounts.register(ADA)
    await accounts.refresh(first.refreshToken)
    await accounts.signOut(first.sessionId)
    expect(await codeOf(accounts.refresh(first.refreshToken))).toBe('unauthenticated')
    const other = await accounts.signIn(ADA)
    await accounts.refresh(other.refreshToken)
    await store.users.change(other.user.id, (user) => ({ ...user, disabled: true }))
    expect(await codeOf(accounts.refresh(other.refreshToken))).toBe('unauthenticated')
  })

  it('ends at once in every worker when its user signs out, without ending other sessions', async () => {
    const { accounts, another } = await createTestAccounts()
    const one = await accounts.register(ADA)
    const other = await accounts.signIn(ADA)
    const worker = another().accounts
    expect(await worker.sessionOf(one.accessToken)).toBeDefined()
    await accounts.signOut(one.sessionId)
    await accounts.signOut(one.sessionId)
    expect(await worker.sessionOf(one.accessToken)).toBeUndefined()
    expect(await codeOf(worker.refresh(one.refreshToken))).toBe('unauthenticated')
    expect(await worker.sessionOf(other.accessToken)).toBeDefined()
  })

  it('refuses a changed token, and one of another store', async () => {
    const { accounts } = await createTestAccounts()
    const { refreshToken, accessToken } = await accounts.register(ADA)
    const elsewhere = await (await createTestAccounts()).accounts.register(ADA)
    const later = refreshToken.replace(/_(\d{10})_/, '_9999999999_')
    const next = refreshToken.replace('_1_', '_2_')
    for (const forged of [later, next, elsewhere.refreshToken, `${refreshToken}x`, 'ttr_', accessToken])
      expect(await codeOf(accounts.refresh(forged))).toBe('unauthenticated')
    expect(await accounts.sessionOf(elsewhere.accessToken)).toBeUndefined()
    // A forged one harms nobody: the session goes on.
    expect(await codeOf(accounts.refresh(refreshToken))).toBe('done')
  })

  it('ends where its user is disabled, and does not return', async () => {
    const { accounts, another, store } = await createTestAccounts()
    const { user, accessToken, refreshToken } = await accounts.register(ADA)
    const worker = another().accounts
    expect(await worker.sessionOf(accessToken)).toBeDefined()
    await store.users.change(user.id, (newest) => ({ ...newest, disabled: true }))
    expect(await worker.sessionOf(accessToken)).toBeUndefined()
    expect(await codeOf(worker.refresh(refreshToken))).toBe('unauthenticated')
  })

  it('is removed from the disk after its last token has expired', async () => {
    const { accounts, storageDir, clock } = await createTestAccounts()
    clock.ms = Date.now()
    await accounts.register(ADA)
    const families = join(storageDir, '.accounts', 'families')
    clock.ms += REFRESH_SECONDS * 1000
    await accounts.signIn(ADA)
    await accounts.close()
    expect(await readdir(families)).toHaveLength(2)
    // Both files were written today, by the clock of the disk.
    clock.ms += 2 * DAY_MS
    await accounts.signIn(ADA)
    await accounts.close()
    expect((await readdir(families)).length).toBeLessThanOrEqual(1)
  })
})

describe('a change of the password', () => {
  it('ends all sessions of the user in every worker, and begins a new one', async () => {
    const { accounts, another } = await createTestAccounts()
    const one = await accounts.register(ADA)
    const other = await accounts.signIn(ADA)
    const bob = await accounts.register(BOB)
    const worker = another().accounts
    expect(await worker.sessionOf(other.accessToken)).toBeDefined()
    const changed = await accounts.changePassword(one.user.id, { current: ADA.password, next: 'a new long password' })
    for (const { accessToken, refreshToken } of [one, other]) {
      expect(await worker.sessionOf(accessToken)).toBeUndefined()
      expect(await codeOf(worker.refresh(refreshToken))).toBe('unauthenticated')
    }
    expect(await worker.sessionOf(changed.accessToken)).toBeDefined()
    expect(await worker.sessionOf(bob.accessToken)).toBeDefined()
    expect(await codeOf(worker.signIn(ADA))).toBe('wrong_credentials')
    expect(await codeOf(worker.signIn({ ...ADA, password: 'a new long password' }))).toBe('done')
  })

  it('requires the current password', async () => {
    const { accounts } = await createTestAccounts()
    const { user, accessToken } = await accounts.register(ADA)
    const change = accounts.changePassword(user.id, { current: 'not this password', next: 'a new long password' })
    expect(await codeOf(change)).toBe('wrong_credentials')
    expect(await accounts.sessionOf(accessToken)).toBeDefined()
  })

  it('succeeds once for two simultaneous requests with the same current password', async () => {
    const { accounts, another } = await createTestAccounts()
    const { user } = await accounts.register(ADA)
    const nexts = ['the first new password', 'the second new password', 'the third new password']
    const asked = await Promise.all(
      nexts.map((next) => codeOf(another().accounts.changePassword(user.id, { current: ADA.password, next }))),
    )
    expect(asked.filter((code) => code === 'done')).toHaveLength(1)
    expect(asked.filter((code) => code === 'wrong_credentials')).toHaveLength(2)
    const working = await Promise.all(nexts.map((password) => codeOf(accounts.signIn({ ...ADA, password }))))
    expect(working.map((code) => code === 'done')).toEqual(asked.map((code) => code === 'done'))
  })

  it('removes the old hash', async () => {
    const { accounts, storageDir, store } = await createTestAccounts()
    const { user } = await accounts.register(ADA)
    await accounts.changePassword(user.id, { current: ADA.password, next: 'a new long password' })
    const folder = join(storageDir, '.accounts', 'users', user.id)
    expect(await readFile(join(folder, '1.json'), 'utf8')).toBe('')
    expect((await store.users.get(user.id))?.generation).toBe(1)
  })
})

describe('the secret of the tokens', () => {
  it('is created once by any number of workers', async () => {
    const { another } = await createTestAccounts()
    const secrets = await Promise.all(Array.from({ length: 8 }, () => another().store.ensureSecret()))
    expect(new Set(secrets.map(String)).size).toBe(1)
    expect(secrets[0]).toHaveLength(32)
  })
})

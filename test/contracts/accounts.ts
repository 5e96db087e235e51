// What every store of accounts must do. One passes by ~13 lines: see test/stores/accounts/file-account-store.test.ts.

import { describe, expect, it, vi } from 'vitest'
import { newAccountId, type User } from '../../src/core/auth/account.ts'
import { TintypeError } from '../../src/core/errors.ts'
import type { AccountStore, Claim } from '../../src/stores/accounts/account-store.ts'

export interface AccountStoreFixture {
  store: AccountStore
  /** The same accounts as another process has them. */
  another(): AccountStore
  /** Lets the next creations of records happen and answer an error, as where responses are lost. @default 1 */
  loseAnswers(count?: number): void
  /** True where what another process ends may count for some seconds where nothing is read. @default false */
  isStale?: boolean
}

export const AT = '2026-05-04T09:30:00.000Z'

export const newUser = (email = 'ada@example.com'): User => ({
  id: newAccountId(),
  email,
  name: null,
  password_hash: 'a secret hash',
  generation: 0,
  disabled: false,
  created_at: AT,
  updated_at: AT,
})

export const newSession = () => ({ user_id: newAccountId(), generation: 0, created_at: AT })

export const INVITE = { created_at: AT, expires_at: AT, email: null }

const counted = (answers: readonly boolean[]): number => answers.filter(Boolean).length

export const accountsContract = (name: string, open: () => Promise<AccountStoreFixture>): void => {
  const many = ({ store, another }: AccountStoreFixture) => [store, ...Array.from({ length: 5 }, another)]

  describe(`${name} keeps the promises of users`, () => {
    it('creates one user for each address, however many are created at once', async () => {
      const stores = many(await open())
      const users = stores.map(() => newUser())
      const created = await Promise.all(stores.map((store, at) => store.users.create(users[at] ?? newUser())))
      expect(counted(created)).toBe(1)
      const winner = users[created.indexOf(true)]
      for (const store of stores) {
        expect(await store.users.byEmail('ada@example.com')).toEqual(winner)
        expect(await store.users.list()).toEqual([winner])
      }
      for (const { id } of users.filter((user) => user !== winner))
        expect(await stores[0]?.users.get(id)).toBeUndefined()
    })

    it('keeps that a user has no password, until it gets one', async () => {
      const { store, another } = await open()
      const user = { ...newUser(), password_hash: null }
      await store.users.create(user)
      expect(await another().users.get(user.id)).toEqual(user)
      expect(await another().users.byEmail(user.email)).toEqual(user)
      const shown = await store.users.change(user.id, (newest) => ({ ...newest, name: newest.password_hash ?? 'none' }))
      expect(shown).toEqual({ ...user, name: 'none' })
      await store.users.change(user.id, (newest) => ({ ...newest, password_hash: 'a secret hash' }))
      expect((await another().users.get(user.id))?.password_hash).toBe('a secret hash')
      await store.users.change(user.id, (newest) => ({ ...newest, password_hash: null }))
      expect(await another().users.get(user.id)).toEqual({ ...user, name: 'none' })
    })

    it('keeps a user whose creation is answered by an error, under its id and its address', async () => {
      const { store, another, loseAnswers } = await open()
      const user = newUser()
      // The user, and the index of addresses.
      loseAnswers(2)
      expect(await store.users.create(user)).toBe(true)
      expect(await another().users.get(user.id)).toEqual(user)
      expect(await another().users.byEmail(user.email)).toEqual(user)
    })

    it('loses no change when many processes change and read one user at once', async () => {
      const stores = many(await open())
      const user = newUser()
      await stores[0]?.users.create(user)
      await Promise.all(
        stores.flatMap((store) =>
          Array.from({ length: 5 }, async () => {
            await store.users.change(user.id, (newest) => ({ ...newest, generation: newest.generation + 1 }))
            expect((await store.users.get(user.id))?.email).toBe(user.email)
          }),
        ),
      )
      for (const store of stores) expect((await store.users.get(user.id))?.generation).toBe(30)
    })

    it('applies a change once where its answer is lost', async () => {
      const { store, another, loseAnswers } = await open()
      const user = newUser()
      await store.users.create(user)
      loseAnswers()
      const changed = await store.users.change(user.id, (newest) => ({ ...newest, generation: newest.generation + 1 }))
      expect(changed?.generation).toBe(1)
      expect(await another().users.get(user.id)).toEqual(changed)
    })

    it('shows each change to another process, and lists users by address', async () => {
      const { store, another } = await open()
      const [user, first] = [newUser(), newUser('aaa@example.com')]
      for (const each of [user, first]) await store.users.create(each)
      const other = another()
      for (let generation = 1; generation <= 5; generation++) {
        await store.users.change(user.id, (newest) => ({ ...newest, generation }))
        expect((await other.users.get(user.id))?.generation).toBe(generation)
      }
      expect((await other.users.list()).map(({ email }) => email)).toEqual([first.email, user.email])
    })

    it('changes nothing where the change throws, and finds no id that it did not create', async () => {
      const { store } = await open()
      const user = newUser()
      await store.users.create(user)
      const failing = store.users.change(user.id, () => {
        throw new TintypeError('wrong_credentials', 'not this one')
      })
      await expect(failing).rejects.toThrow('not this one')
      expect(await store.users.get(user.id)).toEqual(user)
      for (const id of [newAccountId(), '../..', '../emails', '', 'constructor', 'x'.repeat(5000)]) {
        expect(await store.users.get(id)).toBeUndefined()
        expect(await store.users.change(id, (newest) => newest)).toBeUndefined()
      }
    })
  })

  describe(`${name} keeps the promises of identities`, () => {
    const IDENTITY = { issuer: 'https://id.example.com', subject: 'ada' }

    it('leads an identity to one user in every process, and to another one later', async () => {
      const { store, another } = await open()
      const other = another()
      for (const id of [newAccountId(), newAccountId()]) {
        await store.identities.lead(IDENTITY, id)
        expect(await other.identities.userId(IDENTITY)).toBe(id)
        await other.identities.lead(IDENTITY, id)
        expect(await store.identities.userId(IDENTITY)).toBe(id)
      }
    })

    it('knows an identity by issuer and subject together', async () => {
      const { store } = await open()
      await store.identities.lead({ issuer: 'a', subject: 'b' }, newAccountId())
      for (const [issuer, subject] of [
        ['a', 'c'],
        ['b', 'a'],
        ['a"', 'b'],
        ['', 'ab'],
        ['a', '../b'],
      ] as const)
        expect(await store.identities.userId({ issuer, subject })).toBeUndefined()
    })

    it('leads it to one of those that many processes name at once', async () => {
      const stores = many(await open())
      const ids = stores.map(() => newAccountId())
      await Promise.all(stores.map(({ identities }, at) => identities.lead(IDENTITY, ids[at] ?? '')))
      const found = await Promise.all(stores.map(({ identities }) => identities.userId(IDENTITY)))
      expect(new Set(found).size).toBe(1)
      expect(ids).toContain(found[0])
    })

    it('leads it where the answer is lost', async () => {
      const { store, another, loseAnswers } = await open()
      const id = newAccountId()
      loseAnswers()
      await store.identities.lead(IDENTITY, id)
      expect(await another().identities.userId(IDENTITY)).toBe(id)
    })
  })

  describe(`${name} keeps the promises of sessions`, () => {
    it('lets exactly one of many processes use each number', async () => {
      const stores = many(await open())
      const session = newSession()
      const id = (await stores[0]?.sessions.begin(session)) ?? ''
      for (let number = 1; number <= 10; number++) {
        const used = await Promise.all(stores.map(({ sessions }) => sessions.advance(id, number)))
        expect(counted(used)).toBe(1)
        for (const { sessions } of stores) {
          expect(await sessions.read(id, number)).toBeUndefined()
          expect(await sessions.read(id, number + 1)).toEqual(session)
          expect(await sessions.isAlive(id)).toBe(true)
        }
      }
    })

    it('uses a number once where the answer is lost', async () => {
      const { store, another, loseAnswers } = await open()
      const id = await store.sessions.begin(newSession())
      loseAnswers()
      expect(await store.sessions.advance(id, 1)).toBe(true)
      expect(await another().sessions.advance(id, 1)).toBe(false)
      expect(await another().sessions.advance(id, 2)).toBe(true)
      loseAnswers()
      await store.sessions.end(id)
      expect(await another().sessions.isAlive(id)).toBe(false)
    })

    it('ends a session for good, also while a process is about to renew it', async () => {
      for (let round = 0; round < 10; round++) {
        const stores = many(await open())
        const id = (await stores[0]?.sessions.begin(newSession())) ?? ''
        await Promise.all(
          stores.map(({ sessions }, at) => (at % 3 === 0 ? sessions.end(id) : sessions.advance(id, 1).then(() => {}))),
        )
        for (const { sessions } of stores) {
          expect(await sessions.isAlive(id)).toBe(false)
          for (const number of [1, 2, 3]) {
            expect(await sessions.advance(id, number)).toBe(false)
            expect(await sessions.read(id, number)).toBeUndefined()
          }
          await sessions.end(id)
        }
      }
    })

    it('remembers a session that was found, until any process ends it', async () => {
      const { store, another, isStale } = await open()
      const other = another()
      const id = await other.sessions.begin(newSession())
      expect(store.sessions.isAliveNow(id)).toBe(false)
      await store.sessions.isAlive(id)
      expect(store.sessions.isAliveNow(id)).toBe(true)
      await other.sessions.end(id)
      expect(other.sessions.isAliveNow(id)).toBe(false)
      if (isStale) await vi.waitUntil(() => !store.sessions.isAliveNow(id), 60_000)
      expect(store.sessions.isAliveNow(id)).toBe(false)
    })

    it('finds no session that it did not create', async () => {
      const { store } = await open()
      for (const id of [newAccountId(), '../users', '', 'x'.repeat(5000)]) {
        expect(await store.sessions.isAlive(id)).toBe(false)
        expect(await store.sessions.read(id, 1)).toBeUndefined()
        expect(await store.sessions.advance(id, 1)).toBe(false)
        await store.sessions.end(id)
      }
    })
  })

  describe(`${name} keeps the promises of invitations`, () => {
    const claimOf = (email: string) => ({ user_id: newAccountId(), email })
    const isUsed = async () => true
    const isVoid = async () => false

    it('binds an invitation to one of many claims, until it is removed', async () => {
      const stores = many(await open())
      const [store] = stores
      await store?.invites.add('a code', INVITE)
      for (const { invites } of stores) expect(await invites.read('a code')).toEqual(INVITE)
      const claims = stores.map((_, at) => claimOf(`${at}@example.com`))
      const settled: Claim[] = []
      const settle = async (earlier: Claim) => {
        settled.push(earlier)
        return false
      }
      const claimAll = () =>
        Promise.all(stores.map(({ invites }, at) => invites.claim('a code', claims[at] ?? claimOf(''), settle)))
      // Each claim that is void makes room for the next one.
      expect(await claimAll()).toEqual(stores.map(() => true))
      expect(new Set(settled.map(({ email }) => email)).size).toBe(stores.length - 1)
      await store?.invites.remove('a code')
      expect(await claimAll()).toEqual(stores.map(() => false))
      for (const { invites } of stores) expect(await invites.read('a code')).toBeUndefined()
    })

    it('lets one of many processes claim it where claims are good, and removes it', async () => {
      const stores = many(await open())
      await stores[0]?.invites.add('a code', INVITE)
      const claims = stores.map((_, at) => claimOf(`${at}@example.com`))
      const settled: Claim[] = []
      const settle = async (earlier: Claim) => {
        settled.push(earlier)
        return true
      }
      const claimAll = () =>
        Promise.all(stores.map(({ invites }, at) => invites.claim('a code', claims[at] ?? claimOf(''), settle)))
      // One that another process has settled before it was answered is false.
      const answers = await claimAll()
      const used = [...claims.filter((_, at) => answers[at]), ...settled].map(({ email }) => email)
      expect(counted(answers)).toBeLessThanOrEqual(1)
      expect(new Set(used).size).toBe(1)
      settled.length = 0
      expect(counted(await claimAll())).toBe(0)
      expect(settled).toEqual([])
      for (const { invites } of stores) expect(await invites.read('a code')).toBeUndefined()
    })

    it('keeps the claim of the process whose claim was answered by an error', async () => {
      const { store, another, loseAnswers } = await open()
      await store.invites.add('a code', INVITE)
      loseAnswers()
      expect(await store.invites.claim('a code', claimOf('a@example.com'), isVoid)).toBe(true)
      expect(await another().invites.claim('a code', claimOf('b@example.com'), isUsed)).toBe(false)
    })

    it('announces a drafted user once, repeatedly, and never two with one address', async () => {
      const stores = many(await open())
      const [store] = stores
      const [ada, other] = [newUser(), newUser()]
      const users = [ada, { ...other, email: ada.email }]
      for (const user of users) await store?.users.draft(user)
      expect(await store?.users.byEmail(ada.email)).toBeUndefined()
      for (const each of stores) expect(await each.users.announce(ada)).toBe(true)
      for (const each of stores) expect(await each.users.announce({ id: other.id, email: ada.email })).toBe(false)
      expect(await store?.users.byEmail(ada.email)).toEqual(ada)
      await store?.users.drop(other.id)
      expect(await store?.users.get(other.id)).toBeUndefined()
    })

    it('finds no other code', async () => {
      const { store } = await open()
      for (const code of ['another', '../secret', '']) {
        expect(await store.invites.read(code)).toBeUndefined()
        expect(await store.invites.claim(code, claimOf('a@example.com'), isVoid)).toBe(false)
      }
    })
  })

  describe(`${name} keeps the promises of the secret`, () => {
    it('has none at first, and creates one for all processes', async () => {
      const stores = many(await open())
      expect(await stores[0]?.secret()).toBeUndefined()
      const secrets = await Promise.all(stores.map((store) => store.ensureSecret()))
      expect(new Set(secrets.map(String)).size).toBe(1)
      for (const store of stores) expect(await store.secret()).toEqual(secrets[0])
      expect(secrets[0]).toHaveLength(32)
    })
  })
}

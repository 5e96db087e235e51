// Accounts as files: what holds where several processes change them at the same time, and after somebody had a hand in them.

import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newAccountId, type User } from '../../../src/core/auth/account.ts'
import { createFileAccountStore } from '../../../src/stores/accounts/file-account-store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const AT = '2026-05-04T09:30:00.000Z'

const newUser = (email = 'ada@example.com'): User => ({
  id: newAccountId(),
  email,
  name: null,
  password_hash: 'a secret hash',
  generation: 0,
  disabled: false,
  created_at: AT,
  updated_at: AT,
})

const workers = async (count: number) => {
  const storageDir = await temporaryFolder()
  return { storageDir, stores: Array.from({ length: count }, () => createFileAccountStore({ storageDir })) }
}

const counted = (answers: readonly boolean[]): number => answers.filter(Boolean).length

describe('users', () => {
  it('lose no change, however many processes change the same one at once, and read it meanwhile', async () => {
    const { stores } = await workers(6)
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

  it('are seen by another process as they were changed last', async () => {
    const { stores } = await workers(2)
    const [one, other] = stores
    const user = newUser()
    await one?.users.create(user)
    for (let generation = 1; generation <= 5; generation++) {
      await one?.users.change(user.id, (newest) => ({ ...newest, generation }))
      expect((await other?.users.get(user.id))?.generation).toBe(generation)
    }
  })

  it('are gone for every process once their folder is', async () => {
    const { stores, storageDir } = await workers(2)
    const user = newUser()
    await stores[0]?.users.create(user)
    for (const { users } of stores) expect(await users.get(user.id)).toBeDefined()
    await rm(join(storageDir, '.accounts', 'users', user.id), { recursive: true })
    for (const { users } of stores) {
      expect(await users.get(user.id)).toBeUndefined()
      expect(await users.byEmail(user.email)).toBeUndefined()
      expect(await users.change(user.id, (newest) => newest)).toBeUndefined()
    }
  })

  it('are looked for by nothing that could be a path', async () => {
    const { stores } = await workers(1)
    for (const id of ['..', '../emails', '', 'constructor', 'x'.repeat(5000)])
      expect(await stores[0]?.users.get(id)).toBeUndefined()
  })

  it('whose file is damaged make the store unavailable, and the answer repeats nothing of it', async () => {
    const { stores, storageDir } = await workers(1)
    const user = newUser()
    await stores[0]?.users.create(user)
    await writeFile(join(storageDir, '.accounts', 'users', user.id, '2.json'), '{"password_hash":"a secret hash"')
    const error = await stores[0]?.users.get(user.id).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'store_unavailable' })
    expect(String(error instanceof Error && error.cause)).toContain('2.json is damaged')
    expect(String(error instanceof Error && error.cause)).not.toContain('secret')
  })
})

describe('sessions', () => {
  it('let each number be used by exactly one of many processes', async () => {
    const { stores } = await workers(8)
    const id = (await stores[0]?.sessions.begin({ user_id: newAccountId(), generation: 0, created_at: AT })) ?? ''
    for (let number = 1; number <= 10; number++) {
      const used = await Promise.all(stores.map(({ sessions }) => sessions.advance(id, number)))
      expect(counted(used)).toBe(1)
      expect(await stores[0]?.sessions.read(id, number)).toBeUndefined()
      expect(await stores[0]?.sessions.read(id, number + 1)).toMatchObject({ generation: 0 })
    }
  })

  it('that have ended are not brought back by a process that was about to go on', async () => {
    const { stores, storageDir } = await workers(2)
    const [one, other] = stores
    const id = (await one?.sessions.begin({ user_id: newAccountId(), generation: 0, created_at: AT })) ?? ''
    expect(await one?.sessions.isAlive(id)).toBe(true)
    const outcomes = await Promise.all([other?.sessions.end(id), one?.sessions.advance(id, 1), one?.sessions.end(id)])
    expect(outcomes).toHaveLength(3)
    for (const { sessions } of stores) {
      expect(await sessions.isAlive(id)).toBe(false)
      expect(await sessions.advance(id, 1)).toBe(false)
      expect(await sessions.advance(id, 2)).toBe(false)
    }
    expect(await readdir(join(storageDir, '.accounts', 'families'))).toEqual([])
    expect(await readdir(join(storageDir, '.accounts', '.tmp'))).toEqual([])
  })
})

describe('invitations', () => {
  it('are claimed by exactly one of many processes', async () => {
    const { stores } = await workers(8)
    await stores[0]?.invites.add('a code', { created_at: AT, expires_at: AT, email: null })
    expect(counted(await Promise.all(stores.map(({ invites }) => invites.claim('a code'))))).toBe(1)
    await stores[0]?.invites.giveBack('a code')
    expect(counted(await Promise.all(stores.map(({ invites }) => invites.claim('a code'))))).toBe(1)
    await stores[0]?.invites.remove('a code')
    expect(counted(await Promise.all(stores.map(({ invites }) => invites.claim('a code'))))).toBe(0)
  })
})

describe('what crashed processes left', () => {
  it('is removed an hour later, and nothing that is under way', async () => {
    const { stores, storageDir } = await workers(1)
    await stores[0]?.ensureSecret()
    const tmp = join(storageDir, '.accounts', '.tmp')
    await mkdir(join(tmp, 'left-folder'))
    for (const name of ['left-folder/1.json', 'left-file', 'under-way']) await writeFile(join(tmp, name), '{}')
    const { mtimeMs } = await stat(tmp)
    const earlier = (ms: number) => new Date(mtimeMs - ms)
    for (const name of ['left-folder', 'left-file'])
      await utimes(join(tmp, name), earlier(3_700_000), earlier(3_700_000))
    await utimes(join(tmp, 'under-way'), earlier(3_500_000), earlier(3_500_000))
    await stores[0]?.sweep(86_400_000)
    expect(await readdir(tmp)).toEqual(['under-way'])
  })
})

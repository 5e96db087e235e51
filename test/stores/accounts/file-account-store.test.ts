// Accounts as files: changes by several processes at the same time, and files edited by hand.

import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { newAccountId } from '../../../src/core/auth/account.ts'
import type { AccountStore } from '../../../src/stores/accounts/account-store.ts'
import { createFileAccountStore } from '../../../src/stores/accounts/file-account-store.ts'
import { AT, accountsContract, INVITE, newSession, newUser } from '../../contracts/accounts.ts'
import { type DiskCall, failing, losingAnswer } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))

const isCreation = ({ name }: DiskCall) => name === 'link'

for (const code of ['EEXIST', 'EIO'])
  accountsContract(`accounts in a folder that can answer ${code} to what it does`, async () => {
    const storageDir = await temporaryFolder()
    const another = () => createFileAccountStore({ storageDir })
    return {
      store: another(),
      another,
      loseAnswers: (count) => losingAnswer(isCreation, code, count),
    }
  })

const workers = async (count: number) => {
  const storageDir = await temporaryFolder()
  return { storageDir, stores: Array.from({ length: count }, () => createFileAccountStore({ storageDir })) }
}

describe('users', () => {
  it('are absent in every process once their folder is removed', async () => {
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

  it('whose file is damaged make the store unavailable, without its content in the answer', async () => {
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

describe('invitations', () => {
  it('can be claimed after a claim that failed on the disk', async () => {
    const { stores } = await workers(2)
    const [one, other] = stores
    await one?.invites.add('a code', INVITE)
    const claimIn = (store: AccountStore | undefined) =>
      store?.invites.claim('a code', { user_id: newAccountId(), email: 'a@example.com' }, async () => true)
    const stop = failing(({ name, to }) => name === 'link' && /invites.*claimed$/.test(to), 'EIO')
    await expect(claimIn(one)).rejects.toMatchObject({ code: 'store_unavailable' })
    stop()
    expect(await claimIn(other)).toBe(true)
    expect(await claimIn(one)).toBe(false)
  })
})

describe('sessions', () => {
  it('whose file is damaged are invalid, and can be ended', async () => {
    const { stores, storageDir } = await workers(2)
    const [one, other] = stores
    const id = (await one?.sessions.begin({ user_id: newAccountId(), generation: 0, created_at: AT })) ?? ''
    expect(await one?.sessions.isAlive(id)).toBe(true)
    await writeFile(join(storageDir, '.accounts', 'families', id, '2.json'), '{"user_id":')
    for (const number of [1, 2]) {
      expect(await one?.sessions.read(id, number)).toBeUndefined()
      expect(await one?.sessions.advance(id, number)).toBe(false)
    }
    expect(await one?.sessions.isAlive(id)).toBe(false)
    await other?.sessions.end(id)
    expect(await readdir(join(storageDir, '.accounts', 'families'))).toEqual([])
  })

  it('that have ended are not restored by a process that was about to renew them', async () => {
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

describe('remains of crashed processes', () => {
  it('are removed an hour later, and files in use are kept', async () => {
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

describe('accounts of an older version', () => {
  it('are read and changed, as users and sessions without tokens in their files', async () => {
    const { stores, storageDir } = await workers(2)
    const [store, other] = stores
    const user = newUser()
    await store?.users.create(user)
    const id = (await store?.sessions.begin(newSession())) ?? ''
    const root = join(storageDir, '.accounts')
    await writeFile(join(root, 'users', user.id, '1.json'), `${JSON.stringify(user)}\n`)
    const session = { user_id: user.id, generation: 0, created_at: AT }
    await rm(join(root, 'families', id, '1.json'))
    await writeFile(join(root, 'families', id, '7.json'), `${JSON.stringify(session)}\n`)
    expect(await other?.users.get(user.id)).toEqual(user)
    const changed = await other?.users.change(user.id, (newest) => ({ ...newest, name: 'Ada' }))
    expect(await store?.users.get(user.id)).toEqual(changed)
    expect(await other?.sessions.read(id, 7)).toEqual(session)
    expect(await other?.sessions.advance(id, 7)).toBe(true)
    expect(await store?.sessions.read(id, 8)).toEqual(session)
  })

  it('reads the files of this version: the newest token alone, and none of an ended session', async () => {
    const { stores, storageDir } = await workers(1)
    const families = join(storageDir, '.accounts', 'families')
    const ids = [await stores[0]?.sessions.begin(newSession()), await stores[0]?.sessions.begin(newSession())]
    for (const id of ids) await stores[0]?.sessions.advance(id ?? '', 1)
    expect(await readdir(join(families, ids[0] ?? ''))).toEqual(['2.json'])
    await stores[0]?.sessions.end(ids[0] ?? '')
    expect(await readdir(families)).toEqual([ids[1]])
  })
})

// Sessions as folders of numbered entries.

import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createAccountsFolder } from '../../../src/stores/accounts/accounts-folder.ts'
import { createSessions } from '../../../src/stores/accounts/sessions.ts'
import { newSession } from '../../contracts/accounts.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const opened = async () => {
  const storageDir = await temporaryFolder()
  const families = join(storageDir, '.accounts', 'families')
  return { sessions: createSessions(createAccountsFolder(storageDir)), families }
}

describe('a session', () => {
  it('accepts the newest refresh token alone', async () => {
    const { sessions } = await opened()
    const session = newSession()
    const id = await sessions.begin(session)
    expect(await sessions.advance(id, 1)).toBe(true)
    expect(await sessions.read(id, 1)).toBeUndefined()
    expect(await sessions.read(id, 2)).toEqual(session)
    expect(await sessions.read(id, 3)).toBeUndefined()
    expect([await sessions.advance(id, 1), await sessions.advance(id, 3)]).toEqual([false, false])
  })

  it('is renewed once by concurrent requests with the same token', async () => {
    const { sessions } = await opened()
    const id = await sessions.begin(newSession())
    const outcomes = await Promise.all([1, 2, 3].map(() => sessions.advance(id, 1)))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
  })

  it('leaves no file once it has ended, and may be ended again', async () => {
    const { sessions, families } = await opened()
    const id = await sessions.begin(newSession())
    await sessions.end(id)
    await sessions.end(id)
    expect(await sessions.isAlive(id)).toBe(false)
    expect(await readdir(families)).toEqual([])
  })

  it.each(['', '..', '../users', 'not an id'])('is not searched on disk under "%s", which is no id', async (id) => {
    const { sessions, families } = await opened()
    const other = await sessions.begin(newSession())
    await sessions.end(id)
    expect([await sessions.isAlive(id), await sessions.read(id, 1), await sessions.advance(id, 1)]).toEqual([
      false,
      undefined,
      false,
    ])
    expect(await readdir(families)).toEqual([other])
  })
})

describe('a sweep of sessions', () => {
  it('removes those that were not renewed since the given time, and keeps the others', async () => {
    const { sessions } = await opened()
    const id = await sessions.begin(newSession())
    await sessions.sweep(Date.now() - 60_000)
    expect(await sessions.isAlive(id)).toBe(true)
    await sessions.sweep(Date.now() + 60_000)
    expect(await sessions.isAlive(id)).toBe(false)
  })

  it('keeps a session in a folder that was copied recently with its old time', async () => {
    const { sessions, families } = await opened()
    const id = await sessions.begin(newSession())
    await utimes(join(families, id), 1, 1)
    await sessions.sweep(Date.now() - 60_000)
    expect(await sessions.isAlive(id)).toBe(true)
  })

  it('does nothing in a store without sessions', async () => {
    const { sessions } = await opened()
    await expect(sessions.sweep(Date.now())).resolves.toBeUndefined()
  })
})

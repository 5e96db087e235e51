// Users by their e-mail address: equal work with and without an account.

import type * as Files from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { createAccountsFolder } from '../../../src/stores/accounts/accounts-folder.ts'
import { createUsers } from '../../../src/stores/accounts/users.ts'
import { newUser } from '../../contracts/accounts.ts'
import { watchDisk } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const stats = vi.hoisted(() => ({ calls: 0 }))

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => {
  const real = await original<typeof Files>()
  const lstatSync = (path: string) => {
    stats.calls++
    return real.lstatSync(path, { throwIfNoEntry: false })
  }
  return { ...real, lstatSync }
})

const NAMES = ['ada', 'bob', 'cy']

const opened = async () => {
  const storageDir = await temporaryFolder()
  const create = () => createUsers(createAccountsFolder(storageDir))
  const users = create()
  for (const name of NAMES) await users.create(newUser(`${name}@example.com`))
  const bob = await users.byEmail('bob@example.com')
  for (let time = 0; time < 3; time++) await users.change(bob?.id ?? '', (user) => ({ ...user, name: String(time) }))
  return { users, another: create, storageDir }
}

/** Calls of the disk while an address is looked up, sorted: which of them fail differs by intention. */
const callsOf = async (users: ReturnType<typeof createUsers>, name: string): Promise<string[]> => {
  const calls: string[] = []
  const stop = watchDisk({ before: (call) => void calls.push(call.name) })
  const before = stats.calls
  await users.byEmail(`${name}@example.com`)
  stop()
  return [...calls.sort(), `${stats.calls - before} lstat`]
}

it('an address without an account makes the same calls of the disk as one with, the first time and later', async () => {
  const { another } = await opened()
  const users = another()
  await users.byEmail('first@example.com')
  const expected = ['readFile', 'readFile', 'readFile', 'readdir', 'readdir', '8 lstat']
  for (const name of ['nobody', ...NAMES, ...NAMES, 'nobody', 'none'])
    expect([name, await callsOf(users, name)]).toEqual([name, expected])
  // The names of all accounts are read once in a process.
  for (const name of ['nobody', 'cy'])
    expect(await callsOf(another(), name)).toEqual([
      ...expected.slice(0, 3),
      'readdir',
      'readdir',
      'readdir',
      '10 lstat',
    ])
})

it('an address is answered also where the account that is read in its place is damaged or gone', async () => {
  const { users, storageDir } = await opened()
  const all = await users.list()
  for (const user of all) await writeFile(join(storageDir, '.accounts', 'users', user.id, '9.json'), 'damaged')
  expect(await users.byEmail('nobody@example.com')).toBeUndefined()
  for (const user of all) await rm(join(storageDir, '.accounts', 'users', user.id), { recursive: true })
  expect(await users.byEmail('nobody@example.com')).toBeUndefined()
})

it('there is nothing to read where there is no account', async () => {
  const users = createUsers(createAccountsFolder(await temporaryFolder()))
  expect(await callsOf(users, 'nobody')).toEqual(['readFile', 'readdir', '4 lstat'])
})

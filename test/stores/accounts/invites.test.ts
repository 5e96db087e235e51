// Invitations as files: each code is claimed at most once, also where a call fails at the disk.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createAccountsFolder, hashedName } from '../../../src/stores/accounts/folder.ts'
import { createInvites } from '../../../src/stores/accounts/invites.ts'
import { INVITE } from '../../contracts/accounts.ts'
import { type DiskCall, failing } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))

const opened = async () => {
  const storageDir = await temporaryFolder()
  const invites = createInvites(createAccountsFolder(storageDir))
  await invites.add('a code', INVITE)
  return { invites, files: () => readdir(join(storageDir, '.accounts', 'invites')) }
}

const failingCall = (name: DiskCall['name']) =>
  failing((call) => call.name === name && call.path.includes('invites'), 'EIO')

describe('an invitation', () => {
  it('is stored under the hash of its code', async () => {
    const { files } = await opened()
    expect(await files()).toEqual([`${hashedName('a code')}.json`])
  })

  it('is claimed once, and again after it was released', async () => {
    const { invites } = await opened()
    expect([await invites.claim('a code'), await invites.claim('a code')]).toEqual([true, false])
    await invites.giveBack('a code')
    expect(await invites.read('a code')).toEqual(INVITE)
    expect([await invites.claim('a code'), await invites.claim('a code')]).toEqual([true, false])
  })

  it('is not created by releasing a code that was never claimed', async () => {
    const { invites, files } = await opened()
    await invites.giveBack('a code')
    await invites.giveBack('another code')
    expect(await files()).toEqual([`${hashedName('a code')}.json`])
  })

  it('cannot be released once its claim was removed', async () => {
    const { invites, files } = await opened()
    await invites.claim('a code')
    await invites.remove('a code')
    await invites.giveBack('a code')
    expect(await files()).toEqual([])
  })

  it.each(['unlink', 'rename'] as const)(
    'can be claimed where it can be read, after %s failed while it was given back',
    async (name) => {
      const { invites } = await opened()
      await invites.claim('a code')
      const stop = failingCall(name)
      await invites.giveBack('a code').catch(() => {})
      stop()
      const isAvailable = (await invites.read('a code')) !== undefined
      expect(await invites.claim('a code')).toBe(isAvailable)
    },
  )

  it('can be released again after that failed on the disk', async () => {
    const { invites } = await opened()
    await invites.claim('a code')
    const stop = failingCall('rename')
    await expect(invites.giveBack('a code')).rejects.toMatchObject({ code: 'EIO' })
    stop()
    await invites.giveBack('a code')
    expect(await invites.claim('a code')).toBe(true)
  })
})

// Invitations as files: each is used for at most one account, also where a call fails at the disk.

import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { newAccountId } from '../../../src/core/auth/account.ts'
import { createAccountsFolder } from '../../../src/stores/accounts/accounts-folder.ts'
import { createInvites } from '../../../src/stores/accounts/invites.ts'
import { hashedName } from '../../../src/stores/private/folder.ts'
import { INVITE } from '../../contracts/accounts.ts'
import { beforeCall, type DiskCall, failing } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))

const HASH = hashedName('a code')
const CLAIM = { user_id: newAccountId(), email: 'ada@example.com' }

const opened = async () => {
  const storageDir = await temporaryFolder()
  const invites = createInvites(createAccountsFolder(storageDir))
  await invites.add('a code', INVITE)
  const folder = join(storageDir, '.accounts', 'invites')
  const claim = (isUsed: boolean) => invites.claim('a code', CLAIM, async () => isUsed)
  return { invites, claim, folder, files: async () => (await readdir(folder)).sort() }
}

const isLinkOf = (name: string) => (call: DiskCall) => call.name === 'link' && call.to.endsWith(name)

describe('an invitation', () => {
  it('is stored under the hash of its code, and so are its claims', async () => {
    const { claim, files } = await opened()
    expect(await files()).toEqual([`${HASH}.json`])
    expect([await claim(false), await claim(false)]).toEqual([true, true])
    expect(await files()).toEqual([`${HASH}.claimed`, `${HASH}.claimed.2`, `${HASH}.json`])
  })

  it('stays readable while the account of its claim does not exist', async () => {
    const { invites, claim } = await opened()
    await claim(false)
    expect(await invites.read('a code')).toEqual(INVITE)
  })

  it('is removed with its claims, by the request that finds it used', async () => {
    const { claim, files } = await opened()
    await claim(false)
    await claim(false)
    expect(await claim(true)).toBe(false)
    expect(await files()).toEqual([])
  })

  it('is not claimed again where it is removed between the check and the claim', async () => {
    const { invites, claim, files } = await opened()
    await claim(false)
    const late = claim(false)
    beforeCall(isLinkOf('.claimed.2'), () => invites.remove('a code'))
    expect(await late).toBe(false)
    expect(await files()).toEqual([])
  })

  it('is used where the claim before disappears with it, before it can be compared', async () => {
    const { invites, claim } = await opened()
    await claim(false)
    const isRead = ({ name, path }: DiskCall) => name === 'readFile' && path.endsWith('.claimed')
    beforeCall(isRead, () => invites.remove('a code'))
    expect(await claim(true)).toBe(false)
  })

  it('settles no claim that was made after it was removed', async () => {
    const { invites, claim, folder } = await opened()
    const settle = vi.fn(async () => true)
    beforeCall(isLinkOf('.claimed'), async () => {
      await invites.remove('a code')
      // By a process that checked before that.
      await writeFile(join(folder, `${HASH}.claimed`), JSON.stringify({ ...CLAIM, claim: 'another' }))
    })
    expect(await invites.claim('a code', CLAIM, settle)).toBe(false)
    expect(settle).not.toHaveBeenCalled()
    expect(await claim(false)).toBe(false)
  })

  it('counts as used where an older version has claimed it', async () => {
    const { claim, folder } = await opened()
    await writeFile(join(folder, `${HASH}.claimed`), JSON.stringify({ ...INVITE, claim: 'another' }))
    expect(await claim(false)).toBe(false)
  })

  it('stays used where its removal fails at the disk', async () => {
    const { invites, claim, files } = await opened()
    await claim(false)
    const stop = failing(({ name, path }) => name === 'unlink' && path.includes('invites'), 'EIO')
    await expect(invites.remove('a code')).rejects.toMatchObject({ code: 'EIO' })
    expect(await claim(true)).toBe(false)
    stop()
    expect(await claim(true)).toBe(false)
    expect(await files()).toEqual([])
  })
})

// Share links on disk.

import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newLink } from '../../../src/core/auth/links.ts'
import { createFileLinks } from '../../../src/stores/links/file-links.ts'
import { linkRecord, linksContract } from '../../contracts/links.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

linksContract('links in a folder', async () => {
  const storageDir = await temporaryFolder()
  const another = () => createFileLinks({ storageDir })
  return { links: another(), another }
})

it('a link is stored without its secret, in a folder that other users cannot read', async () => {
  const storageDir = await temporaryFolder()
  const { id, token, sha256 } = newLink('shop')
  await createFileLinks({ storageDir }).add(linkRecord('shop', { id, sha256 }))
  const text = await readFile(join(storageDir, '.accounts/links', id.slice(0, 12), `${id}.json`), 'utf8')
  expect(text).toContain(sha256)
  expect(text).not.toContain(token.slice(-43))
  expect((await stat(join(storageDir, '.accounts'))).mode & 0o077).toBe(0)
  expect(await readdir(join(storageDir, '.accounts/.tmp'))).toEqual([])
})

it('a damaged link lets nobody in, and a file of another name is none', async () => {
  const storageDir = await temporaryFolder()
  const record = linkRecord('shop')
  await createFileLinks({ storageDir }).add(record)
  const folder = join(storageDir, '.accounts/links', record.id.slice(0, 12))
  const other = `${record.id.slice(0, -1)}${record.id.endsWith('a') ? 'b' : 'a'}`
  await writeFile(join(folder, `${other}.json`), JSON.stringify(record))
  expect(await createFileLinks({ storageDir }).find(other)).toBeUndefined()
  await writeFile(join(folder, `${record.id}.json`), '{')
  await expect(createFileLinks({ storageDir }).find(record.id)).rejects.toMatchObject({ code: 'store_unavailable' })
})

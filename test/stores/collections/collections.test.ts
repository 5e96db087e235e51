// Collections on disk.

import { readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFileCollections } from '../../../src/stores/collections/collections.ts'
import { collectionOf, collectionsContract } from '../../contracts/collections.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

collectionsContract('collections in a folder', async () => {
  const storageDir = await temporaryFolder()
  return { another: () => createFileCollections({ storageDir }) }
})

it('a collection keeps two entries, in a folder that other users cannot read, and leaves no drafts', async () => {
  const storageDir = await temporaryFolder()
  const collections = createFileCollections({ storageDir })
  for (let at = 0; at < 5; at++) await collections.change('Wall', () => collectionOf('Wall', [`p${at}`]))
  const root = join(storageDir, '.collections')
  expect((await readdir(join(root, 'entries', '!wall'))).sort()).toEqual(['4.json', '5.json'])
  expect((await stat(root)).mode & 0o077).toBe(0)
  expect(await readdir(join(root, '.tmp'))).toEqual([])
})

it('a damaged collection is an error, not an empty one that a change would replace', async () => {
  const storageDir = await temporaryFolder()
  await createFileCollections({ storageDir }).change('wall', () => collectionOf('wall', ['a']))
  await truncate(join(storageDir, '.collections/entries/wall/1.json'), 10)
  const unavailable = expect.objectContaining({ code: 'store_unavailable' })
  await expect(createFileCollections({ storageDir }).newest('wall')).rejects.toEqual(unavailable)
  const changed = createFileCollections({ storageDir }).change('wall', () => collectionOf('wall'))
  await expect(changed).rejects.toEqual(unavailable)
})

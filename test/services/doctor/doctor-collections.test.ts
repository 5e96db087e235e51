// The doctor on collections.

import { mkdir, rename, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFileCollections } from '../../../src/stores/collections/collections.ts'
import { collectionOf } from '../../contracts/collections.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { examine, examineAlone, inShort } from '../../support/store/doctor.ts'

const makeCollection = async () => {
  const storageDir = await temporaryFolder()
  await mkdir(join(storageDir, 'projects'))
  const collections = createFileCollections({ storageDir })
  for (const projects of [['a'], ['a', 'b']]) await collections.change('Wall', () => collectionOf('Wall', projects))
  const entries = join(storageDir, '.collections', 'entries')
  return { storageDir, entries, newest: () => createFileCollections({ storageDir }).newest('Wall') }
}

describe('collections', () => {
  it('that are sound have no finding', async () => {
    const { storageDir } = await makeCollection()
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('are as before their last change once a damaged entry is moved away', async () => {
    const { storageDir, entries, newest } = await makeCollection()
    await truncate(join(entries, '!wall', '2.json'), 10)
    await expect(newest()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(inShort(await examineAlone(storageDir))).toEqual([
      'collection_damaged .collections/entries/!wall/2.json mendable',
    ])
    expect(await examine(storageDir, { fix: true })).toMatchObject({ mended: 1, remaining: 0 })
    expect(await newest()).toMatchObject({ projects: ['a'] })
  })

  it('are not read through links, and what does not belong to them is noted', async () => {
    const { storageDir, entries, newest } = await makeCollection()
    await writeFile(join(storageDir, '.collections', 'note.txt'), 'x')
    await mkdir(join(entries, 'Upper'))
    expect(inShort(await examineAlone(storageDir))).toEqual([
      'unknown_entry .collections/entries/Upper noted',
      'unknown_entry .collections/note.txt noted',
    ])
    await rename(join(entries, '!wall'), join(storageDir, 'moved'))
    await symlink(join(storageDir, 'moved'), join(entries, '!wall'))
    await expect(newest()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(inShort(await examineAlone(storageDir))).toContain('odd_entry .collections/entries/!wall unmendable')
    await rename(entries, join(storageDir, 'elsewhere'))
    await symlink(join(storageDir, 'elsewhere'), entries)
    await expect(newest()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(inShort(await examineAlone(storageDir))).toContain('odd_entry .collections/entries unmendable')
  })
})

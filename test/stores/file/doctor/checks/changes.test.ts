import { mkdir, readdir, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPaths } from '../../../../../src/stores/file/paths.ts'
import { addImage } from '../../../../contracts/store.ts'
import { temporaryFolder } from '../../../../support/disk/folder.ts'
import { examineAlone, inShort } from '../../../../support/store/doctor.ts'
import { openFileStore } from '../../../../support/store/file-store.ts'

/** A store whose project has pruned revisions and no images. */
const pruned = async () => {
  const storageDir = await temporaryFolder()
  const store = await openFileStore(storageDir, { maxHeldMs: 0 })
  const imageId = await addImage(store, 'shop')
  await store.commit('shop', { type: 'delete_image', imageId })
  for (let n = 0; n < 70; n++) await store.commit('shop', { type: 'edit', title: `${n}` })
  const { revision } = (await store.project('shop')) ?? { revision: 0 }
  await store.close()
  return { storageDir, paths: createPaths(storageDir), revision }
}

describe('the kept changes of old revisions', () => {
  it('are no finding where they are intact', async () => {
    const { storageDir, paths } = await pruned()
    expect((await readdir(paths.changes('shop'))).length).toBeGreaterThan(0)
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it.each([
    ['cut off', (path: string) => truncate(path, 100)],
    ['of other revisions', (path: string, other: string) => rename(other, path)],
    ['a folder', async (path: string) => void (await rename(path, `${path}-`).then(() => mkdir(path)))],
  ])('are moved to .lost where a file is %s, and the project goes on', async (_, damage) => {
    const { storageDir, paths, revision } = await pruned()
    await damage(paths.changeFile('shop', 1), paths.changeFile('shop', 33))
    const file = 'projects/shop/.meta/changes/1.json'
    expect(inShort(await examineAlone(storageDir))).toContain(`changes_damaged ${file} mendable`)
    expect(inShort(await examineAlone(storageDir, { fix: true }))).toContain(`changes_damaged ${file} mended`)
    expect((await examineAlone(storageDir)).remaining).toBe(0)
    const store = await openFileStore(storageDir)
    expect(await store.changesAfter('shop', 1)).toMatchObject({ reset: true, revision })
    await store.commit('shop', { type: 'edit', title: 'more' })
    expect(await store.changesAfter('shop', revision)).toMatchObject({ reset: false, revision: revision + 1 })
  })

  it('with foreign names are only noted', async () => {
    const { storageDir, paths } = await pruned()
    for (const name of ['2.json', 'notes.txt']) await writeFile(join(paths.changes('shop'), name), 'mine')
    const { findings, ...counts } = await examineAlone(storageDir, { fix: true })
    expect(counts).toMatchObject({ mended: 0, remaining: 0, noted: 2 })
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['unknown_entry']))
  })
})

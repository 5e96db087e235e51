// The doctor on the files of the catalogue, under .cache.

import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createTestApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { examineAlone, inShort } from '../../support/store/doctor.ts'

/** A store whose server has ended, so that its catalogue is stored. */
const makeStore = async () => {
  const storageDir = await temporaryFolder()
  const paths = createPaths(storageDir)
  const serve = async () => {
    const { app, close } = await createTestApp({ storageDir })
    for (const project of ['shop', 'other']) await app.request(`/projects/${project}`, { method: 'PUT' })
    const { status } = await app.request('/projects?sort=updated')
    await close()
    return status
  }
  await serve()
  return { storageDir, paths, serve }
}

describe('the catalogue', () => {
  it('of a server that has ended has no finding', async () => {
    const { storageDir, paths } = await makeStore()
    expect((await readFile(paths.catalogueIndex, 'utf8')).split('\n')).toHaveLength(5)
    expect((await readFile(paths.catalogueHints)).length).toBeGreaterThan(0)
    await writeFile(`${paths.catalogueIndex}-unfinished`, 'x')
    await writeFile(`${paths.catalogueHints}-unfinished`, 'x')
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['emptied', () => Buffer.alloc(0)],
    ['changed in one byte', (bytes: Buffer) => Buffer.from(bytes.toString().replace('shop', 'shot'))],
  ])('whose index is %s is noted, and made again', async (_, damage) => {
    const { storageDir, paths, serve } = await makeStore()
    const sound = await readFile(paths.catalogueIndex)
    await writeFile(paths.catalogueIndex, damage(sound))
    const found = await examineAlone(storageDir)
    expect(inShort(found)).toEqual(['index_damaged .cache/.catalogue/index noted'])
    expect(found.remaining).toBe(0)
    expect((await examineAlone(storageDir, { fix: true })).mended).toBe(1)
    expect(await serve()).toBe(200)
    expect(inShort(await examineAlone(storageDir))).toEqual([])
    expect((await readFile(paths.catalogueIndex, 'utf8')).split('\n')).toHaveLength(5)
  })

  it.each(['.cache', '.cache/.catalogue', '.cache/.catalogue/index', '.cache/.catalogue/changes'])(
    'is kept again after an entry of another type was in place of %s',
    async (name) => {
      const { storageDir, paths, serve } = await makeStore()
      const path = join(storageDir, name)
      await rm(path, { recursive: true })
      if (dirname(name).endsWith('.catalogue')) await mkdir(path)
      else await writeFile(path, 'x')
      expect(inShort(await examineAlone(storageDir))).toEqual([`odd_entry ${name} mendable`])
      expect(inShort(await examineAlone(storageDir, { fix: true }))).toEqual([`odd_entry ${name} mended`])
      expect(await serve()).toBe(200)
      expect(await readFile(paths.catalogueIndex, 'utf8')).toContain('"shop"')
    },
  )

  it.each(['.cache/.catalogue', '.cache/.catalogue/index', '.cache/.catalogue/changes'])(
    'is not read through a link in place of %s, which the doctor removes',
    async (name) => {
      const { storageDir, serve } = await makeStore()
      const target = join(await temporaryFolder(), 'target')
      if (name.endsWith('.catalogue')) await mkdir(target)
      else await writeFile(target, 'outside')
      await rm(join(storageDir, name), { recursive: true })
      await symlink(target, join(storageDir, name))
      expect(await serve()).toBe(200)
      if (!name.endsWith('.catalogue')) expect(await readFile(target, 'utf8')).toBe('outside')
      const remains = name.endsWith('index') ? [] : [`odd_entry ${name} mended`]
      expect(inShort(await examineAlone(storageDir, { fix: true }))).toEqual(remains)
      expect(inShort(await examineAlone(storageDir))).toEqual([])
    },
  )

  it('has unknown entries that are noted and stay', async () => {
    const { storageDir, paths } = await makeStore()
    const path = join(paths.catalogue, 'notes.txt')
    await writeFile(path, 'x')
    expect(inShort(await examineAlone(storageDir, { fix: true }))).toEqual([
      'unknown_entry .cache/.catalogue/notes.txt noted',
    ])
    expect(await readFile(path, 'utf8')).toBe('x')
  })
})

// The format of a store: written once, and a newer one is refused by everything that opens a store.

import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFileStore } from '../../../src/stores/file/file-store.ts'
import { addImage, idsOf } from '../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { runTintype } from '../../support/processes/tintype.ts'
import { examine } from '../../support/store/doctor.ts'
import { openFileStore, silent } from '../../support/store/file-store.ts'

const markOf = (folder: string) => join(folder, '.tintype.json')

/** A folder whose mark has this text. */
const marked = async (text: string): Promise<string> => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'projects'))
  await writeFile(markOf(folder), text)
  return folder
}

const NEWER = /^The store in \S+ has format 2; this version knows formats up to 1\. Upgrade tintype, or [^\n]+$/

describe('the format of a store', () => {
  it('is written when a store is opened, once', async () => {
    const folder = await temporaryFolder()
    const first = createFileStore({ storageDir: folder, log: silent })
    await first.open()
    await first.close()
    expect(JSON.parse(await readFile(markOf(folder), 'utf8'))).toEqual({ format: 1 })
    const { ino } = await stat(markOf(folder))
    await openFileStore(folder)
    expect((await stat(markOf(folder))).ino).toBe(ino)
  })

  it('is 1 for a store of an older version without it, which is opened, marked and intact', async () => {
    const folder = await temporaryFolder()
    const old = createFileStore({ storageDir: folder, log: silent })
    await old.open()
    const id = await addImage(old, 'shop')
    await old.close()
    await rm(markOf(folder))
    expect(await idsOf(await openFileStore(folder), 'shop')).toEqual([id])
    expect(await filesIn(folder)).toContain('.tintype.json')
    const { findings } = await examine(folder)
    expect(findings.filter(({ path }) => path.includes('.tintype.json'))).toEqual([])
  })

  it('is refused where it is newer, and nothing is written', async () => {
    const folder = await marked('{"format": 2, "more": true}')
    const before = await filesIn(folder)
    const opening = createFileStore({ storageDir: folder, log: silent }).open()
    await expect(opening).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringMatching(NEWER) })
    await expect(examine(folder)).rejects.toThrow(NEWER)
    expect(await filesIn(folder)).toEqual(before)
  })

  it.each(['{"format": "2"}', '{"format": 0}', '{"version": 2}', '[]', '2', 'null'])(
    'is refused where %s has an unknown form',
    async (text) => {
      const opening = createFileStore({ storageDir: await marked(text), log: silent }).open()
      await expect(opening).rejects.toThrow(/has an unknown format \(\.tintype\.json\); this version knows/)
    },
  )

  it.each(['', '{"form'])('counts as 1 where the file is damaged (%j)', async (text) => {
    await expect(openFileStore(await marked(text))).resolves.toBeDefined()
  })

  it('opens a store where it cannot be written', async () => {
    const folder = await temporaryFolder()
    await mkdir(markOf(folder))
    const store = await openFileStore(folder)
    await addImage(store, 'shop')
    expect((await stat(markOf(folder))).isDirectory()).toBe(true)
  })

  it.each([['serve', '--port', '0'], ['doctor'], ['key', 'list'], ['user', 'list']])(
    'is refused by tintype %s in one line',
    async (...args) => {
      const folder = await marked('{"format": 2}')
      const run = await runTintype([...args, '--storage', folder])
      expect(await run.ended).not.toBe(0)
      const lines = run.stderr().trim().split('\n')
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain('has format 2; this version knows formats up to 1.')
    },
  )
})

describe('a storage path that is a file', () => {
  it.each([['doctor'], ['key', 'list'], ['key', 'create', '--name', 'x'], ['user', 'list']])(
    'is named as such by tintype %s',
    async (...args) => {
      const file = join(await temporaryFolder(), 'a-file')
      await writeFile(file, '')
      for (const storage of [file, join(file, 'storage')]) {
        const run = await runTintype([...args, '--storage', storage])
        expect(await run.ended).toBe(1)
        expect(run.stdout()).toBe('')
        expect(run.stderr()).toBe(
          `tintype: The storage folder ${storage} can't be used: it, or a folder above it, is a file (ENOTDIR).\n`,
        )
      }
    },
  )
})

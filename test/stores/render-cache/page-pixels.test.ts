// Pixels of atlas pages in the cache: whole ones, and changes beside them.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPagePixels } from '../../../src/stores/render-cache/page-pixels.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { silent } from '../../support/store/file-store.ts'

const KEY = { owner: 'shop', name: 'icons.2048.0' }

const createTest = async (options: { maxBytes?: number; isReadOnly?(): boolean } = {}) => {
  const storageDir = await temporaryFolder()
  await mkdir(join(storageDir, '.tmp'))
  const pixels = createPagePixels({ storageDir, log: silent, ...options })
  const folder = join(storageDir, '.cache/shop/atlas')
  const draft = async (content: string): Promise<string> => {
    const path = (await pixels.newPath()) ?? ''
    await writeFile(path, content, { flag: 'wx' })
    return path
  }
  const newest = async () => {
    const found = await pixels.newest(KEY)
    if (!found) throw new Error('expected pixels')
    return found
  }
  return { pixels, folder, draft, newest, names: async () => (await readdir(folder)).sort() }
}

describe('pixels of a page', () => {
  it('are the whole ones and the changes since then, until others are kept whole', async () => {
    const { pixels, draft, newest, names } = await createTest()
    expect(await pixels.newest(KEY)).toBeUndefined()
    await pixels.keep(KEY, await draft('whole'), { at: 0 })
    await pixels.keepChanges(KEY, await newest(), await draft('first'), { at: 1 })
    await pixels.keepChanges(KEY, await newest(), await draft('second'), { at: 2 })
    const found = await newest()
    expect(found.record).toEqual({ at: 2 })
    expect(await readFile(found.path, 'utf8')).toBe('whole')
    expect(await Promise.all(found.changes.map((path) => readFile(path, 'utf8')))).toEqual(['first', 'second'])
    expect(await names()).toHaveLength(4)

    await pixels.keep(KEY, await draft('other'), { at: 3 })
    expect(await newest()).toMatchObject({ changes: [], record: { at: 3 } })
    expect(await names()).toHaveLength(2)
  })

  it('are those that a change was made from, also where another process kept others meanwhile', async () => {
    const { pixels, draft, newest } = await createTest()
    await pixels.keep(KEY, await draft('whole'), { at: 0 })
    const base = await newest()
    await pixels.keepChanges(KEY, base, await draft('theirs'), { at: 'theirs' })
    await pixels.keepChanges(KEY, base, await draft('ours'), { at: 'ours' })
    const { changes, record } = await newest()
    expect(record).toEqual({ at: 'ours' })
    expect(await Promise.all(changes.map((path) => readFile(path, 'utf8')))).toEqual(['ours'])
  })

  it('are none where the record is torn, or of an earlier version', async () => {
    const { pixels, folder, draft, newest } = await createTest()
    await pixels.keep(KEY, await draft('whole'), {})
    const { path } = await newest()
    const file = join(folder, `${KEY.name}.json`)
    for (const text of ['', '{"base":', JSON.stringify({ file: path, record: {} })]) {
      await writeFile(file, text)
      expect(await pixels.newest(KEY), text).toBeUndefined()
    }
  })

  it('leave the record as it was where a file is gone before it is kept', async () => {
    const { pixels, draft, newest } = await createTest()
    await pixels.keep(KEY, await draft('whole'), { at: 0 })
    const path = await draft('changes')
    await rm(path)
    await pixels.keepChanges(KEY, await newest(), path, { at: 1 })
    await pixels.keep(KEY, path, { at: 2 })
    expect(await newest()).toMatchObject({ changes: [], record: { at: 0 } })
  })

  it('are not kept in a cache of no bytes, and by a store that is only read', async () => {
    for (const options of [{ maxBytes: 0 }, { isReadOnly: () => true }]) {
      const { pixels } = await createTest(options)
      expect(await pixels.newPath()).toBeUndefined()
    }
  })
})

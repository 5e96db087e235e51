// Lost and found: entries that a repair replaces or removes stay readable under .lost/.

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLostAndFound } from '../../../../src/stores/file/doctor/lost-and-found.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'

const setUp = async () => {
  const paths = createPaths(await temporaryFolder())
  const path = paths.published('shop')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, 'one')
  return { paths, path, lostAndFound: createLostAndFound(paths, () => new Date('2026-05-04T03:02:01Z')) }
}

describe('the lost and found', () => {
  it('takes a moved file out of the store, at the same path below its own folder', async () => {
    const { paths, path, lostAndFound } = await setUp()
    const kept = (await lostAndFound.move(path)) ?? ''
    expect(relative(paths.root, kept)).toMatch(/^\.lost\/2026-05-04T03-02-01-[0-9a-z]+\/projects\/shop\/meta\.json$/)
    expect(await readFile(kept, 'utf8')).toBe('one')
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('keeps a file in place by a second link', async () => {
    const { path, lostAndFound } = await setUp()
    const kept = (await lostAndFound.keep(path)) ?? ''
    expect((await stat(kept)).ino).toBe((await stat(path)).ino)
  })

  it('moves a folder even to keep it', async () => {
    const { paths, lostAndFound } = await setUp()
    const folder = paths.variants('shop', 'thumb')
    await mkdir(folder)
    await writeFile(join(folder, 'a.jpg'), 'a')
    const kept = (await lostAndFound.keep(folder)) ?? ''
    expect(await readFile(join(kept, 'a.jpg'), 'utf8')).toBe('a')
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('keeps two entries of one path under two names', async () => {
    const { path, lostAndFound } = await setUp()
    const first = (await lostAndFound.move(path)) ?? ''
    await writeFile(path, 'two')
    const second = (await lostAndFound.move(path)) ?? ''
    expect(await readFile(first, 'utf8')).toBe('one')
    expect(await readFile(second, 'utf8')).toBe('two')
  })

  it('keeps no empty or missing file', async () => {
    const { path, lostAndFound } = await setUp()
    await writeFile(path, '')
    expect(await lostAndFound.keep(path)).toBeUndefined()
    expect(await lostAndFound.keep(`${path}.none`)).toBeUndefined()
    expect(await lostAndFound.move(`${path}.none`)).toBeUndefined()
  })
})

// The stored index of the catalogue: read as it was written, or not at all.

import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OPEN_ACCESS } from '../../../src/core/auth/access.ts'
import { readIndex, writeIndex } from '../../../src/stores/catalogue/index-file.ts'
import type { Entry } from '../../../src/stores/catalogue/rows.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const plain = (id: string, stamp: number, access: Entry['access']): Entry => ({
  id,
  title: undefined,
  createdMs: 0,
  updatedMs: 0,
  stamp,
  access,
  tags: [],
})

const ENTRIES: Entry[] = [
  { ...plain('A', 1732790000123.456, OPEN_ACCESS), title: '', createdMs: 1, updatedMs: 1732790000123 },
  plain('b', -1, undefined),
  {
    ...plain('c', 0, { owner_id: 'https://x/ü"\n', visibility: 'private', members: { 'é✓': 'editor' } }),
    title: 'Ü "\n',
    tags: [0, 2 ** 48 - 1],
  },
]

const many = (count: number): Entry[] =>
  Array.from({ length: count }, (_, at) => plain(`p${String(at).padStart(6, '0')}`, at, OPEN_ACCESS))

const newPath = async () => join(await temporaryFolder(), 'deep', 'index')

describe('the index', () => {
  it.each([0, 1, 999, 1000, 1001, 4000])('gives back %i entries as they were', async (count) => {
    const path = await newPath()
    await writeIndex(path, many(count))
    expect(await readIndex(path)).toEqual(many(count))
  })

  it('keeps every field, and replaces the one before', async () => {
    const path = await newPath()
    await writeIndex(path, many(3))
    await writeIndex(path, ENTRIES)
    expect(await readIndex(path)).toEqual(ENTRIES)
    expect(await readdir(join(path, '..'))).toEqual(['index'])
  })

  it('is absent where there is no file', async () => {
    expect(await readIndex(await newPath())).toBeUndefined()
  })

  it('is refused as a whole where a byte is missing or another one, at any place', async () => {
    const path = await newPath()
    await writeIndex(path, ENTRIES)
    const sound = await readFile(path)
    for (let at = 0; at < sound.length; at++) {
      await writeFile(path, sound.subarray(0, at))
      await expect(readIndex(path), `cut at ${at}`).rejects.toThrow()
      const flipped = Buffer.from(sound)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      await writeFile(path, flipped)
      await expect(readIndex(path), `flipped at ${at}`).rejects.toThrow()
    }
    for (const text of [`${sound}x`, `${sound}${sound}`, `${sound}\n`]) {
      await writeFile(path, text)
      await expect(readIndex(path)).rejects.toThrow()
    }
  })

  it('is refused in a format that is not known, as that of older versions', async () => {
    const path = await newPath()
    await writeIndex(path, [])
    await writeFile(path, (await readFile(path, 'utf8')).replace('"format":3', '"format":1'))
    await expect(readIndex(path)).rejects.toThrow()
  })

  it('removes files that a killed process has left, once they are old', async () => {
    const path = await newPath()
    await writeIndex(path, [])
    for (const name of ['index-old', 'index-new']) await writeFile(join(path, '..', name), 'x')
    await utimes(join(path, '..', 'index-old'), 1, 1)
    await writeIndex(path, ENTRIES)
    expect((await readdir(join(path, '..'))).sort()).toEqual(['index', 'index-new'])
  })

  it('leaves no draft where it cannot be written', async () => {
    const path = await newPath()
    await writeIndex(path, ENTRIES)
    await rm(path)
    // A folder at its place cannot be replaced by a file.
    await writeIndex(join(path, 'x', 'index'), [])
    await expect(writeIndex(path, ENTRIES)).rejects.toThrow()
    expect(await readdir(join(path, '..'))).toEqual(['index'])
  })
})

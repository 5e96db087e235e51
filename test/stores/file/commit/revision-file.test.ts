// Revision files: their numbers, their content, and the revision that meta.json names.

import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  CLAIM_BYTES,
  claimIn,
  claimOf,
  readRevision,
  readRevisionNow,
  revisionNumbers,
  revisionNumbersNow,
  statsOf,
} from '../../../../src/stores/file/commit/revision-file.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { plantProject } from '../../../support/store/planted-project.ts'

const planted = async (revisions: number) => {
  const storageDir = await temporaryFolder()
  await plantProject({ storageDir, projectId: 'shop', revisions })
  const paths = createPaths(storageDir)
  return { paths, path: (number: number) => paths.revision('shop', number), meta: paths.meta('shop') }
}

describe('the numbers of revisions', () => {
  it('are sorted as numbers, without files of other names', async () => {
    const { meta } = await planted(11)
    for (const name of ['0.json', '01.json', 'x.json', '12.json.tmp']) await writeFile(join(meta, name), '')
    const numbers = Array.from({ length: 11 }, (_, at) => at + 1)
    expect(await revisionNumbers(meta)).toEqual(numbers)
    expect(revisionNumbersNow(meta)).toEqual(numbers)
  })

  it('are empty without a folder', async () => {
    const { meta } = await planted(1)
    expect(await revisionNumbers(`${meta}-missing`)).toEqual([])
    expect(() => revisionNumbersNow(`${meta}-missing`)).toThrow('ENOENT')
  })
})

describe('a revision file', () => {
  it('is read with the stats of the same file', async () => {
    const { path } = await planted(2)
    const read = await readRevision(path(2), 'shop', 2)
    expect(read?.revision.state).toMatchObject({ project_id: 'shop', revision: 2 })
    expect(read?.stats.ino).toBe(statsOf(path(2))?.ino)
    expect(readRevisionNow(path(2), 'shop', 2).revision).toEqual(read?.revision)
  })

  it('is undefined where it is missing, or an error for a synchronous read', async () => {
    const { path } = await planted(1)
    expect(await readRevision(path(2), 'shop', 2)).toBeUndefined()
    expect(() => readRevisionNow(path(2), 'shop', 2)).toThrow('ENOENT')
  })

  it('is refused under the number or project of another', async () => {
    const { path } = await planted(1)
    await copyFile(path(1), path(2))
    await expect(readRevision(path(2), 'shop', 2)).rejects.toThrow('the file is revision 1 of "shop"')
    await expect(readRevision(path(1), 'toys', 1)).rejects.toThrow('the file is revision 1 of "shop"')
    expect(() => readRevisionNow(path(2), 'shop', 2)).toThrow('the file is revision 1 of "shop"')
  })

  it('is refused with a changed byte', async () => {
    const { path } = await planted(1)
    await writeFile(path(1), (await readFile(path(1), 'utf8')).replace('"shop"', '"shoq"'))
    await expect(readRevision(path(1), 'shoq', 1)).rejects.toThrow('checksum')
  })
})

describe('the revision that meta.json names', () => {
  const text = (number: string) => `{\n  "project_id": "shop",\n  "revision": ${number},\n  "title": null\n}\n`

  it.each([
    ['1', 1],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', undefined],
    ['0', undefined],
    ['01', undefined],
    ['-1', undefined],
    ['"7"', undefined],
  ])('of %s is %s', (written, number) => {
    expect(claimOf(text(written))).toBe(number)
  })

  it('is read from the first bytes of the file alone', async () => {
    const path = join(await temporaryFolder(), 'meta.json')
    await writeFile(path, text('7') + ' '.repeat(CLAIM_BYTES))
    expect(claimIn(path)).toBe(7)
    await writeFile(path, ' '.repeat(CLAIM_BYTES) + text('7'))
    expect(claimIn(path)).toBeUndefined()
  })

  it('is undefined for a missing file, a folder and an empty file', async () => {
    const path = join(await temporaryFolder(), 'meta.json')
    expect(claimIn(path)).toBeUndefined()
    await writeFile(path, '')
    expect([claimIn(path), claimIn(join(path, 'below'))]).toEqual([undefined, undefined])
    await rm(path)
    await mkdir(path)
    expect(claimIn(path)).toBeUndefined()
  })
})

import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../../src/core/names.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { thisProcess } from '../../../../src/stores/file/staging/owner.ts'
import { sealOwner } from '../../../../src/stores/file/staging/owner-file.ts'
import { addImage, idsOf, readVariant } from '../../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../../../support/disk/folder.ts'
import { openFileStore } from '../../../support/store/file-store.ts'
import { revisionNumbers, sweep } from '../../../support/store/store-folder.ts'

const LONG_AGO = new Date(Date.now() - 70_000)

/** A store as a cut leaves it on a disk that made the revision durable and not the removal of the files it names. */
const afterCut = async (brokenOff: Partial<Awaited<ReturnType<typeof thisProcess>>>) => {
  const folder = await temporaryFolder()
  const paths = createPaths(folder)
  const store = await openFileStore(folder)
  const kept = await addImage(store, 'shop')
  const deleted = await addImage(store, 'shop')
  await store.commit('shop', { type: 'delete_image', imageId: deleted })
  await store.close()
  /** The original did not come back: the folders were not synced at the same moment. */
  const cameBack = SIZES.slice(1).map((size) => paths.variant('shop', deleted, size))
  for (const size of SIZES.slice(1))
    await copyFile(paths.variant('shop', kept, size), paths.variant('shop', deleted, size))
  await mkdir(paths.lock('shop'))
  const owner = join(paths.tmp, 'before', 'owner.json')
  await mkdir(join(paths.tmp, 'before'), { recursive: true })
  await writeFile(owner, sealOwner(owner, { ...(await thisProcess()), ...brokenOff }))
  for (const path of [owner, paths.lock('shop')]) await utimes(path, LONG_AGO, LONG_AGO)
  return { folder, paths, kept, deleted, cameBack }
}

const ANOTHER_BOOT = { boot: 'before' }

describe('the first sweep after a power cut', () => {
  it('removes reappeared files of deleted images, and locks from before the power cut', async () => {
    const { folder, paths, kept, cameBack } = await afterCut(ANOTHER_BOOT)
    await sweep(folder)
    expect(cameBack.filter((path) => existsSync(path))).toEqual([])
    expect(existsSync(paths.lock('shop'))).toBe(false)
    const store = await openFileStore(folder)
    expect(await idsOf(store, 'shop')).toEqual([kept])
    for (const size of SIZES) expect(await readVariant(store, 'shop', kept, size)).toContain(kept)
  })

  it('keeps a lock that is held now', async () => {
    const { folder, paths } = await afterCut(ANOTHER_BOOT)
    await utimes(paths.lock('shop'), new Date(), new Date())
    await sweep(folder)
    expect(existsSync(paths.lock('shop'))).toBe(true)
  })

  it('inspects every project, also where one of them is damaged', async () => {
    const { folder, paths, cameBack } = await afterCut(ANOTHER_BOOT)
    await mkdir(paths.meta('a-damaged-one'), { recursive: true })
    await writeFile(paths.revision('a-damaged-one', 1), 'no revision')
    await sweep(folder)
    expect(cameBack.filter((path) => existsSync(path))).toEqual([])
    expect(await readdir(paths.tmp)).toEqual([])
  })

  it('does not run where a process died and the machine did not', async () => {
    const { folder, cameBack } = await afterCut({ started: '1' })
    await sweep(folder)
    expect(cameBack.filter((path) => existsSync(path))).toEqual(cameBack)
  })
})

describe('pruned revisions that came back', () => {
  /** 40 revisions, of which those from 3 up to `last` are gone. */
  const afterPruning = async (last: number) => {
    const { folder, paths } = await afterCut(ANOTHER_BOOT)
    const store = await openFileStore(folder, { lockStaleMs: 1000 })
    for (let n = 4; n <= 40; n++) await store.commit('shop', { type: 'edit', title: `revision ${n}` })
    await store.close()
    for (let number = 3; number <= last; number++) await rm(paths.revision('shop', number))
    const owner = join(paths.tmp, 'before', 'owner.json')
    await mkdir(join(paths.tmp, 'before'), { recursive: true })
    await writeFile(owner, sealOwner(owner, { ...(await thisProcess()), ...ANOTHER_BOOT }))
    await utimes(owner, LONG_AGO, LONG_AGO)
    await sweep(folder)
    return revisionNumbers(folder)
  }

  it('are removed below a gap, where as many as pruning retains are above it', async () => {
    expect(await afterPruning(8)).toEqual(Array.from({ length: 32 }, (_, n) => 9 + n))
  })

  it('are kept where fewer are above the gap, because it may be damage', async () => {
    expect(await afterPruning(9)).toEqual([1, 2, ...Array.from({ length: 31 }, (_, n) => 10 + n)])
  })
})

describe('a deleted image that leaves the list of deletions', () => {
  it('has no file, also where one reappeared without its original', async () => {
    const { folder, deleted } = await afterCut({ started: '1' })
    const store = await openFileStore(folder)
    for (let n = 0; n < 32; n++)
      await store.commit('shop', { type: 'delete_image', imageId: await addImage(store, 'shop') })
    await store.commit('shop', { type: 'edit', title: 'forgets' })
    expect((await filesIn(folder)).filter((path) => path.includes(`${deleted}.jpg`))).toEqual([])
  })
})

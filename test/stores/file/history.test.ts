import { mkdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { createPaths, type Paths } from '../../../src/stores/file/paths.ts'
import { decodeRevision, encodeRevision, encodeSegment } from '../../../src/stores/history/revision.ts'
import type { Store } from '../../../src/stores/store.ts'
import { addImage, bytesOf, idsOf, readVariant, recordOf } from '../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore } from '../../support/store/file-store.ts'
import { plantProject } from '../../support/store/planted-project.ts'
import { revisionNumbers, segmentFiles } from '../../support/store/store-folder.ts'

const published = async (folder: string, projectId = 'shop') =>
  JSON.parse(await readFile(createPaths(folder).published(projectId), 'utf8'))

/** What meta.json has to be. */
const stateOf = async (store: Store, projectId = 'shop') => {
  const state = await store.project(projectId)
  if (!state) return undefined
  const { images: _, deleted: __, coverSegment: ___, ...project } = state
  return { ...project, images: await store.images(state) }
}

/** Ids of the segments that any revision on disk names. */
const namedSegments = async (folder: string) => {
  const named = new Set<string>()
  for (const number of await revisionNumbers(folder)) {
    const text = await readFile(createPaths(folder).revision('shop', number), 'utf8')
    for (const { stored } of decodeRevision(text).state.images.segments) named.add(`${stored?.id}.json`)
  }
  return [...named].sort()
}

describe('a state far behind the head', () => {
  it('has no list, so that the project is read again', async () => {
    const folder = await temporaryFolder()
    const [slow, others] = [await openFileStore(folder), await openFileStore(folder)]
    await plantProject({ storageDir: folder, projectId: 'shop', images: SEGMENT_LENGTH + 2 })
    const old = await slow.project('shop')
    if (!old) throw new Error('the project is missing')
    const first = (await others.images(old))?.[0]?.id ?? ''
    // Its segment is replaced, and removed with the last revision that names it.
    await others.commit('shop', { type: 'delete_image', imageId: first })
    for (let change = 0; change < 70; change++) await others.commit('shop', { type: 'edit', title: `${change}` })
    // Old revisions are removed behind the answers.
    await others.close()
    expect(await slow.images(old)).toBeUndefined()
    expect(await idsOf(slow, 'shop')).toHaveLength(SEGMENT_LENGTH + 1)
  })
})

describe('the files on disk', () => {
  it('are exactly those of the documented layout', async () => {
    const folder = join(await temporaryFolder(), 'made', 'by', 'the store')
    const store = await openFileStore(folder)
    const [a, b] = [await addImage(store, 'Shop'), await addImage(store, 'Shop')]
    await store.commit('Shop', { type: 'delete_image', imageId: a })
    await store.commit('Shop', { type: 'edit', title: 'Spring' })
    const abandoned = await store.stage('Shop')
    await abandoned.discard()
    await store.close()
    expect(await filesIn(folder)).toEqual(
      [
        '.tintype.json',
        ...[1, 2, 3, 4].map((revision) => `projects/!shop/.meta/${revision}.json`),
        'projects/!shop/meta.json',
        ...SIZES.map((size) => `projects/!shop/${size}/${b}.jpg`),
      ].sort(),
    )
    expect(await published(folder, 'Shop')).toMatchObject({
      project_id: 'Shop',
      revision: 4,
      title: 'Spring',
      primary_image_id: b,
      images: [{ id: b, ext: 'jpg', created_at: expect.any(String), sizes: { game: { width: 4 } } }],
    })
  })

  it('are only the tombstone of a deleted project', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder)
    await plantProject({ storageDir: folder, projectId: 'shop', images: SEGMENT_LENGTH + 2 })
    await store.commit('shop', { type: 'delete_project' })
    await store.close()
    const files = await filesIn(folder)
    expect(files.filter((path) => !path.startsWith('projects/shop/.meta/'))).toEqual(['.tintype.json'])
    const newest = Math.max(...(await revisionNumbers(folder)))
    const text = await readFile(createPaths(folder).revision('shop', newest), 'utf8')
    expect(decodeRevision(text)).toMatchObject({ removingSegments: [], state: { deleted: true, image_count: 0 } })
  })
})

describe('the history of a project', () => {
  it.each([
    ['keeps between 32 and 64 revisions without a gap', { maxHeldMs: 0 }, 64, 32],
    ['keeps more on request, without a gap', { maxHeldMs: 0, keptRevisions: 70 }, 140, 70],
    ['keeps more where they were made under one lock, without a gap', { maxHeldMs: 60_000 }, 250, 32],
  ])('%s, and of the segments those that they name', async (_, options, most, fewest) => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder, options)
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: SEGMENT_LENGTH * 3 })
    for (let n = 0; n < 200; n++) {
      const imageId = ids[(n * 5) % ids.length] ?? ''
      if (n % 4 === 0) await store.commit('shop', { type: 'delete_image', imageId })
      else if (n % 20 === 1)
        await store.commit('shop', { type: 'edit', imageOrder: [(await idsOf(store, 'shop'))?.[7] ?? ''] })
      else await store.commit('shop', { type: 'edit', title: `title ${n}` })
    }
    await store.close()
    const numbers = await revisionNumbers(folder)
    expect(numbers.length).toBeGreaterThanOrEqual(fewest)
    expect(numbers.length).toBeLessThanOrEqual(most)
    expect(numbers.at(-1)).toBe((await store.project('shop'))?.revision)
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at))
    expect((await segmentFiles(folder)).sort()).toEqual(await namedSegments(folder))
    expect(await published(folder)).toEqual(await stateOf(store))
  })

  it('keeps its segments during many simultaneous deletions and reorders', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder)
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: SEGMENT_LENGTH * 2 + 40 })
    const deleting = ids.slice(0, 60).map((imageId) => store.commit('shop', { type: 'delete_image', imageId }))
    for (const imageId of ids.slice(200, 206)) await store.commit('shop', { type: 'edit', imageOrder: [imageId] })
    await Promise.all(deleting)
    await store.close()
    expect((await segmentFiles(folder)).sort()).toEqual(await namedSegments(folder))
  })

  it('lists deleted images for a while, and drops them once their files are gone', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder, { maxHeldMs: 0 })
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: 50 })
    const removing = async () => {
      const newest = (await revisionNumbers(folder)).at(-1) ?? 0
      return decodeRevision(await readFile(createPaths(folder).revision('shop', newest), 'utf8')).removing
    }
    for (const imageId of ids.slice(0, 20)) await store.commit('shop', { type: 'delete_image', imageId })
    expect(await removing()).toEqual(ids.slice(0, 20))
    for (const imageId of ids.slice(20, 40)) await store.commit('shop', { type: 'delete_image', imageId })
    expect((await removing()).length).toBeLessThan(20)
    expect(await idsOf(store, 'shop')).toEqual(ids.slice(40))
  })
})

describe('a reappeared file of a deleted image', () => {
  it('is removed again before its image leaves the list of deletions', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder, { maxHeldMs: 0 })
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: 50 })
    const [first = '', ...others] = ids
    const deleteImage = (imageId: string) => store.commit('shop', { type: 'delete_image', imageId })
    await deleteImage(first)
    const path = createPaths(folder).variant('shop', first, 'thumb')
    await writeFile(path, 'back')
    for (const imageId of others.slice(0, 30)) await deleteImage(imageId)
    expect(await readFile(path, 'utf8')).toBe('back')
    await deleteImage(others[30] ?? '')
    await store.close()
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a project with an odd entry in place of a folder', () => {
  it.each([
    ['its cached pictures', (paths: Paths) => dirname(paths.cached('shop', 'a'))],
    ['its thumbs', (paths: Paths) => paths.variants('shop', 'thumb')],
  ])('accepts changes, whatever the number of deleted images: %s', async (_, place) => {
    const folder = await temporaryFolder()
    const paths = createPaths(folder)
    const store = await openFileStore(folder, { maxHeldMs: 0 })
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: 50 })
    for (const imageId of ids.slice(0, 30)) await store.commit('shop', { type: 'delete_image', imageId })
    await rm(place(paths), { recursive: true, force: true })
    await mkdir(dirname(place(paths)), { recursive: true })
    await writeFile(place(paths), 'a file')
    for (const imageId of ids.slice(30, 36)) await store.commit('shop', { type: 'delete_image', imageId })
    expect(await store.commit('shop', { type: 'edit', title: 'on' })).toMatchObject({ title: 'on', image_count: 14 })
  })
})

describe('a head in memory', () => {
  it('leads to the newest one, also where a revision between them is lost', async () => {
    const folder = await temporaryFolder()
    await plantProject({ storageDir: folder, projectId: 'shop', revisions: 3 })
    const [idle, busy] = [await openFileStore(folder), await openFileStore(folder)]
    await idle.project('shop')
    for (let n = 4; n <= 8; n++) await busy.commit('shop', { type: 'edit', title: `${n}` })
    await rm(createPaths(folder).revision('shop', 6))
    expect(await idle.project('shop')).toMatchObject({ title: '8' })
    await idle.commit('shop', { type: 'edit', title: '5' })
    expect(await busy.project('shop')).toMatchObject({ title: '5' })
  })

  it('is not the newest where a file of another time has its name and inode', async () => {
    const folder = await temporaryFolder()
    const paths = createPaths(folder)
    const [store, other] = [await openFileStore(folder), await openFileStore(folder)]
    await addImage(store, 'shop')
    await addImage(other, 'shop')
    expect((await store.project('shop'))?.revision).toBe(2)
    // The same file, written again in place: what a disk does that uses an inode again.
    const { ino } = await stat(paths.revision('shop', 2))
    const first = decodeRevision(await readFile(paths.revision('shop', 1), 'utf8'))
    const another = { ...first, state: { ...first.state, revision: 2, title: 'of another time' } }
    await writeFile(paths.revision('shop', 2), encodeRevision(another))
    await utimes(paths.revision('shop', 2), new Date(1), new Date(1))
    expect((await stat(paths.revision('shop', 2))).ino).toBe(ino)
    expect((await store.project('shop'))?.title).toBe('of another time')
  })

  it('leads synchronously to later commits of other processes, and to undefined where these are damaged', async () => {
    const folder = await temporaryFolder()
    const paths = createPaths(folder)
    const [store, other] = [await openFileStore(folder), await openFileStore(folder)]
    const imageId = await addImage(store, 'shop')
    await other.commit('shop', { type: 'edit', title: 'by another' })
    expect(store.current('shop')).toMatchObject({ revision: 2, title: 'by another' })
    expect(store.currentVariant('shop', imageId, 'thumb')).toEqual(await store.findVariant('shop', imageId, 'thumb'))
    await other.commit('shop', { type: 'delete_image', imageId })
    expect(store.current('shop')).toMatchObject({ revision: 3, image_count: 0 })
    expect(store.currentVariant('shop', imageId, 'thumb')).toBeUndefined()
    await other.commit('shop', { type: 'edit', title: 'damaged' })
    await truncate(paths.revision('shop', 4), 100)
    expect(store.current('shop')).toBeUndefined()
    await expect(store.project('shop')).rejects.toMatchObject({ code: 'project_damaged' })
  })

  it('has no picture of a deleted image, though its file still exists', async () => {
    const folder = await temporaryFolder()
    const [store, other] = [await openFileStore(folder), await openFileStore(folder)]
    const [imageId, kept] = [await addImage(store, 'shop'), await addImage(store, 'shop')]
    const file = createPaths(folder).variant('shop', imageId, 'thumb')
    const bytes = await readFile(file)
    await other.commit('shop', { type: 'delete_image', imageId })
    await writeFile(file, bytes)
    expect(store.currentVariant('shop', imageId, 'thumb')).toBeUndefined()
    expect(store.currentVariant('shop', kept, 'thumb')).toBeDefined()
  })

  it('is not used where its file is gone', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder)
    await addImage(store, 'shop')
    expect((await store.project('shop'))?.revision).toBe(1)
    await rm(join(folder, 'projects', 'shop'), { recursive: true })
    expect(await store.project('shop')).toBeUndefined()
    await addImage(store, 'shop')
    expect((await store.project('shop'))?.revision).toBe(1)
  })
})

describe('a segment of images that is damaged on disk', () => {
  it.each([
    ['is missing', (path: string) => rm(path)],
    ['is cut off', (path: string) => truncate(path, 1000)],
    ['is empty', (path: string) => truncate(path, 0)],
    ['belongs to other images', (path: string) => writeFile(path, encodeSegment([recordOf('a'.repeat(20))]))],
  ])('and %s fails only operations that need its images', async (_, damage) => {
    const folder = await temporaryFolder()
    const paths = createPaths(folder)
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: SEGMENT_LENGTH + 1 })
    const [segment = ''] = await segmentFiles(folder)
    await damage(join(paths.segments('shop'), segment))
    const store = await openFileStore(folder)
    await expect(idsOf(store, 'shop')).rejects.toMatchObject({ code: 'project_damaged' })
    const outcomes = await Promise.allSettled([
      addImage(store, 'shop'),
      addImage(store, 'shop'),
      store.commit('shop', { type: 'edit', title: 'first' }),
      store.commit('shop', { type: 'set_primary', imageId: ids[1] ?? '' }),
      store.commit('shop', { type: 'edit', title: 'second' }),
      store.commit('shop', { type: 'edit', imageOrder: ids }),
    ])
    const fulfilled = { status: 'fulfilled' }
    const rejected = { status: 'rejected', reason: { code: 'project_damaged' } }
    expect(outcomes).toMatchObject([fulfilled, fulfilled, fulfilled, rejected, fulfilled, rejected])
    expect(await store.project('shop')).toMatchObject({ image_count: SEGMENT_LENGTH + 3, title: 'second' })
    for (const id of ids) expect(await readVariant(store, 'shop', id)).toBe(bytesOf(id, 'original'))
    expect(await store.commit('shop', { type: 'delete_project' })).toMatchObject({ deleted: true })
    const again = await addImage(store, 'shop')
    expect(await idsOf(store, 'shop')).toEqual([again])
    expect(await readVariant(store, 'shop', again)).toBe(bytesOf(again, 'original'))
    for (const id of ids) expect(await readVariant(store, 'shop', id)).toBeUndefined()
  })
})

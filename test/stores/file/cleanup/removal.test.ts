// Files of deleted images, removed after the revision that deletes them.

import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { newImageId, SIZES } from '../../../../src/core/names.ts'
import { createRemoval } from '../../../../src/stores/file/cleanup/removal.ts'
import { createHeads } from '../../../../src/stores/file/commit/heads.ts'
import { createSegments } from '../../../../src/stores/file/commit/segments.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { encodeRevision } from '../../../../src/stores/history/revision.ts'
import { failing } from '../../../support/disk/calls.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { silent } from '../../../support/store/file-store.ts'
import { plantProject } from '../../../support/store/planted-project.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../../support/disk/calls.ts')).watched(await original()),
)

/** A project of images whose revision lists some of them as removed. */
const planted = async (count: number, removed = count) => {
  const storageDir = await temporaryFolder()
  const ids = await plantProject({ storageDir, projectId: 'shop', images: count })
  const paths = createPaths(storageDir)
  const heads = createHeads({ paths })
  const first = await heads.read('shop')
  if (!first) throw new Error('the project was not planted')
  const removing = ids.slice(0, removed)
  const revision = { ...first, state: { ...first.state, revision: 2 }, removing }
  await writeFile(paths.revision('shop', 2), encodeRevision(revision))
  const removal = createRemoval({ paths, heads, segments: createSegments({ paths }), log: silent })
  await heads.read('shop')
  const existing = () => ids.filter((id) => SIZES.some((size) => existsSync(paths.variant('shop', id, size))))
  return { ids, paths, removal, revision, existing }
}

describe('the removal of an image', () => {
  it('removes its variants and renders, and no other image', async () => {
    const { ids, paths, removal, existing } = await planted(2)
    const [id = ''] = ids
    await mkdir(paths.cached('shop', id), { recursive: true })
    await writeFile(join(paths.cached('shop', id), 'render'), '')
    await removal.image('shop', id)
    expect(existing()).toEqual(ids.slice(1))
    expect(existsSync(paths.cached('shop', id))).toBe(false)
    await removal.image('shop', id)
  })

  it('keeps the original where a smaller variant could not be removed', async () => {
    const { ids, paths, removal } = await planted(1)
    const [id = ''] = ids
    const thumb = paths.variant('shop', id, 'thumb')
    failing(({ name, path }) => name === 'unlink' && path === thumb, 'EIO')
    await expect(removal.image('shop', id)).rejects.toMatchObject({ code: 'EIO' })
    expect(existsSync(paths.variant('shop', id, 'original'))).toBe(true)
  })

  it('does nothing for a stray image without files', async () => {
    const { ids, removal, existing } = await planted(1)
    await removal.stray('shop', newImageId())
    expect(existing()).toEqual(ids)
  })
})

describe('the removals of a project', () => {
  it('cover the images that its head lists, and no others', async () => {
    const { ids, removal, existing } = await planted(3, 2)
    await removal.project('shop')
    expect(existing()).toEqual(ids.slice(2))
    await removal.project('toys')
  })

  it('try every image, and report the first failure', async () => {
    const { ids, paths, removal, existing } = await planted(3)
    const original = paths.variant('shop', ids[1] ?? '', 'original')
    failing(({ name, path }) => name === 'unlink' && path === original, 'EIO')
    await expect(removal.project('shop')).rejects.toMatchObject({ code: 'EIO' })
    expect(existing()).toEqual([ids[1]])
  })

  it.each([
    [31, 31],
    [32, 0],
  ])('of %i images leave %i in the list of the next revision', async (count, listed) => {
    const { removal, revision } = await planted(count)
    await removal.project('shop')
    expect((await removal.remaining('shop', revision)).removing).toHaveLength(listed)
  })

  it('stay in the list of the next revision while files exist', async () => {
    const { ids, paths, removal, revision } = await planted(33)
    await removal.project('shop')
    await writeFile(paths.variant('shop', ids[5] ?? '', 'game'), '')
    expect((await removal.remaining('shop', revision)).removing).toEqual([ids[5]])
  })

  it.each([
    [31, 31],
    [32, 0],
  ])('of %i images that did not happen leave %i after a retry', async (count, left) => {
    const { removal, existing } = await planted(count)
    await removal.retry('shop')
    expect(existing()).toHaveLength(left)
  })

  it('that fail again do not reject the retry', async () => {
    const { removal, existing } = await planted(32)
    failing(({ name }) => name === 'unlink', 'EIO')
    await removal.retry('shop')
    expect(existing()).toHaveLength(32)
  })
})

it('distinguishes deleted images by the list of the revision', async () => {
  const { ids, removal, revision } = await planted(2, 1)
  expect(await removal.isRemoving('shop', revision, ids[0] ?? '')).toBe(true)
  expect(await removal.isRemoving('shop', revision, ids[1] ?? '')).toBe(false)
  // After the deletion of the whole project, every image outside the new list is removed.
  const removingSegments = [{ id: 'a', count: 1, bytes: 1, sha256: '' }]
  expect(await removal.isRemoving('shop', { ...revision, removingSegments }, ids[1] ?? '')).toBe(false)
  expect(await removal.isRemoving('shop', { ...revision, removingSegments }, newImageId())).toBe(true)
})

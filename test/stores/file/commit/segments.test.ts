// Segment files: written once, linked until their revision is committed, removed where no revision names them.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { imagesOf, listOf, SEGMENT_LENGTH } from '../../../../src/core/project/image-list.ts'
import { createHeads } from '../../../../src/stores/file/commit/heads.ts'
import { createSegments } from '../../../../src/stores/file/commit/segments.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { storedSegment } from '../../../../src/stores/history/revision.ts'
import { recordOf } from '../../../contracts/store.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { plantProject } from '../../../support/store/planted-project.ts'

const records = (count: number) => Array.from({ length: count }, (_, at) => recordOf(String(at).padStart(20, '0')))

/** A project of one segment and one image, and a work folder. */
const opened = async () => {
  const storageDir = await temporaryFolder()
  await plantProject({ storageDir, projectId: 'shop', images: SEGMENT_LENGTH + 1 })
  const paths = createPaths(storageDir)
  const folder = join(paths.tmp, 'owner', 'commit@shop')
  await mkdir(folder, { recursive: true })
  const revision = await createHeads({ paths }).read('shop')
  if (!revision) throw new Error('the project was not planted')
  const files = () => readdir(paths.segments('shop'))
  return { paths, folder, revision, list: revision.state.images, files, segments: createSegments({ paths }) }
}

describe('a segment', () => {
  it('is loaded with its images, and the list in the same order', async () => {
    const { segments, list } = await opened()
    const loaded = await segments.load('shop', list)
    expect(imagesOf(loaded)).toHaveLength(SEGMENT_LENGTH + 1)
    expect(await segments.load('shop', loaded)).toBe(loaded)
  })

  it('gives one image without loading the others, and from memory afterwards', async () => {
    const { paths, segments, list } = await opened()
    const [segment] = list.segments
    if (!segment) throw new Error('expected a segment')
    const { id } = storedSegment(SEGMENT_LENGTH, segment.stored)
    const imageId = imagesOf(await createSegments({ paths }).load('shop', list))[7]?.id ?? ''
    expect(await segments.find('shop', segment, imageId)).toMatchObject({ id: imageId })
    expect(segments.cached(segment)).toBeUndefined()
    expect(await segments.find('shop', segment, 'z'.repeat(20))).toBeUndefined()
    await writeFile(paths.segment('shop', id), '[]\n')
    expect(await segments.find('shop', segment, imageId)).toMatchObject({ id: imageId })
    const anew = createSegments({ paths }).find('shop', segment, imageId)
    await expect(anew).rejects.toMatchObject({ code: 'project_damaged' })
  })

  it('that is loaded gives an image without a read', async () => {
    const { paths, segments, list } = await opened()
    const [segment] = (await segments.load('shop', list)).segments
    if (!segment) throw new Error('expected a segment')
    await rm(paths.segment('shop', storedSegment(SEGMENT_LENGTH, segment.stored).id))
    const last = segment.images?.at(-1)
    expect(await segments.find('shop', segment, last?.id ?? '')).toBe(last)
    expect(await segments.find('shop', { ...segment, images: undefined }, last?.id ?? '')).toEqual(last)
  })

  it.each(['missing', 'changed'])(
    'that is %s on disk makes the project damaged, unless it is in memory',
    async (damage) => {
      const { paths, segments, list } = await opened()
      await segments.load('shop', list)
      const { id } = storedSegment(SEGMENT_LENGTH, list.segments[0]?.stored)
      if (damage === 'missing') await rm(paths.segment('shop', id))
      else await writeFile(paths.segment('shop', id), '[]\n')
      await expect(createSegments({ paths }).load('shop', list)).rejects.toMatchObject({ code: 'project_damaged' })
      expect((await segments.load('shop', list)).segments[0]?.images).toHaveLength(SEGMENT_LENGTH)
    },
  )

  it('that is new is written once and linked in the work folder', async () => {
    const { paths, segments, folder, files } = await opened()
    const stored = await segments.store('shop', listOf(records(2 * SEGMENT_LENGTH)), folder)
    const ids = stored.segments.map((segment) => segment.stored?.id ?? '')
    expect((await readdir(folder)).sort()).toEqual(ids.map((id) => `run-${id}.json`).sort())
    expect(await files()).toHaveLength(3)
    expect(await files()).toEqual(expect.arrayContaining(ids.map((id) => `${id}.json`)))
    expect(await segments.store('shop', stored, folder)).toBe(stored)
    const unloaded = { ...stored, segments: stored.segments.map((segment) => ({ ...segment, images: undefined })) }
    expect(imagesOf(await createSegments({ paths }).load('shop', unloaded))).toEqual(records(2 * SEGMENT_LENGTH))
  })

  it('that a revision names is kept when its link is settled', async () => {
    const { segments, folder, revision, files } = await opened()
    const images = await segments.store('shop', listOf(records(SEGMENT_LENGTH)), folder)
    await segments.settle(folder, revision)
    expect(await readdir(folder)).toHaveLength(1)
    await segments.settle(folder, { ...revision, state: { ...revision.state, images } })
    expect(await readdir(folder)).toEqual([])
    expect(await files()).toHaveLength(2)
  })

  it('that no revision names is dropped, and the others are kept', async () => {
    const { segments, folder, list, files } = await opened()
    await segments.store('shop', listOf(records(SEGMENT_LENGTH)), folder)
    expect(await files()).toHaveLength(2)
    await segments.drop('shop', folder)
    expect(await files()).toEqual([`${list.segments[0]?.stored?.id}.json`])
  })

  it('that only a revision without effect names is dropped', async () => {
    const { segments, list, files } = await opened()
    const ids = list.segments.map(({ stored }) => stored?.id ?? '')
    await segments.dropUnnamed('shop', ids)
    expect(await files()).toHaveLength(1)
    await segments.dropUnnamed('shop', ids, 1)
    expect(await files()).toEqual([])
  })

  it('is not searched in a work folder that was swept', async () => {
    const { segments, folder, files } = await opened()
    await rm(folder, { recursive: true })
    await segments.drop('shop', folder)
    expect(await files()).toHaveLength(1)
  })
})

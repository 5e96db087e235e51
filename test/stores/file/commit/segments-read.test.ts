// Reads of segments from disk: each once for all who wait for it, and few at a time.

import { expect, it, vi } from 'vitest'
import { imagesOf, SEGMENT_LENGTH } from '../../../../src/core/project/image-list.ts'
import { createHeads } from '../../../../src/stores/file/commit/heads.ts'
import { createSegments } from '../../../../src/stores/file/commit/segments.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { failing, watchDisk } from '../../../support/disk/calls.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { plantProject } from '../../../support/store/planted-project.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../../support/disk/calls.ts')).watched(await original()),
)

const SEGMENTS = 20

const planted = async () => {
  const storageDir = await temporaryFolder()
  await plantProject({ storageDir, projectId: 'shop', images: SEGMENTS * SEGMENT_LENGTH })
  const paths = createPaths(storageDir)
  const list = (await createHeads({ paths }).read('shop'))?.state.images
  if (!list) throw new Error('the project was not planted')
  const isSegment = (path: string) => path.startsWith(paths.segments('shop'))
  return { paths, list, isSegment }
}

it('reads each segment once for several lists at once, and at most 8 at a time', async () => {
  const { paths, list, isSegment } = await planted()
  const read = new Map<string, number>()
  let [now, most] = [0, 0]
  watchDisk({
    async before({ name, path }) {
      if (name !== 'readFile' || !isSegment(path)) return
      read.set(path, (read.get(path) ?? 0) + 1)
      most = Math.max(most, ++now)
      await new Promise(setImmediate)
    },
    after({ name, path }) {
      if (name === 'readFile' && isSegment(path)) now--
    },
  })
  const segments = createSegments({ paths })
  const lists = await Promise.all(Array.from({ length: 5 }, () => segments.load('shop', list)))
  for (const loaded of lists) expect(imagesOf(loaded)).toHaveLength(SEGMENTS * SEGMENT_LENGTH)
  expect([...read.values()]).toEqual(Array.from({ length: SEGMENTS }, () => 1))
  expect(most).toBe(8)
})

it('reads a segment again after a failure, which all who waited for it are told', async () => {
  const { paths, list, isSegment } = await planted()
  const segments = createSegments({ paths })
  const stop = failing(({ name, path }) => name === 'readFile' && isSegment(path), 'EIO')
  const both = await Promise.allSettled([segments.load('shop', list), segments.load('shop', list)])
  for (const { status } of both) expect(status).toBe('rejected')
  stop()
  expect(imagesOf(await segments.load('shop', list))).toHaveLength(SEGMENTS * SEGMENT_LENGTH)
})

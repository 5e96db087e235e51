// Bytes of a project, summed segment by segment.

import { describe, expect, it, vi } from 'vitest'
import { type ImageList, listOf, removeImage, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { bytesOfImage } from '../../../src/core/project/quota.ts'
import { emptyProject } from '../../../src/core/project/state.ts'
import { createStoredBytes } from '../../../src/stores/history/stored-bytes.ts'
import { recordOf } from '../../contracts/store.ts'

const imagesFrom = (first: number, count: number): ImageRecord[] =>
  Array.from({ length: count }, (_, n) => recordOf(String(first + n).padStart(20, '0')))

/** A list as a revision names it: nothing of its segments is loaded. */
const stored = (images: readonly ImageRecord[]) => {
  const files = new Map<string, readonly ImageRecord[]>()
  const store = (list: ImageList): ImageList => ({
    ...list,
    segments: list.segments.map(({ images, count, stored }) => {
      const file = stored ?? { id: `segment-${files.size}`, sha256: '', bytes: 1 }
      if (images) files.set(file.id, images)
      return { images: undefined, count, stored: file }
    }),
  })
  const load = vi.fn(
    async (_projectId: string, list: ImageList): Promise<ImageList> => ({
      ...list,
      segments: list.segments.map((segment) => ({ ...segment, images: files.get(segment.stored?.id ?? '') })),
    }),
  )
  return { list: store(listOf(images)), load, store }
}

const setUp = (images: readonly ImageRecord[]) => {
  const { list, load, store } = stored(images)
  const { storedBytes } = createStoredBytes({ load, unlessOvertaken: (_state, read) => read() })
  const bytesIn = async (list: ImageList, ids: readonly string[] = []) => {
    const found = await storedBytes({ ...emptyProject('shop', '2026-01-02T03:04:05.678Z'), images: list }, ids)
    return { bytes: found?.bytes, ids: [...(found?.ids ?? [])] }
  }
  return { list, load, store, bytesIn }
}

const sumOf = (images: readonly ImageRecord[]) => images.reduce((sum, image) => sum + bytesOfImage(image), 0)

describe('the bytes of a project', () => {
  it.each([0, 1, SEGMENT_LENGTH - 1, SEGMENT_LENGTH, 20 * SEGMENT_LENGTH + 3])(
    'are the sum of %i images',
    async (n) => {
      const images = imagesFrom(0, n)
      const { list, bytesIn } = setUp(images)
      expect(await bytesIn(list)).toEqual({ bytes: sumOf(images), ids: [] })
    },
  )

  it('are told with those of the ids that are in it, in a segment or behind all', async () => {
    const images = imagesFrom(0, SEGMENT_LENGTH + 1)
    const { list, bytesIn } = setUp(images)
    const [first, last] = [images[0]?.id ?? '', images.at(-1)?.id ?? '']
    expect((await bytesIn(list, ['a'.repeat(20), first, last])).ids).toEqual([first, last])
  })

  it('are read once for each segment', async () => {
    const images = imagesFrom(0, 3 * SEGMENT_LENGTH)
    const { list, load, store, bytesIn } = setUp(images)
    await bytesIn(list)
    expect(load).toHaveBeenCalledTimes(3)
    await bytesIn(list)
    expect(load).toHaveBeenCalledTimes(3)
    const [removed, ...left] = images
    const shorter = store(removeImage(listOf(images), removed?.id ?? ''))
    // The first segment is another one now; the others are the same files.
    const segments = [...shorter.segments.slice(0, 1), ...list.segments.slice(1)]
    expect((await bytesIn({ ...shorter, segments })).bytes).toBe(sumOf(left))
    expect(load).toHaveBeenCalledTimes(4)
  })

  it('are not in memory all at once while they are read', async () => {
    const { list, load, bytesIn } = setUp(imagesFrom(0, 20 * SEGMENT_LENGTH))
    let [now, most] = [0, 0]
    const read = load.getMockImplementation()
    load.mockImplementation(async (...of) => {
      most = Math.max(most, ++now)
      await new Promise(setImmediate)
      now--
      return read?.(...of) ?? list
    })
    await bytesIn(list)
    expect(most).toBe(8)
  })

  it('are undefined where the state is overtaken', async () => {
    const { list, load } = stored(imagesFrom(0, SEGMENT_LENGTH))
    const { storedBytes } = createStoredBytes({ load, unlessOvertaken: async () => undefined })
    expect(await storedBytes({ ...emptyProject('shop', '2026-01-02T03:04:05.678Z'), images: list }, [])).toBeUndefined()
  })
})

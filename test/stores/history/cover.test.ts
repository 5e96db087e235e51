// The record of the cover, wherever in the list it is.

import { expect, it } from 'vitest'
import type { ProjectChange } from '../../../src/core/project/changes.ts'
import { type ImageList, listOf, SEGMENT_LENGTH, type Segment } from '../../../src/core/project/image-list.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { applyBatch, successorOf } from '../../../src/stores/history/apply-batch.ts'
import { coverOf } from '../../../src/stores/history/cover.ts'
import { decodeRevision, encodeRevision } from '../../../src/stores/history/revision.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const id = (n: number): string => String(n).padStart(20, '0')
const COUNT = 3 * SEGMENT_LENGTH + 5

/** Stores segments in memory, as a store would. */
const memory = () => {
  const segments = new Map<string, readonly ImageRecord[]>()
  let reads = 0
  const write = (list: ImageList): ImageList => ({
    ...list,
    segments: list.segments.map((segment) => {
      if (segment.stored || !segment.images) return segment
      const stored = { id: `segment-${segments.size}`, sha256: 'a'.repeat(64), bytes: 1 }
      segments.set(stored.id, segment.images)
      return { ...segment, stored }
    }),
  })
  const load = async (list: ImageList): Promise<ImageList> => ({
    ...list,
    segments: list.segments.map((segment) => ({
      ...segment,
      images: segment.images ?? segments.get(segment.stored?.id ?? ''),
    })),
  })
  const find = async ({ images, stored }: Segment, imageId: string): Promise<ImageRecord | undefined> => {
    if (!images) reads++
    return (images ?? segments.get(stored?.id ?? ''))?.find((image) => image.id === imageId)
  }
  const takeReads = (): number => {
    const taken = reads
    reads = 0
    return taken
  }
  return { write, load, find, takeReads }
}

/** A project of three segments and a rest, and what follows from changes, read back from its file each time. */
const history = () => {
  const { write, load, find, takeReads } = memory()
  let state: ProjectState = {
    ...emptyProject('shop', NOW),
    deleted: false,
    revision: 1,
    primary_image_id: id(0),
    image_count: COUNT,
    images: listOf(Array.from({ length: COUNT }, (_, n) => recordOf(id(n)))),
  }
  const commit = async (...changes: ProjectChange[]) => {
    const applied = applyBatch({ ...state, images: await load(state.images) }, 'shop', changes, NOW)
    const next = applied.state ?? state
    const revision = successorOf({
      base: undefined,
      state: { ...next, images: write(next.images) },
      commit: 'a',
      removing: [],
      removingSegments: [],
      events: applied.events,
    })
    state = decodeRevision(encodeRevision(revision)).state
    takeReads()
    return state
  }
  return { commit, find, takeReads }
}

it('is found by one read at most after every change', async () => {
  const { commit, find, takeReads } = history()
  const middle = SEGMENT_LENGTH + 7
  const steps: [cover: number, reads: number, change: ProjectChange][] = [
    [0, 1, { type: 'edit', title: 'one' }],
    [middle, 1, { type: 'set_primary', imageId: id(middle) }],
    [middle, 1, { type: 'edit', title: 'two' }],
    [middle, 1, { type: 'edit', imageOrder: [id(COUNT - 1)] }],
    [middle, 1, { type: 'delete_image', imageId: id(middle + 1) }],
    [middle + 2, 1, { type: 'delete_images', imageIds: [id(middle)] }],
    [COUNT - 2, 0, { type: 'set_primary', imageId: id(COUNT - 2) }],
  ]
  for (const [cover, reads, change] of steps) {
    const state = await commit(change)
    expect((await coverOf(state, find))?.id, change.type).toBe(id(cover))
    expect(takeReads(), change.type).toBe(reads)
  }
})

it('is found in a state that does not say where it is, or says it wrongly', async () => {
  const { commit, find } = history()
  const { coverSegment, ...older } = await commit({ type: 'set_primary', imageId: id(2 * SEGMENT_LENGTH) })
  expect(coverSegment).toBeDefined()
  const [first] = older.images.segments
  for (const state of [older, { ...older, coverSegment: 'gone' }, { ...older, coverSegment: first?.stored?.id }])
    expect((await coverOf(state, find))?.id).toBe(id(2 * SEGMENT_LENGTH))
  expect(await coverOf({ ...older, primary_image_id: null }, find)).toBeNull()
})

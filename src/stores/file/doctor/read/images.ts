// The images of a project as its newest revision has them, a part at a time, while others may change it.

import type { ImageRecord } from '../../../../core/project/model.ts'
import { type Revision, storedSegment } from '../../../history/revision.ts'
import type { Tools } from '../context.ts'
import { readSegment } from './segments.ts'

export interface Batch {
  images: readonly ImageRecord[]
  /** Revision that the images are from. */
  revision: number
  /** The segment that they are in, undefined for the newest ones. */
  segmentId: string | undefined
}

/** Others may make new parts faster than they are looked at; then this many times as many as there were are enough. */
const MOST_ROUNDS = 4

/** Every image that is there from beginning to end is in one of the batches, and some are in more than one. */
export async function* imageBatches({ paths, heads }: Tools, projectId: string): AsyncGenerator<Batch> {
  const done = new Set<string>()
  for (let most = Number.POSITIVE_INFINITY; done.size < most; ) {
    const head = await heads.read(projectId)
    if (!head || head.state.deleted) return
    const { revision, images: list } = head.state
    if (done.size === 0) most = (list.segments.length + SEGMENTS_OF_A_SHORT_LIST) * MOST_ROUNDS
    const segment = list.segments.find(({ stored }) => stored && !done.has(stored.id))
    if (!segment?.stored) return yield { images: list.tail, revision, segmentId: undefined }
    done.add(segment.stored.id)
    const images = await readSegment(paths, projectId, storedSegment(segment.count, segment.stored))
    // Gone with its revision meanwhile: the next head has its images elsewhere. Or damaged, which is told elsewhere.
    if (typeof images !== 'string') yield { images, revision, segmentId: segment.stored.id }
  }
}

const SEGMENTS_OF_A_SHORT_LIST = 16

/** The record that an image of a batch has now, undefined where the image is gone. */
export const newestRecord = async (
  tools: Tools,
  projectId: string,
  imageId: string,
  from?: Batch,
): Promise<ImageRecord | undefined> => {
  const head = await tools.heads.read(projectId)
  if (!head) return undefined
  const isSame = (image: ImageRecord) => image.id === imageId
  if (from && isStill(head, from)) return from.images.find(isSame)
  const inTail = head.state.images.tail.find(isSame)
  if (inTail) return inTail
  for (const segment of head.state.images.segments.toReversed()) {
    const images = await readSegment(tools.paths, projectId, storedSegment(segment.count, segment.stored))
    const found = typeof images === 'string' ? undefined : images.find(isSame)
    if (found) return found
  }
  return undefined
}

const isStill = ({ state }: Revision, { revision, segmentId }: Batch): boolean =>
  state.revision === revision ||
  (segmentId !== undefined && state.images.segments.some(({ stored }) => stored?.id === segmentId))

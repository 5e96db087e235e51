// Finds the primary image of a state in its list.

import type { Segment } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'

/** Finds an image in one segment; undefined where it is not in it. */
export type FindInSegment = (segment: Segment, imageId: string) => Promise<ImageRecord | undefined>

/**
 * The primary image; null without one. Searches one segment at most where the state knows which; of revisions of older
 * versions, segments from the first on, where covers mostly are.
 */
export const coverOf = async (state: ProjectState, find: FindInSegment): Promise<ImageRecord | null> => {
  const { primary_image_id: cover, images, coverSegment } = state
  if (cover === null) return null
  const inTail = images.tail.find(({ id }) => id === cover)
  if (inTail) return inTail
  const known = images.segments.filter(({ stored }) => coverSegment !== undefined && stored?.id === coverSegment)
  for (const segment of [...known, ...images.segments]) {
    const found = await find(segment, cover)
    if (found) return found
  }
  return null
}

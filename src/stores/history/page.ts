// A part of a project's list of images.

import { TintypeError } from '../../core/errors.ts'
import type { ProjectState } from '../../core/project/changes.ts'
import type { ImageRecord } from '../../core/project/model.ts'

/** Loads the segments of a list. */
export type Load = (list: ProjectState['images']) => Promise<ProjectState['images']>

/** Only the segments of the page are read, unless it begins behind an image that has to be found first. */
export const pageOf = async (state: ProjectState, after: string | undefined, limit: number | undefined, load: Load) => {
  const images: ImageRecord[] = []
  const most = limit ?? Number.POSITIVE_INFINITY
  let found = after === undefined
  for (const segment of [...state.images.segments, undefined]) {
    if (images.length >= most) break
    const part = segment
      ? ((await load({ segments: [segment], tail: [] })).segments[0]?.images ?? [])
      : state.images.tail
    const start = found ? 0 : part.findIndex(({ id }) => id === after) + 1
    found ||= start > 0
    if (found) images.push(...part.slice(start, start + most - images.length))
  }
  if (!found)
    throw new TintypeError(
      'invalid_parameter',
      `after: expected the id of an image of the project, received "${after}".`,
      {
        details: { field: 'after', received: after },
      },
    )
  return images
}

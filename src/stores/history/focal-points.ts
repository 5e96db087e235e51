// Finds focal points in the segments that have any: in memory, else loaded by the store.

import { findFocalPoint } from '../../core/project/focal-points.ts'
import type { Segment } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { FocalPoints } from '../focal-points.ts'
import type { Load } from './page.ts'

export interface FocalPointsOptions {
  /** Images of a segment in memory. */
  cached(segment: Segment): readonly ImageRecord[] | undefined
  load(projectId: string, ...list: Parameters<Load>): ReturnType<Load>
  /** Runs `read` on a state. Undefined where it fails and the state is not the newest any more. */
  unlessOvertaken<T>(state: ProjectState, read: () => Promise<T>): Promise<T | undefined>
}

export const createFocalPoints = ({ cached, load, unlessOvertaken }: FocalPointsOptions): FocalPoints => ({
  focalPointNow({ images }, imageId) {
    const found = findFocalPoint(images, imageId, cached)
    return Array.isArray(found) ? undefined : found
  },

  async focalPoint(state, imageId) {
    const found = findFocalPoint(state.images, imageId, cached)
    if (!Array.isArray(found)) return found
    return unlessOvertaken(state, async () => {
      const loaded = findFocalPoint(
        await load(state.project_id, { segments: found, tail: [] }),
        imageId,
        () => undefined,
      )
      return Array.isArray(loaded) ? null : loaded
    })
  },
})

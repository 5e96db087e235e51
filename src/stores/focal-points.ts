// Interface of focal points: read for renders, without the list of images where none of them has one.

import type { ProjectState } from '../core/project/state.ts'
import type { Point } from '../core/transform/transform.ts'

export interface FocalPoints {
  /**
   * The focal point of an image of a state, in thousandths; null without one. Undefined where the state is so old that a
   * part of its list is gone: read the project again. Costs no read where no image has a focal point.
   *
   * @throws TintypeError `project_damaged`
   */
  focalPoint(state: ProjectState, imageId: string): Promise<Point | null | undefined>
  /** {@link FocalPoints.focalPoint} without a wait. Undefined where memory does not tell. */
  focalPointNow(state: ProjectState, imageId: string): Point | null | undefined
}

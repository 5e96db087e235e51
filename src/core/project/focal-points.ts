// Focal points of images, found without loading the list of images where none of it has one.

import type { Point } from '../transform/transform.ts'
import type { ImageList, Segment } from './image-list.ts'
import type { ImageRecord } from './model.ts'

/** Points by image id, in thousandths. One map for each segment, as long as that is in memory. */
export const focalPointsOf = (images: readonly ImageRecord[]): ReadonlyMap<string, Point> => {
  const known = points.get(images)
  if (known) return known
  const found = new Map(images.flatMap(({ id, focal_point }) => (focal_point ? [[id, roundedPoint(focal_point)]] : [])))
  points.set(images, found)
  return found
}

const points = new WeakMap<readonly ImageRecord[], ReadonlyMap<string, Point>>()

/** A point as URLs and renders have it: finer ones would only make more of them. */
export const roundedPoint = ({ x, y }: Point): Point => ({ x: thousandths(x), y: thousandths(y) })

const thousandths = (fraction: number): number => Math.round(fraction * 1000) / 1000

/**
 * The focal point of an image of a list; null without one.
 *
 * @param imagesOf images of a segment, undefined where they have to be loaded
 * @returns undefined, or the segments of which the point may be in one, where they have to be loaded
 */
export const findFocalPoint = (
  { segments, tail }: ImageList,
  imageId: string,
  imagesOf: (segment: Segment) => readonly ImageRecord[] | undefined,
): Point | null | Segment[] => {
  const inTail = focalPointsOf(tail).get(imageId)
  if (inTail) return inTail
  const unknown: Segment[] = []
  for (const segment of segments) {
    if (!segment.images && !segment.stored?.focal_points) continue
    const images = segment.images ?? imagesOf(segment)
    const point = images && focalPointsOf(images).get(imageId)
    if (point) return point
    if (!images) unknown.push(segment)
  }
  return unknown.length > 0 ? unknown : null
}

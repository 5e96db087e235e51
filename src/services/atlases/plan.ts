// Plans of atlases: the pages, the place of each frame, and a hash of what is to be drawn.

import { createHash } from 'node:crypto'
import { boxOf } from '../../core/atlas/boxes.ts'
import type { PageSide } from '../../core/atlas/formats.ts'
import { HASH_LENGTH } from '../../core/atlas/page-name.ts'
import { pagesOf } from '../../core/atlas/pages.ts'
import { type AtlasSize, pixelsName } from '../../core/atlas/size.ts'
import type { Slot } from '../../core/atlas/slots.ts'
import { roundedPoint } from '../../core/project/focal-points.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ReadableState } from '../../core/project/state.ts'
import { layoutOf, resultOf } from '../../core/transform/geometry.ts'

/** An image to be shown as a frame. */
export interface FrameSource {
  /** Name of the frame. */
  name: string
  project: ReadableState
  image: ImageRecord
}

export interface PlannedFrame extends FrameSource {
  x: number
  y: number
  width: number
  height: number
  /** Names its pixels: another name where they differ. */
  pixels: string
}

export interface PlannedPage {
  index: number
  width: number
  height: number
  frames: readonly PlannedFrame[]
  /** Hash of all that is drawn. */
  hash: string
}

export interface AtlasPlan {
  /** Owner of its pages in the cache: a project or collection. */
  owner: string
  /** Distinguishes atlases of one owner. */
  name: string
  size: AtlasSize
  side: PageSide
  /** Revision of the slots; 0 without a slot table. */
  revision: number
  /** False for a list in a query, of which there are any number: the pixels of its pages are not kept. */
  keepsPixels: boolean
  pages: readonly PlannedPage[]
}

/** Version of the drawing: a new number gives all pages new names. */
const EDITION = 1

const hashOf = (width: number, height: number, frames: readonly PlannedFrame[]): string => {
  const hash = createHash('sha256').update(`${EDITION} ${width} ${height}`)
  for (const { x, y, width, height, pixels } of frames) hash.update(`\n${x} ${y} ${width} ${height} ${pixels}`)
  return hash.digest('base64url').slice(0, HASH_LENGTH)
}

/** Hash of a page without frames, which is the same in all atlases. */
export const EMPTY_PAGE = hashOf(1, 1, [])

/** Successor of a page whose frames are all gone. */
export const emptyPage = (index: number): PlannedPage => ({ index, width: 1, height: 1, frames: [], hash: EMPTY_PAGE })

/** @param sources by the id of their slot; a slot without one stays empty */
export const planOf = (
  atlas: Omit<AtlasPlan, 'pages'>,
  slots: readonly Slot[],
  sources: ReadonlyMap<string, FrameSource>,
): AtlasPlan => {
  const { size, side } = atlas
  const pages = pagesOf(slots, side).map((page, index) => {
    const frames = page.slots.flatMap((slot) => {
      const source = sources.get(slot.id)
      return source ? [frameOf(size, slot, source)] : []
    })
    const { width, height } = page
    return { index, width, height, frames, hash: hashOf(width, height, frames) }
  })
  return { ...atlas, pages }
}

const frameOf = (size: AtlasSize, slot: Slot, source: FrameSource): PlannedFrame => {
  const { image } = source
  const point = image.focal_point ? roundedPoint(image.focal_point) : null
  const { width, height } = shownIn(size, slot, image)
  return { ...source, x: slot.x, y: slot.y, width, height, pixels: pixelsName(size, image.id, point) }
}

/** Dimensions of a picture in its place: those of a cell are the most that it has. */
const shownIn = ({ preset, name }: AtlasSize, slot: Slot, image: ImageRecord) => {
  if (name === 'game') return slot
  const own = preset ? resultOf(layoutOf(image, { ...preset, position: undefined })) : boxOf({ kind: 'packed' }, image)
  return { width: Math.min(slot.width, own.width), height: Math.min(slot.height, own.height) }
}

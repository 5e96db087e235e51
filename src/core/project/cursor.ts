// Cursor of a page of images: a position in the list that survives deletions. Pure.
//
// It contains the id of the last image of the page, and id prefixes of neighbours: the next images, and preceding ones
// at growing distances. Where the last image was deleted, the nearest remaining neighbour gives the position.

import { IMAGE_ID_SOURCE } from '../names.ts'
import type { ImageRecord } from './model.ts'

export interface ImageCursor {
  /** The last image of the page. */
  id: string
  /** Images after it, nearest first. */
  following: readonly string[]
  /** Images before it, nearest first. */
  preceding: readonly string[]
}

/** Length of the id prefix of a neighbour: 31 bits, so that collisions among 100,000 images are rare. */
const NAME_LENGTH = 6

/** Number of following images in a cursor. */
export const FOLLOWING = 4

/** Indexes of the preceding images in a cursor: 1, 2, 4, 8 … before `last`. */
export const precedingIndexes = (last: number): number[] => {
  const indexes: number[] = []
  for (let distance = 1; distance <= last; distance *= 2) indexes.push(last - distance)
  return indexes
}

/** Form of a cursor, or of an image id alone. */
export const IMAGE_CURSOR = new RegExp(
  String.raw`^(${IMAGE_ID_SOURCE})(?:\.((?:[0-9a-z]{6}){0,4})\.((?:[0-9a-z]{6}){0,32}))?$`,
)

/** @param text a cursor, or an image id alone. Undefined for anything else. */
export const parseImageCursor = (text: string): ImageCursor | undefined => {
  const [, id, following = '', preceding = ''] = IMAGE_CURSOR.exec(text) ?? []
  return id === undefined ? undefined : { id, following: namesIn(following), preceding: namesIn(preceding) }
}

export const formatImageCursor = ({ id, following, preceding }: ImageCursor): string =>
  `${id}.${following.map(nameOf).join('')}.${preceding.map(nameOf).join('')}`

/**
 * Searches the position of a cursor while a list is read from its beginning.
 *
 * @returns `next` takes the next images of the list, and returns the index after the cursor's own image once it is
 *   found; `nearest` returns the index given by the nearest neighbour: exact for a following one, earlier for a
 *   preceding one, so that images are repeated rather than skipped; undefined for a cursor without neighbours
 */
export const searchByCursor = ({ id, following, preceding }: ImageCursor) => {
  let index = 0
  let nearestAfter: { rank: number; at: number } | undefined
  let nearestBefore: { rank: number; at: number } | undefined
  return {
    next(images: readonly ImageRecord[]): number | undefined {
      for (const image of images) {
        if (image.id === id) return index + 1
        const name = nameOf(image.id)
        const [after, before] = [following.indexOf(name), preceding.indexOf(name)]
        if (after >= 0 && after < (nearestAfter?.rank ?? FOLLOWING)) nearestAfter = { rank: after, at: index }
        if (before >= 0 && before < (nearestBefore?.rank ?? preceding.length))
          nearestBefore = { rank: before, at: index + 1 }
        index++
      }
      return undefined
    },
    nearest: (): number | undefined =>
      nearestAfter?.at ?? nearestBefore?.at ?? (following.length + preceding.length > 0 ? 0 : undefined),
  }
}

const nameOf = (id: string): string => id.slice(0, NAME_LENGTH)

const namesIn = (text: string): string[] => text.match(/.{6}/g) ?? []

// Cursor of a page of images: a position in the list that survives deletions. Pure.
//
// It names the last image of the page and, by the beginnings of their ids, neighbours: the images that follow, and some
// that precede at growing distances. Where the image was deleted, the nearest neighbour that remains gives the position.

import type { ImageRecord } from './model.ts'

export interface ImageCursor {
  /** The last image of the page. */
  id: string
  /** The images behind it, nearest first. */
  following: readonly string[]
  /** Images in front of it, nearest first. */
  preceding: readonly string[]
}

/** Characters of an id that name a neighbour: 31 bits, so that two images of 100,000 are hardly ever confused. */
const NAME_LENGTH = 6

/** Images behind the last one that a cursor names. */
export const FOLLOWING = 4

/** Indexes of the images that a cursor names in front of the one at `last`: 1, 2, 4, 8 … in front. */
export const precedingIndexes = (last: number): number[] => {
  const indexes: number[] = []
  for (let distance = 1; distance <= last; distance *= 2) indexes.push(last - distance)
  return indexes
}

const FORM = /^([0-9a-z]{20})(?:\.((?:[0-9a-z]{6}){0,4})\.((?:[0-9a-z]{6}){0,32}))?$/

export const isImageCursor = (text: string): boolean => FORM.test(text)

/** @param text a cursor, or an image id alone. Undefined for anything else. */
export const parseImageCursor = (text: string): ImageCursor | undefined => {
  const [, id, following = '', preceding = ''] = FORM.exec(text) ?? []
  return id === undefined ? undefined : { id, following: namesIn(following), preceding: namesIn(preceding) }
}

export const formatImageCursor = ({ id, following, preceding }: ImageCursor): string =>
  `${id}.${following.map(nameOf).join('')}.${preceding.map(nameOf).join('')}`

/**
 * Collects where a cursor leads to, while a list is read from its beginning.
 *
 * @returns `next` takes the following images of the list, and gives an index once the cursor's own image is among them;
 *   `nearest` gives the index that the neighbours lead to, undefined where the cursor names none: of those that follow
 *   exactly the place, of those that precede one that repeats some images rather than skipping one.
 */
export const searchByCursor = ({ id, following, preceding }: ImageCursor) => {
  let index = 0
  let behind: { rank: number; at: number } | undefined
  let inFront: { rank: number; at: number } | undefined
  return {
    next(images: readonly ImageRecord[]): number | undefined {
      for (const image of images) {
        if (image.id === id) return index + 1
        const name = nameOf(image.id)
        const [after, before] = [following.indexOf(name), preceding.indexOf(name)]
        if (after >= 0 && after < (behind?.rank ?? FOLLOWING)) behind = { rank: after, at: index }
        if (before >= 0 && before < (inFront?.rank ?? preceding.length)) inFront = { rank: before, at: index + 1 }
        index++
      }
      return undefined
    },
    nearest: (): number | undefined =>
      behind?.at ?? inFront?.at ?? (following.length + preceding.length > 0 ? 0 : undefined),
  }
}

const nameOf = (id: string): string => id.slice(0, NAME_LENGTH)

const namesIn = (text: string): string[] => text.match(/.{6}/g) ?? []

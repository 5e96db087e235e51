// Pages of a project's images that are sorted by their values.

import { invalidParameter } from '../../core/invalid-parameter.ts'
import { parseImageCursor } from '../../core/project/cursor.ts'
import { type ImageOrder, type ImageSort, matcherOf, orderOf, type SortKey } from '../../core/project/image-query.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ImagePage, PageRequest } from '../store.ts'

interface Entry {
  key: SortKey
  image: ImageRecord
}

/** Entries held beyond two pages before the surplus is dropped. */
const SURPLUS = 256

/**
 * A page in an order of values. A cursor names values and not an image, so that it stays valid when images are deleted.
 * Holds the images of two pages in memory, all of them without a limit.
 *
 * @param parts all images of the project
 * @throws TintypeError `invalid_parameter` where `after` is neither a cursor of this order nor an image
 */
export const sortedPage = async (
  parts: AsyncIterable<readonly ImageRecord[]>,
  { after, limit = Number.POSITIVE_INFINITY, sort, ...filter }: PageRequest & { sort: Exclude<ImageSort, 'order'> },
): Promise<ImagePage> => {
  const order = orderOf(sort)
  const matches = matcherOf(filter)
  const start = after === undefined ? undefined : startOf(order, after)
  const isBehind = ({ key }: Entry, from: SortKey | undefined) => from === undefined || order.compare(key, from) > 0
  const compare = (one: Entry, other: Entry) => order.compare(one.key, other.key)

  /** Sorted entries behind a position, at most one more than the page. */
  const first = (entries: Entry[], from: SortKey | undefined): Entry[] =>
    entries
      .filter((entry) => isBehind(entry, from))
      .sort(compare)
      .slice(0, limit + 1)

  let from = typeof start === 'string' ? undefined : start
  let isFound = typeof start !== 'string'
  let entries: Entry[] = []
  for await (const part of parts)
    for (const image of part) {
      if (image.id === start) {
        from = order.keyOf(image)
        isFound = true
      }
      if (matches(image)) entries.push({ image, key: order.keyOf(image) })
      // The place of an image is known once it is found: nothing is dropped before.
      if (isFound && entries.length > 2 * limit + SURPLUS) entries = first(entries, from)
    }
  if (!isFound) throw unknownPlace(after)
  const found = first(entries, from)
  const last = found[limit - 1]
  const hasMore = found.length > limit && last !== undefined
  return {
    images: found.slice(0, limit).map(({ image }) => image),
    next: hasMore ? order.formatCursor(last.key) : undefined,
  }
}

/** The key of a cursor, or the id of an image. */
const startOf = (order: ImageOrder, after: string): SortKey | string => {
  const start = order.parseCursor(after) ?? parseImageCursor(after)?.id
  if (start === undefined) throw unknownPlace(after)
  return start
}

const unknownPlace = (after = '') =>
  invalidParameter('after', '"next" of an earlier page in this order, or the id of an image', after)

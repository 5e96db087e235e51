// Pages of a project's list of images.

import { invalidParameter } from '../../core/parameters.ts'
import {
  FOLLOWING,
  formatImageCursor,
  type ImageCursor,
  parseImageCursor,
  precedingIndexes,
  searchByCursor,
} from '../../core/project/cursor.ts'
import type { ImageList } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { ImagePage, PageRequest } from '../store.ts'

/** Loads the segments of a list. */
export type Load = (list: ImageList) => Promise<ImageList>

/**
 * A page of a state's images. Reads the segments of the page alone; with a cursor, also those in front of it.
 *
 * @throws TintypeError `invalid_parameter` where `after` names no image and no neighbour of one
 */
export const pageOf = async (state: ProjectState, { after, limit }: PageRequest, load: Load): Promise<ImagePage> => {
  const list = state.images
  const start = after === undefined ? 0 : await indexOf(list, after, load)
  const end = limit === undefined ? Number.POSITIVE_INFINITY : start + limit + FOLLOWING
  const found = await slice(list, start, end, load)
  if (limit === undefined || found.length <= limit) return { images: found, next: undefined }
  const images = found.slice(0, limit)
  const last = start + limit - 1
  const preceding: string[] = []
  for (const index of precedingIndexes(last)) {
    const known = images[index - start] ?? (await slice(list, index, index + 1, load))[0]
    if (known) preceding.push(known.id)
  }
  const following = found.slice(limit).map(({ id }) => id)
  return { images, next: formatImageCursor({ id: images.at(-1)?.id ?? '', following, preceding }) }
}

/** Index of the first image after a cursor. */
const indexOf = async (list: ImageList, after: string, load: Load): Promise<number> => {
  const cursor = parseImageCursor(after)
  const index = cursor && (await search(list, cursor, load))
  if (index === undefined) throw invalidParameter('after', '"next" of an earlier page, or the id of an image', after)
  return index
}

const search = async (list: ImageList, cursor: ImageCursor, load: Load): Promise<number | undefined> => {
  const found = searchByCursor(cursor)
  for (const part of parts(list)) {
    const index = found.next(await imagesOf(part, load))
    if (index !== undefined) return index
  }
  return found.nearest()
}

/** Images from index `start` up to `end`, which is not included. */
const slice = async (list: ImageList, start: number, end: number, load: Load): Promise<ImageRecord[]> => {
  const images: ImageRecord[] = []
  let first = 0
  for (const part of parts(list)) {
    if (first >= end) break
    const behind = first + (part.segments[0]?.count ?? part.tail.length)
    if (behind > start) images.push(...(await imagesOf(part, load)).slice(Math.max(0, start - first), end - first))
    first = behind
  }
  return images
}

/** Every segment as a list of its own, and the tail. */
const parts = ({ segments, tail }: ImageList): ImageList[] => [
  ...segments.map((segment) => ({ segments: [segment], tail: [] })),
  { segments: [], tail },
]

const imagesOf = async (part: ImageList, load: Load): Promise<readonly ImageRecord[]> =>
  part.segments.length === 0 ? part.tail : ((await load(part)).segments[0]?.images ?? [])

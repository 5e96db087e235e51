// Pages of a project's list of images.

import { setImmediate } from 'node:timers/promises'
import { invalidParameter } from '../../core/invalid-parameter.ts'
import {
  FOLLOWING,
  formatImageCursor,
  type ImageCursor,
  parseImageCursor,
  precedingIndexes,
  searchByCursor,
} from '../../core/project/cursor.ts'
import type { ImageList } from '../../core/project/image-list.ts'
import { type ImageFilter, matcherOf, matchesAll } from '../../core/project/image-query.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { ImagePage, PageRequest } from '../store.ts'
import { sortedPage } from './sorted-page.ts'

/** Parts of a list that are searched without a pause: 2,000 images. */
const PARTS_AT_ONCE = 16

/** Loads the segments of a list. */
export type Load = (list: ImageList) => Promise<ImageList>

/**
 * A page of a state's images. Reads the segments of the page alone; with a cursor, also those in front of it; with a
 * filter, as many as the page needs; sorted, all.
 *
 * @throws TintypeError `invalid_parameter` where `after` leads nowhere
 */
export const pageOf = async (state: ProjectState, request: PageRequest, load: Load): Promise<ImagePage> => {
  const { images } = state
  const { sort = 'order' } = request
  if (sort !== 'order') return sortedPage(loaded(images, load), { ...request, sort })
  return matchesAll(request) ? wholePage(images, request, load) : filteredPage(images, request, load)
}

/** A page of consecutive images. */
const wholePage = async (list: ImageList, { after, limit }: PageRequest, load: Load): Promise<ImagePage> => {
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

/** A page of the images that match. Its cursor is a position in the whole list. */
const filteredPage = async (
  list: ImageList,
  { after, limit = Number.POSITIVE_INFINITY, ...filter }: PageRequest & ImageFilter,
  load: Load,
): Promise<ImagePage> => {
  const matches = matcherOf(filter)
  const start = after === undefined ? 0 : await indexOf(list, after, load)
  const images: ImageRecord[] = []
  let [index, last] = [0, 0]
  for await (const part of loaded(list, load))
    for (const image of part) {
      if (index >= start && matches(image)) {
        if (images.length === limit) return { images, next: await cursorAt(list, last, load) }
        images.push(image)
        last = index
      }
      index++
    }
  return { images, next: undefined }
}

/** Cursor behind the image at an index. */
const cursorAt = async (list: ImageList, last: number, load: Load): Promise<string> => {
  const [own, ...following] = await slice(list, last, last + 1 + FOLLOWING, load)
  const preceding: string[] = []
  for (const index of precedingIndexes(last))
    for (const { id } of await slice(list, index, index + 1, load)) preceding.push(id)
  return formatImageCursor({ id: own?.id ?? '', following: following.map(({ id }) => id), preceding })
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

/** The images of each part of a list, in order. Other requests get a turn between them. */
async function* loaded(list: ImageList, load: Load): AsyncGenerator<readonly ImageRecord[]> {
  for (const [at, part] of parts(list).entries()) {
    if (at % PARTS_AT_ONCE === PARTS_AT_ONCE - 1) await setImmediate()
    yield await imagesOf(part, load)
  }
}

/** Every segment as a list of its own, and the tail. */
const parts = ({ segments, tail }: ImageList): ImageList[] => [
  ...segments.map((segment) => ({ segments: [segment], tail: [] })),
  { segments: [], tail },
]

const imagesOf = async (part: ImageList, load: Load): Promise<readonly ImageRecord[]> =>
  part.segments.length === 0 ? part.tail : ((await load(part)).segments[0]?.images ?? [])

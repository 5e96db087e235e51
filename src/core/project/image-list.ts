// The ordered images of a project, in sealed segments that revisions share.
//
// A document with all images would make each change cost as much as the project is long (7 MB at 10,000 images). So all
// but the newest images lie in sealed segments, which are stored once and only named by later revisions.

import type { ImageRecord } from './model.ts'

/** Images in a sealed segment. Each revision contains fewer images than this: at most about 100 KB. */
export const SEGMENT_LENGTH = 128

export interface Segment {
  /** Undefined where the segment is not loaded: only its `count` is known then. */
  images: readonly ImageRecord[] | undefined
  count: number
  /** Its file in the store, undefined until it is written. `focal_points`: some of its images have one. */
  stored?: { id: string; sha256: string; bytes: number; focal_points?: true | undefined }
}

export interface ImageList {
  /** Sealed: a change makes a new segment and never alters one. */
  segments: readonly Segment[]
  /** The newest images, fewer than {@link SEGMENT_LENGTH}. */
  tail: readonly ImageRecord[]
}

export const listOf = (images: readonly ImageRecord[]): ImageList => {
  const sealed = images.length - (images.length % SEGMENT_LENGTH)
  const segments: Segment[] = []
  for (let at = 0; at < sealed; at += SEGMENT_LENGTH) segments.push(segmentOf(images.slice(at, at + SEGMENT_LENGTH)))
  return { segments, tail: images.slice(sealed) }
}

/** Works on a list whose segments are not loaded. */
export const appendImage = (list: ImageList, image: ImageRecord): ImageList => {
  const tail = [...list.tail, image]
  return tail.length < SEGMENT_LENGTH
    ? { segments: list.segments, tail }
    : { segments: [...list.segments, segmentOf(tail)], tail: [] }
}

/** Segments that hold none of the images stay the same objects, unless they are joined. */
export const removeImages = (list: ImageList, ids: ReadonlySet<string>): ImageList => {
  const without = (images: readonly ImageRecord[]) => images.filter(({ id }) => !ids.has(id))
  const segments: Segment[] = []
  const made = new Set<Segment>()
  const make = (images: readonly ImageRecord[]): Segment => {
    const segment = segmentOf(images)
    made.add(segment)
    return segment
  }
  for (const segment of list.segments) {
    const images = without(loaded(segment))
    if (images.length === 0) continue
    let last = images.length < segment.count ? make(images) : segment
    // Short ones are joined with short neighbours: deletions would leave many tiny segments otherwise.
    for (let before = segments.at(-1); before && fits(before, last); before = segments.at(-1)) {
      if (!made.has(before) && !made.has(last)) break
      segments.pop()
      last = make([...loaded(before), ...loaded(last)])
    }
    segments.push(last)
  }
  return { segments, tail: list.tail.some(({ id }) => ids.has(id)) ? without(list.tail) : list.tail }
}

const fits = (one: Segment, other: Segment): boolean => one.count + other.count <= SEGMENT_LENGTH / 2

export const removeImage = (list: ImageList, id: string): ImageList => removeImages(list, new Set([id]))

/**
 * Replaces the record of an image at its position. Other segments than its own stay the same objects.
 *
 * @param replacedId the image that is replaced. @default the one of the same id
 */
export const replaceImage = (list: ImageList, image: ImageRecord, replacedId = image.id): ImageList => {
  const replaced = (images: readonly ImageRecord[]) => images.map((each) => (each.id === replacedId ? image : each))
  const isIn = (images: readonly ImageRecord[]) => images.some(({ id }) => id === replacedId)
  if (isIn(list.tail)) return { ...list, tail: replaced(list.tail) }
  return {
    ...list,
    segments: list.segments.map((segment) => (isIn(loaded(segment)) ? segmentOf(replaced(loaded(segment))) : segment)),
  }
}

export const findImage = (list: ImageList, id: string): ImageRecord | undefined => {
  for (const images of newestFirst(list)) {
    const found = images.find((image) => image.id === id)
    if (found) return found
  }
  return undefined
}

/** The first image in order that matches. Copies nothing: a list can have ten thousands. */
export const firstImage = (
  { segments, tail }: ImageList,
  matches: (image: ImageRecord) => boolean,
): ImageRecord | undefined => {
  for (const segment of segments) {
    const found = loaded(segment).find(matches)
    if (found) return found
  }
  return tail.find(matches)
}

/** The next image; the first one for the last, undefined for the only one. */
export const neighbourOf = (list: ImageList, id: string): ImageRecord | undefined => {
  const images = imagesOf(list)
  const next = images[images.findIndex((image) => image.id === id) + 1] ?? images[0]
  return next?.id === id ? undefined : next
}

/** All images in order. */
export const imagesOf = (list: ImageList): ImageRecord[] => [
  ...list.segments.flatMap((segment) => loaded(segment)),
  ...list.tail,
]

const segmentOf = (images: readonly ImageRecord[]): Segment => ({ images, count: images.length })

const loaded = (segment: Segment): readonly ImageRecord[] => {
  if (!segment.images) throw new Error('the segment is not loaded')
  return segment.images
}

const newestFirst = (list: ImageList): (readonly ImageRecord[])[] => [list.tail, ...list.segments.map(loaded).reverse()]

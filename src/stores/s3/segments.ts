// Sealed segments of images in a bucket: written once, named by revisions.

import { LRUCache } from 'lru-cache'
import { TintypeError } from '../../core/errors.ts'
import { inGroups } from '../../core/in-groups.ts'
import { focalPointsOf } from '../../core/project/focal-points.ts'
import type { ImageList, Segment } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import { randomIds } from '../../core/random-id.ts'
import { sha256 } from '../append-log.ts'
import { decodeSegment, encodeSegment, type StoredSegment, storedSegment } from '../history/revision.ts'
import type { Bucket } from './client/bucket.ts'
import { keys } from './keys.ts'

export interface SegmentsOptions {
  bucket: Pick<Bucket, 'text' | 'putNew' | 'remove'>
  /** Memory for segments, in bytes of their objects. @default 32 MiB */
  maxBytes?: number
}

export interface Segments {
  /** A list with every segment loaded. @throws TintypeError `project_damaged`, `store_unavailable` */
  load(projectId: string, list: ImageList): Promise<ImageList>
  /** Images of a segment in memory. */
  cached(segment: Segment): readonly ImageRecord[] | undefined
  /** One image of a segment, undefined where it is not in it. @throws as `load` */
  find(projectId: string, segment: Segment, imageId: string): Promise<ImageRecord | undefined>
  /** Images of one segment. @throws as `load` */
  images(projectId: string, stored: StoredSegment): Promise<readonly ImageRecord[]>
  /** Writes the new segments of a list, which a revision may name then; returns the same object where none is new. */
  write(projectId: string, list: ImageList): Promise<ImageList>
  /** Removes segments that no revision names, now or ever. @throws TintypeError `store_unavailable` */
  remove(projectId: string, segmentIds: readonly string[]): Promise<void>
}

/** Segments that are removed at once. */
const REMOVED_AT_ONCE = 8

const newSegmentId = randomIds(16)

export const createSegments = ({ bucket, maxBytes }: SegmentsOptions): Segments => {
  const cache = new LRUCache<string, readonly ImageRecord[]>({ maxSize: maxBytes ?? 32 * 2 ** 20 })
  /** Reads under way, which others join. */
  const reading = new Map<string, Promise<readonly ImageRecord[]>>()

  const read = async (projectId: string, stored: StoredSegment): Promise<readonly ImageRecord[]> => {
    const text = await bucket.text(keys.segment(projectId, stored.id))
    try {
      const images = decodeSegment(text ?? '', stored)
      cache.set(stored.id, images, { size: stored.bytes })
      return images
    } catch (error) {
      const cause = text === undefined ? new Error(`segment ${stored.id} is missing`) : error
      throw new TintypeError('project_damaged', `A part of the image list of project "${projectId}" is damaged.`, {
        cause,
      })
    }
  }

  const images = async (projectId: string, stored: StoredSegment): Promise<readonly ImageRecord[]> => {
    const known = cache.get(stored.id) ?? reading.get(stored.id)
    if (known) return known
    const found = read(projectId, stored).finally(() => reading.delete(stored.id))
    reading.set(stored.id, found)
    return found
  }

  const imagesOf = async (projectId: string, segment: Segment): Promise<readonly ImageRecord[]> =>
    segment.images ?? images(projectId, storedSegment(segment.count, segment.stored))

  const writeSegment = async (projectId: string, segment: Segment): Promise<Segment> => {
    if (segment.stored || !segment.images) return segment
    const id = newSegmentId()
    const text = encodeSegment(segment.images)
    const focal = focalPointsOf(segment.images).size > 0 ? ({ focal_points: true } as const) : {}
    const stored = { id, bytes: Buffer.byteLength(text), sha256: sha256(text), ...focal }
    // A taken key is that of an earlier attempt: nobody else makes this id.
    await bucket.putNew(keys.segment(projectId, id), text)
    cache.set(id, segment.images, { size: stored.bytes })
    return { ...segment, stored }
  }

  return {
    images,

    cached: ({ images: loaded, stored }) => loaded ?? (stored && cache.get(stored.id)),

    async find(projectId, segment, imageId) {
      return (await imagesOf(projectId, segment)).find(({ id }) => id === imageId)
    },

    async load(projectId, list) {
      if (list.segments.every((segment) => segment.images)) return list
      const loaded = list.segments.map(async (segment) => ({ ...segment, images: await imagesOf(projectId, segment) }))
      return { ...list, segments: await Promise.all(loaded) }
    },

    async write(projectId, list) {
      if (list.segments.every((segment) => segment.stored)) return list
      return { ...list, segments: await Promise.all(list.segments.map((each) => writeSegment(projectId, each))) }
    },

    async remove(projectId, segmentIds) {
      await inGroups(segmentIds, REMOVED_AT_ONCE, async (id) => {
        cache.delete(id)
        await bucket.remove(keys.segment(projectId, id))
      })
    },
  }
}

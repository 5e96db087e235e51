// Sealed segments of images: written once, named by revisions, removed with the last revision that names them.

import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { TintypeError } from '../../../core/errors.ts'
import { inGroups } from '../../../core/in-groups.ts'
import { focalPointsOf } from '../../../core/project/focal-points.ts'
import type { ImageList, Segment } from '../../../core/project/image-list.ts'
import type { ImageRecord } from '../../../core/project/model.ts'
import { randomIds } from '../../../core/random-id.ts'
import { sha256 } from '../../append-log.ts'
import {
  decodeSegment,
  decodeSegmentImage,
  encodeSegment,
  namedSegments,
  type Revision,
  type StoredSegment,
  storedSegment,
} from '../../history/revision.ts'
import {
  allDone,
  codeOf,
  linkNew,
  makeFolder,
  readText,
  removeFile,
  sync,
  unlessMissing,
  writeNew,
} from '../fs/durable.ts'
import { refuseLinkedProject } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import { revisionNumbers } from './revision-file.ts'

export interface SegmentsOptions {
  paths: Paths
  /** Memory for segments, in bytes of their files. @default 32 MiB */
  maxBytes?: number
}

export interface Segments {
  /** A list with every segment loaded. @throws TintypeError `project_damaged`; errors of the system */
  load(projectId: string, list: ImageList): Promise<ImageList>
  /** Images of a segment in memory. */
  cached(segment: Segment): readonly ImageRecord[] | undefined
  /**
   * One image of a segment, undefined where it is not in it. Others are not read, so that a list of the covers of long
   * projects costs little more than one of short ones. @throws TintypeError `project_damaged`; errors of the system
   */
  find(projectId: string, segment: Segment, imageId: string): Promise<ImageRecord | undefined>
  /** Images of one segment. @throws TintypeError `project_damaged`; errors of the system */
  images(projectId: string, stored: StoredSegment): Promise<readonly ImageRecord[]>
  /**
   * Writes the new segments of a list; returns the same object where none is new. Each stays linked in `folder` until
   * `settle`, so that a sweep finds the segments of a writer that died. A revision may name them after `secure`.
   */
  write(projectId: string, list: ImageList, folder: string): Promise<ImageList>
  /** Makes the names of the segments linked in `folder` durable. */
  secure(projectId: string, folder: string): Promise<void>
  /** `write` and `secure`. */
  store(projectId: string, list: ImageList, folder: string): Promise<ImageList>
  /** Keeps the segments that a committed revision names: removes their links in `folder`. */
  settle(folder: string, revision: Revision): Promise<void>
  /** Removes the segments linked in `folder` that no revision on disk names. */
  drop(projectId: string, folder: string): Promise<void>
  /** Removes those of the segments that no revision on disk names. @param but a revision that does not count */
  dropUnnamed(projectId: string, ids: readonly string[], but?: number): Promise<void>
}

/** Single images in memory: covers, about a kilobyte each. */
const MAX_FOUND = 5000

/** Segments that are read at once for a list: their files and texts are in memory meanwhile, 300 kB each. */
const MOST_AT_ONCE = 8

const newSegmentId = randomIds(16)

/** Codes of the system for a damaged segment; undefined where its content is damaged. */
const DAMAGE: ReadonlySet<string | undefined> = new Set([undefined, 'ENOENT', 'ELOOP'])

/** Name of a segment's link in a work folder. */
export const SEGMENT_FILE = /^run-([0-9a-z]{16})\.json$/

export const createSegments = ({ paths, maxBytes }: SegmentsOptions): Segments => {
  const cache = new LRUCache<string, readonly ImageRecord[]>({ maxSize: maxBytes ?? 32 * 2 ** 20 })
  const loading = new Map<string, Promise<readonly ImageRecord[]>>()
  /** Single images of other segments, by the id of the segment and their own. */
  const found = new LRUCache<string, ImageRecord>({ max: MAX_FOUND })

  const read = async <T>(
    projectId: string,
    stored: StoredSegment,
    decode: (text: string, stored: StoredSegment) => T,
  ): Promise<T> => {
    try {
      refuseLinkedProject(paths, projectId, paths.meta(projectId), paths.segments(projectId))
      return decode(await readText(paths.segment(projectId, stored.id)), stored)
    } catch (error) {
      if (!DAMAGE.has(codeOf(error))) throw error
      throw new TintypeError(
        'project_damaged',
        `A part of the image list of project "${projectId}" is damaged on disk; "tintype doctor" can repair it.`,
        { cause: error },
      )
    }
  }

  /** Reads a segment once for all who wait for it. */
  const images = async (projectId: string, stored: StoredSegment): Promise<readonly ImageRecord[]> => {
    const known = cache.get(stored.id) ?? loading.get(stored.id)
    if (known) return known
    const load = async () => {
      const loaded = await read(projectId, stored, decodeSegment)
      cache.set(stored.id, loaded, { size: stored.bytes })
      return loaded
    }
    const loaded = load().finally(() => loading.delete(stored.id))
    loading.set(stored.id, loaded)
    return loaded
  }

  const cached = ({ images, stored }: Segment) => images ?? (stored && cache.get(stored.id))

  const loadSegment = async (projectId: string, segment: Segment): Promise<Segment> =>
    segment.images
      ? segment
      : { ...segment, images: await images(projectId, storedSegment(segment.count, segment.stored)) }

  const ownFile = (folder: string, id: string) => join(folder, `run-${id}.json`)

  const writeSegment = async (segment: Segment, folder: string): Promise<Segment> => {
    if (segment.stored || !segment.images) return segment
    const id = newSegmentId()
    const text = encodeSegment(segment.images)
    await writeNew(ownFile(folder, id), text, false)
    const focal = focalPointsOf(segment.images).size > 0 ? ({ focal_points: true } as const) : {}
    const stored = { id, bytes: Buffer.byteLength(text), sha256: sha256(text), ...focal }
    cache.set(id, segment.images, { size: stored.bytes })
    return { ...segment, stored }
  }

  /** Filters segments that no revision on disk names, old revisions included. */
  const namedByNone = async (projectId: string, ids: readonly string[], but?: number): Promise<readonly string[]> => {
    let unnamed = ids
    // Newest first: old revisions may be pruned meanwhile, with their segments.
    for (const number of (await revisionNumbers(paths.meta(projectId))).toReversed()) {
      if (number === but) continue
      const text = (await readText(paths.revision(projectId, number)).catch(unlessMissing)) ?? ''
      unnamed = unnamed.filter((id) => !text.includes(id))
    }
    return unnamed
  }

  const dropUnnamed = async (projectId: string, ids: readonly string[], but?: number): Promise<void> => {
    const unnamed = ids.length > 0 ? await namedByNone(projectId, ids, but) : []
    if (unnamed.length > 0) refuseLinkedProject(paths, projectId, paths.meta(projectId), paths.segments(projectId))
    for (const id of unnamed) await removeFile(paths.segment(projectId, id))
    // Durably removed before their links in the work folder are.
    if (unnamed.length > 0) await sync(paths.segments(projectId)).catch(unlessMissing)
  }

  const write = async (projectId: string, list: ImageList, folder: string): Promise<ImageList> => {
    if (list.segments.every((segment) => segment.stored)) return list
    const segments: Segment[] = []
    for (const segment of list.segments) segments.push(await writeSegment(segment, folder))
    const written = segments.flatMap(({ stored }, at) => (stored && !list.segments[at]?.stored ? [stored.id] : []))
    // The links in the work folder are durable before the segments appear in the project, see `write`.
    await allDone([...written.map((id) => ownFile(folder, id)), folder, dirname(folder)].map(sync))
    // Missing in copies of a store without empty folders.
    await makeFolder(paths.segments(projectId))
    for (const id of written) await linkNew(ownFile(folder, id), paths.segment(projectId, id))
    return { ...list, segments }
  }

  const secure = async (projectId: string, folder: string): Promise<void> => {
    if (linkedIn(folder).length > 0) await sync(paths.segments(projectId))
  }

  return {
    cached,
    images,

    async find(projectId, segment, imageId) {
      const loaded = cached(segment)
      if (loaded) return loaded.find(({ id }) => id === imageId)
      const stored = storedSegment(segment.count, segment.stored)
      const key = `${stored.id}/${imageId}`
      const image =
        found.get(key) ?? (await read(projectId, stored, (text) => decodeSegmentImage(text, stored, imageId)))
      if (image) found.set(key, image)
      return image
    },

    write,
    secure,

    async load(projectId, list) {
      if (list.segments.every((segment) => segment.images)) return list
      const load = (segment: Segment) => loadSegment(projectId, segment)
      return { ...list, segments: await inGroups(list.segments, MOST_AT_ONCE, load) }
    },

    async store(projectId, list, folder) {
      const stored = await write(projectId, list, folder)
      await secure(projectId, folder)
      return stored
    },

    async settle(folder, revision) {
      const named = new Set(namedSegments(revision))
      for (const id of linkedIn(folder)) if (named.has(id)) await removeFile(ownFile(folder, id))
    },

    drop: (projectId, folder) => dropUnnamed(projectId, linkedIn(folder)),

    dropUnnamed,
  }
}

/** Ids of the segments linked in a work folder; none where it was swept. Synchronous: short and in memory. */
const linkedIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).flatMap((name) => SEGMENT_FILE.exec(name)?.[1] ?? [])
  } catch (error) {
    return unlessMissing(error) ?? []
  }
}

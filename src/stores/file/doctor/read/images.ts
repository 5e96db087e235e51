// Reads the images of a project while other processes may change it: from its head, from older documents, from files.

import { z } from 'zod'
import { fileNameOf, isImageId, type VariantName } from '../../../../core/names.ts'
import { imagesOf } from '../../../../core/project/image-list.ts'
import { type ImageRecord, imageSchema } from '../../../../core/project/model.ts'
import { type Revision, storedSegment } from '../../../history/revision.ts'
import type { Paths } from '../../paths.ts'
import type { DoctorContext } from '../context.ts'
import { iterateNames, parseJson, readText, statOf } from './files.ts'
import { readHistory } from './history.ts'
import { readMetaJson } from './meta-json.ts'
import { findPendingWork } from './pending-work.ts'
import { readSegment } from './segments.ts'

export interface ImageBatch {
  images: readonly ImageRecord[]
  /** Revision that the images are from. */
  revision: number
  /** Undefined for the newest images, which are in no segment yet. */
  segmentId: string | undefined
}

/** Limit where segments are sealed faster than they are checked, as a multiple of their number at the beginning. */
const MAX_ROUNDS = 4
const MIN_SEGMENTS = 16

/** Images of the head. An image that exists from beginning to end is in at least one batch. */
export async function* imageBatches({ paths, heads }: DoctorContext, projectId: string): AsyncGenerator<ImageBatch> {
  const done = new Set<string>()
  for (let most = Number.POSITIVE_INFINITY; done.size < most; ) {
    const head = await heads.read(projectId)
    if (!head || head.state.deleted) return
    const { revision, images: list } = head.state
    if (done.size === 0) most = (list.segments.length + MIN_SEGMENTS) * MAX_ROUNDS
    const next = list.segments.find(({ stored }) => stored && !done.has(stored.id))
    if (!next?.stored) return yield { images: list.tail, revision, segmentId: undefined }
    done.add(next.stored.id)
    const images = await readSegment(paths, projectId, storedSegment(next.count, next.stored))
    // A segment that was removed with its revision has its images elsewhere in the next head. A damaged one is reported
    // by the check of segments.
    if (typeof images !== 'string') yield { images, revision, segmentId: next.stored.id }
  }
}

/** The record of an image in the head, undefined where the image was deleted. @param batch where it was found before */
export const findNewestRecord = async (
  { paths, heads }: DoctorContext,
  projectId: string,
  imageId: string,
  batch?: ImageBatch,
): Promise<ImageRecord | undefined> => {
  const head = await heads.read(projectId)
  if (!head) return undefined
  const hasId = (image: ImageRecord) => image.id === imageId
  if (batch && isCurrent(head, batch)) return batch.images.find(hasId)
  const inTail = head.state.images.tail.find(hasId)
  if (inTail) return inTail
  for (const { count, stored } of head.state.images.segments.toReversed()) {
    const images = await readSegment(paths, projectId, storedSegment(count, stored))
    const found = typeof images === 'string' ? undefined : images.find(hasId)
    if (found) return found
  }
  return undefined
}

const isCurrent = ({ state }: Revision, { revision, segmentId }: ImageBatch): boolean =>
  state.revision === revision ||
  (segmentId !== undefined && state.images.segments.some(({ stored }) => stored?.id === segmentId))

const segmentSchema = z.array(imageSchema)

/**
 * Records of images that the head no longer has, from older revisions, segments and meta.json, in order of trust. Holds
 * the wanted records and one document in memory.
 */
export const findOldRecords = async (
  paths: Paths,
  projectId: string,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ImageRecord>> => {
  const found = new Map<string, ImageRecord>()
  const take = (images: readonly ImageRecord[]) => {
    for (const image of images) if (wanted.has(image.id) && !found.has(image.id)) found.set(image.id, image)
  }
  for (const { revision, misplaced } of (await readHistory(paths, projectId)).toReversed())
    take((revision ?? misplaced?.revision)?.state.images.tail ?? [])
  for await (const name of iterateNames(paths.segments(projectId))) {
    const file = await readText(paths.segment(projectId, name.replace(/\.json$/, '')))
    take((file.type === 'text' ? segmentSchema.safeParse(parseJson(file.text)).data : undefined) ?? [])
  }
  const published = await readMetaJson(paths, projectId)
  take(published ? imagesOf(published.images) : [])
  return found
}

export interface UnlistedOriginal {
  imageId: string
  /** Modification time of the file, as ISO 8601. */
  writtenAt: string
}

/**
 * Files in `original/` of images that no list names, oldest first, without those of uploads under way.
 *
 * @param owners with `alive`, uploads of processes that have ended are unlisted too
 */
export const findUnlistedOriginals = async (
  paths: Paths,
  projectId: string,
  isListed: (imageId: string) => boolean,
  owners: 'all' | 'alive',
): Promise<UnlistedOriginal[]> => {
  const found: UnlistedOriginal[] = []
  for await (const name of iterateNames(paths.variants(projectId, 'original'))) {
    const imageId = imageIdOf(name, 'original')
    if (imageId === undefined || isListed(imageId)) continue
    const stats = await statOf(paths.variant(projectId, imageId, 'original'))
    if (stats?.isFile()) found.push({ imageId, writtenAt: stats.mtime.toISOString() })
  }
  const { imageIds } = await findPendingWork(paths, projectId, owners)
  return found
    .filter(({ imageId }) => !imageIds.has(imageId))
    .sort((one, other) => (one.writtenAt + one.imageId < other.writtenAt + other.imageId ? -1 : 1))
}

/** The image id in the name of a variant's file, undefined for any other name. */
export const imageIdOf = (fileName: string, name: VariantName): string | undefined => {
  const imageId = fileName.slice(0, fileName.indexOf('.'))
  return isImageId(imageId) && fileName === fileNameOf(imageId, name) ? imageId : undefined
}

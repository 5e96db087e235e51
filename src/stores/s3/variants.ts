// Variants of images in a bucket, read through the local disk for as long as their image is part of its project.

import type { VariantName } from '../../core/names.ts'
import { unknownImage } from '../../core/not-found.ts'
import type { ImageRecord, Variant } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { Store, StoredFile, VariantReference } from '../store.ts'
import type { Bucket } from './client/bucket.ts'
import type { DiskCache, Fetch } from './disk-cache.ts'
import { keys } from './keys.ts'
import type { Segments } from './segments.ts'

export interface VariantsOptions {
  bucket: Pick<Bucket, 'read'>
  cache: DiskCache
  segments: Pick<Segments, 'find' | 'cached'>
  /** The newest state of a project that this process knows of; undefined where it is none. */
  known(projectId: string): ProjectState | undefined
  /** State of a project as it was a few seconds ago, or is; undefined where it does not exist. */
  recent(projectId: string): Promise<ProjectState | undefined>
  /** Newest state of a project; undefined where it does not exist. */
  newest(projectId: string): Promise<ProjectState | undefined>
}

export type Variants = Pick<
  Store,
  'openVariant' | 'findVariant' | 'statVariant' | 'currentVariant' | 'withLocalFile' | 'renderSource'
>

export const createVariants = ({ bucket, cache, segments, known, recent, newest }: VariantsOptions): Variants => {
  /** Record of an image, where it is part of the project. @param at the revision that it is for. @default any */
  const recordOf = async (projectId: string, imageId: string, at?: number): Promise<ImageRecord | undefined> => {
    const state = await recent(projectId)
    const found = await findIn(state, imageId, at)
    if (found) return found
    // It may have been added on another server a moment ago.
    const next = await newest(projectId)
    return next?.revision === state?.revision ? undefined : findIn(next, imageId, at)
  }

  const findIn = async (state: ProjectState | undefined, imageId: string, at: number | undefined) => {
    if (!state || (at !== undefined && state.revision !== at)) return undefined
    const inTail = state.images.tail.find(({ id }) => id === imageId)
    if (inTail) return inTail
    // Newest first, as most requests are for new images.
    for (const segment of state.images.segments.toReversed()) {
      const found = await segments.find(state.project_id, segment, imageId)
      if (found) return found
    }
    return undefined
  }

  /** As `findIn`, in what is in memory. */
  const findNow = ({ images: { tail, segments: sealed } }: ProjectState, imageId: string): ImageRecord | undefined => {
    for (const images of [tail, ...sealed.toReversed().map(segments.cached)]) {
      const found = images?.find(({ id }) => id === imageId)
      if (found) return found
    }
    return undefined
  }

  /** Takes a variant from the cache; undefined where it does not exist. */
  const taken = async <Result>(
    { projectId, imageId, size }: VariantReference,
    take: (content: Variant, fetch: Fetch, record: ImageRecord) => Promise<Result>,
  ): Promise<{ result: Result } | undefined> => {
    const record = await recordOf(projectId, imageId)
    const content = record?.sizes[size]
    if (!record || !content) return undefined
    const key = keys.variant(projectId, imageId, size)
    try {
      return { result: await take(content, () => bucket.read(key, 0, content.bytes), record) }
    } catch (error) {
      // Another server may have deleted it meanwhile, and its object with it.
      if (await findIn(await newest(projectId), imageId, undefined)) throw error
      return undefined
    }
  }

  const findVariant: Store['findVariant'] = async (projectId, imageId, size, at) => {
    const record = await recordOf(projectId, imageId, at)
    return record && fileOf(record, size)
  }

  return {
    async openVariant(projectId, imageId, size) {
      const found = await taken({ projectId, imageId, size }, async (content, fetch, record) => ({
        ...(await cache.file(content, fetch)),
        ...fileOf(record, size),
      }))
      return found?.result
    },

    findVariant,
    statVariant: findVariant,

    // Without a revision, no state in memory can be shown to be the newest.
    currentVariant(projectId, imageId, size, _share, at) {
      const state = at === undefined ? undefined : known(projectId)
      if (state?.revision !== at) return undefined
      const record = state && findNow(state, imageId)
      return record && fileOf(record, size)
    },

    async withLocalFile(reference, use) {
      const found = await taken(reference, (content, fetch) => cache.withPath(content, fetch, use))
      if (!found) throw unknownImage(reference.projectId, reference.imageId)
      return found.result
    },

    async renderSource(projectId, imageId) {
      const record = await recordOf(projectId, imageId)
      if (!record) throw unknownImage(projectId, imageId)
      return { projectId, imageId, size: record.sizes.source ? 'source' : 'original' }
    },
  }
}

/** A variant never changes, so it is as old as its image on every server. */
const fileOf = (record: ImageRecord, size: VariantName): StoredFile | undefined => {
  const variant = record.sizes[size]
  return variant && { bytes: variant.bytes, modifiedMs: Date.parse(record.created_at) }
}

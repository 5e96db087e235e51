// Pictures from a bucket that is not ours: images of the objects in the source of a project, imported at their first
// request and again when the object has changed.

import { type ErrorCode, PICTURE_ERRORS, readOnlyStore, TintypeError } from '../../core/errors.ts'
import { unknownObject } from '../../core/not-found.ts'
import type { ReadableState } from '../../core/project/state.ts'
import { type BucketPrefix, isBelow, isObjectKey, parseSourceUrl, sourceUrlOf } from '../../core/sources/source-url.ts'
import type { Store } from '../../stores/store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { createImageIndex } from '../images/image-index.ts'
import { createObjectChecks } from './object-checks.ts'
import { type ImportObject, sourceUnavailable } from './object-import.ts'
import type { FoundObject, SourceBucket, SourceBuckets } from './source-bucket.ts'

export interface SourcePicturesOptions {
  store: Pick<Store, 'imageList' | 'isReadOnly'>
  /** Prefixes that sources may be in. A source outside of them, of a copied store or older settings, has no objects. */
  prefixes: readonly BucketPrefix[]
  bucketOf: SourceBuckets
  importObject: ImportObject
  log: Logger
}

export interface SourcePictures {
  /**
   * Id of the image of an object. The object is compared with its bucket at most once a minute, and imported where the
   * project has no image of it, or one of an older version. Undefined where the project has changed, by an import too:
   * read and authorize it again.
   *
   * @param key below the source
   * @throws TintypeError `object_not_found`, `source_unavailable`; those of an upload. Where they say nothing of the object,
   *   an image of an older version is found in their place
   */
  find(project: ReadableState, key: string): Promise<string | undefined>
  /** Ends imports under way. */
  close(): Promise<void>
}

/** An object that may be requested, of one project. */
interface Located {
  projectId: string
  bucket: SourceBucket
  /** In the bucket. */
  key: string
  url: string
}

/** The image of an object, and the version that it was made of. */
interface Known {
  id: string
  etag: string
}

/** Errors that another attempt of the same object would give again. */
const OF_OBJECT: ReadonlySet<ErrorCode> = new Set([...PICTURE_ERRORS, 'upload_too_large', 'image_too_slow'])

/** Errors of other things that do not pass at once: another attempt would read the object for nothing. */
const LASTING: ReadonlySet<ErrorCode> = new Set([
  'quota_exceeded',
  'storage_full',
  'encoder_failed',
  'store_unavailable',
  'source_unavailable',
])

const isOf = (codes: ReadonlySet<ErrorCode>, error: unknown): error is TintypeError =>
  error instanceof TintypeError && codes.has(error.code)

/** Errors in whose place an image of an older version is served. */
const PASSING: ReadonlySet<ErrorCode> = new Set([...LASTING, 'busy'])

export const createSourcePictures = (options: SourcePicturesOptions): SourcePictures => {
  const { store, prefixes, bucketOf, importObject, log } = options
  const checks = createObjectChecks()
  const index = createImageIndex<Known>({
    store,
    nameOf: ({ object }) => object?.url,
    valueIn: ({ id, object }) => ({ id, etag: object?.etag ?? '' }),
  })
  /** By project and object. Each resolves with true where the project has changed. */
  const underWay = new Map<string, Promise<boolean>>()
  const ending = new AbortController()

  const locate = ({ project_id: projectId, source }: ReadableState, key: string): Located => {
    const below = source === undefined ? undefined : parseSourceUrl(source)
    if (!below || !isBelow(below, prefixes) || !isObjectKey(below.prefix + key)) throw unknownObject(projectId, key)
    return { projectId, bucket: bucketOf(below.bucket), key: below.prefix + key, url: sourceUrlOf(below, key) }
  }

  /** @throws TintypeError `source_unavailable` */
  const headOf = async ({ projectId, bucket, key }: Located): Promise<FoundObject | undefined> => {
    try {
      return (await bucket.head(key)).found
    } catch (error) {
      log.warn({ error, projectId }, 'the source of a project cannot be read')
      throw sourceUnavailable(projectId, error)
    }
  }

  /** Imports an object unless its image is of its present version. Resolves with true where it was imported. */
  const refresh = async (object: Located, known: Known | undefined): Promise<boolean> => {
    const found = await headOf(object)
    const etag = found && (found.etag ?? `${found.bytes}-${found.modifiedMs}`)
    const isNew = found !== undefined && etag !== undefined && etag !== known?.etag
    if (isNew) await importObject({ ...object, etag, found, signal: ending.signal })
    checks.keep(nameOf(object), { etag })
    return isNew
  }

  const refreshOnce = (object: Located, known: Known | undefined): Promise<boolean> => {
    const name = nameOf(object)
    const before = underWay.get(name)
    if (before) return before
    const work = refresh(object, known)
      .catch((error: unknown) => {
        if (isOf(OF_OBJECT, error)) checks.keep(name, { error })
        else if (isOf(LASTING, error)) checks.keepBriefly(name, { error })
        throw error
      })
      .finally(() => underWay.delete(name))
    underWay.set(name, work)
    return work
  }

  return {
    async find(project, key) {
      const object = locate(project, key)
      for (;;) {
        const known = await index.find(project, object.url)
        if (known === undefined) return undefined
        if (known && store.isReadOnly()) return known.id
        if (store.isReadOnly()) throw readOnlyStore()
        const check = checks.find(nameOf(object))
        try {
          if (check && 'error' in check) throw check.error
          if (check && check.etag === undefined) throw unknownObject(object.projectId, key)
          if (known && check?.etag === known.etag) return known.id
          if (await refreshOnce(object, known ?? undefined)) return undefined
        } catch (error) {
          // What is stored is served for as long as nothing newer can be had.
          if (known && isOf(PASSING, error)) return known.id
          throw error
        }
      }
    },

    async close() {
      ending.abort(
        new TintypeError('shutting_down', 'The server is shutting down and imports nothing.', { retryAfterSeconds: 5 }),
      )
      await Promise.allSettled(underWay.values())
    },
  }
}

const nameOf = ({ projectId, url }: Pick<Located, 'projectId' | 'url'>): string => `${projectId}\n${url}`

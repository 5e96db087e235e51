// Imports an object as an upload without a client: received, encoded, charged and committed by the same steps.

import { TintypeError } from '../../core/errors.ts'
import { cleanFileName } from '../../core/names.ts'
import type { EncoderPool } from '../../image/encoder.ts'
import type { Store } from '../../stores/store.ts'
import { fileTooLarge } from '../images/bulk-limits.ts'
import { receiveInto, type StoreUpload } from '../images/upload.ts'
import type { FoundObject, SourceBucket } from './source-bucket.ts'

export interface ObjectImportOptions {
  store: Pick<Store, 'stage'>
  encoders: Pick<EncoderPool, 'assertRoom'>
  storeUpload: StoreUpload
  /** In bytes. */
  maxUploadBytes: number
  /** Limit of the images of a project. @default no limit */
  maxImages?: number
}

export interface ImportedObject {
  projectId: string
  bucket: SourceBucket
  /** In the bucket. */
  key: string
  /** See the schema of images. */
  url: string
  etag: string
  found: FoundObject
  signal: AbortSignal
}

/** @throws TintypeError those of uploads; `source_unavailable`; `busy` where the object or the source has just changed */
export type ImportObject = (object: ImportedObject) => Promise<void>

export const createObjectImport =
  ({ store, encoders, storeUpload, maxUploadBytes, maxImages }: ObjectImportOptions): ImportObject =>
  async ({ projectId, bucket, key, url, etag, found, signal }) => {
    if (found.bytes === 0) throw new TintypeError('empty_file', 'Expected an image in the source, it has 0 bytes.')
    if (found.bytes > maxUploadBytes) throw fileTooLarge(maxUploadBytes)
    encoders.assertRoom()
    const stage = await store.stage(projectId)
    try {
      const { sha256 } = await receiveInto(
        stage,
        contentOf(projectId, bucket.read(key, 0, found.bytes, found.etag)),
        true,
      )
      const terms = { object: { url, etag }, maxImages }
      const details = { name: cleanFileName(key) || undefined }
      await storeUpload({ projectId, stage, source: stage.uploadPath, sha256, terms, details, by: undefined, signal })
    } finally {
      await stage.discard()
    }
  }

async function* contentOf(projectId: string, pieces: AsyncIterable<Uint8Array>) {
  try {
    yield* pieces
  } catch (error) {
    throw error instanceof TintypeError ? sourceUnavailable(projectId, error) : changedMeanwhile(error)
  }
}

/** Without the names of the bucket and its engine, which callers may not know. */
export const sourceUnavailable = (projectId: string, cause: unknown): TintypeError =>
  new TintypeError('source_unavailable', `The source of project "${projectId}" cannot be read now.`, {
    cause,
    retryAfterSeconds: 5,
  })

const changedMeanwhile = (cause: unknown): TintypeError =>
  new TintypeError('busy', 'The object was changed while it was read.', { cause, retryAfterSeconds: 1 })

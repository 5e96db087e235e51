// Pictures from buckets that are not ours: their clients, each for one bucket, and the import of objects.

import { createUploadSteps } from '../../services/images/upload.ts'
import { createObjectImport } from '../../services/sources/object-import.ts'
import type { SourceBucket } from '../../services/sources/source-bucket.ts'
import { createSourcePictures, type SourcePictures } from '../../services/sources/source-pictures.ts'
import type { Bucket } from '../../stores/s3/client/bucket.ts'
import type { buildEncoders } from '../encoders.ts'
import type { Foundation } from '../foundation.ts'
import type { buildImages } from '../images.ts'
import type { Stored } from '../store.ts'
import { openBucket } from './client.ts'

/** A request waits: repetitions end soon, in milliseconds. */
const DEADLINE_MS = 5000

export const buildSources = (
  { options, log, metrics }: Foundation,
  { store }: Stored,
  encoders: ReturnType<typeof buildEncoders>,
  { limits, variants }: Pick<ReturnType<typeof buildImages>, 'limits' | 'variants'>,
): SourcePictures => {
  const { sources, maxUploadBytes = 25 * 2 ** 20 } = options
  const buckets = new Map<string, Bucket>()
  const onAttempt = sources && metrics.createBucketMeter('source')

  const bucketOf = (name: string): SourceBucket => {
    if (!sources) throw new Error('expected sources')
    const known = buckets.get(name)
    if (known) return known
    const access = { ...sources.access, bucket: name, prefix: '' }
    const bucket = openBucket(access, { deadlineMs: DEADLINE_MS, ...(onAttempt ? { onAttempt } : {}) })
    bucket.refuseWrites()
    buckets.set(name, bucket)
    return bucket
  }

  const { storeUpload } = createUploadSteps({ store, encoders, variants, ...limits })
  const importObject = createObjectImport({ store, encoders, storeUpload, maxUploadBytes, maxImages: limits.maxImages })
  const pictures = createSourcePictures({ store, prefixes: sources?.prefixes ?? [], bucketOf, importObject, log })
  return {
    ...pictures,
    async close() {
      await pictures.close()
      for (const bucket of buckets.values()) await bucket.close()
    },
  }
}

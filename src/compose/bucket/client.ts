// Client of the bucket that holds the store, or its copy.

import type { BucketAccess } from '../../core/bucket-settings.ts'
import { type Bucket, createBucket } from '../../stores/s3/client/bucket.ts'
import { createCredentialSource } from '../../stores/s3/client/credentials.ts'
import type { TransportOptions } from '../../stores/s3/client/transport.ts'

export const openBucket = (
  settings: BucketAccess,
  options: Pick<TransportOptions, 'onAttempt' | 'deadlineMs'> = {},
): Bucket => {
  const { bucket, prefix, endpoint, region, isPathStyle, credentials } = settings
  return createBucket({
    ...{ bucket, prefix, region, ...options },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isPathStyle === undefined ? {} : { isPathStyle }),
    credentials: createCredentialSource(credentials),
  })
}

// The bucket of the settings, and what cannot be had with it, or without it.

import { resolve } from 'node:path'
import type { z } from 'zod'
import { type BucketSettings, bucketSettingsOf } from '../core/bucket-settings.ts'
import type { settings } from './settings.ts'

type Parsed = z.output<z.ZodObject<typeof settings>>

/** Settings that make sense with a bucket alone, by their default. */
const NEEDS_STORE = {
  s3Endpoint: '',
  s3Region: '',
  s3PathStyle: 'auto',
  s3CreateBucket: false,
  bucketCacheDir: resolve('./bucket-cache'),
  bucketCacheBytes: 10 * 2 ** 30,
  staleSeconds: 5,
} as const

export const bucketOf = (parsed: Parsed, context: z.RefinementCtx): BucketSettings | undefined => {
  const refuse = (path: keyof Parsed, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  const bucket = bucketSettingsOf({
    ...parsed,
    s3Region: parsed.s3Region || parsed.awsRegion,
  })
  if (!bucket) {
    for (const [key, initial] of Object.entries(NEEDS_STORE))
      if (isKey(key) && parsed[key] !== initial) refuse(key, 'expected no value without STORE, got one')
    return undefined
  }
  if (parsed.storageDir !== resolve('./storage'))
    refuse('storageDir', 'expected no value with STORE, which holds everything; the local folder is BUCKET_CACHE_DIR')
  if (parsed.readOnly === true) refuse('readOnly', 'expected auto or false with STORE, got true')
  if (parsed.accelRedirect !== 'off')
    refuse('accelRedirect', 'expected off with STORE, because nginx has no folder of pictures to send from')
  if (parsed.encoders === 0)
    refuse('encoders', 'expected at least 1 with STORE, because "tintype work" has no folder in common; got 0')
  if ((parsed.awsAccessKeyId === '') !== (parsed.awsSecretAccessKey === ''))
    refuse(
      parsed.awsAccessKeyId === '' ? 'awsAccessKeyId' : 'awsSecretAccessKey',
      'expected a value, because the other half of the key is set, got nothing',
    )
  return bucket
}

const isKey = (key: string): key is keyof typeof NEEDS_STORE => key in NEEDS_STORE

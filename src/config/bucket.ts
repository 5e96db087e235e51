// The buckets of the settings, and what cannot be had with them, or without them.

import { resolve } from 'node:path'
import type { z } from 'zod'
import {
  type BucketSettings,
  bucketSettingsOf,
  type FallbackSettings,
  fallbackSettingsOf,
  type SourceSettings,
  sourceSettingsOf,
} from '../core/bucket-settings.ts'
import type { settings } from './settings.ts'

type Parsed = z.output<z.ZodObject<typeof settings>>
type Refuse = (path: keyof Parsed, message: string) => void

/** Settings that make sense with a bucket alone, by their default. */
const NEEDS_BUCKET = {
  s3Endpoint: '',
  s3Region: '',
  s3PathStyle: 'auto',
  s3CreateBucket: false,
} as const

/** Settings that make sense with a store in a bucket alone. */
const NEEDS_STORE = {
  bucketCacheDir: resolve('./bucket-cache'),
  bucketCacheBytes: 10 * 2 ** 30,
  redirectToBucket: false,
  staleSeconds: 5,
} as const

export const bucketOf = (parsed: Parsed, context: z.RefinementCtx): BucketSettings | undefined => {
  const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [path], message })
  const bucket = bucketSettingsOf({ ...parsed, s3Region: regionOf(parsed) })
  if (!bucket) {
    refuseSet(parsed, NEEDS_STORE, (key) => refuse(key, 'expected no value without STORE, got one'))
    if (parsed.fallback === '' && parsed.sources.length === 0)
      refuseSet(parsed, NEEDS_BUCKET, (key) =>
        refuse(key, 'expected no value without STORE, FALLBACK or SOURCES, got one'),
      )
    return undefined
  }
  if (parsed.storageDir !== resolve('./storage'))
    refuse('storageDir', 'expected no value with STORE, which holds everything; the local folder is BUCKET_CACHE_DIR')
  if (parsed.accelRedirect !== 'off')
    refuse('accelRedirect', 'expected off with STORE, because nginx has no folder of pictures to send from')
  if (parsed.encoders === 0)
    refuse('encoders', 'expected at least 1 with STORE, because "tintype work" has no folder in common; got 0')
  refuseHalfKey(parsed, refuse)
  return bucket
}

export const fallbackOf = (parsed: Parsed, context: z.RefinementCtx): FallbackSettings | undefined => {
  const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [path], message })
  const fallback = fallbackSettingsOf({ ...parsed, s3Region: regionOf(parsed) })
  if (!fallback) {
    for (const key of ['takeOver', 'localBytes'] as const)
      if (parsed[key]) refuse(key, 'expected no value without FALLBACK, got one')
    return undefined
  }
  if (parsed.store !== '') refuse('fallback', 'expected no value with STORE, which is in a bucket already')
  if (parsed.readOnly === true) refuse('readOnly', 'expected auto or false with FALLBACK, got true')
  refuseHalfKey(parsed, refuse)
  return fallback
}

export const sourcesOf = (parsed: Parsed, context: z.RefinementCtx): SourceSettings | undefined => {
  const sources = sourceSettingsOf({ ...parsed, s3Region: regionOf(parsed) })
  // The others say it too.
  if (sources && parsed.store === '' && parsed.fallback === '')
    refuseHalfKey(parsed, (path, message) => context.addIssue({ code: 'custom', path: [path], message }))
  return sources
}

const regionOf = ({ s3Region, awsRegion }: Parsed): string => s3Region || awsRegion

/** Refuses settings that have another value than their default. */
const refuseSet = (parsed: Parsed, defaults: object, refuse: (key: keyof Parsed) => void): void => {
  for (const [key, initial] of Object.entries(defaults)) if (isKey(key) && parsed[key] !== initial) refuse(key)
}

const isKey = (key: string): key is keyof typeof NEEDS_STORE | keyof typeof NEEDS_BUCKET =>
  key in NEEDS_STORE || key in NEEDS_BUCKET

const refuseHalfKey = ({ awsAccessKeyId, awsSecretAccessKey }: Parsed, refuse: Refuse): void => {
  if ((awsAccessKeyId === '') === (awsSecretAccessKey === '')) return
  refuse(
    awsAccessKeyId === '' ? 'awsAccessKeyId' : 'awsSecretAccessKey',
    'expected a value, because the other half of the key is set, got nothing',
  )
}

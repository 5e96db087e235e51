// The bucket that holds a store, or a copy of one: its URL, and the settings that come with it. Foreign buckets too.

import type { BucketPrefix } from './sources/source-url.ts'

/** A bucket, and how it is reached. */
export interface BucketAccess {
  bucket: string
  /** Begins every key: empty, or with a slash at the end. */
  prefix: string
  /** URL of the engine. @default AWS's of the region */
  endpoint?: string
  region: string
  /** See `LocationOptions`. */
  isPathStyle?: boolean
  /** Makes the bucket where it is missing. */
  create: boolean
  /** Static keys. @default the AWS provider chain */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
}

/** The bucket that holds a store. */
export interface BucketSettings extends BucketAccess {
  /** Local folder for uploads under way and copies of variants. */
  cacheDir: string
  /** Most bytes of the copies. */
  cacheBytes: number
  /** Time for which what another server deleted or revoked may still count here, in milliseconds. */
  staleMs: number
}

/** Foreign buckets that pictures are imported from: all of them are reached in one way. */
export interface SourceSettings {
  /** Prefixes that sources of projects may be in. */
  prefixes: readonly BucketPrefix[]
  access: Omit<BucketAccess, keyof BucketPrefix>
}

/** The bucket that a store in a folder is copied to. */
export interface FallbackSettings extends BucketAccess {
  /** Takes the bucket over from another store. */
  takeOver: boolean
  /** Most bytes of originals in the folder; 0 for no limit. */
  localBytes: number
}

export const STORE_URL_RULE = 's3://bucket or s3://bucket/prefix'

/** Names of buckets by the rules of AWS, and parts of a prefix that need no escape. */
const STORE_URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w!.()-]+)*)\/?$/

/** Undefined where the text is not valid. */
export const parseStoreUrl = (text: string): Pick<BucketAccess, 'bucket' | 'prefix'> | undefined => {
  const [, bucket, path = ''] = STORE_URL.exec(text) ?? []
  if (bucket === undefined || path.split('/').some((part) => part === '.' || part === '..')) return undefined
  return { bucket, prefix: path === '' ? '' : `${path.slice(1)}/` }
}

/** The URL of the store, as it is shown. */
export const storeUrlOf = ({ bucket, prefix }: Pick<BucketAccess, 'bucket' | 'prefix'>): string =>
  `s3://${bucket}/${prefix}`.replace(/\/$/, '')

interface AccessValues {
  s3Endpoint: string
  s3Region: string
  s3PathStyle: boolean | 'auto'
  s3CreateBucket: boolean
  awsAccessKeyId: string
  awsSecretAccessKey: string
  awsSessionToken: string
}

export interface BucketValues extends AccessValues {
  store: string
  bucketCacheDir: string
  bucketCacheBytes: number
  staleSeconds: number
}

export const DEFAULT_REGION = 'us-east-1'

/** Settings of the bucket; undefined where the store is a folder. @param values with a valid URL, or none */
export const bucketSettingsOf = (values: BucketValues): BucketSettings | undefined => {
  const access = accessOf(values.store, values)
  return (
    access && {
      ...access,
      cacheDir: values.bucketCacheDir,
      cacheBytes: values.bucketCacheBytes,
      staleMs: values.staleSeconds * 1000,
    }
  )
}

/** Settings of the fallback; undefined where there is none. @param values with a valid URL, or none */
export const fallbackSettingsOf = (
  values: AccessValues & { fallback: string; takeOver: boolean; localBytes: number },
): FallbackSettings | undefined => {
  const access = accessOf(values.fallback, values)
  const { takeOver, localBytes } = values
  return access && { ...access, takeOver, localBytes }
}

/** Settings of sources; undefined where there are none. */
export const sourceSettingsOf = (
  values: AccessValues & { sources: readonly BucketPrefix[] },
): SourceSettings | undefined =>
  values.sources.length === 0 ? undefined : { prefixes: values.sources, access: reachedBy(values) }

const accessOf = (text: string, values: AccessValues): BucketAccess | undefined => {
  const url = parseStoreUrl(text)
  return url && { ...url, ...reachedBy(values) }
}

const reachedBy = (values: AccessValues): SourceSettings['access'] => {
  const { awsAccessKeyId: accessKeyId, awsSecretAccessKey: secretAccessKey, awsSessionToken: sessionToken } = values
  return {
    region: values.s3Region || DEFAULT_REGION,
    create: values.s3CreateBucket,
    ...(values.s3Endpoint === '' ? {} : { endpoint: values.s3Endpoint }),
    ...(values.s3PathStyle === 'auto' ? {} : { isPathStyle: values.s3PathStyle }),
    ...(accessKeyId === '' || secretAccessKey === ''
      ? {}
      : { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) } }),
  }
}

// URLs of pictures in foreign buckets: a bucket with a prefix, and the keys below it.

import { partsOf } from '../text.ts'

export interface BucketPrefix {
  bucket: string
  /** Begins every key: empty, or with a slash at the end. */
  prefix: string
}

export const SOURCE_URL_RULE =
  's3://bucket or s3://bucket/prefix, the prefix without control characters and parts of one or two dots'

/** Names of buckets by the rules of AWS. */
export const SOURCE_URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s

/** Limit of a key with its prefix, in bytes of UTF-8, as of every engine. */
const MAX_KEY_BYTES = 1024

/** Parses the URL of a prefix, which is not encoded in any way. Undefined where it is not valid. */
export const parseSourceUrl = (text: string): BucketPrefix | undefined => {
  const [, bucket, path = ''] = SOURCE_URL.exec(text) ?? []
  if (bucket === undefined || (path !== '' && !isObjectKey(path))) return undefined
  return { bucket, prefix: path === '' || path.endsWith('/') ? path : `${path}/` }
}

/**
 * True for a key that can be requested. Parts of one or two dots never arrive as they are: URLs are made without them, so
 * that the request would be for another key.
 */
export const isObjectKey = (key: string): boolean =>
  key !== '' &&
  Buffer.byteLength(key) <= MAX_KEY_BYTES &&
  !/[\p{Cc}\p{Cs}]/u.test(key) &&
  !key.split('/').some((part) => part === '.' || part === '..')

/** The URL of a prefix, or of an object, as it is stored and compared. */
export const sourceUrlOf = ({ bucket, prefix }: BucketPrefix, key = ''): string => `s3://${bucket}/${prefix}${key}`

/** True where everything below a prefix lies below one of the others. */
export const isBelow = ({ bucket, prefix }: BucketPrefix, others: readonly BucketPrefix[]): boolean =>
  others.some((other) => other.bucket === bucket && prefix.startsWith(other.prefix))

/** Parses a list of prefixes, separated by commas. Undefined where one of them is not valid. */
export const parseSourceUrls = (text: string): readonly BucketPrefix[] | undefined => {
  const urls = partsOf(text, ',').map(parseSourceUrl)
  return urls.every((url) => url !== undefined) ? urls : undefined
}

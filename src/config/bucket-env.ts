// Environment of commands that work on buckets: engine, region and keys.

import { DEFAULT_REGION, parseStoreUrl, STORE_URL_RULE } from '../core/bucket-settings.ts'

export interface BucketEnv {
  endpoint: string | undefined
  region: string
  /** See `LocationOptions`. */
  isPathStyle: boolean | undefined
  /** Whether a bucket is made where it is missing. */
  create: boolean
  /** @default the AWS provider chain */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined
}

/** Reads FALLBACK, the bucket of a store in a folder; undefined where it is not set. @throws Error where it is no such URL */
export const readFallbackEnv = (env: Readonly<Record<string, string | undefined>> = process.env) => {
  const text = env.FALLBACK || undefined
  const found = text === undefined ? undefined : parseStoreUrl(text)
  if (text !== undefined && !found) throw new Error(`FALLBACK: expected ${STORE_URL_RULE}, got "${text}"`)
  return found
}

/**
 * Reads the environment; empty values count as not set.
 *
 * @param prefix of variables that come before those without it, such as `SOURCE_`. @default none
 * @param env @default process.env
 * @throws Error with one line for each mistake
 */
export const readBucketEnv = (
  prefix = '',
  env: Readonly<Record<string, string | undefined>> = process.env,
): BucketEnv => {
  const mistakes: string[] = []
  const value = (name: string) => env[prefix + name] || env[name] || undefined
  const flag = (name: string): boolean | undefined => {
    const text = value(name)
    if (text !== undefined && text !== 'true' && text !== 'false')
      mistakes.push(`${name}: expected true or false, got "${text}"`)
    return text === undefined ? undefined : text === 'true'
  }
  const endpoint = value('S3_ENDPOINT')
  if (endpoint !== undefined && !/^https?:\/\/[^/?#@\s]+\/?$/.test(endpoint))
    mistakes.push(`S3_ENDPOINT: expected an http or https URL without a path, got "${endpoint}"`)
  // A key and its secret belong together: one half of each would be another key.
  const own =
    prefix !== '' && (env[`${prefix}AWS_ACCESS_KEY_ID`] || env[`${prefix}AWS_SECRET_ACCESS_KEY`]) ? prefix : ''
  const of = (name: string) => env[own + name] || undefined
  const [accessKeyId, secretAccessKey] = [of('AWS_ACCESS_KEY_ID'), of('AWS_SECRET_ACCESS_KEY')]
  const sessionToken = of('AWS_SESSION_TOKEN')
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    mistakes.push(`${own}AWS_ACCESS_KEY_ID and ${own}AWS_SECRET_ACCESS_KEY: expected both or none, got one`)
  const read = {
    endpoint,
    region: value('S3_REGION') ?? value('AWS_REGION') ?? DEFAULT_REGION,
    isPathStyle: flag('S3_PATH_STYLE'),
    create: flag('S3_CREATE_BUCKET') ?? false,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  }
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
  return read
}

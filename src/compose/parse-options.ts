// Parses the options of an embedding program that may be text, with the parsers of the settings.

import type { FixedKey } from '../core/auth/api-key.ts'
import { parseFixedKeys } from '../core/auth/api-key.ts'
import type { Issuer } from '../core/auth/issuer.ts'
import {
  isSender,
  isSmtpUrl,
  type MailSettings,
  PUBLIC_URL_RULE,
  parsePublicUrl,
  SENDER_RULE,
  SMTP_URL_RULE,
} from '../core/auth/mail.ts'
import { isOidcIssuer, OIDC_ISSUER_RULE, type OidcSettings } from '../core/auth/oidc.ts'
import {
  type BucketSettings,
  bucketSettingsOf,
  type FallbackSettings,
  fallbackSettingsOf,
  parseStoreUrl,
  type SourceSettings,
  STORE_URL_RULE,
  sourceSettingsOf,
} from '../core/bucket-settings.ts'
import { isQueueUrl, QUEUE_URL_RULE } from '../core/jobs/queue-url.ts'
import { type IsTrusted, parseProxies } from '../core/request/forwarded.ts'
import { type AllowedOrigins, parseOrigins } from '../core/request/origins.ts'
import { isRedisUrl, REDIS_URL_RULE } from '../core/request/redis-url.ts'
import { type BucketPrefix, parseSourceUrls, SOURCE_URL_RULE } from '../core/sources/source-url.ts'
import { parsePrefetch } from '../core/transform/prefetch.ts'
import { type Presets, parsePresets } from '../core/transform/presets.ts'
import type { Recipe } from '../core/transform/recipe.ts'
import { parseSigningKeys } from '../core/transform/signature.ts'
import { type AllowedDestinations, parseAllowed, parseDestination, URL_RULE } from '../core/webhooks/destination.ts'
import { isSecretText, SECRET_RULE, type WebhookSettings } from '../core/webhooks/model.ts'
import type { TintypeOptions } from '../options.ts'

interface ParsedValues {
  signingKeys: readonly string[]
  presets: Presets
  prefetch: readonly Recipe[]
  apiKeys: readonly FixedKey[]
  trustProxy: IsTrusted
  allowedOrigins: AllowedOrigins
  issuer: Issuer | undefined
  mail: MailSettings | undefined
  oidc: OidcSettings | undefined
  webhook: WebhookSettings | undefined
  webhookAllow: AllowedDestinations
  /** Bucket that holds the store; undefined where a folder does. */
  bucket?: BucketSettings | undefined
  /** Bucket that the folder is copied to. */
  fallback?: FallbackSettings | undefined
  /** Foreign buckets that pictures are imported from. */
  sources?: SourceSettings | undefined
}

type BucketText =
  | 'store'
  | 'takeOver'
  | 'localBytes'
  | 's3Endpoint'
  | 's3Region'
  | 's3PathStyle'
  | 's3CreateBucket'
  | 's3Credentials'
  | 'bucketCacheDir'
  | 'bucketCacheBytes'
  | 'staleSeconds'

/** Options without text to parse, as the settings of a server are. */
export interface ParsedOptions
  extends ParsedValues,
    Omit<
      TintypeOptions,
      | keyof ParsedValues
      | BucketText
      | 'jwksUrl'
      | 'jwksIssuer'
      | 'jwksAudience'
      | 'oidcIssuer'
      | 'oidcClientId'
      | 'oidcClientSecret'
      | 'oidcName'
      | 'smtpUrl'
      | 'mailFrom'
      | 'webhookUrl'
      | 'webhookSecret'
    > {}

/** @throws TintypeError `invalid_parameter`, Error that names the value that is not valid */
export const parseOptions = (given: TintypeOptions): ParsedOptions => {
  const { bucket, fallback, sources, options } = takeBucket(given)
  const { jwksUrl, jwksIssuer = '', jwksAudience = '', webhookUrl, webhookSecret, ...others } = options
  const { smtpUrl = '', mailFrom = '', oidcIssuer, oidcClientId, oidcClientSecret, oidcName, ...rest } = others
  const publicUrl = parsePublic(options.publicUrl)
  if (options.queue && !isQueueUrl(options.queue)) throw new Error(`queue: expected ${QUEUE_URL_RULE}`)
  // Not repeated: it has a password.
  if (options.rateLimitRedis && !isRedisUrl(options.rateLimitRedis))
    throw new Error(`rateLimitRedis: expected ${REDIS_URL_RULE}`)
  if (options.encoders === 0 && !options.queue) throw new Error('encoders: expected at least 1 without a queue, got 0')
  const presets = parsePresets(options.presets ?? '')
  return {
    ...rest,
    publicUrl,
    mail: parseMail(smtpUrl, mailFrom, publicUrl),
    oidc: parseOidc(options, publicUrl),
    bucket,
    fallback,
    sources,
    signingKeys: parseSigningKeys(options.signingKeys ?? []),
    presets,
    prefetch: parsePrefetch(options.prefetch ?? '', presets),
    apiKeys: parseFixedKeys(options.apiKeys ?? []),
    trustProxy: parseProxies(options.trustProxy ?? ''),
    allowedOrigins: parseOrigins(options.allowedOrigins ?? []),
    webhook: parseWebhook(webhookUrl, webhookSecret),
    webhookAllow: parseAllowed(options.webhookAllow ?? ''),
    issuer: jwksUrl ? { url: jwksUrl, issuer: jwksIssuer, audience: jwksAudience } : undefined,
  }
}

const parsePublic = (text = ''): string | undefined => {
  const url = text === '' ? undefined : parsePublicUrl(text)
  if (text !== '' && url === undefined) throw new Error(`publicUrl: expected ${PUBLIC_URL_RULE}, got "${text}"`)
  return url
}

/** @throws Error where one of them is missing or not valid. It does not repeat the URL, which has a password. */
const parseMail = (smtpUrl: string, from: string, publicUrl: string | undefined): MailSettings | undefined => {
  if (smtpUrl === '' && from === '') return undefined
  if (!isSmtpUrl(smtpUrl)) throw new Error(`smtpUrl: expected ${SMTP_URL_RULE}`)
  if (!isSender(from)) throw new Error(`mailFrom: expected ${SENDER_RULE}, got "${from}"`)
  if (publicUrl === undefined)
    throw new Error(`publicUrl: expected ${PUBLIC_URL_RULE}, for the links in mails, got nothing`)
  return { smtpUrl, from, publicUrl }
}

/** @throws Error where one of them is missing or not valid. It does not repeat the secret. */
const parseOidc = (options: TintypeOptions, publicUrl: string | undefined): OidcSettings | undefined => {
  const { oidcIssuer: issuer = '', oidcClientId: clientId = '', oidcClientSecret: clientSecret = '' } = options
  const { oidcName: name = '' } = options
  if (issuer === '' && clientId === '' && clientSecret === '') return undefined
  if (!isOidcIssuer(issuer)) throw new Error(`oidcIssuer: expected ${OIDC_ISSUER_RULE}, got "${issuer}"`)
  if (clientId === '') throw new Error('oidcClientId: expected the id of this server at the provider, got nothing')
  if (clientSecret === '') throw new Error('oidcClientSecret: expected the secret of this server, got nothing')
  if (publicUrl === undefined)
    throw new Error(`publicUrl: expected ${PUBLIC_URL_RULE}, which the provider leads back to, got nothing`)
  return { issuer, clientId, clientSecret, name, publicUrl }
}

/** @throws Error where one of them is missing or not valid */
const parseWebhook = (url = '', secret = ''): WebhookSettings | undefined => {
  if (url === '' && secret === '') return undefined
  if (!parseDestination(url)) throw new Error(`webhookUrl: expected ${URL_RULE}`)
  if (!isSecretText(secret)) throw new Error(`webhookSecret: expected ${SECRET_RULE}`)
  return { url, secret }
}

/** @throws Error where the URL is not valid, or an option cannot be had with a bucket */
const takeBucket = (given: TintypeOptions) => {
  const {
    store = '',
    s3Endpoint = '',
    s3Region = '',
    s3PathStyle = 'auto' as const,
    s3CreateBucket = false,
    ...others
  } = given
  const { s3Credentials, bucketCacheDir = './bucket-cache', bucketCacheBytes = 10 * 2 ** 30, ...rest } = others
  const {
    staleSeconds = 5,
    fallback = '',
    takeOver = false,
    localBytes = 0,
    sources: sourceTexts = '',
    ...options
  } = rest
  const access = {
    ...{ s3Endpoint, s3Region, s3PathStyle, s3CreateBucket },
    awsAccessKeyId: s3Credentials?.accessKeyId ?? '',
    awsSecretAccessKey: s3Credentials?.secretAccessKey ?? '',
    awsSessionToken: s3Credentials?.sessionToken ?? '',
  }
  if (fallback !== '' && !parseStoreUrl(fallback))
    throw new Error(`fallback: expected ${STORE_URL_RULE}, got "${fallback}"`)
  if (fallback !== '' && (store !== '' || options.readOnly === true))
    throw new Error(`fallback: expected no value with ${store === '' ? 'readOnly' : 'store'}, got "${fallback}"`)
  for (const [name, value] of Object.entries({ takeOver, localBytes }))
    if (value && fallback === '') throw new Error(`${name}: expected no such value without fallback`)
  if (!Number.isSafeInteger(localBytes) || localBytes < 0)
    throw new Error(`localBytes: expected a whole number of bytes, or 0 for no limit, got ${localBytes}`)
  if (store === '' && options.redirectToBucket)
    throw new Error('redirectToBucket: expected no such value without store')
  const sources = sourceSettingsOf({ ...access, sources: parseSources(sourceTexts) })
  if (store === '')
    return {
      bucket: undefined,
      fallback: fallbackSettingsOf({ ...access, fallback, takeOver, localBytes }),
      sources,
      options,
    }
  if (!parseStoreUrl(store)) throw new Error(`store: expected ${STORE_URL_RULE}, got "${store}"`)
  const { accelRedirect, encoders, storageDir } = options
  const refused = { accelRedirect, encoders: encoders === 0, storageDir }
  for (const [name, value] of Object.entries(refused))
    if (value) throw new Error(`${name}: expected no such value with store, which is ${store}`)
  const bucket = bucketSettingsOf({
    ...access,
    ...{ store, bucketCacheDir, bucketCacheBytes, staleSeconds },
  })
  return { bucket, fallback: undefined, sources, options }
}

/** @throws Error where one of them is not valid */
const parseSources = (texts: readonly string[] | string): readonly BucketPrefix[] => {
  const text = typeof texts === 'string' ? texts : texts.join(',')
  const sources = parseSourceUrls(text)
  if (!sources) throw new Error(`sources: expected a list of ${SOURCE_URL_RULE}, got "${text}"`)
  return sources
}

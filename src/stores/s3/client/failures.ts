// Failures of the bucket as errors of the store: one line each, which says what to do about it.

import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import { messageOf, TintypeError } from '../../../core/errors.ts'

/** Seconds after which a failed request may succeed. */
const RETRY_SECONDS = 5

/** Seconds by which the clock may differ before engines refuse signatures: 15 minutes in all of them. */
const SKEW_SECONDS = 900

/** An answer that is not the expected one. */
export interface Refusal {
  status: number
  /** Code of the engine, such as `NoSuchBucket`; empty where it sent none. */
  code: string
  /** Region that the engine names. */
  region?: string
  /** Date of the engine, milliseconds since 1970. */
  dateMs?: number
}

export interface BucketNames {
  bucket: string
  endpoint: string
  region: string
  /** True where the bucket is only read. @default false */
  isReadOnly?: boolean
}

export const storeUnavailable = (message: string, cause?: unknown): TintypeError =>
  new TintypeError('store_unavailable', message, { cause, retryAfterSeconds: RETRY_SECONDS })

/** No answer came. */
export const unreachable = (endpoint: string, cause: unknown): TintypeError =>
  storeUnavailable(`The bucket cannot be reached at ${endpoint} (${codeOf(cause)}).`, cause)

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : messageOf(cause)

/** @param what the request, such as `PUT projects/shop/.meta/000000000001.json` */
export const refused = (names: BucketNames, what: string, refusal: Refusal): TintypeError => {
  const { status, code } = refusal
  const answer = new Error(`${what}: ${[status, code].filter((each) => each !== '').join(' ')}`)
  const line = lineOf(names, what, refusal)
  const isForbidden = line.startsWith(FORBIDDEN) || code === QUOTA_EXCEEDED
  return storeUnavailable(line, isForbidden ? Object.assign(answer, { forbidden: what }) : answer)
}

/** True where the bucket cannot be used at all, for any object, as opposed to one that the credentials may not read. */
export const isOutage = (error: unknown): error is TintypeError =>
  error instanceof TintypeError && error.code === 'store_unavailable' && !error.message.startsWith(FORBIDDEN)

/** True where the credentials have no right to write, or to make the bucket; and where the bucket is full. */
export const isWriteForbidden = (error: unknown): boolean => {
  const cause = error instanceof TintypeError ? error.cause : undefined
  return cause instanceof Error && 'forbidden' in cause && /^(?:PUT |create$)/.test(String(cause.forbidden))
}

const FORBIDDEN = 'The credentials may not '

/** Code of Ceph, with the status 403. */
const QUOTA_EXCEEDED = 'QuotaExceeded'

const lineOf = ({ bucket, endpoint, region, isReadOnly }: BucketNames, what: string, refusal: Refusal): string => {
  const { status, code, region: actual, dateMs } = refusal
  const skew = dateMs === undefined ? 0 : Math.round((Date.now() - dateMs) / 1000)
  if (code === 'RequestTimeTooSkewed' || (status === 403 && Math.abs(skew) > SKEW_SECONDS))
    return `The clock of this machine is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} that of ${endpoint}; set it, for example by NTP.`
  if (code === 'NoSuchBucket')
    return `There is no bucket "${bucket}" at ${endpoint}${isReadOnly ? '' : '; create it, or set S3_CREATE_BUCKET=true'}.`
  if ((status === 301 || status === 400) && actual !== undefined && actual !== region)
    return `The bucket "${bucket}" is in the region ${actual}, not in ${region}; set S3_REGION=${actual}.`
  if (status === 301 || code === 'AuthorizationHeaderMalformed')
    return `The bucket "${bucket}" is not in the region ${region}; set S3_REGION.`
  if (KEYS_REFUSED.has(code))
    return `${endpoint} does not accept the credentials (${code}); check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.`
  if (code === QUOTA_EXCEEDED) return `The quota of the bucket "${bucket}" is used up (${code}); raise it.`
  if (status === 403) return `${FORBIDDEN}${what} in the bucket "${bucket}" (${code || status}).`
  return `The bucket "${bucket}" cannot be used now: ${status}${code === '' ? '' : ` ${code}`}.`
}

const KEYS_REFUSED: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
])

const errorSchema = z.object({
  Error: z.object({ Code: z.string().catch(''), Region: z.string().optional().catch(undefined) }),
})

const parser = new XMLParser({ parseTagValue: false })

/** Code and region of an error document; an empty code where it is none. */
export const readError = (text: string): { code: string; region?: string } => {
  try {
    const { Error: found } = errorSchema.parse(parser.parse(text))
    return { code: found.Code, ...(found.Region === undefined ? {} : { region: found.Region }) }
  } catch {
    return { code: '' }
  }
}

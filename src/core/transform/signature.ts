// Signed URLs: HMAC-SHA256 (RFC 2104) over the canonical form of a URL, signed by the first of several keys, accepted
// from all.

import { createHmac } from 'node:crypto'
import { isEqual } from '../auth/constant-time.ts'
import { TintypeError } from '../errors.ts'
import { invalidParameter } from '../invalid-parameter.ts'
import { eachOnce, parseParameter, wholeNumber } from '../parameters.ts'
import { partsOf } from '../text.ts'
import { VERSION, versionSchema } from './focal-version.ts'
import { canonicalParameters, plainSourcePath, renderPathOf } from './render-path.ts'

/** Shortest signing key, in characters: a shorter one can be found by brute force from a signed URL. */
export const MIN_KEY_LENGTH = 16

/** @throws TintypeError `invalid_parameter` where one is too short; it is not repeated */
export const parseSigningKeys = (keys: readonly string[] | string): string[] => {
  const trimmed =
    typeof keys === 'string' ? partsOf(keys, ',') : keys.map((key) => key.trim()).filter((key) => key !== '')
  const short = trimmed.find((key) => key.length < MIN_KEY_LENGTH)
  if (short !== undefined)
    throw invalidParameter('signing keys', `at least ${MIN_KEY_LENGTH} characters each`, `one of ${short.length}`)
  return trimmed
}

export interface Signed {
  /** From `/projects` on, of renders without an extension, of assets with plain slashes, of objects by `sourcePath`: prefixes of proxies and parent apps are not signed. */
  path: string
  /** Signed parameters by name, without `sig`. */
  parameters: ReadonlyMap<string, string>
}

/** Parameters of a signature. */
export const EXPIRES = 'exp'
export const SIGNATURE = 'sig'

/** Schema of {@link EXPIRES}. */
export const expiresSchema = wholeNumber({ least: 0, most: 999_999_999_999, expected: 'seconds since 1970' })

export interface SignUrlOptions {
  /** The first one signs. */
  keys: readonly string[]
  /** End of validity. @default never */
  expiresAt?: Date
}

/**
 * Adds `exp` and `sig` to a URL, absolute or from `/`. A transform is written in its canonical form.
 *
 * @param url of a picture: `https://img.example.com/projects/<id>/images/<id>/render?w=320`, or `…/render.webp?w=320`
 * @throws TintypeError `invalid_parameter` where there is no key, or the URL cannot be signed
 */
export const signUrl = (url: string, { keys, expiresAt }: SignUrlOptions): string => {
  const [key] = keys
  if (key === undefined) throw invalidParameter('keys', 'at least one signing key', 'none')
  const base = 'http://relative.invalid'
  const parsed = URL.canParse(url, base) ? new URL(url, base) : undefined
  const encodedPath = parsed && /\/projects\/.+/.exec(parsed.pathname)?.[0]
  if (!parsed || encodedPath === undefined) throw invalidParameter('url', 'a URL with /projects/ in its path', url)
  const path = plainPath(encodedPath)
  const given = eachOnce(parsed.searchParams)
  given.delete(SIGNATURE)
  given.delete(EXPIRES)
  const render = renderPathOf(path, given.keys())
  const version = render && given.get(VERSION)
  if (version !== undefined) {
    parseParameter(VERSION, version, versionSchema)
    given.delete(VERSION)
  }
  const parameters = new Map(render ? canonicalParameters(render, given) : given)
  if (expiresAt) parameters.set(EXPIRES, String(Math.floor(expiresAt.getTime() / 1000)))
  const signature = signatureOf(key, { path: render?.path ?? path, parameters })
  // The extension says it.
  if (render?.format !== undefined) parameters.delete('format')
  if (version !== undefined) parameters.set(VERSION, version)
  const text = new URLSearchParams([...parameters, [SIGNATURE, signature]])
  return `${parsed.origin === base ? '' : parsed.origin}${parsed.pathname}?${text}`
}

const OF_ASSET = /^\/projects\/[^/]+\/assets\//

/** Writes the slashes in the name of an asset, and the key of an object, as they are signed. */
const plainPath = (path: string): string =>
  OF_ASSET.test(path) ? path.replaceAll(/%2f/gi, '/') : (plainSourcePath(path) ?? path)

/**
 * Verifies the signature of a request.
 *
 * @param signature as received, undefined without one
 * @param now milliseconds since 1970
 * @throws TintypeError `signature_required`, `signature_invalid`, `signature_expired`; `invalid_parameter` where `exp`
 *   is no time
 */
export const verifySignature = (
  signed: Signed,
  signature: string | undefined,
  keys: readonly string[],
  now: number,
): void => {
  if (signature === undefined)
    throw new TintypeError(
      'signature_required',
      keys.length === 0
        ? 'Expected a preset: this server has no signing keys, so that it takes no other transforms.'
        : 'Expected a signature in "sig", or one of the presets in "preset".',
    )
  // Every key is tried, so that the time does not depend on the match.
  const fits = keys.map((key) => isEqual(signature, signatureOf(key, signed)))
  if (!fits.includes(true)) throw new TintypeError('signature_invalid', 'The signature does not match this URL.')
  const expires = signed.parameters.get(EXPIRES)
  if (expires === undefined) return
  const seconds = parseParameter(EXPIRES, expires, expiresSchema)
  if (now >= seconds * 1000)
    throw new TintypeError('signature_expired', `The URL was valid until ${new Date(seconds * 1000).toISOString()}.`)
}

const signatureOf = (key: string, { path, parameters }: Signed): string => {
  const sorted = new URLSearchParams([...parameters])
  sorted.sort()
  return createHmac('sha256', key).update(`tintype-url-1\n${path}\n${sorted}`).digest('base64url')
}

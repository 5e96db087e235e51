// Parses, authorizes and caches transform requests.

import { createBoundedMap } from '../../core/bounded-map.ts'
import { TintypeError } from '../../core/errors.ts'
import { invalidParameter } from '../../core/invalid-parameter.ts'
import { eachOnce, type Parameter, parseParameter } from '../../core/parameters.ts'
import { currencyOf, VERSION, versionSchema } from '../../core/transform/focal-version.ts'
import { type ByTransparency, chooseFormats, type Format } from '../../core/transform/formats.ts'
import { parseTransform } from '../../core/transform/parse-transform.ts'
import { type Presets, presetOf } from '../../core/transform/presets.ts'
import { type Recipe, recipeAt, transformRecipe } from '../../core/transform/recipe.ts'
import { presetParameters, renderPathOf, withFormatOf } from '../../core/transform/render-path.ts'
import { EXPIRES, expiresSchema, SIGNATURE, signUrl, verifySignature } from '../../core/transform/signature.ts'
import {
  isCentre,
  isFocal,
  MARGIN_COLOUR,
  type Point,
  type Transform,
  transformParameters,
  withFormat,
  withoutTransparency,
} from '../../core/transform/transform.ts'
import { IMMUTABLE, REVALIDATED, YEAR_SECONDS } from '../response/send-picture.ts'

export interface TransformRequestOptions {
  /** Keys of signed URLs: the first one signs, all verify. @default none, only presets can be requested */
  signingKeys?: readonly string[]
  /** Transforms that need no signature. @default none */
  presets?: Presets
}

export interface TransformRequest {
  /** True where `Accept` decides the format. */
  isChosen: boolean
  /** True where the focal point of the image decides the crop. */
  isFocal: boolean
  /** True where neither width nor height is given: the render has all pixels of the original. */
  isFullSize: boolean
  /** One object for each format. @param point focal point of the image, null without one, or where it decides nothing */
  recipesFor(accept: string | undefined, point: Point | null): ByTransparency<Recipe>
  /**
   * `Cache-Control` at present: no longer than the URL is valid, and {@link REVALIDATED} where a focal point decides that
   * its version does not name.
   */
  cacheControl(point: Point | null): string
  /** Milliseconds since 1970. */
  expiresMs: number
  /**
   * End of the signature, in milliseconds since 1970; undefined for a preset without a signature.
   *
   * @throws TintypeError `signature_invalid` where it never ends
   */
  signedUntil(): number | undefined
}

export interface TransformRequestParser {
  /**
   * Parses and authorizes a transform request.
   *
   * @param path below the root of the app; an extension, as in `…/render.webp`, decides the format
   * @param search query as received, with its `?`
   * @throws TintypeError `invalid_parameter`, `signature_required`, `signature_invalid`, `signature_expired`
   */
  parse(path: string, search: string): TransformRequest
  /**
   * End of the signature of any other picture URL, in milliseconds since 1970; undefined without a signature.
   *
   * @throws TintypeError `signature_invalid`, also where it never ends; `signature_expired`, `invalid_parameter`
   */
  signedUntil(path: string, search: string): number | undefined
  /**
   * Signs the URL of a picture with the key of new signatures, for a response to a request that was signed itself.
   *
   * @param untilMs end of the signature, in milliseconds since 1970
   */
  sign(url: string, untilMs: number): string
  /** A cached request that is still valid. */
  cached(path: string, search: string): TransformRequest | undefined
}

/** `Cache-Control` of presets, which the operator can redefine, without a version that names the definition. */
const PRESET_CACHING = 'public, max-age=86400'

/** Limits of the cache of parsed requests. */
const CACHED_REQUESTS = { max: 5000, maxLength: 500 }

export const createTransformRequestParser = ({
  signingKeys = [],
  presets = new Map(),
}: TransformRequestOptions): TransformRequestParser => {
  const cache = createBoundedMap<TransformRequest>(CACHED_REQUESTS.max)

  const parse = (path: string, search: string): TransformRequest => {
    const parameters = eachOnce(new URLSearchParams(search))
    const signature = take(parameters, SIGNATURE)
    const expires = take(parameters, EXPIRES)
    if (expires !== undefined) parseParameter(EXPIRES, expires, expiresSchema)
    const expiry = expires === undefined ? [] : ([[EXPIRES, expires]] as const)
    const version = take(parameters, VERSION)
    if (version !== undefined) parseParameter(VERSION, version, versionSchema)
    const preset = take(parameters, 'preset')
    const names = preset === undefined ? parameters.keys() : ['preset']
    const render = renderPathOf(path, names) ?? { path, format: undefined }
    const verify = (meaning: readonly Parameter[]) =>
      verifySignature(
        { path: render.path, parameters: new Map([...meaning, ...expiry]) },
        signature,
        signingKeys,
        Date.now(),
      )
    if (preset === undefined) {
      const transform = signedTransform(parseTransform(withFormatOf(render, parameters)), verify)
      return requestOf({ transform, version, expires, isSigned: true })
    }
    for (const [name, value] of parameters) throw invalidParameter(name, 'nothing else beside preset', value)
    const named = presetOf(presets, preset)
    const transform = render.format === undefined ? named : withFormat(named, render.format)
    const requested = { transform, preset: named, version }
    if (signature === undefined) return requestOf({ ...requested, isSigned: false })
    verify(presetParameters(render, preset))
    return requestOf({ ...requested, expires, isSigned: true })
  }

  const cached = (path: string, search: string): TransformRequest | undefined => {
    const request = cache.get(path + search)
    return request && Date.now() < request.expiresMs ? request : undefined
  }

  return {
    cached,

    sign: (url, untilMs) => signUrl(url, { keys: signingKeys, expiresAt: new Date(untilMs) }),

    signedUntil(path, search) {
      const parameters = eachOnce(new URLSearchParams(search))
      const signature = take(parameters, SIGNATURE)
      if (signature === undefined) return undefined
      verifySignature({ path, parameters }, signature, signingKeys, Date.now())
      const expires = parameters.get(EXPIRES)
      if (expires === undefined) throw endless()
      return Number(expires) * 1000
    },

    parse(path, search) {
      const before = cached(path, search)
      if (before) return before
      const request = parse(path, search)
      if (search.length <= CACHED_REQUESTS.maxLength) cache.set(path + search, request)
      return request
    },
  }
}

/** For a transform that names its format, which counts then. */
const ANY_FORMAT: ByTransparency<Format> = { opaque: 'jpeg', transparent: 'jpeg' }

/**
 * The transform that a signature covers. Versions before transparency left out a background without effect, and white as
 * the default: of a URL that they signed, another background than white stays without effect, so that no colour can be
 * added to it. Versions before focal points left out the centre as the default position.
 *
 * @throws TintypeError those of `verify`
 */
const signedTransform = (transform: Transform, verify: (meaning: readonly Parameter[]) => void): Transform => {
  const opaque = withoutTransparency(transform)
  const shown = transform.background === MARGIN_COLOUR ? transform : opaque
  const forms = [
    { signed: transform, means: transform },
    ...(opaque.background === transform.background ? [] : [{ signed: opaque, means: shown }]),
  ]
  if (isCentre(transform.position))
    forms.push(...forms.map(({ signed, means }) => ({ signed: { ...signed, position: undefined }, means })))
  for (const { signed, means } of forms) {
    try {
      verify(transformParameters(signed))
      return means
    } catch (error) {
      if (!isInvalid(error) || signed === forms.at(-1)?.signed) throw error
    }
  }
  return transform
}

const isInvalid = (error: unknown): boolean => error instanceof TintypeError && error.code === 'signature_invalid'

interface Requested {
  transform: Transform
  /** Undefined for other transforms. */
  preset?: Transform
  version: string | undefined
  /** @default never */
  expires?: string | undefined
  isSigned: boolean
}

const requestOf = ({ transform, preset, version, expires, isSigned }: Requested): TransformRequest => {
  const isChosen = transform.format === 'auto'
  const recipes = new Map<Format, Recipe>()
  const recipeFor = (format: Format): Recipe => {
    const recipe = recipes.get(format) ?? transformRecipe(transform, format)
    recipes.set(format, recipe)
    return recipe
  }
  const expiresMs = expires === undefined ? Number.POSITIVE_INFINITY : Number(expires) * 1000
  return {
    isChosen,
    isFocal: isFocal(transform),
    isFullSize: transform.width === undefined && transform.height === undefined,
    recipesFor(accept, point) {
      const formats = isChosen ? chooseFormats(accept) : ANY_FORMAT
      // On a background, nothing is transparent.
      const transparent = transform.background === undefined ? formats.transparent : formats.opaque
      const at = (format: Format) => recipeAt(recipeFor(format), point)
      return { opaque: at(formats.opaque), transparent: at(transparent) }
    },
    cacheControl(point) {
      const currency = currencyOf({ transform, preset }, version, point)
      if (currency === 'stale') return REVALIDATED
      if (expires === undefined) return preset && currency !== 'preset' ? PRESET_CACHING : IMMUTABLE
      const seconds = Math.floor((expiresMs - Date.now()) / 1000)
      return `public, max-age=${Math.max(0, Math.min(YEAR_SECONDS, seconds))}`
    },
    expiresMs,
    signedUntil() {
      if (isSigned && expires === undefined) throw endless()
      return isSigned ? expiresMs : undefined
    },
  }
}

const endless = (): TintypeError =>
  new TintypeError('signature_invalid', `Expected a signature with an expiry ("${EXPIRES}"): the project is private.`)

const take = (parameters: Map<string, string>, name: string): string | undefined => {
  const value = parameters.get(name)
  parameters.delete(name)
  return value
}

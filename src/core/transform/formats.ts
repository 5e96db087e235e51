// Formats of pictures, and content negotiation between them.

/** Formats of renders. Stored variants are JPEG. */
export const FORMATS = ['avif', 'webp', 'png', 'jpeg'] as const

export type Format = (typeof FORMATS)[number]

export const MEDIA_TYPES = {
  avif: 'image/avif',
  webp: 'image/webp',
  png: 'image/png',
  jpeg: 'image/jpeg',
} as const satisfies Record<Format, string>

/** Extensions in URLs and file names. */
export const EXTENSIONS = { avif: 'avif', webp: 'webp', png: 'png', jpeg: 'jpg' } as const satisfies Record<
  Format,
  string
>

/** All extensions of picture URLs, in the order of {@link FORMATS}. */
export const PICTURE_EXTENSIONS = FORMATS.map((format) => EXTENSIONS[format])

/** Formats by the extensions in URLs; `jpeg` is none. */
export const FORMATS_BY_EXTENSION: ReadonlyMap<string, Format> = new Map(
  FORMATS.map((format) => [EXTENSIONS[format], format]),
)

/** The format of an extension, or of its name in a parameter: `jpg` and `jpeg` are one. */
export const formatOf = (name: string): Format | undefined =>
  name === 'jpg' ? 'jpeg' : FORMATS.find((format) => format === name)

/** Values for pictures without and with transparency. */
export interface ByTransparency<Value> {
  opaque: Value
  transparent: Value
}

/**
 * Negotiates the format by `Accept` (RFC 9110 section 12.5.1): among those of the highest weight, AVIF before WebP before
 * JPEG. AVIF and WebP have to be named: browsers without them send `image/*` as well. JPEG where nothing is accepted.
 *
 * PNG takes the place of JPEG for a picture with transparency, and is never chosen for one without: a photo would have
 * several times the bytes. A client that accepts JPEG and not PNG gets JPEG.
 */
export const chooseFormat = (accept: string | undefined, isTransparent = false): Format => {
  const weights = weightsOf(accept ?? '*/*')
  const wildcard = weights.get('image/*') ?? weights.get('*/*') ?? 0
  const weightOf = (format: Format): number =>
    weights.get(MEDIA_TYPES[format]) ?? (format === 'jpeg' || format === 'png' ? wildcard : 0)
  const plain = isTransparent && (weightOf('png') > 0 || weightOf('jpeg') === 0) ? 'png' : 'jpeg'
  const candidates = ['avif', 'webp', plain] as const
  const best = Math.max(...candidates.map(weightOf))
  return best === 0 ? plain : (candidates.find((format) => weightOf(format) === best) ?? plain)
}

/** {@link chooseFormat} for both kinds of pictures. */
export const chooseFormats = (accept: string | undefined): ByTransparency<Format> => ({
  opaque: chooseFormat(accept),
  transparent: chooseFormat(accept, true),
})

/** Limit on the characters of `Accept` that are read. */
const MAX_ACCEPT_LENGTH = 2000

const weightsOf = (accept: string): Map<string, number> => {
  const weights = new Map<string, number>()
  for (const range of accept.slice(0, MAX_ACCEPT_LENGTH).toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '')
    weights.set(type, weight === undefined ? 1 : weightFrom(weight))
  }
  return weights
}

/** A malformed weight counts as 0. */
const weightFrom = (text: string): number => (/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 0)

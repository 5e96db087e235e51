// Formats of pictures, and content negotiation between them.

/** Formats of renders, best first. Stored variants are JPEG. */
export const FORMATS = ['avif', 'webp', 'jpeg'] as const

export type Format = (typeof FORMATS)[number]

export const MEDIA_TYPES = {
  avif: 'image/avif',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
} as const satisfies Record<Format, string>

/** Extensions in URLs and file names. */
export const EXTENSIONS = { avif: 'avif', webp: 'webp', jpeg: 'jpg' } as const satisfies Record<Format, string>

/** All extensions of picture URLs, in the order of {@link FORMATS}. */
export const PICTURE_EXTENSIONS = FORMATS.map((format) => EXTENSIONS[format])

/** The format of an extension in a URL; undefined for other texts, `jpeg` among them. */
export const formatOfExtension = (extension: string): Format | undefined =>
  FORMATS.find((format) => EXTENSIONS[format] === extension)

/** The format of an extension, or of its name in a parameter: `jpg` and `jpeg` are one. */
export const formatOf = (name: string): Format | undefined =>
  name === 'jpg' ? 'jpeg' : FORMATS.find((format) => format === name)

/**
 * Negotiates the format by `Accept` (RFC 9110 section 12.5.1): among those of the highest weight, AVIF before WebP before
 * JPEG. AVIF and WebP have to be named: browsers without them send `image/*` as well. JPEG where nothing is accepted.
 */
export const chooseFormat = (accept: string | undefined): Format => {
  const weights = weightsOf(accept ?? '*/*')
  const weightOf = (format: Format): number =>
    weights.get(MEDIA_TYPES[format]) ?? (format === 'jpeg' ? (weights.get('image/*') ?? weights.get('*/*') ?? 0) : 0)
  const best = Math.max(...FORMATS.map(weightOf))
  return best === 0 ? 'jpeg' : (FORMATS.find((format) => weightOf(format) === best) ?? 'jpeg')
}

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

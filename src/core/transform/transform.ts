// Transforms: the grammar of /render, and its canonical form.
//
// Equivalent URLs give one file and one signature: parsing removes the order of parameters, explicit defaults, values
// without effect and the pixel ratio.

import { z } from 'zod'
import { invalidParameter, parseParameter, wholeNumber } from '../parameters.ts'
import { FORMATS, type Format } from './formats.ts'

export const FITS = ['cover', 'contain', 'inside'] as const
export const KERNELS = ['lanczos3', 'nearest'] as const

export type Fit = (typeof FITS)[number]
export type Kernel = (typeof KERNELS)[number]

/** A point in a picture: 0,0 is the top left corner, 1,1 the bottom right one. */
export interface Point {
  x: number
  y: number
}

/**
 * Focus of a crop: a point, the focal point of the image (`focal`), or found in the picture by detail (`entropy`) or
 * salience (`attention`).
 */
export type Position = Point | 'focal' | 'attention' | 'entropy'

export interface Transform {
  /** Width of the result, in pixels; undefined is derived from the height. */
  width: number | undefined
  height: number | undefined
  /** `cover` fills the box and crops, `contain` fills it and adds margins, `inside` fits within it. */
  fit: Fit
  /** Undefined for the default: of a crop, the focal point where the image has one; else the centre. */
  position: Position | undefined
  /** `auto` is negotiated by `Accept`. */
  format: Format | 'auto'
  /** 1 to 100, undefined for the default of the format. Without effect on PNG. */
  quality: number | undefined
  /**
   * Colour behind transparent pixels and of the margins, `#rrggbb`. Undefined for the default: transparent pixels stay so
   * where the format has transparency; margins of pictures without transparency are white.
   */
  background: string | undefined
  kernel: Kernel
}

/** Longest side of a result, in pixels. */
export const MAX_SIDE = 4096

/** Limit on `dpr`, device pixels for each CSS pixel. */
const MAX_DPR = 4

/** Formats that lose detail. */
export type LossyFormat = Exclude<Format, 'png'>

export const QUALITIES = { avif: 50, webp: 80, jpeg: 80 } as const satisfies Record<LossyFormat, number>

/** Colour of the margins of pictures without transparency. */
export const MARGIN_COLOUR = '#ffffff'

export const CENTRE: Point = { x: 0.5, y: 0.5 }

export const POSITIONS: ReadonlyMap<string, Point> = new Map([
  ['center', CENTRE],
  ['top', { x: 0.5, y: 0 }],
  ['bottom', { x: 0.5, y: 1 }],
  ['left', { x: 0, y: 0.5 }],
  ['right', { x: 1, y: 0.5 }],
  ['top-left', { x: 0, y: 0 }],
  ['top-right', { x: 1, y: 0 }],
  ['bottom-left', { x: 0, y: 1 }],
  ['bottom-right', { x: 1, y: 1 }],
])

const DEFAULTS = {
  width: undefined,
  height: undefined,
  fit: 'cover',
  position: undefined,
  format: 'jpeg',
  quality: undefined,
  background: undefined,
  kernel: 'lanczos3',
} as const satisfies Transform

const COORDINATE = '(?:0|1|[01]\\.0{1,3}|0?\\.\\d{1,3})'

/** Source of a pattern of points. */
export const POINT_SOURCE = `${COORDINATE},${COORDINATE}`

const POSITION = new RegExp(`^(?:${[...POSITIONS.keys(), 'focal', 'attention', 'entropy'].join('|')}|${POINT_SOURCE})$`)
const POSITION_RULE = `${[...POSITIONS.keys()].join(', ')}, focal, attention, entropy or a point such as 0.3,0.6`

const RATIO_RULE = `a number from 1 to ${MAX_DPR} with at most two decimals`

const toPosition = (text: string): Position => {
  if (text === 'focal' || text === 'attention' || text === 'entropy') return text
  const [x, y] = text.split(',').map(Number)
  return POSITIONS.get(text) ?? { x: x ?? 0.5, y: y ?? 0.5 }
}

const toColour = (text: string): string => {
  const digits = text.replace('#', '').toLowerCase()
  return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`
}

/** Schemas of the parameters of a transform. */
export const TRANSFORM_SCHEMAS = {
  w: wholeNumber({ least: 1, most: MAX_SIDE }),
  h: wholeNumber({ least: 1, most: MAX_SIDE }),
  fit: z.enum(FITS),
  position: z.string().regex(POSITION, POSITION_RULE).transform(toPosition),
  format: z.preprocess((text) => (text === 'jpg' ? 'jpeg' : text), z.enum(['auto', ...FORMATS])),
  q: wholeNumber({ least: 1, most: 100 }),
  dpr: z.preprocess(
    (text) => (typeof text === 'string' && /^\d(\.\d{1,2})?$/.test(text) ? Number(text) : text),
    z.number(RATIO_RULE).min(1, RATIO_RULE).max(MAX_DPR, RATIO_RULE),
  ),
  background: z
    .string()
    .regex(/^#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})$/, 'a colour as rrggbb or rgb in hex')
    .transform(toColour),
  kernel: z.enum(KERNELS),
} as const

/** Names of the parameters that describe a transform. */
export const TRANSFORM_PARAMETERS: readonly string[] = Object.keys(TRANSFORM_SCHEMAS)

/**
 * Parses a transform to its canonical form.
 *
 * @param parameters by name; each of {@link TRANSFORM_PARAMETERS}, none is required
 * @throws TintypeError `invalid_parameter`
 */
export const parseTransform = (parameters: ReadonlyMap<string, string>): Transform => {
  for (const name of parameters.keys())
    if (!TRANSFORM_PARAMETERS.includes(name))
      throw invalidParameter(name, `one of the parameters ${TRANSFORM_PARAMETERS.join(', ')}`, name)
  const read = <Value>(name: keyof typeof TRANSFORM_SCHEMAS, schema: z.ZodType<Value>): Value | undefined => {
    const text = parameters.get(name)
    return text === undefined ? undefined : parseParameter(name, text, schema)
  }
  const { w, h, fit, position, format, q, dpr, background, kernel } = TRANSFORM_SCHEMAS
  const ratio = read('dpr', dpr) ?? 1
  return canonical({
    width: scaled('w', read('w', w), ratio),
    height: scaled('h', read('h', h), ratio),
    fit: read('fit', fit) ?? DEFAULTS.fit,
    position: read('position', position),
    format: read('format', format) ?? DEFAULTS.format,
    quality: read('q', q),
    background: read('background', background),
    kernel: read('kernel', kernel) ?? DEFAULTS.kernel,
  })
}

/** Replaces the format of a transform. */
export const withFormat = (transform: Transform, format: Format): Transform => canonical({ ...transform, format })

/** Canonical parameters of a transform: the shortest ones, in a fixed order. */
export const transformParameters = (transform: Transform): [name: string, value: string][] => {
  const { width, height, fit, position, format, quality, background, kernel } = transform
  const entries: [string, string | undefined][] = [
    ['w', width?.toString()],
    ['h', height?.toString()],
    ['fit', fit === DEFAULTS.fit ? undefined : fit],
    ['position', position === undefined ? undefined : positionText(position)],
    ['format', format === DEFAULTS.format ? undefined : format],
    ['q', quality?.toString()],
    ['background', background?.slice(1)],
    ['kernel', kernel === DEFAULTS.kernel ? undefined : kernel],
  ]
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

/**
 * The equal transform of a picture without transparency: a background matters to its margins alone, where it is not
 * their usual colour. Versions before transparency had this as the canonical form.
 */
export const withoutTransparency = (transform: Transform): Transform => {
  const { fit, background } = transform
  return fit === 'contain' && background !== MARGIN_COLOUR ? transform : { ...transform, background: undefined }
}

/** True where the focal point of the image decides the crop. */
export const isFocal = ({ width, height, fit, position }: Transform): boolean =>
  width !== undefined && height !== undefined && fit === 'cover' && (position === undefined || position === 'focal')

/** Removes values without effect: a fit without a box, a position without crop or margin, a quality of PNG. */
const canonical = (transform: Transform): Transform => {
  const hasBox = transform.width !== undefined && transform.height !== undefined
  const fit = hasBox ? transform.fit : DEFAULTS.fit
  const isFitted = hasBox && fit !== 'inside'
  const given = isFitted ? transform.position : DEFAULTS.position
  // The default of a crop is the focal point.
  const position = fit === 'contain' && isCentre(given) ? undefined : given
  if (fit === 'contain' && typeof position === 'string')
    throw invalidParameter('position', 'a position name or a point such as 0.3,0.6 where fit is contain', position)
  const { format, quality } = transform
  return { ...transform, fit, position, quality: hasEffect(quality, format) ? quality : undefined }
}

const hasEffect = (quality: number | undefined, format: Transform['format']): boolean =>
  format === 'auto' || (format !== 'png' && quality !== QUALITIES[format])

/** A side in device pixels. @throws TintypeError `invalid_parameter` beyond {@link MAX_SIDE} */
const scaled = (name: string, side: number | undefined, dpr: number): number | undefined => {
  if (side === undefined) return undefined
  const pixels = Math.round(side * dpr)
  if (pixels > MAX_SIDE) throw invalidParameter(name, `at most ${MAX_SIDE} pixels after dpr`, `${side} x ${dpr}`)
  return pixels
}

/** Text of a point, as in `position=0.3,0.6`. */
export const pointText = ({ x, y }: Point): string => `${x},${y}`

const positionText = (position: Position): string => (typeof position === 'string' ? position : pointText(position))

export const isCentre = (position: Position | undefined): boolean =>
  position !== undefined && positionText(position) === pointText(CENTRE)

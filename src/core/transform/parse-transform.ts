// The grammar of /render.
//
// Equivalent URLs give one file and one signature: parsing removes the order of parameters, explicit defaults, values
// without effect and the pixel ratio.

import { z } from 'zod'
import { invalidParameter } from '../invalid-parameter.ts'
import { parseParameter, wholeNumber } from '../parameters.ts'
import { FORMATS } from './formats.ts'
import {
  CENTRE,
  canonical,
  DEFAULTS,
  FITS,
  KERNELS,
  MAX_SIDE,
  type Point,
  type Position,
  type Transform,
} from './transform.ts'

/** Limit on `dpr`, device pixels for each CSS pixel. */
const MAX_DPR = 4

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

/** A side in device pixels. @throws TintypeError `invalid_parameter` beyond {@link MAX_SIDE} */
const scaled = (name: string, side: number | undefined, dpr: number): number | undefined => {
  if (side === undefined) return undefined
  const pixels = Math.round(side * dpr)
  if (pixels > MAX_SIDE) throw invalidParameter(name, `at most ${MAX_SIDE} pixels after dpr`, `${side} x ${dpr}`)
  return pixels
}

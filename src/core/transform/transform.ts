// What can be made of a picture: the grammar of /render, and its one canonical form.
//
// Two URLs that mean the same make one file and have one signature: the order of parameters, defaults that are written
// out, values that have no effect and the pixel ratio are gone once a transform was read.

import { invalidParameter } from '../parameters.ts'
import { FORMATS, type Format, formatOf } from './formats.ts'

export const FITS = ['cover', 'contain', 'inside'] as const
export const KERNELS = ['lanczos3', 'nearest'] as const

export type Fit = (typeof FITS)[number]
export type Kernel = (typeof KERNELS)[number]

/** A place in the picture: 0,0 is the top left corner, 1,1 the bottom right one. */
export interface Point {
  x: number
  y: number
}

/** What stays in sight where something has to go. The two names look at the picture: for detail, for what stands out. */
export type Position = Point | 'attention' | 'entropy'

export interface Transform {
  /** Of the result, in its own pixels; undefined follows from the other side. */
  width: number | undefined
  height: number | undefined
  /** `cover` fills the box and cuts, `contain` fills it and adds margins, `inside` keeps within it. */
  fit: Fit
  position: Position
  /** `auto`: the client's `Accept` decides. */
  format: Format | 'auto'
  /** 1 to 100, undefined for the usual one of the format. */
  quality: number | undefined
  /** Of the margins, `#rrggbb`. */
  background: string
  kernel: Kernel
}

/** Longest side of a result, in pixels. */
export const MAX_SIDE = 4096

/** Most pixels of a screen for each of a page, in each direction. */
const MAX_DPR = 4

export const QUALITIES = { avif: 50, webp: 80, jpeg: 80 } as const satisfies Record<Format, number>

export const PLACES: ReadonlyMap<string, Point> = new Map([
  ['center', { x: 0.5, y: 0.5 }],
  ['top', { x: 0.5, y: 0 }],
  ['bottom', { x: 0.5, y: 1 }],
  ['left', { x: 0, y: 0.5 }],
  ['right', { x: 1, y: 0.5 }],
  ['top-left', { x: 0, y: 0 }],
  ['top-right', { x: 1, y: 0 }],
  ['bottom-left', { x: 0, y: 1 }],
  ['bottom-right', { x: 1, y: 1 }],
])

const POINT = /^(0|1|[01]\.0{1,3}|0?\.\d{1,3}),(0|1|[01]\.0{1,3}|0?\.\d{1,3})$/

const DEFAULTS = {
  width: undefined,
  height: undefined,
  fit: 'cover',
  position: { x: 0.5, y: 0.5 },
  format: 'jpeg',
  quality: undefined,
  background: '#ffffff',
  kernel: 'lanczos3',
} as const satisfies Transform

/** Names of the parameters that describe a transform. */
export const TRANSFORM_PARAMETERS = ['w', 'h', 'fit', 'position', 'format', 'q', 'dpr', 'background', 'kernel'] as const

/**
 * @param parameters by their names; each of {@link TRANSFORM_PARAMETERS}, none is required
 * @throws TintypeError `invalid_parameter`
 */
export const parseTransform = (parameters: ReadonlyMap<string, string>): Transform => {
  for (const [name, value] of parameters)
    if (!TRANSFORM_PARAMETERS.some((known) => known === name))
      throw invalidParameter(name, `no other parameters than ${TRANSFORM_PARAMETERS.join(', ')}`, value)
  const read = <T>(name: (typeof TRANSFORM_PARAMETERS)[number], reader: (text: string, name: string) => T) => {
    const text = parameters.get(name)
    return text === undefined ? undefined : reader(text, name)
  }
  const dpr = read('dpr', readRatio) ?? 1
  const side = (text: string, name: string) => readSide(text, name, dpr)
  return canonical({
    width: read('w', side),
    height: read('h', side),
    fit: read('fit', oneOf(FITS)) ?? DEFAULTS.fit,
    position: read('position', readPosition) ?? DEFAULTS.position,
    format: read('format', readFormat) ?? DEFAULTS.format,
    quality: read('q', readQuality),
    background: read('background', readColour) ?? DEFAULTS.background,
    kernel: read('kernel', oneOf(KERNELS)) ?? DEFAULTS.kernel,
  })
}

/** The transform with a format that was chosen for one client. */
export const withFormat = (transform: Transform, format: Format): Transform => canonical({ ...transform, format })

/** The shortest parameters that lead to a transform, in one order: equal for equal transforms. */
export const transformParameters = (transform: Transform): [name: string, value: string][] => {
  const { width, height, fit, position, format, quality, background, kernel } = transform
  const entries: [string, string | undefined][] = [
    ['w', width?.toString()],
    ['h', height?.toString()],
    ['fit', fit === DEFAULTS.fit ? undefined : fit],
    ['position', isDefaultPosition(position) ? undefined : positionText(position)],
    ['format', format === DEFAULTS.format ? undefined : format],
    ['q', quality?.toString()],
    ['background', background === DEFAULTS.background ? undefined : background.slice(1)],
    ['kernel', kernel === DEFAULTS.kernel ? undefined : kernel],
  ]
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

/** Without what has no effect: a fit without a box, a position where nothing is cut or moved, a colour of no margin. */
const canonical = (transform: Transform): Transform => {
  const hasBox = transform.width !== undefined && transform.height !== undefined
  const fit = hasBox ? transform.fit : DEFAULTS.fit
  const isFitted = hasBox && fit !== 'inside'
  const position = isFitted ? transform.position : DEFAULTS.position
  if (fit === 'contain' && typeof position === 'string')
    throw invalidParameter('position', 'a place or a point such as 0.3,0.6 where fit is contain', position)
  const { format, quality } = transform
  return {
    ...transform,
    fit,
    position,
    quality: format !== 'auto' && quality === QUALITIES[format] ? undefined : quality,
    background: isFitted && fit === 'contain' ? transform.background : DEFAULTS.background,
  }
}

const readRatio = (text: string, name: string): number => {
  const ratio = /^\d(\.\d{1,2})?$/.test(text) ? Number(text) : 0
  if (ratio < 1 || ratio > MAX_DPR)
    throw invalidParameter(name, `a number from 1 to ${MAX_DPR} with at most two decimals`, text)
  return ratio
}

const readSide = (text: string, name: string, dpr: number): number => {
  const side = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (side < 1 || side > MAX_SIDE) throw invalidParameter(name, `a whole number from 1 to ${MAX_SIDE}`, text)
  const pixels = Math.round(side * dpr)
  if (pixels > MAX_SIDE) throw invalidParameter(name, `at most ${MAX_SIDE} pixels after dpr`, `${text} x ${dpr}`)
  return pixels
}

const readQuality = (text: string, name: string): number => {
  const quality = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (quality < 1 || quality > 100) throw invalidParameter(name, 'a whole number from 1 to 100', text)
  return quality
}

const readFormat = (text: string, name: string): Format | 'auto' => {
  const format = text === 'auto' ? text : formatOf(text)
  if (format === undefined) throw invalidParameter(name, ['auto', ...FORMATS], text)
  return format
}

const readColour = (text: string, name: string): string => {
  const [, digits = ''] = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(text) ?? []
  if (digits === '') throw invalidParameter(name, 'a colour as rrggbb or rgb in hex', text)
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits
  return `#${long.toLowerCase()}`
}

const readPosition = (text: string, name: string): Position => {
  if (text === 'attention' || text === 'entropy') return text
  const place = PLACES.get(text)
  if (place) return place
  const [, x, y] = POINT.exec(text) ?? []
  if (x === undefined || y === undefined)
    throw invalidParameter(
      name,
      `${[...PLACES.keys()].join(', ')}, attention, entropy or a point such as 0.3,0.6`,
      text,
    )
  return { x: Number(x), y: Number(y) }
}

const oneOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string, name: string): Word => {
    const word = words.find((each) => each === text)
    if (word === undefined) throw invalidParameter(name, words, text)
    return word
  }

const positionText = (position: Position): string =>
  typeof position === 'string' ? position : `${position.x},${position.y}`

const isDefaultPosition = (position: Position): boolean => positionText(position) === positionText(DEFAULTS.position)

// Transforms in their canonical form, and its parameters. See parse-transform.ts for the grammar.
//
// Encoder processes load this file and no schemas: V8 marks the whole heap for the pixels of each few pictures, and those
// of zod cost a sixth of the CPU of an upload.

import { invalidParameter } from '../invalid-parameter.ts'
import type { Format } from './formats.ts'

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

/** Formats that lose detail. */
export type LossyFormat = Exclude<Format, 'png'>

export const QUALITIES = { avif: 50, webp: 80, jpeg: 80 } as const satisfies Record<LossyFormat, number>

/** Colour of the margins of pictures without transparency. */
export const MARGIN_COLOUR = '#ffffff'

export const CENTRE: Point = { x: 0.5, y: 0.5 }

/** Values of a transform without parameters. */
export const DEFAULTS = {
  width: undefined,
  height: undefined,
  fit: 'cover',
  position: undefined,
  format: 'jpeg',
  quality: undefined,
  background: undefined,
  kernel: 'lanczos3',
} as const satisfies Transform

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

/**
 * Removes values without effect: a fit without a box, a position without crop or margin, a quality of PNG.
 *
 * @throws TintypeError `invalid_parameter` where the position cannot be that of margins
 */
export const canonical = (transform: Transform): Transform => {
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

/** Text of a point, as in `position=0.3,0.6`. */
export const pointText = ({ x, y }: Point): string => `${x},${y}`

const positionText = (position: Position): string => (typeof position === 'string' ? position : pointText(position))

export const isCentre = (position: Position | undefined): boolean =>
  position !== undefined && positionText(position) === pointText(CENTRE)

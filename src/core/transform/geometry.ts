// Geometry of a transform: scaling, cropping and padding as numbers, no pixels.

import { CENTRE, MAX_SIDE, type Point, type Transform } from './transform.ts'

interface Size {
  width: number
  height: number
}

/** Steps on an upright picture, in this order. */
export interface Layout {
  /** Scale to these dimensions. */
  scaled: Size
  /** Crop to this part. Only the dimensions are known where its position depends on the content. */
  cut?: (Size & { left: number; top: number }) | (Size & { by: 'attention' | 'entropy' })
  /** Place on a canvas of these dimensions, at this distance from its left and top edge. */
  ground?: Size & { left: number; top: number }
}

/**
 * Limit on enlargement: more pixels would only make the file larger, except for pixel art that is enlarged without
 * smoothing. A larger box becomes a smaller one of the same aspect ratio.
 */
const MAX_ENLARGEMENT = { lanczos3: 2, nearest: 16 } as const

/**
 * The focal point of the image has been put into the transform as its position, where it has one.
 *
 * @param source the picture as shown, upright
 * @param enlargement limit on enlargement. @default 2, with `nearest` 16
 */
export const layoutOf = (
  source: Size,
  transform: Pick<Transform, 'width' | 'height' | 'fit' | 'position' | 'kernel'>,
  enlargement: number = MAX_ENLARGEMENT[transform.kernel],
): Layout => {
  const { width, height, fit, position } = transform
  if (width === undefined || height === undefined || fit === 'inside')
    return { scaled: inside(source, width ?? MAX_SIDE, height ?? MAX_SIDE, scaleTo(width, height, enlargement)) }

  const scales = [width / source.width, height / source.height]
  const wanted = fit === 'cover' ? Math.max(...scales) : Math.min(...scales)
  const less = Math.min(1, enlargement / wanted)
  const box = { width: pixels(width * less, width), height: pixels(height * less, height) }
  const scale = Math.min(wanted, enlargement)
  if (fit === 'contain') {
    const scaled = { width: pixels(source.width * scale, box.width), height: pixels(source.height * scale, box.height) }
    return same(scaled, box) ? { scaled } : { scaled, ground: { ...box, ...placeIn(box, scaled, position) } }
  }
  const scaled = {
    width: Math.max(box.width, Math.round(source.width * scale)),
    height: Math.max(box.height, Math.round(source.height * scale)),
  }
  if (same(scaled, box)) return { scaled }
  if (position === 'attention' || position === 'entropy') return { scaled, cut: { ...box, by: position } }
  const { x, y } = pointOf(position)
  return {
    scaled,
    cut: { ...box, left: around(x, scaled.width, box.width), top: around(y, scaled.height, box.height) },
  }
}

/** Dimensions of the result. */
export const resultOf = ({ scaled, cut, ground }: Layout): Size => {
  const { width, height } = ground ?? cut ?? scaled
  return { width, height }
}

/** Limit on the scale; 1 without a width and a height. */
const scaleTo = (width: number | undefined, height: number | undefined, enlargement: number): number =>
  width === undefined && height === undefined ? 1 : enlargement

const inside = (source: Size, width: number, height: number, most: number): Size => {
  const scale = Math.min(width / source.width, height / source.height, most)
  return { width: pixels(source.width * scale, width), height: pixels(source.height * scale, height) }
}

/** Offset of a crop whose centre is as near to the point as the edges allow. */
const around = (point: number, length: number, part: number): number =>
  Math.min(length - part, Math.max(0, Math.round(point * length - part / 2)))

const pointOf = (position: Transform['position']): Point => (typeof position === 'object' ? position : CENTRE)

const placeIn = (box: Size, scaled: Size, position: Transform['position']) => {
  const { x, y } = pointOf(position)
  return { left: Math.round(x * (box.width - scaled.width)), top: Math.round(y * (box.height - scaled.height)) }
}

const pixels = (length: number, most: number): number => Math.min(most, Math.max(1, Math.round(length)))

const same = (first: Size, second: Size): boolean => first.width === second.width && first.height === second.height

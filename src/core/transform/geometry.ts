// Where the pixels of a transform come from and go to: sizes and places only, no pictures.

import { MAX_SIDE, type Point, type Transform } from './transform.ts'

interface Size {
  width: number
  height: number
}

/** What to do with a picture that stands upright, in this order. */
export interface Layout {
  /** It is scaled to this size. */
  scaled: Size
  /** Then this part is cut out of it. Where the picture itself is to decide the place, only the size is known. */
  cut?: (Size & { left: number; top: number }) | (Size & { by: 'attention' | 'entropy' })
  /** Then it is put on a ground of this size, so far from its left and top edge. */
  ground?: Size & { left: number; top: number }
}

/**
 * How far a picture is enlarged at most: more pixels than these would only make the file larger. Pixel art that is
 * enlarged without smoothing is asked for just that. A larger box is answered by a smaller one of the same shape.
 */
const MAX_ENLARGEMENT = { lanczos3: 2, nearest: 16 } as const

/**
 * @param source the picture as shown, upright
 * @param enlargement the most that it is enlarged. @default 2, with `nearest` 16
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
  if (typeof position === 'string') return { scaled, cut: { ...box, by: position } }
  return {
    scaled,
    cut: {
      ...box,
      left: around(position.x, scaled.width, box.width),
      top: around(position.y, scaled.height, box.height),
    },
  }
}

/** The size of what a layout leads to. */
export const resultOf = ({ scaled, cut, ground }: Layout): Size => {
  const { width, height } = ground ?? cut ?? scaled
  return { width, height }
}

/** Where no side is asked for, a picture keeps its size. */
const scaleTo = (width: number | undefined, height: number | undefined, enlargement: number): number =>
  width === undefined && height === undefined ? 1 : enlargement

const inside = (source: Size, width: number, height: number, most: number): Size => {
  const scale = Math.min(width / source.width, height / source.height, most)
  return { width: pixels(source.width * scale, width), height: pixels(source.height * scale, height) }
}

/** The place of a cut whose middle is as near to the point as the edges let it. */
const around = (point: number, length: number, part: number): number =>
  Math.min(length - part, Math.max(0, Math.round(point * length - part / 2)))

const placeIn = (box: Size, scaled: Size, position: Transform['position']) => {
  const { x, y }: Point = typeof position === 'string' ? { x: 0.5, y: 0.5 } : position
  return { left: Math.round(x * (box.width - scaled.width)), top: Math.round(y * (box.height - scaled.height)) }
}

const pixels = (length: number, most: number): number => Math.min(most, Math.max(1, Math.round(length)))

const same = (first: Size, second: Size): boolean => first.width === second.width && first.height === second.height

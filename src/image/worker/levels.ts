// Chooses the pixels that each variant is made from: dimensions only, no pictures.

export interface PixelSize {
  width: number
  height: number
}

/** Longest side of `medium` and of `thumb`, side of the square `game`, in pixels. */
export const SIDES = { medium: 1600, thumb: 400, game: 50 } as const

/** A variant is made from at least this many pixels for each of its own, in both directions. */
const PIXELS_PER_PIXEL = 2

/** Shortest side of a level that `game` is cut from. */
const GAME_SOURCE_SIDE = SIDES.game * PIXELS_PER_PIXEL

/** Dimensions whose longest side is at most `side`; never larger than the source, never less than 1 pixel. */
export const sizeWithin = (source: PixelSize, side: number): PixelSize =>
  scaled(source, side / Math.max(source.width, source.height))

/**
 * Dimensions that an upload is decoded to: those of `medium`, or larger where the middle square of `medium` is too small
 * for `game` (8000×100 would leave 20×20). Then they are as large as `game` needs, and twice `medium`.
 */
export const decodedSize = (source: PixelSize): PixelSize => {
  const medium = sizeWithin(source, SIDES.medium)
  const short = shortSide(source)
  if (shortSide(medium) >= Math.min(GAME_SOURCE_SIDE, short)) return medium
  return scaled(source, Math.max(GAME_SOURCE_SIDE / short, (PIXELS_PER_PIXEL * medium.width) / source.width))
}

/** The smallest level that has twice the pixels of `wanted`, or the largest one. @param levels largest first */
export const levelFor = <Level extends PixelSize>(levels: readonly [Level, ...Level[]], wanted: PixelSize): Level =>
  levels.findLast(
    ({ width, height }) => width >= wanted.width * PIXELS_PER_PIXEL && height >= wanted.height * PIXELS_PER_PIXEL,
  ) ?? levels[0]

/** The largest square in the middle. */
export const middleSquare = ({ width, height }: PixelSize) => {
  const side = Math.min(width, height)
  return { left: (width - side) >> 1, top: (height - side) >> 1, width: side, height: side }
}

const shortSide = ({ width, height }: PixelSize): number => Math.min(width, height)

const scaled = ({ width, height }: PixelSize, factor: number): PixelSize =>
  factor >= 1
    ? { width, height }
    : { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }

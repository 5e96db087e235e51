// Placeholder of a picture until it has loaded: a ThumbHash, which is a blurred preview of some 25 bytes, and a colour.

import { rgbaToThumbHash } from 'thumbhash'
import type { Level } from './decode.ts'
import { sizeWithin } from './levels.ts'
import { toRgba } from './variants.ts'

export interface Placeholder {
  /** ThumbHash, in base64. */
  placeholder: string
  /** The dominant colour, `#rrggbb`. */
  color: string
}

/**
 * Longest side of the analysed pixels; ThumbHash allows 100. Its seven waves across the picture are the same from 48, 64
 * and 100; 64 takes a third of the time of 100.
 */
const SIDE = 64

/** Takes 2 ms for `thumb`, most of it to make it smaller. */
export const placeholderOf = async (level: Level): Promise<Placeholder> => {
  const { width, height } = sizeWithin(level, SIDE)
  const pixels = await toRgba(level, { width, height })
  return {
    placeholder: Buffer.from(rgbaToThumbHash(width, height, pixels)).toString('base64'),
    color: dominantColour(pixels),
  }
}

/** Windows along each of red, green and blue: 32 levels wide, one every 16 levels. */
const WINDOWS = 15

/**
 * The most common colour: the mean of the pixels in the fullest window of the colour cube. Windows overlap by half:
 * between adjacent windows, a surface whose colour lies on a border would be split in two and lose against a smaller
 * one. The darker of two equally full windows wins.
 *
 * @param pixels RGBA; alpha is ignored
 * @returns `#rrggbb`
 */
export const dominantColour = (pixels: Uint8Array): string => {
  /** For each window: number of its pixels, and the sums of their red, green and blue. */
  const sums = new Float64Array(WINDOWS ** 3 * 4)
  const sum = (at: number): number => sums[at] ?? 0
  for (let at = 0; at < pixels.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = [pixels[at], pixels[at + 1], pixels[at + 2]]
    for (const r of windowsOf(red))
      for (const g of windowsOf(green))
        for (const b of windowsOf(blue)) {
          const window = ((r * WINDOWS + g) * WINDOWS + b) * 4
          sums[window] = sum(window) + 1
          sums[window + 1] = sum(window + 1) + red
          sums[window + 2] = sum(window + 2) + green
          sums[window + 3] = sum(window + 3) + blue
        }
  }
  let fullest = 0
  for (let window = 0; window < sums.length; window += 4) if (sum(window) > sum(fullest)) fullest = window
  const mean = [1, 2, 3].map((channel) => Math.round(sum(fullest + channel) / sum(fullest)))
  return `#${mean.map((level) => level.toString(16).padStart(2, '0')).join('')}`
}

/** Windows that contain each level: two, and one at either end. */
const WINDOWS_OF = Array.from({ length: 256 }, (_, level) =>
  [(level >> 4) - 1, level >> 4].filter((window) => window >= 0 && window < WINDOWS),
)

const windowsOf = (level: number): readonly number[] => WINDOWS_OF[level] ?? []

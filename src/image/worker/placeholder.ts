// Placeholder of a picture until it has loaded: a ThumbHash, which is a blurred preview of some 25 bytes, and a colour.

import { rgbaToThumbHash } from 'thumbhash'
import type { Level } from './decode.ts'
import { type PixelSize, sizeWithin } from './levels.ts'
import type { Colour } from './transparency.ts'

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

/**
 * @param level at most as large as `thumb`
 * @param background colour of a picture without a visible pixel. @default black
 */
export const placeholderOf = (level: Level, background: Colour = [0, 0, 0]): Placeholder => {
  const { width, height } = sizeWithin(level, SIDE)
  const pixels = meanRgba(level, { width, height })
  return {
    placeholder: Buffer.from(rgbaToThumbHash(width, height, pixels)).toString('base64'),
    color: hexOf(isVisible(pixels) ? dominantColour(pixels) : background),
  }
}

const hexOf = (colour: Colour): string => `#${colour.map((level) => level.toString(16).padStart(2, '0')).join('')}`

const isVisible = (rgba: Uint8Array): boolean => rgba.some((value, at) => at % 4 === 3 && value > 0)

/**
 * Scales a level by the mean of the pixels below each new one; a colour counts as much as it is visible. A pipeline of sharp takes 2 ms of CPU for `thumb`, this a
 * fifth. Its pixels differ a little: of two colours that are about as common, the other one can win.
 *
 * @param size at most that of the level
 */
const meanRgba = (level: Level, size: PixelSize): Uint8Array => {
  const columns = Uint32Array.from({ length: level.width }, (_, x) => Math.floor((x * size.width) / level.width))
  const widths = new Uint32Array(size.width)
  for (const column of columns) widths[column] = (widths[column] ?? 0) + 1
  const rgba = new Uint8Array(size.width * size.height * 4)
  /** For each pixel of the row: red, green and blue, each times alpha, and alpha. */
  const sums = new Uint32Array(size.width * 4)
  let from = 0
  for (let y = 0; y < size.height; y++) {
    sums.fill(0)
    const to = Math.ceil(((y + 1) * level.height) / size.height)
    const rows = to - from
    for (; from < to; from++) addRow(level, from, columns, sums)
    const row = y * size.width * 4
    for (let at = 0; at < sums.length; at += 4) {
      const alpha = sums[at + 3] ?? 0
      for (let channel = 0; channel < 3; channel++)
        rgba[row + at + channel] = Math.round((sums[at + channel] ?? 0) / (alpha || 1))
      rgba[row + at + 3] = Math.round(alpha / ((widths[at / 4] ?? 1) * rows))
    }
  }
  return rgba
}

const addRow = ({ pixels, width, channels }: Level, y: number, columns: Uint32Array, sums: Uint32Array): void => {
  for (let x = 0, pixel = y * width * channels; x < width; x++, pixel += channels) {
    const at = (columns[x] ?? 0) * 4
    const alpha = channels === 4 ? (pixels[pixel + 3] ?? 0) : 255
    sums[at] = (sums[at] ?? 0) + (pixels[pixel] ?? 0) * alpha
    sums[at + 1] = (sums[at + 1] ?? 0) + (pixels[pixel + 1] ?? 0) * alpha
    sums[at + 2] = (sums[at + 2] ?? 0) + (pixels[pixel + 2] ?? 0) * alpha
    sums[at + 3] = (sums[at + 3] ?? 0) + alpha
  }
}

/** Windows along each of red, green and blue: 32 levels wide, one every 16 levels. */
const WINDOWS = 15

/**
 * The most common colour: the mean of the pixels in the fullest window of the colour cube. Windows overlap by half:
 * between adjacent windows, a surface whose colour lies on a border would be split in two and lose against a smaller
 * one. The darker of two equally full windows wins.
 *
 * @param pixels RGBA; a pixel counts as much as it is visible, and at least one is
 */
export const dominantColour = (pixels: Uint8Array): Colour => {
  /** For each window: the sum of alpha of its pixels, and those of their red, green and blue, each times alpha. */
  const sums = new Float64Array(WINDOWS ** 3 * 4)
  const sum = (at: number): number => sums[at] ?? 0
  for (let at = 0; at < pixels.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = [pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]]
    for (const r of windowsOf(red))
      for (const g of windowsOf(green))
        for (const b of windowsOf(blue)) {
          const window = ((r * WINDOWS + g) * WINDOWS + b) * 4
          sums[window] = sum(window) + alpha
          sums[window + 1] = sum(window + 1) + red * alpha
          sums[window + 2] = sum(window + 2) + green * alpha
          sums[window + 3] = sum(window + 3) + blue * alpha
        }
  }
  let fullest = 0
  for (let window = 0; window < sums.length; window += 4) if (sum(window) > sum(fullest)) fullest = window
  const mean = (channel: number) => Math.round(sum(fullest + channel) / sum(fullest))
  return [mean(1), mean(2), mean(3)]
}

/** Windows that contain each level: two, and one at either end. */
const WINDOWS_OF = Array.from({ length: 256 }, (_, level) =>
  [(level >> 4) - 1, level >> 4].filter((window) => window >= 0 && window < WINDOWS),
)

const windowsOf = (level: number): readonly number[] => WINDOWS_OF[level] ?? []

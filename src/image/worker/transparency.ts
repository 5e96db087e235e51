// Transparency of decoded pixels: whether there is any, and what it shows where there can be none.

import sharp from 'sharp'
import type { Level } from './decode.ts'

/** Red, green and blue, each 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number]

/** Levels of a CSS colour. */
export const parseColour = async (background: string): Promise<Colour> => {
  const picture = sharp({ create: { width: 1, height: 1, channels: 3, background } })
  const [red = 0, green = 0, blue = 0] = await picture.raw().toBuffer()
  return [red, green, blue]
}

/** True where at least one pixel is not opaque. An alpha channel alone says nothing: most screenshots have one. */
export const isTransparent = ({ pixels, channels }: Level): boolean => {
  if (channels === 3) return false
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 255) return true
  return false
}

/**
 * Lays pixels on a colour. Works in their own memory, which must not be used afterwards: at 100 MP a copy would take
 * another 300 MB.
 */
export const flatten = (level: Level, [red, green, blue]: Colour): Level => {
  if (level.channels === 3) return level
  const { pixels, width, height } = level
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    const alpha = pixels[from + 3] ?? 0
    pixels[to] = blend(pixels[from] ?? 0, red, alpha)
    pixels[to + 1] = blend(pixels[from + 1] ?? 0, green, alpha)
    pixels[to + 2] = blend(pixels[from + 2] ?? 0, blue, alpha)
  }
  return { width, height, pixels: pixels.subarray(0, width * height * 3), channels: 3 }
}

/** Rounded to the nearest level; exact where the pixel is opaque. */
const blend = (over: number, under: number, alpha: number): number =>
  Math.trunc((over * alpha + under * (255 - alpha) + 127) / 255)

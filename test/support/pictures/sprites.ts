// Transparent pictures made in code, and how they look on a page of some colour.

import sharp from 'sharp'

export interface Pixels {
  width: number
  height: number
  /** RGBA */
  data: Buffer
}

export type Rgb = readonly [red: number, green: number, blue: number]

/** Colours of pages: whatever bleeds into an edge shows on one of them. */
export const PAGES: readonly Rgb[] = [
  [255, 255, 255],
  [0, 0, 0],
  [0, 160, 60],
]

/**
 * A yellow disc with a red spot and soft edges. The invisible pixels around it are bright green, which must not show.
 */
export const softSprite = (side = 128): Pixels => {
  const data = Buffer.alloc(side * side * 4)
  const share = (x: number, y: number, centre: number, radius: number, softness: number): number => {
    const inside = (radius - Math.hypot(x - centre * side, y - centre * side) / side) / softness
    return Math.max(0, Math.min(1, inside + 0.5))
  }
  for (let y = 0, at = 0; y < side; y++)
    for (let x = 0; x < side; x++, at += 4) {
      const alpha = Math.round(255 * share(x, y, 0.5, 0.4, 0.1))
      const spot = share(x, y, 0.45, 0.15, 0.15)
      const colour = alpha === 0 ? [0, 255, 0] : [240 - 30 * spot, 200 - 160 * spot, 40 + 20 * spot]
      data.set([...colour.map(Math.round), alpha], at)
    }
  return { width: side, height: side, data }
}

const PALETTE = [
  [0, 0, 0, 0],
  [200, 30, 60, 255],
  [33, 66, 99, 17],
  [255, 240, 40, 255],
  [20, 30, 80, 128],
  [90, 200, 120, 255],
]

/** Pixel art: single pixels of six colours, some of them half transparent. */
export const pixelArt = (width = 16, height = 12): Pixels => {
  const data = Buffer.alloc(width * height * 4)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4)
      data.set(PALETTE[(x * 7 + y * 11 + ((x * y) % 5)) % PALETTE.length] ?? [], at)
  return { width, height, data }
}

/** Pixel art with each pixel repeated: the exact result of an enlargement. */
export const repeated = ({ width, height, data }: Pixels, times: number): Pixels => {
  const large = { width: width * times, height: height * times, data: Buffer.alloc(data.length * times * times) }
  for (let y = 0, at = 0; y < large.height; y++)
    for (let x = 0; x < large.width; x++, at += 4) {
      const from = (Math.floor(y / times) * width + Math.floor(x / times)) * 4
      data.copy(large.data, at, from, from + 4)
    }
  return large
}

export const toPng = ({ width, height, data }: Pixels): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()

/** Decodes a file. */
export const pixelsOf = async (file: Buffer): Promise<Pixels> => {
  const { data, info } = await sharp(file)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/** Pixels as they look on a page, as RGB. */
export const laidOn = ({ data }: Pixels, page: Rgb): Float64Array => {
  const seen = new Float64Array((data.length / 4) * 3)
  for (let from = 0, to = 0; from < data.length; from += 4) {
    const opacity = (data[from + 3] ?? 0) / 255
    for (let channel = 0; channel < 3; channel++)
      seen[to++] = (data[from + channel] ?? 0) * opacity + (page[channel] ?? 0) * (1 - opacity)
  }
  return seen
}

/** Largest and mean difference on all {@link PAGES}, in levels of 255. */
export const differenceOf = (one: Pixels, other: Pixels): { max: number; mean: number } => {
  if (one.width !== other.width || one.height !== other.height)
    throw new Error(`${one.width}x${one.height} cannot be compared with ${other.width}x${other.height}`)
  let [max, sum, count] = [0, 0, 0]
  for (const page of PAGES) {
    const [first, second] = [laidOn(one, page), laidOn(other, page)]
    for (const [at, level] of first.entries()) {
      const difference = Math.abs(level - (second[at] ?? 0))
      max = Math.max(max, difference)
      sum += difference
      count++
    }
  }
  return { max, mean: sum / count }
}

/** The exact reduction to a whole fraction: means of colours weighted by their opacity. */
export const reduced = ({ width, height, data }: Pixels, times: number): Pixels => {
  const small = { width: width / times, height: height / times, data: Buffer.alloc(data.length / times / times) }
  for (let y = 0, to = 0; y < small.height; y++)
    for (let x = 0; x < small.width; x++, to += 4) {
      const sums = [0, 0, 0, 0]
      for (let row = 0; row < times; row++)
        for (let column = 0; column < times; column++) {
          const from = ((y * times + row) * width + x * times + column) * 4
          const alpha = data[from + 3] ?? 0
          for (let channel = 0; channel < 3; channel++)
            sums[channel] = (sums[channel] ?? 0) + alpha * (data[from + channel] ?? 0)
          sums[3] = (sums[3] ?? 0) + alpha
        }
      const weight = sums[3] ?? 0
      for (let channel = 0; channel < 3; channel++)
        small.data[to + channel] = weight === 0 ? 0 : Math.round((sums[channel] ?? 0) / weight)
      small.data[to + 3] = Math.round(weight / times / times)
    }
  return small
}

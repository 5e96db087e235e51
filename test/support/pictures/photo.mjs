// A picture that costs a codec what a photo costs: soft light, texture at several scales, hard edges, sensor noise.
// Plain JavaScript with types beside it, because benchmarks run without a compiler and tests import it too.

import sharp from 'sharp'

/** Cells across the longer side, how far each swings, and how it is enlarged: the layers that a photo is the sum of. */
const LAYERS = /** @type {const} */ ([
  { cells: 4, swing: 70, kernel: 'cubic' },
  { cells: 24, swing: 50, kernel: 'cubic' },
  { cells: 40, swing: 26, kernel: 'nearest' },
  { cells: 180, swing: 28, kernel: 'cubic' },
  { cells: 900, swing: 26, kernel: 'cubic' },
])

const NOISE = 5
const TABLE = 1 << 16

/** @type {(options: { width: number, height: number, seed?: number }) => Promise<Buffer>} */
export const photoPixels = async ({ width, height, seed = 1 }) => {
  const random = randomFrom(seed)
  const layers = await Promise.all(
    LAYERS.map(({ cells, swing, kernel }) => {
      const across = Math.min(width, Math.max(1, Math.round((cells * width) / Math.max(width, height))))
      const down = Math.min(height, Math.max(1, Math.round((cells * height) / Math.max(width, height))))
      const grid = Buffer.alloc(across * down * 3)
      for (let cell = 0; cell < grid.length; cell += 3) {
        const light = (random() - 0.5) * swing
        for (let channel = 0; channel < 3; channel++)
          grid[cell + channel] = 128 + light + (random() - 0.5) * swing * 0.3
      }
      return sharp(grid, { raw: { width: across, height: down, channels: 3 } })
        .resize({ width, height, fit: 'fill', kernel })
        .raw()
        .toBuffer()
    }),
  )
  const noise = Int8Array.from({ length: TABLE }, () => (random() + random() + random() - 1.5) * 2 * NOISE)
  const pixels = new Uint8ClampedArray(width * height * 3)
  const [first, second, third, fourth, fifth] = layers
  for (let y = 0, at = 0; y < height; y++) {
    let grain = Math.floor(random() * TABLE)
    for (let x = 0; x < width; x++) {
      const speck = noise[grain++ & (TABLE - 1)]
      for (const end = at + 3; at < end; at++) {
        pixels[at] = first[at] + second[at] + third[at] + fourth[at] + fifth[at] - 512 + speck
      }
    }
  }
  return Buffer.from(pixels.buffer)
}

/** @type {(options: { width: number, height: number, seed?: number, quality?: number }) => Promise<Buffer>} */
export const photo = async ({ quality = 90, ...options }) =>
  sharp(await photoPixels(options), { raw: { width: options.width, height: options.height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer()

/** mulberry32: the same numbers on every machine. @type {(seed: number) => () => number} */
export const randomFrom = (seed) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

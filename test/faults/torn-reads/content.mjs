// Bytes of a variant, derived from its id and size name alone, so that every reader can check them.

import { createHash } from 'node:crypto'

/** Bytes of each variant, at most: from one piece of an answer to several. */
const MOST_BYTES = { original: 200_000, medium: 40_000, thumb: 9_000, game: 2_000 }

export const SIZES = Object.keys(MOST_BYTES)

/** @returns between half of the most bytes and all of them, in a pattern that no part of repeats at another place */
export const contentOf = (imageId, size) => {
  const seed = createHash('sha256').update(`${imageId} ${size}`).digest()
  const bytes = Buffer.alloc(Math.floor(MOST_BYTES[size] * (0.5 + seed[0] / 512)))
  for (let at = 0; at < bytes.length; at += seed.length) {
    seed.writeUInt32LE(at, 0)
    seed.copy(bytes, at)
  }
  return bytes
}

export const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex')

export const pick = (among) => among[Math.floor(Math.random() * among.length)]

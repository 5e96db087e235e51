// Small pictures, no two of them alike.

import { createHash, randomBytes, randomInt } from 'node:crypto'
import sharp from 'sharp'

export interface Picture {
  bytes: Buffer
  /** Of the bytes, in hex: the record of an image names the upload that it came from. */
  sha256: string
}

/** Sides in pixels: files of one block up to many. */
const SIDES = [16, 16, 16, 64, 64, 200]

/** A JPEG of noise, 1 to 40 KB. */
export const newPicture = async (): Promise<Picture> => {
  const side = SIDES[randomInt(SIDES.length)] ?? 16
  const raw = { width: side, height: side, channels: 3 } as const
  const bytes = await sharp(randomBytes(side * side * 3), { raw })
    .jpeg()
    .toBuffer()
  return { bytes, sha256: sha256Of(bytes) }
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

// What the header of a stored original says. Most are as Tintype wrote them, and read here in a tenth of a millisecond;
// to ask the decoder takes one, of each transform.

import { closeSync, openSync, readSync } from 'node:fs'
import sharp from 'sharp'
import type { PixelSize } from '../worker/levels.ts'
import { APP0, PLAIN_FRAMES, SOI, TABLES } from './jpeg.ts'

export interface StoredHeader {
  /** Pixels as shown, that is after the orientation is applied. */
  shown: PixelSize
  /** Whether its colours follow a profile of their own that applies to them. */
  hasProfile: boolean
}

/** A plain header has a few hundred bytes. */
const HEAD_BYTES = 4096

/** What may come before the frame and says nothing of its size or colours. */
const PASSED_OVER = [...TABLES, APP0]

/** @throws the error of the system or of the decoder where the file can't be read */
export const readStoredHeader = async (path: string): Promise<StoredHeader> =>
  plainHeader(readHead(path)) ?? (await headerByDecoder(path))

const headerByDecoder = async (path: string): Promise<StoredHeader> => {
  const { width, height, orientation = 1, icc, channels } = await sharp(path, { limitInputPixels: false }).metadata()
  const shown = orientation >= 5 && orientation <= 8 ? { width: height, height: width } : { width, height }
  return { shown, hasProfile: icc !== undefined && channels === 3 }
}

const readHead = (path: string): Buffer => {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.allocUnsafe(HEAD_BYTES)
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}

/** Undefined where anything but tables comes before the frame, such as an orientation or a profile. */
const plainHeader = (head: Buffer): StoredHeader | undefined => {
  let at = 2
  if (head.length < 2 || head.readUInt16BE(0) !== 0xff00 + SOI) return undefined
  while (at + 9 < head.length && head[at] === 0xff) {
    const marker = head.readUInt8(at + 1)
    if (PLAIN_FRAMES.includes(marker)) {
      const [height, width] = [head.readUInt16BE(at + 5), head.readUInt16BE(at + 7)]
      return width > 0 && height > 0 ? { shown: { width, height }, hasProfile: false } : undefined
    }
    if (!PASSED_OVER.includes(marker)) return undefined
    at += 2 + head.readUInt16BE(at + 2)
  }
  return undefined
}

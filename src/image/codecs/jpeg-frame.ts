// Refuses JPEG files in codings that libjpeg does not decode (ITU-T T.81; T.87 for JPEG-LS), by their frame header.

import { isFrame, MAX_SEGMENTS, SOS } from '../../core/headers/jpeg-header.ts'
import { unsupportedLayout } from './unsupported.ts'

/** Huffman and arithmetic coding; baseline, extended and progressive. */
const DECODED_FRAMES = [0xc0, 0xc1, 0xc2, 0xc9, 0xca]

/** For messages, by the marker of the frame. */
const CODINGS: Record<number, string> = {
  195: 'lossless coding',
  197: 'hierarchical coding',
  198: 'hierarchical progressive coding',
  199: 'hierarchical lossless coding',
  203: 'lossless arithmetic coding',
  205: 'hierarchical arithmetic coding',
  206: 'hierarchical progressive arithmetic coding',
  207: 'hierarchical lossless arithmetic coding',
  222: 'hierarchical coding',
  247: 'JPEG-LS coding',
}

const [DHP, JPEG_LS] = [0xde, 0xf7]
const DEFINE_LINES = Buffer.from([0xff, 0xdc, 0, 4])

/**
 * Reads up to the frame header. A file that has none is left to {@link readJpeg}.
 *
 * @param file such as `The JPEG file`
 * @throws TintypeError `unsupported_image_layout`
 */
export const assertKnownJpeg = (bytes: Buffer, file: string): void => {
  const frame = findFrame(bytes)
  if (!frame) return
  const { marker, content } = frame
  const expect = (isKnown: boolean, property: string, received: string, accepted: readonly string[]): void => {
    if (!isKnown) throw unsupportedLayout(file, property, received, accepted)
  }
  const coding = CODINGS[marker] ?? marker.toString(16)
  expect(DECODED_FRAMES.includes(marker), 'coding', coding, ['baseline', 'extended', 'progressive'])
  const [depth = 0, , , , , count = 0] = content
  expect(depth === 8, 'depth', `${depth} bits`, ['8 bits'])
  expect([1, 3, 4].includes(count), 'components', String(count), ['1', '3', '4'])
  const factors = Array.from({ length: count }, (_, index) => content[7 + 3 * index] ?? 0)
  const [across, down] = [factors.map((factor) => factor >> 4), factors.map((factor) => factor & 15)]
  const isWhole = [across, down].every((side) => side.every((factor) => Math.max(...side) % factor === 0))
  const received = across.map((factor, index) => `${factor}×${down[index]}`).join(', ')
  expect(isWhole || across.concat(down).includes(0), 'sampling factors', received, ['multiples of each other'])
  const isOpen = content.readUInt16BE(1) === 0 && bytes.includes(DEFINE_LINES)
  expect(!isOpen, 'height', 'it behind the first scan (DNL)', ['in the frame header'])
}

const findFrame = (bytes: Buffer): { marker: number; content: Buffer } | undefined => {
  let at = 2
  for (let segments = 0; segments < MAX_SEGMENTS && at + 4 <= bytes.length; segments++) {
    at = bytes.indexOf(0xff, at)
    const marker = at < 0 ? undefined : bytes[at + 1]
    if (marker === undefined || marker === SOS || at + 4 > bytes.length) return undefined
    if (marker <= 1 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd9)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    const content = bytes.subarray(at + 4, at + 2 + bytes.readUInt16BE(at + 2))
    if (isFrame(marker) || marker === DHP || marker === JPEG_LS)
      return content.length >= 6 ? { marker, content } : undefined
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

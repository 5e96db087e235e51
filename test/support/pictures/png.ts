// PNG files of any layout, with chunks of colour, made in code.

import { crc32, deflateSync } from 'node:zlib'

/** Bytes before the first chunk behind IHDR. */
const IHDR_END = 33

/** A PNG file with more chunks behind its header. */
export const withChunks = (png: Buffer, ...chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([png.subarray(0, IHDR_END), ...chunks, png.subarray(IHDR_END)])

export const pngChunk = (name: string, data: Buffer): Buffer => {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(name, 4, 'latin1')
  data.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}

/** @param gamma exponent that samples were encoded with: 1/2.2 of a usual screen */
export const gama = (gamma: number): Buffer => pngChunk('gAMA', fixed([gamma]))

/** @param primaries x, y of white, red, green and blue */
export const chrm = (primaries: readonly number[]): Buffer => pngChunk('cHRM', fixed(primaries))

export const cicp = (primaries: number, transfer: number, matrix = 0, range = 1): Buffer =>
  pngChunk('cICP', Buffer.from([primaries, transfer, matrix, range]))

export const srgbChunk = (): Buffer => pngChunk('sRGB', Buffer.from([0]))

export const iccp = (profile: Buffer): Buffer =>
  pngChunk('iCCP', Buffer.concat([Buffer.from('profile\0\0', 'latin1'), deflateSync(profile)]))

export interface PngOptions {
  width: number
  height: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  colourType: 0 | 2 | 3 | 4 | 6
  /** @default 8 */
  bits?: 8 | 16
  /** Big-endian, pixel by pixel. */
  samples: Buffer
  /** Before the pixels: colour, palette, transparency. */
  chunks?: readonly Buffer[]
}

export const pngOf = ({ width, height, colourType, bits = 8, samples, chunks = [] }: PngOptions): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([bits, colourType], 8)
  const row = samples.length / height
  const rows = Array.from({ length: height }, (_, y) => [Buffer.alloc(1), samples.subarray(y * row, (y + 1) * row)])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...chunks,
    pngChunk('IDAT', deflateSync(Buffer.concat(rows.flat()))),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

const fixed = (values: readonly number[]): Buffer => {
  const data = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) data.writeUInt32BE(Math.round(value * 100_000), 4 * index)
  return data
}

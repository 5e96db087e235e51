// PNG files with chunks of colour, made in code.

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

const fixed = (values: readonly number[]): Buffer => {
  const data = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) data.writeUInt32BE(Math.round(value * 100_000), 4 * index)
  return data
}

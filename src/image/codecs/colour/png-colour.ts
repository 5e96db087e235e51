// Reads the colour of PNG files (PNG third edition, 11.3.2): their chunks before the pixels.

import { inflateSync } from 'node:zlib'
import { cicpModel } from './cicp.ts'
import { type ColourModel, gammaCurve, matrixOfPrimaries, SRGB_PRIMARIES } from './model.ts'

export interface PngColour {
  /** The ICC profile, not checked. */
  icc?: Buffer
  /** Of `cICP`, else of `gAMA` and `cHRM`; undefined where they say nothing, or sRGB. */
  model?: ColourModel
}

/** Above the number of chunks before the pixels of any real file. */
const MAX_CHUNKS = 1000
const SIGNATURE_BYTES = 8

/** Most bytes of a compressed profile: above those of any real one. */
const MAX_PROFILE_BYTES = 16 * 1024 * 1024

/** `gAMA` of sRGB, 1/2.2. A value this near to it, and no `cHRM`, says that the file is for a usual screen: sRGB. */
const SRGB_GAMA = 1 / 2.2
const GAMA_TOLERANCE = 0.05

export const readPngColour = (png: Buffer): PngColour => {
  const chunks = chunksOf(png)
  const icc = chunks.get('iCCP')
  const profile = icc && inflated(icc)
  return {
    ...(profile && { icc: profile }),
    ...optional(modelOfCicp(chunks.get('cICP')) ?? (chunks.has('sRGB') ? undefined : modelOfGamma(chunks))),
  }
}

const optional = (model: ColourModel | undefined) => (model ? { model } : {})

const COLOUR_CHUNKS = ['cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM']

/** The first of each colour chunk. */
const chunksOf = (png: Buffer): Map<string, Buffer> => {
  const found = new Map<string, Buffer>()
  let at = SIGNATURE_BYTES
  for (let count = 0; count < MAX_CHUNKS && at + 12 <= png.length; count++) {
    const bytes = png.readUInt32BE(at)
    const name = png.toString('latin1', at + 4, at + 8)
    if (name === 'IDAT' || name === 'PLTE' || at + 12 + bytes > png.length) break
    if (COLOUR_CHUNKS.includes(name) && !found.has(name)) found.set(name, png.subarray(at + 8, at + 8 + bytes))
    at += 12 + bytes
  }
  return found
}

/** A profile behind its name and the number of the compression; undefined where it is damaged. */
const inflated = (chunk: Buffer): Buffer | undefined => {
  const name = chunk.indexOf(0)
  if (name < 0 || name > 79 || chunk[name + 1] !== 0) return undefined
  try {
    return inflateSync(chunk.subarray(name + 2), { maxOutputLength: MAX_PROFILE_BYTES })
  } catch {
    return undefined
  }
}

/** Of full range RGB, as PNG has it; other values are ignored, and unspecified curves. */
const modelOfCicp = (chunk: Buffer | undefined): ColourModel | undefined => {
  if (chunk?.length !== 4) return undefined
  const [primaries = 0, transfer = 0, matrix, isFullRange] = chunk
  return matrix === 0 && isFullRange === 1 && transfer !== 2 ? cicpModel(primaries, transfer) : undefined
}

/** As browsers do it: `cHRM` alone has no effect. */
const modelOfGamma = (chunks: ReadonlyMap<string, Buffer>): ColourModel | undefined => {
  const gama = chunks.get('gAMA')
  const value = gama?.length === 4 ? gama.readUInt32BE(0) / 100_000 : 0
  if (value === 0) return undefined
  const curve = gammaCurve(1 / value)
  const chrm = chunks.get('cHRM')
  if (chrm?.length !== 32)
    return Math.abs(value / SRGB_GAMA - 1) < GAMA_TOLERANCE
      ? undefined
      : { curves: [curve, curve, curve], matrix: matrixOfPrimaries(SRGB_PRIMARIES) }
  const [wx, wy, rx, ry, gx, gy, bx, by] = [0, 4, 8, 12, 16, 20, 24, 28].map((at) => chrm.readUInt32BE(at) / 100_000)
  if (!wx || !wy || !rx || !ry || !gx || !gy || !bx || !by) return undefined
  return { curves: [curve, curve, curve], matrix: matrixOfPrimaries([rx, ry, gx, gy, bx, by, wx, wy]) }
}

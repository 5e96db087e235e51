// Converts samples of a decoded picture to 8 bit sRGB.

import sharp, { type Sharp } from 'sharp'
import { type ColourModel, type Curve, linearOfSrgb, type Matrix, srgbOfLinear } from '../codecs/colour/model.ts'
import { taggedTiff } from '../codecs/colour/tagged-tiff.ts'
import { convertInFixedPoint, type SamplePass } from './colour/fixed-matrix.ts'
import type { PixelSize } from './levels.ts'
import type { Colour, SampleLayout } from './meaning.ts'

/** Samples as stored, without padding between them. */
export interface Samples extends PixelSize {
  data: Buffer
  /** Of a sample: `uchar`, `ushort` and `uint` are integers of 8, 16 and 32 bits, `float` numbers from 0 to 1. */
  depth: string
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  bands: number
}

/** 8 bit sRGB, or sRGB and alpha. */
export interface Pixels extends PixelSize {
  data: Buffer
  channels: 3 | 4
}

/** Steps of linear light for which the sRGB level is known: at black, one step is a twentieth of a level. */
const LIGHT_STEPS = 65_535

/**
 * Decodes a picture to samples as stored, without conversion.
 *
 * @param open gives the picture, each time anew
 */
export const readSamples = async (open: () => Sharp, layout: SampleLayout): Promise<Samples> => {
  const { space, depth, bands } = layout
  // Raw output of sharp has no alpha beside grey.
  if (space === 'b-w' && depth === 'uchar') return rawOf(open().pipelineColourspace('srgb'), 'srgb', depth)
  if (space === 'b-w' && bands === 2) {
    const [grey, alpha] = [await channelOf(open(), 0, depth), await channelOf(open(), 1, depth)]
    return { ...grey, bands, data: interleaved(grey.data, alpha.data) }
  }
  // Half floats of grey are taken for integers of 16 bits, to which they are scaled here.
  if (space === 'grey16' && depth === 'float')
    return rawOf(open().linear(Array(bands).fill(65_535), Array(bands).fill(0)), space, 'ushort')
  return rawOf(open(), space, depth)
}

const rawOf = async (picture: Sharp, space: string, depth: string): Promise<Samples> => {
  const raw = picture.toColourspace(space).raw({ depth: depthOf(depth) })
  const { data, info } = await raw.toBuffer({ resolveWithObject: true })
  return { data, depth, bands: info.channels, width: info.width, height: info.height }
}

const channelOf = (picture: Sharp, channel: 0 | 1, depth: string): Promise<Samples> =>
  rawOf(picture.extractChannel(channel), 'b-w', depth)

/** Alternates samples of 4 bytes. */
const interleaved = (first: Buffer, second: Buffer): Buffer => {
  const data = Buffer.allocUnsafe(first.length + second.length)
  for (let at = 0; at < first.length; at += 4) {
    first.copy(data, 2 * at, at, at + 4)
    second.copy(data, 2 * at + 4, at, at + 4)
  }
  return data
}

const DEPTHS = ['uchar', 'ushort', 'uint', 'float'] as const

const depthOf = (depth: string) => DEPTHS.find((known) => known === depth) ?? 'uchar'

/** Converts samples to sRGB, as a picture of 8 bits with three channels, or four with alpha. */
export const toSrgbPicture = async (
  samples: Samples,
  colour: Colour | undefined,
  isPremultiplied: boolean,
): Promise<Sharp> => {
  const isModel = colour?.by === 'model'
  const pixels = toSrgb(samples, isModel ? colour.model : undefined, isPremultiplied)
  if (colour?.by === 'tables') return sharp(taggedTiff(pixels, colour.profile), UNLIMITED)
  const { data, ...raw } = pixels
  return sharp(data, { ...UNLIMITED, raw })
}

/** The number of pixels was checked before they were decoded. */
const UNLIMITED = { limitInputPixels: false } as const

/**
 * Converts samples; their memory may be used for the result. Grey samples become three channels. Light outside the range
 * of sRGB is cut off, as in browsers.
 *
 * @param model undefined where the samples are sRGB
 * @param isPremultiplied true where colours are multiplied by alpha; they are divided by it before anything else
 */
export const toSrgb = (samples: Samples, model: ColourModel | undefined, isPremultiplied: boolean): Pixels => {
  const { width, height, bands } = samples
  const source = integersOf(samples)
  const max = source instanceof Uint8Array ? 255 : 65_535
  const hasAlpha = bands % 2 === 0
  const channels = hasAlpha ? 4 : 3
  const count = width * height
  // Each pixel is read before it is written, and never written behind the place that it was read from.
  const fits = channels <= bands * source.BYTES_PER_ELEMENT
  const data = fits
    ? Buffer.from(source.buffer, source.byteOffset, count * channels)
    : Buffer.allocUnsafe(count * channels)
  const pass = { source, bands, max, data, channels, count } as const
  if (hasAlpha && isPremultiplied) divideByAlpha(pass)
  if (bands < 3 || !(model?.matrix || model?.toneMap)) convertByChannel(pass, model)
  else if (model.toneMap || !model.matrix || !convertInFixedPoint(pass, { ...model, matrix: model.matrix }))
    convertByMatrix(pass, model)
  return { width, height, channels, data }
}

const divideByAlpha = ({ source, bands, max, count }: SamplePass): void => {
  for (let at = 0; at < count * bands; at += bands) {
    const alpha = source[at + bands - 1] ?? 0
    const factor = alpha === 0 ? 0 : max / alpha
    for (let band = 0; band < bands - 1; band++)
      source[at + band] = Math.min(max, Math.round((source[at + band] ?? 0) * factor))
  }
}

/** Each channel on its own: grey, and models with the primaries of sRGB. */
const convertByChannel = (
  { source, bands, max, data, channels, count }: SamplePass,
  model: ColourModel | undefined,
): void => {
  const [first, second, third] = model?.curves ?? [linearOfSrgb]
  const level = (curve: Curve): Uint8Array =>
    model
      ? Uint8Array.from({ length: max + 1 }, (_, sample) => levelOf(greyLight(model, curve(sample / max))))
      : Uint8Array.from({ length: max + 1 }, (_, sample) => Math.round((sample * 255) / max))
  const red = level(first)
  const green = second ? level(second) : red
  const blue = third ? level(third) : red
  const [toGreen, toBlue] = bands > 2 ? [1, 2] : [0, 0]
  const toOpacity = max === 255 ? 1 : 257
  for (let pixel = 0, from = 0, to = 0; pixel < count; pixel++, from += bands, to += channels) {
    const [r, g, b] = [source[from] ?? 0, source[from + toGreen] ?? 0, source[from + toBlue] ?? 0]
    const alpha = source[from + bands - 1] ?? 0
    data[to] = red[r] ?? 0
    data[to + 1] = green[g] ?? 0
    data[to + 2] = blue[b] ?? 0
    if (channels === 4) data[to + 3] = Math.round(alpha / toOpacity)
  }
}

/** Grey has equal light in all three channels. */
const greyLight = ({ toneMap }: ColourModel, light: number): number => {
  if (!toneMap) return light
  const channels = Float64Array.of(light, light, light)
  toneMap(channels)
  return channels[0] ?? 0
}

const convertByMatrix = (
  { source, bands, max, data, channels, count }: SamplePass,
  { curves, matrix, toneMap }: ColourModel,
): void => {
  const light = (curve: Curve): Float32Array =>
    Float32Array.from({ length: max + 1 }, (_, sample) => curve(sample / max))
  const [first, second = first, third = first] = curves
  const red = light(first)
  const green = second === first ? red : light(second)
  const blue = third === first ? red : light(third)
  const [m0 = 0, m1 = 0, m2 = 0, m3 = 0, m4 = 0, m5 = 0, m6 = 0, m7 = 0, m8 = 0] = (matrix ?? IDENTITY).map(
    (factor) => factor * LIGHT_STEPS,
  )
  const levels = levelTable()
  const toOpacity = max === 255 ? 1 : 257
  const mapped = new Float64Array(3)
  for (let pixel = 0, from = 0, to = 0; pixel < count; pixel++, from += bands, to += channels) {
    let r = red[source[from] ?? 0] ?? 0
    let g = green[source[from + 1] ?? 0] ?? 0
    let b = blue[source[from + 2] ?? 0] ?? 0
    const alpha = source[from + bands - 1] ?? 0
    if (toneMap) {
      mapped[0] = r
      mapped[1] = g
      mapped[2] = b
      toneMap(mapped)
      r = mapped[0] ?? 0
      g = mapped[1] ?? 0
      b = mapped[2] ?? 0
    }
    data[to] = levels[stepOf(m0 * r + m1 * g + m2 * b)] ?? 0
    data[to + 1] = levels[stepOf(m3 * r + m4 * g + m5 * b)] ?? 0
    data[to + 2] = levels[stepOf(m6 * r + m7 * g + m8 * b)] ?? 0
    if (channels === 4) data[to + 3] = Math.round(alpha / toOpacity)
  }
}

const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1]

/** Light within the range of sRGB, in whole steps. */
const stepOf = (light: number): number => (light <= 0 ? 0 : light >= LIGHT_STEPS ? LIGHT_STEPS : (light + 0.5) | 0)

let madeLevels: Uint8Array | undefined

/** sRGB levels by steps of light. */
const levelTable = (): Uint8Array => {
  madeLevels ??= Uint8Array.from({ length: LIGHT_STEPS + 1 }, (_, step) => levelOf(step / LIGHT_STEPS))
  return madeLevels
}

const levelOf = (light: number): number => Math.round(255 * srgbOfLinear(Math.min(1, Math.max(0, light))))

/** Samples of 8 or 16 bits; larger ones are scaled to 16, in place. */
const integersOf = ({ data, depth }: Samples): Uint8Array | Uint16Array => {
  if (depth === 'uchar') return data
  const bytes = depth === 'ushort' ? 2 : 4
  const { buffer, byteOffset } = data.byteOffset % bytes === 0 ? data : Buffer.from(data)
  const count = data.length / bytes
  const scaled = new Uint16Array(buffer, byteOffset, count)
  if (depth === 'uint') {
    const source = new Uint32Array(buffer, byteOffset, count)
    for (let at = 0; at < count; at++) scaled[at] = (source[at] ?? 0) >>> 16
  }
  if (depth === 'float') {
    const source = new Float32Array(buffer, byteOffset, count)
    for (let at = 0; at < count; at++) {
      const value = source[at] ?? 0
      scaled[at] = value >= 1 ? 65_535 : value > 0 ? value * 65_535 + 0.5 : 0
    }
  }
  return scaled
}

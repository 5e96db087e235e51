// Converts decoded HEVC pictures from Y'CbCr to 8 bit RGB (ITU-T H.273 section 8.3), and puts them where they are shown.

import type { Placement } from '../../codecs/isobmff/placement.ts'
import { unsupportedLayout } from '../../codecs/unsupported.ts'
import type { Pixels } from '../samples.ts'
import type { HevcPicture, HevcPlane } from './hevc-decoder.ts'

/** Part of a picture that a tile contains. */
export interface TilePlace {
  left: number
  top: number
  /** Dimensions and orientation of the whole picture. */
  placement: Placement
}

/** How the colours of samples are coded. */
export interface Coding {
  /** Matrix coefficients of ITU-T H.273. */
  matrix: number
  isFullRange: boolean
}

/** Weights of red and blue in luma, by matrix coefficients. 2 is "unspecified", which HEIF readers take for BT.601. */
const WEIGHTS: Readonly<Record<number, readonly [red: number, blue: number]>> = {
  1: [0.2126, 0.0722],
  2: [0.299, 0.114],
  4: [0.3, 0.11],
  5: [0.299, 0.114],
  6: [0.299, 0.114],
  7: [0.212, 0.087],
  9: [0.2627, 0.0593],
  10: [0.2627, 0.0593],
}

/** The planes are green, blue and red. */
export const GBR = 0

/** Fractional bits of a level: products of the largest samples stay below 2^30. */
const FRACTION = 20

/**
 * Writes a tile into the pixels of the whole picture, but for what is not shown. Samples of chroma stand for all pixels
 * that they cover.
 *
 * @throws TintypeError `unsupported_image_layout` where the colours are coded in another way
 */
export const writeTile = (target: Pixels, picture: HevcPicture, coding: Coding, place: TilePlace): void => {
  const [luma, cb, cr] = picture.planes
  if (!luma) return
  const scale = scaleOf(picture.depth, coding.isFullRange)
  if (!cb || !cr) writeChannel(target, luma, place, { ...scale, channels: [0, 1, 2] })
  else if (coding.matrix === GBR)
    for (const [channel, plane] of [cr, luma, cb].entries())
      writeChannel(target, plane, place, { ...scale, channels: [channel] })
  else writeColours(target, [luma, cb, cr], place, factorsOf(picture.depth, coding))
}

/** Writes luma into the alpha channel. */
export const writeAlpha = (
  target: Pixels,
  { planes: [luma], depth }: HevcPicture,
  _: Coding,
  place: TilePlace,
): void => {
  if (luma) writeChannel(target, luma, place, { ...scaleOf(depth, true), channels: [3] })
}

interface Scale {
  black: number
  /** Levels of 8 bits per sample. */
  luma: number
  chroma: number
}

const scaleOf = (depth: number, isFullRange: boolean): Scale => {
  const step = 2 ** (depth - 8)
  if (isFullRange) return { black: 0, luma: 255 / (256 * step - 1), chroma: 255 / (256 * step - 1) }
  return { black: 16 * step, luma: 255 / (219 * step), chroma: 255 / (224 * step) }
}

interface Factors {
  black: number
  /** Chroma without colour. */
  middle: number
  /** Levels with {@link FRACTION} bits per sample: of luma, and of chroma in each channel. */
  luma: number
  crRed: number
  cbGreen: number
  crGreen: number
  cbBlue: number
}

const factorsOf = (depth: number, { matrix, isFullRange }: Coding): Factors => {
  const weights = WEIGHTS[matrix]
  if (!weights)
    throw unsupportedLayout(
      'The HEIC file',
      'matrix coefficients',
      String(matrix),
      [GBR, ...Object.keys(WEIGHTS)].map(String),
    )
  const [red, blue] = weights
  const green = 1 - red - blue
  const { black, luma, chroma } = scaleOf(depth, isFullRange)
  const fixed = (factor: number) => Math.round(factor * 2 ** FRACTION)
  return {
    black,
    middle: 2 ** (depth - 1),
    luma: fixed(luma),
    crRed: fixed(2 * (1 - red) * chroma),
    cbGreen: fixed((-2 * blue * (1 - blue) * chroma) / green),
    crGreen: fixed((-2 * red * (1 - red) * chroma) / green),
    cbBlue: fixed(2 * (1 - blue) * chroma),
  }
}

/** Samples of a tile that are shown, and where the first one and its neighbours are written. */
const shownPart = ({ left, top, placement }: TilePlace, { width, height }: HevcPlane, { channels }: Pixels) => {
  const { xx, xy, x0, yx, yy, y0 } = placement
  const at = (x: number, y: number) => ((x * yx + y * yy + y0) * placement.width + x * xx + y * xy + x0) * channels
  // One of the two depends on x, the other on y.
  const across = xx !== 0 ? range(xx, x0, placement.width) : range(yx, y0, placement.height)
  const along = xy !== 0 ? range(xy, x0, placement.width) : range(yy, y0, placement.height)
  const [fromX, toX] = [Math.max(0, across.from - left), Math.min(width, across.to - left)]
  const [fromY, toY] = [Math.max(0, along.from - top), Math.min(height, along.to - top)]
  return { fromX, toX, fromY, toY, start: at(left, top), stepX: at(1, 0) - at(0, 0), stepY: at(0, 1) - at(0, 0) }
}

/** Positions whose place is within the picture. @param step 1 or -1 */
const range = (step: number, offset: number, length: number) =>
  step > 0 ? { from: -offset, to: length - offset } : { from: offset - length + 1, to: offset + 1 }

/** Rows and columns that are written one after the other: rotated, they share parts of the processor's caches. */
const BLOCK = 32

const writeColours = (
  target: Pixels,
  planes: [HevcPlane, HevcPlane, HevcPlane],
  place: TilePlace,
  by: Factors,
): void => {
  const [luma, cb, cr] = planes
  const part = shownPart(place, luma, target)
  const { stepX, stepY } = part
  const shiftX = cb.width < luma.width ? 1 : 0
  const shiftY = cb.height < luma.height ? 1 : 0
  const pixels = new Uint8ClampedArray(target.data.buffer, target.data.byteOffset, target.data.length)
  const [ySamples, cbSamples, crSamples] = [luma.samples, cb.samples, cr.samples]
  const { middle, crRed, cbGreen, crGreen, cbBlue } = by
  const half = 1 << (FRACTION - 1)
  for (let blockX = part.fromX; blockX < part.toX; blockX += BLOCK) {
    const end = Math.min(blockX + BLOCK, part.toX)
    for (let y = part.fromY; y < part.toY; y++) {
      const row = y * luma.stride
      const chromaRow = (y >> shiftY) * cb.stride
      let at = part.start + blockX * stepX + y * stepY
      for (let x = blockX; x < end; x++, at += stepX) {
        const b = (cbSamples[chromaRow + (x >> shiftX)] ?? 0) - middle
        const r = (crSamples[chromaRow + (x >> shiftX)] ?? 0) - middle
        const level = Math.imul((ySamples[row + x] ?? 0) - by.black, by.luma) + half
        pixels[at] = (level + Math.imul(r, crRed)) >> FRACTION
        pixels[at + 1] = (level + Math.imul(b, cbGreen) + Math.imul(r, crGreen)) >> FRACTION
        pixels[at + 2] = (level + Math.imul(b, cbBlue)) >> FRACTION
      }
    }
  }
}

const writeChannel = (
  target: Pixels,
  { samples, stride, ...plane }: HevcPlane,
  place: TilePlace,
  { black, luma, channels }: Scale & { channels: readonly number[] },
): void => {
  const part = shownPart(place, { samples, stride, ...plane }, target)
  const pixels = new Uint8ClampedArray(target.data.buffer, target.data.byteOffset, target.data.length)
  for (let y = part.fromY; y < part.toY; y++)
    for (let x = part.fromX; x < part.toX; x++) {
      const level = ((samples[y * stride + x] ?? 0) - black) * luma
      for (const channel of channels) pixels[part.start + x * part.stepX + y * part.stepY + channel] = level
    }
}

// Decodes the primary picture of a HEIC file: its HEVC pictures one by one, each written to its place.

import { TintypeError } from '../../../core/errors.ts'
import { failDamaged } from '../../codecs/isobmff/boxes.ts'
import { type CodedPicture, type CodedTile, codedPictureOf } from '../../codecs/isobmff/coded-picture.ts'
import { codedPixels, nalUnitsIn, readHevcConfiguration } from '../../codecs/isobmff/hevc.ts'
import { type Meta, readMeta } from '../../codecs/isobmff/meta.ts'
import { placementOf } from '../../codecs/isobmff/placement.ts'
import { alphaOf, propertyOf, readPrimaryItem } from '../../codecs/isobmff/primary-item.ts'
import { unsupportedLayout } from '../../codecs/unsupported.ts'
import { assertPixels } from '../checks/limits.ts'
import type { Pixels } from '../samples.ts'
import { createHevcDecoder, type HevcDecoder, type HevcPicture, isUnfinished } from './hevc-decoder.ts'
import { GBR, writeAlpha, writeTile } from './rgb.ts'

/**
 * Decodes the primary picture: cut, rotated and mirrored as it is shown, 8 bit. Colours are not converted, and multiplied by
 * alpha where the file says so.
 *
 * @throws TintypeError `damaged_image`, `too_many_pixels`, `unsupported_image_layout`; `unsupported_image_type` where the
 *   decoder cannot be loaded
 */
export const decodeHeic = (bytes: Buffer, maxPixels: number): Pixels => {
  const item = readPrimaryItem(bytes) ?? failDamaged('the file has no picture')
  assertPixels(item.width, item.height, maxPixels)
  // Tiles reach over the edges of a picture, by less than one of them.
  if (item.decodedPixels > 2 * maxPixels) failDamaged(`a decoder holds ${item.decodedPixels} pixels of the picture`)
  const meta = readMeta(bytes) ?? failDamaged('the file has no picture')
  const alpha = alphaOf(meta)
  const decoder = createHevcDecoder()
  const decode = (id: number, channels: 3 | 4, write: typeof writeTile, target?: Pixels) =>
    compose({ decoder, meta, picture: codedPictureOf(meta, id), channels, write, target })
  try {
    if (alpha === undefined) return decode(item.id, 3, writeTile)
    const pixels = decode(item.id, 4, writeTile)
    const opacity = decode(alpha, 4, writeAlpha, pixels)
    if (opacity !== pixels) scaleAlpha(opacity, pixels)
    return pixels
  } catch (cause) {
    if (cause instanceof TintypeError) throw cause
    // WebAssembly stops at an access outside of its memory, and where that cannot grow.
    throw new TintypeError('damaged_image', 'The picture is damaged and cannot be decoded.', { cause })
  }
}

interface Composition {
  decoder: HevcDecoder
  meta: Meta
  picture: CodedPicture
  channels: 3 | 4
  write: typeof writeTile
  /** Pixels to write into, where they have the dimensions of the picture. @default new ones */
  target: Pixels | undefined
}

const compose = ({ decoder, meta, picture, channels, write, target }: Composition): Pixels => {
  const placement = placementOf(picture, picture.properties)
  const { width, height } = placement
  // New ones are not filled with zeros, and not from the pool of Node. The tiles cover all of them.
  const pixels =
    target?.width === width && target.height === height
      ? target
      : { width, height, channels, data: Buffer.allocUnsafeSlow(width * height * channels) }
  for (const tile of picture.tiles)
    decodeTile(decoder, meta, tile, (decoded) => {
      const coding = picture.nclx ?? decoded
      if (coding.matrix !== GBR && isUnfinished(decoded)) failDamaged('a picture ends too early')
      write(pixels, decoded, coding, { left: tile.left, top: tile.top, placement })
    })
  return pixels
}

/** Profiles of H.265 annex A that libde265 knows: Main, Main 10, Main Still Picture, Range Extensions. */
const KNOWN_PROFILES = [1, 2, 3, 4]

/** Most that a decoded picture is larger than it says before it is cropped: one block. */
const MAX_PADDING = 64

const decodeTile = (
  decoder: HevcDecoder,
  meta: Meta,
  { item, width, height }: CodedTile,
  use: (picture: HevcPicture) => void,
): void => {
  const configuration = propertyOf(item, 'hvcC') ?? failDamaged('a picture has no configuration')
  const { nalUnits, lengthBytes, profile } = readHevcConfiguration(configuration)
  const data = meta.dataOf(item.id, Number.POSITIVE_INFINITY) ?? failDamaged('a picture is not in the file')
  const units = [...nalUnits, ...nalUnitsIn(data, lengthBytes)]
  if (codedPixels(units) > (width + MAX_PADDING) * (height + MAX_PADDING))
    failDamaged('a picture is larger than it says')
  const isDecoded = decoder.decode(units, (picture) => {
    const [luma] = picture.planes
    if (luma?.width !== width || luma.height !== height) failDamaged('a picture has other dimensions than it says')
    use(picture)
  })
  if (isDecoded) return
  if (profile !== 0 && !KNOWN_PROFILES.includes(profile))
    throw unsupportedLayout('The HEIC file', 'an HEVC profile', String(profile), KNOWN_PROFILES.map(String))
  failDamaged('a picture has errors')
}

/** The pixel that covers the place of each pixel. */
const scaleAlpha = (from: Pixels, to: Pixels): void => {
  for (let y = 0; y < to.height; y++) {
    const row = Math.floor((y * from.height) / to.height) * from.width
    for (let x = 0; x < to.width; x++)
      to.data[(y * to.width + x) * 4 + 3] = from.data[(row + Math.floor((x * from.width) / to.width)) * 4 + 3] ?? 0
  }
}

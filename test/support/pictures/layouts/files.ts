// Files of each format around the samples of known colours.

import sharp, { type Raw } from 'sharp'
import { box, latin1, u8 } from '../../../../src/image/codecs/isobmff/writer.ts'
import { ALPHA, auxC, heifFile, irot, itemOf } from '../heif.ts'
import { segment, withSegments } from '../pictures.ts'
import { pngChunk, pngOf } from '../png.ts'
import { profileChunks } from '../profiles.ts'
import { tiffOf } from '../tiff.ts'
import { type SampleOptions, samplesOf } from './samples.ts'

export interface FileOptions extends SampleOptions {
  /** ICC profile, of formats that can have one. */
  icc?: Buffer
}

export const pngFile = (options: FileOptions, ...chunks: readonly Buffer[]): Buffer => {
  const { width, height, samples } = samplesOf({ ...options, isBigEndian: true })
  const colourType = ([0, 0, 4, 2, 6] as const)[options.bands]
  const exif = options.orientation ? [pngChunk('eXIf', exifOf(options.orientation))] : []
  return pngOf({
    width,
    height,
    colourType,
    bits: options.depth === 16 ? 16 : 8,
    samples,
    chunks: [...chunks, ...exif],
  })
}

/** One entry of the palette for each patch, with its opacity. */
export const palettePngFile = (options: Omit<FileOptions, 'bands'>, ...chunks: readonly Buffer[]): Buffer => {
  const { width, height, palette, indices } = indexed(options)
  const rgb = palette.map((colour) => colour.subarray(0, 3))
  const opacity = palette.map((colour) => colour.subarray(3))
  const own = [pngChunk('PLTE', Buffer.concat(rgb)), pngChunk('tRNS', Buffer.concat(opacity))]
  return pngOf({ width, height, colourType: 3, samples: indices, chunks: [...chunks, ...own] })
}

/** A palette, and the index of each pixel in it. */
const indexed = (options: Omit<FileOptions, 'bands'>) => {
  const { width, height, samples } = samplesOf({ ...options, bands: 4 })
  const colours: string[] = []
  const indices = Buffer.alloc(width * height)
  for (let pixel = 0; pixel < indices.length; pixel++) {
    const colour = samples.toString('latin1', 4 * pixel, 4 * pixel + 4)
    if (!colours.includes(colour)) colours.push(colour)
    indices[pixel] = colours.indexOf(colour)
  }
  return { width, height, palette: colours.map(latin1), indices }
}

/** 1 premultiplied, 2 alpha. */
export const tiffOfLayout = (options: FileOptions): Buffer => {
  const { bands, depth = 8, icc, orientation = 1, isPremultiplied, isCmyk } = options
  const { width, height, samples } = samplesOf(options)
  const isFloat = depth === 'float' || depth === 'half'
  return tiffOf({
    width,
    height,
    samples,
    bits: depth === 'float' ? 32 : depth === 'half' ? 16 : depth,
    samplesPerPixel: bands,
    photometric: isCmyk ? 5 : bands < 3 ? 1 : 2,
    rowsPerStrip: height,
    tags: {
      274: orientation,
      ...(bands % 2 === 0 && !isCmyk ? { 338: isPremultiplied ? 1 : 2 } : {}),
      ...(isFloat ? { 339: Array<number>(bands).fill(3) } : {}),
      ...(icc ? { 34675: icc } : {}),
    },
  })
}

export const jpegFile = async (options: FileOptions, format: { progressive?: boolean } = {}): Promise<Buffer> => {
  const { samples, ...raw } = rawOf(options)
  const picture = sharp(samples, { raw })
  const grey = options.bands === 1 ? picture.toColourspace('b-w') : picture
  const jpeg = await grey.jpeg({ quality: 100, chromaSubsampling: '4:4:4', ...format }).toBuffer()
  const exif = options.orientation ? [segment(0xe1, exifOf(options.orientation, 'Exif\0\0'))] : []
  return withSegments(
    jpeg,
    ...exif,
    ...(options.icc ? profileChunks(options.icc).map((chunk) => segment(0xe2, chunk)) : []),
  )
}

/** CMYK, as Photoshop writes it: inverted. */
export const cmykJpegFile = (options: Omit<FileOptions, 'bands' | 'isCmyk'>): Promise<Buffer> =>
  sharp(tiffOfLayout({ ...options, bands: 4, isCmyk: true }))
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .keepIccProfile()
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer()

/** Lossless WebP in the extended format, which has room for a profile and EXIF. */
export const webpFile = async (options: FileOptions): Promise<Buffer> => {
  const { samples, ...raw } = rawOf(options)
  const plain = await sharp(samples, { raw }).webp({ lossless: true, exact: true }).toBuffer()
  const pixels = plain.subarray(plain.indexOf('VP8L'))
  const head = Buffer.alloc(10)
  head[0] = (options.icc ? 0x20 : 0) | (options.bands === 4 ? 0x10 : 0) | (options.orientation ? 0x08 : 0)
  head.writeUIntLE(raw.width - 1, 4, 3)
  head.writeUIntLE(raw.height - 1, 7, 3)
  const chunks = [
    riffChunk('VP8X', head),
    ...(options.icc ? [riffChunk('ICCP', options.icc)] : []),
    pixels,
    ...(options.orientation ? [riffChunk('EXIF', exifOf(options.orientation))] : []),
  ]
  return riffChunk('RIFF', Buffer.concat([latin1('WEBP'), ...chunks]))
}

const riffChunk = (name: string, data: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(data.length)
  return Buffer.concat([latin1(name), size, data, Buffer.alloc(data.length & 1)])
}

/** Pixels of a GIF between two codes that clear its table, so that all codes have 8 bits. */
const GIF_RUN = 100

/** The palette as it is, which sharp would round. */
export const gifFile = (options: Omit<FileOptions, 'bands'>): Buffer => {
  const { width, height, palette, indices } = indexed(options)
  const [clear, end] = [0x80, 0x81]
  const codes: number[] = []
  for (let at = 0; at < indices.length; at += GIF_RUN) codes.push(clear, ...indices.subarray(at, at + GIF_RUN))
  codes.push(end)
  const table = Buffer.alloc(3 * 128)
  for (const [index, colour] of palette.entries()) colour.copy(table, 3 * index, 0, 3)
  const hole = palette.findIndex((colour) => colour[3] === 0)
  const screen = Buffer.from([...u16le(width), ...u16le(height), 0xf6, 0, 0])
  const control = Buffer.from([0x21, 0xf9, 4, 1, 0, 0, Math.max(0, hole), 0])
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, ...u16le(width), ...u16le(height), 0, 7])
  const blocks: Buffer[] = []
  for (let at = 0; at < codes.length; at += 255) {
    const block = codes.slice(at, at + 255)
    blocks.push(Buffer.from([block.length, ...block]))
  }
  return Buffer.concat([
    latin1('GIF89a'),
    screen,
    table,
    ...(hole < 0 ? [] : [control]),
    frame,
    ...blocks,
    Buffer.from([0, 0x3b]),
  ])
}

const u16le = (value: number): number[] => [value & 0xff, value >> 8]

export interface AvifOptions extends FileOptions {
  /** Code points of primaries and transfer. @default none */
  nclx?: readonly [number, number]
  /** Turns anticlockwise that show it upright. */
  quarters?: number
}

/** AVIF around pixels that sharp coded, with descriptions of its own. */
export const avifFile = async (options: AvifOptions): Promise<Buffer> => {
  const { bands, icc, nclx, quarters, isPremultiplied } = options
  const { samples, ...raw } = rawOf(options)
  const picture = () => sharp(samples, { raw })
  const coding = { lossless: true, chromaSubsampling: '4:4:4', effort: 2 } as const
  const opaque = bands % 2 === 0 ? await picture().removeAlpha().raw().toBuffer() : samples
  const channels = bands < 3 ? 1 : 3
  const coded = sharp(opaque, { raw: { ...raw, channels } })
  const item = itemOf(await (bands < 3 ? coded.toColourspace('b-w') : coded).avif(coding).toBuffer())
  const matrix = item.properties.find((property) => property.includes('nclx'))?.subarray(16, 18) ?? Buffer.from([0, 6])
  const kept = item.properties.filter((property) => !property.includes('colr'))
  const [primaries, transfer] = nclx ?? [2, 2]
  const properties = [
    ...kept,
    box('colr', latin1('nclx'), u8(0, primaries, 0, transfer), matrix, u8(0x80)),
    ...(icc ? [box('colr', latin1('prof'), icc)] : []),
    ...(quarters ? [irot(quarters)] : []),
  ]
  if (bands % 2 === 1) return heifFile({ items: [{ ...item, properties }] })
  const alpha = itemOf(
    await picture()
      .extractChannel(bands === 2 ? 1 : 3)
      .toColourspace('b-w')
      .avif(coding)
      .toBuffer(),
  )
  const description = auxC(ALPHA)
  return heifFile({
    items: [
      { ...item, properties, ...(isPremultiplied && { references: { prem: [2] } }) },
      {
        ...alpha,
        properties: [
          ...alpha.properties.filter((property) => !property.includes('colr')),
          description,
          ...(quarters ? [irot(quarters)] : []),
        ],
        references: { auxl: [1] },
      },
    ],
  })
}

const rawOf = (options: SampleOptions): { samples: Buffer } & Raw => {
  const { width, height, samples } = samplesOf(options)
  return { samples, width, height, channels: options.bands }
}

/** The smallest EXIF with an orientation. */
const exifOf = (orientation: number, prefix = ''): Buffer =>
  latin1(`${prefix}MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(orientation)}\0\0\0\0\0\0`)

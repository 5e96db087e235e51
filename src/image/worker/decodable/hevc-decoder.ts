// Decodes HEVC with libde265, compiled to WebAssembly as a part of libheif-js. libheif itself is not used: it switches the
// filters of edges off, and shows what libde265 conceals.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { TintypeError } from '../../../core/errors.ts'
import { acceptedTypes } from '../../accepted.ts'
import { failDamaged } from '../../codecs/isobmff/boxes.ts'
import { refusalOf } from '../../codecs/sniff.ts'
import { unsupportedLayout } from '../../codecs/unsupported.ts'

/** A decoded picture, in memory of the decoder. */
export interface HevcPicture {
  /** Luma, then Cb and Cr where it has colour. */
  planes: HevcPlane[]
  /** Bits of a sample. */
  depth: number
  /** Matrix coefficients of ITU-T H.273, by the HEVC data. 2 where they say none. */
  matrix: number
  isFullRange: boolean
}

export interface HevcPlane {
  width: number
  height: number
  samples: Uint8Array | Uint16Array
  /** Samples from one row to the next. */
  stride: number
}

export interface HevcDecoder {
  /**
   * Decodes the first picture.
   *
   * @param nalUnits parameter sets first
   * @param use takes what it needs of the picture, which is gone afterwards
   * @returns false where there is no picture without errors
   * @throws TintypeError `damaged_image`, `unsupported_image_layout`
   */
  decode(nalUnits: readonly Buffer[], use: (picture: HevcPicture) => void): boolean
}

/** The part of the standard interface that is used here; the types of Node 20 lack it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: unknown }
}

/** The functions of libde265's C interface that are used here. Pointers are numbers. */
interface Libde265 {
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(memory: number): void
  _de265_init(): number
  _de265_new_decoder(): number
  _de265_set_parameter_bool(decoder: number, parameter: number, value: number): void
  _de265_push_NAL(decoder: number, data: number, bytes: number, timeLow: number, timeHigh: number, user: number): number
  _de265_flush_data(decoder: number): number
  _de265_decode(decoder: number, more: number): number
  _de265_get_next_picture(decoder: number): number
  _de265_get_chroma_format(picture: number): number
  _de265_get_bits_per_pixel(picture: number, channel: number): number
  _de265_get_image_width(picture: number, channel: number): number
  _de265_get_image_height(picture: number, channel: number): number
  _de265_get_image_plane(picture: number, channel: number, stride: number): number
  _de265_get_image_matrix_coefficients(picture: number): number
  _de265_get_image_full_range_flag(picture: number): number
  _de265_free_decoder(decoder: number): void
}

/** Options of the program around it (Emscripten). */
interface ProgramOptions {
  instantiateWasm(imports: object, receive: (instance: object) => void): unknown
  print(line: string): void
  printErr(line: string): void
}

interface Program {
  create: (options: ProgramOptions) => Libde265
  module: object
}

/** Parameters of libde265: checks of hashes in the data, and pictures with errors, which are not given out. */
const CHECK_HASHES = 0
const SUPPRESS_FAULTY_PICTURES = 6

const CHECKSUM_MISMATCH = 5

let loaded: Program | undefined

/**
 * A decoder with memory of its own, which only grows, and is released with it.
 *
 * @throws TintypeError `unsupported_image_type` where libheif-js cannot be loaded
 */
export const createHevcDecoder = (): HevcDecoder => {
  loaded ??= load()
  const lib = instantiate(loaded)
  lib._de265_init()
  const number = lib._malloc(8)
  const numberAt = () => new DataView(lib.HEAPU8.buffer).getUint32(number, true)

  const push = (decoder: number, nalUnits: readonly Buffer[]): void => {
    for (const unit of nalUnits) {
      const memory = lib._malloc(unit.length)
      lib.HEAPU8.set(unit, memory)
      const error = lib._de265_push_NAL(decoder, memory, unit.length, 0, 0, 0)
      lib._free(memory)
      if (error !== 0) failDamaged(`libde265 cannot take a NAL unit (${error})`)
    }
    lib._de265_flush_data(decoder)
  }
  const firstPicture = (decoder: number): number => {
    for (;;) {
      const error = lib._de265_decode(decoder, number)
      if (error === CHECKSUM_MISMATCH) return 0
      const picture = lib._de265_get_next_picture(decoder)
      if (picture !== 0 || error !== 0 || numberAt() === 0) return picture
    }
  }
  const planeOf = (picture: number, channel: number, depth: number): HevcPlane => {
    const at = lib._de265_get_image_plane(picture, channel, number)
    const width = lib._de265_get_image_width(picture, channel)
    const height = lib._de265_get_image_height(picture, channel)
    const bytes = depth > 8 ? 2 : 1
    const stride = numberAt() / bytes
    const { buffer } = lib.HEAPU8
    const count = stride * (height - 1) + width
    const samples = depth > 8 ? new Uint16Array(buffer, at, count) : new Uint8Array(buffer, at, count)
    return { width, height, samples, stride }
  }

  return {
    decode(nalUnits, use) {
      const decoder = lib._de265_new_decoder()
      try {
        lib._de265_set_parameter_bool(decoder, CHECK_HASHES, 1)
        lib._de265_set_parameter_bool(decoder, SUPPRESS_FAULTY_PICTURES, 1)
        push(decoder, nalUnits)
        const picture = firstPicture(decoder)
        if (picture === 0) return false
        const depth = lib._de265_get_bits_per_pixel(picture, 0)
        const isGrey = lib._de265_get_chroma_format(picture) === 0
        if (!isGrey && lib._de265_get_bits_per_pixel(picture, 1) !== depth)
          throw unsupportedLayout('The HEIC file', 'depths of luma and chroma', 'different ones', ['that are equal'])
        const planes = (isGrey ? [0] : [0, 1, 2]).map((channel) => planeOf(picture, channel, depth))
        const matrix = lib._de265_get_image_matrix_coefficients(picture)
        use({ planes, depth, matrix, isFullRange: lib._de265_get_image_full_range_flag(picture) !== 0 })
        for (const plane of planes) clearLast(plane)
        return true
      } finally {
        lib._de265_free_decoder(decoder)
      }
    },
  }
}

/** Side of a square of the last samples, which lies in the last block that is decoded. */
const LAST_SIDE = 4

/**
 * True where the last samples of a picture have never been written: its data say too early that they are complete, which
 * libde265 takes for granted. Memory is zero before its first picture, and {@link clearLast} leaves it so for the next one.
 * Zero in all planes is a colour that no encoder makes from RGB.
 */
export const isUnfinished = ({ planes }: HevcPicture): boolean =>
  planes.length === 3 && planes.every((plane) => lastRows(plane).every((row) => row.every((sample) => sample === 0)))

const clearLast = (plane: HevcPlane): void => {
  for (const row of lastRows(plane)) row.fill(0)
}

const lastRows = ({ samples, width, height, stride }: HevcPlane) =>
  Array.from({ length: Math.min(LAST_SIDE, height) }, (_, index) => {
    const end = (height - 1 - index) * stride + width
    return samples.subarray(end - Math.min(LAST_SIDE, width), end)
  })

const load = (): Program => {
  const require = createRequire(import.meta.url)
  try {
    const create: Program['create'] = require('libheif-js/libheif-wasm/libheif.js')
    return {
      create,
      module: new WebAssembly.Module(readFileSync(require.resolve('libheif-js/libheif-wasm/libheif.wasm'))),
    }
  } catch (cause) {
    const others = acceptedTypes().filter((type) => type !== 'image/heic')
    const { code, message, details } = refusalOf('image/heic', others)
    throw new TintypeError(code, message, { details, cause })
  }
}

const instantiate = ({ create, module }: Program): Libde265 =>
  create({
    instantiateWasm: (imports, receive) => {
      const instance = new WebAssembly.Instance(module, imports)
      receive(instance)
      return instance.exports
    },
    print: () => {},
    printErr: () => {},
  })

// Decodes HEIC with libheif and libde265, compiled to WebAssembly. Each picture has an instance of its own, whose memory is
// released with it: the memory of an instance only grows.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { TintypeError } from '../../../core/errors.ts'
import { acceptedTypes } from '../../accepted.ts'
import type { PrimaryItem } from '../../codecs/isobmff/primary-item.ts'
import { refusalOf } from '../../codecs/sniff.ts'
import { unsupportedLayout } from '../../codecs/unsupported.ts'
import { newTiff } from './tiff-memory.ts'

/** The part of the standard interface that is used here; the types of Node 20 lack it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: unknown }
}

/** The functions of libheif's C interface that are used here. Pointers are numbers; results are written to `error`. */
interface Libheif {
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _heif_context_alloc(): number
  _heif_context_set_maximum_image_size_limit(context: number, side: number): void
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    memory: number,
    bytes: number,
    options: number,
  ): void
  _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void
  _heif_image_handle_get_width(handle: number): number
  _heif_image_handle_get_height(handle: number): number
  _heif_image_handle_has_alpha_channel(handle: number): number
  _heif_decoding_options_alloc(): number
  _heif_decode_image(
    error: number,
    handle: number,
    image: number,
    colourSpace: number,
    chroma: number,
    options: number,
  ): void
  _heif_image_get_primary_width(image: number): number
  _heif_image_get_primary_height(image: number): number
  _heif_image_get_plane_readonly2(image: number, channel: number, stride: number): number
}

/** Options of the program around libheif (Emscripten). */
interface LibheifOptions {
  instantiateWasm(imports: object, receive: (instance: object) => void): unknown
  print(line: string): void
  printErr(line: string): void
}

interface Loaded {
  create: (options: LibheifOptions) => Libheif
  module: object
}

/** Values of libheif's enumerations. */
const RGB = 1
const INTERLEAVED = { rgb: 10, rgba: 11 } as const
const INTERLEAVED_CHANNEL = 10
const ERROR = { unsupported: 4, memory: 6 } as const

/** Positions in `heif_decoding_options`: conversion to 8 bit, and refusal of pictures with errors. */
const TO_8_BIT = 20
const STRICT = 21

let loaded: Loaded | undefined

/**
 * Decodes the primary picture: cut, rotated and mirrored as it is shown, 8 bit. Colours are not converted, and multiplied by
 * alpha where the file says so.
 *
 * @returns a TIFF file in memory
 * @throws TintypeError `damaged_image`, `too_many_pixels`, `unsupported_image_layout`; `unsupported_image_type` where libheif
 *   cannot be loaded
 */
export const decodeHeic = (bytes: Buffer, item: PrimaryItem, maxPixels: number): Buffer => {
  loaded ??= load()
  const lib = instantiate(loaded)
  try {
    return decodeWith(lib, bytes, item, maxPixels)
  } catch (cause) {
    if (cause instanceof TintypeError) throw cause
    // WebAssembly stops at an access outside of its memory, and where that cannot grow.
    throw new TintypeError('damaged_image', 'The picture is damaged and cannot be decoded.', { cause })
  }
}

const decodeWith = (lib: Libheif, bytes: Buffer, { alpha }: PrimaryItem, maxPixels: number): Buffer => {
  // Behind the error of a call, 12 bytes, lie the pointers and numbers that it returns.
  const error = lib._malloc(32)
  const result = error + 16
  const view = () => new DataView(lib.HEAPU8.buffer)
  const assertDone = () => {
    const code = view().getUint32(error, true)
    if (code !== 0) throw failureOf(code, textAt(lib, view().getUint32(error + 8, true)))
  }
  const file = lib._malloc(bytes.length)
  lib.HEAPU8.set(bytes, file)
  const context = lib._heif_context_alloc()
  lib._heif_context_set_maximum_image_size_limit(context, Math.ceil(Math.sqrt(maxPixels)))
  lib._heif_context_read_from_memory_without_copy(error, context, file, bytes.length, 0)
  assertDone()
  lib._heif_context_get_primary_image_handle(error, context, result)
  assertDone()
  const handle = view().getUint32(result, true)
  const hasAlpha = alpha !== undefined && lib._heif_image_handle_has_alpha_channel(handle) !== 0
  const options = lib._heif_decoding_options_alloc()
  lib.HEAPU8[options + TO_8_BIT] = 1
  lib.HEAPU8[options + STRICT] = 1
  lib._heif_decode_image(error, handle, result, RGB, hasAlpha ? INTERLEAVED.rgba : INTERLEAVED.rgb, options)
  assertDone()
  const image = view().getUint32(result, true)
  const layout = {
    width: lib._heif_image_get_primary_width(image),
    height: lib._heif_image_get_primary_height(image),
    channels: hasAlpha ? 4 : 3,
  } as const
  const from = lib._heif_image_get_plane_readonly2(image, INTERLEAVED_CHANNEL, result)
  const stride = view().getUint32(result, true)
  const tiff = newTiff(layout)
  const row = layout.width * layout.channels
  for (let y = 0; y < layout.height; y++)
    tiff.pixels.set(lib.HEAPU8.subarray(from + y * stride, from + y * stride + row), y * row)
  return tiff.file
}

const load = (): Loaded => {
  const require = createRequire(import.meta.url)
  try {
    const create: Loaded['create'] = require('libheif-js/libheif-wasm/libheif.js')
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

const instantiate = ({ create, module }: Loaded): Libheif =>
  create({
    instantiateWasm: (imports, receive) => {
      const instance = new WebAssembly.Instance(module, imports)
      receive(instance)
      return instance.exports
    },
    print: () => {},
    printErr: () => {},
  })

const textAt = ({ HEAPU8 }: Libheif, at: number): string =>
  Buffer.from(HEAPU8.subarray(at, HEAPU8.indexOf(0, at))).toString('latin1')

const failureOf = (code: number, message: string): TintypeError => {
  const cause = new Error(`libheif: ${message}`)
  if (code === ERROR.unsupported)
    return unsupportedLayout('The HEIC file', 'features', `others (${message})`, [
      'those of HEVC pictures and their grids',
    ])
  if (code === ERROR.memory)
    return new TintypeError('too_many_pixels', 'The picture has more pixels than can be decoded here.', { cause })
  return new TintypeError('damaged_image', 'The picture is damaged and cannot be decoded.', { cause })
}

// Decodes the picture of a cell to RGBA pixels of its dimensions.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import decodeJpeg, { init } from '@jsquash/jpeg/decode.js'
import sharp from 'sharp'
import { TintypeError } from '../../../core/errors.ts'
import { readJpegHeader } from '../../../core/headers/jpeg-header.ts'
import type { DrawCell } from '../../encoder.ts'
import { failureOf } from '../files.ts'

/** RGBA. */
export interface CellPixels {
  data: Uint8Array
  width: number
  height: number
}

/**
 * Decodes a stored JPEG file or a PNG render. Plain JPEG files of the right dimensions, which nearly all are, by libjpeg
 * alone: 0.1 ms for an icon, where a pipeline of libvips takes 1 ms.
 *
 * @throws TintypeError `image_not_found`, `project_damaged`, `store_unavailable`
 */
export const decodeCell = async (cell: DrawCell): Promise<CellPixels> => {
  const bytes = read(cell)
  try {
    const header = readJpegHeader((position, length) => bytes.subarray(position, position + length))
    if (header?.isPlain && header.width === cell.width && header.height === cell.height) return await plainJpeg(bytes)
    const { width, height } = cell
    const data = await sharp(bytes, { failOn: 'error', limitInputPixels: false })
      .resize({ width, height, fit: 'fill' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer()
    return { data, width, height }
  } catch (cause) {
    throw new TintypeError('project_damaged', 'A stored picture of this atlas cannot be decoded.', { cause })
  }
}

const plainJpeg = async (bytes: Buffer): Promise<CellPixels> => {
  loading ??= loadDecoder()
  await loading
  // The decoder takes the whole memory behind the bytes.
  const { data, width, height } = await decodeJpeg(new Uint8Array(bytes).buffer)
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height }
}

let loading: Promise<void> | undefined

const loadDecoder = async (): Promise<void> => {
  const path = fileURLToPath(import.meta.resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'))
  await init({ wasmBinary: readFileSync(path) })
}

const read = ({ path, start, bytes }: DrawCell): Buffer => {
  try {
    return start === undefined || bytes === undefined ? readFileSync(path) : readPart(path, start, bytes)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new TintypeError('image_not_found', 'An image was deleted during the request.', { cause: error })
    throw failureOf(error)
  }
}

const readPart = (path: string, start: number, bytes: number): Buffer => {
  const file = openSync(path, 'r')
  try {
    const part = Buffer.allocUnsafe(bytes)
    return part.subarray(0, readSync(file, part, 0, bytes, start))
  } finally {
    closeSync(file)
  }
}

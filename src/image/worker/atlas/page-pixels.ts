// RGBA pixels of atlas pages: those of an earlier page, read from its file and the files of later changes.
//
// File of changes: SHA-256 of what follows, then for each box its x, y, width and height as 32-bit numbers, little-endian,
// and its pixels row by row. It is not synced: one that a power cut has torn is found by its hash.

import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { TintypeError } from '../../../core/errors.ts'
import type { DrawBox, DrawJob } from '../../encoder.ts'
import { failureOf, writeNew } from '../files.ts'

/** RGBA. */
export const CHANNELS = 4

const HASH_BYTES = 32
const BOX_BYTES = 16

/** Memory of the last page: a fresh one costs as many page faults as reading the file does. */
let spare: Buffer | undefined

/** Calls `use` with the memory of a page, whose content is undefined. */
export const withPixels = async <Result>(bytes: number, use: (pixels: Buffer) => Promise<Result>): Promise<Result> => {
  const memory = spare && spare.length >= bytes && spare.length < 2 * bytes ? spare : Buffer.allocUnsafeSlow(bytes)
  // A page that is drawn meanwhile has its own.
  spare = undefined
  try {
    return await use(memory.subarray(0, bytes))
  } finally {
    spare = memory
  }
}

/** Reads the pixels of an earlier page, of other dimensions perhaps. @throws TintypeError `store_unavailable` */
export const readBase = (pixels: Buffer, page: DrawJob['page'], base: NonNullable<DrawJob['base']>): void => {
  const { changes = [] } = base
  if (page.width === base.width && page.height === base.height) {
    readInto(pixels, base.path)
    for (const path of changes) readChanges(pixels, page.width, path)
    return
  }
  const before = Buffer.allocUnsafeSlow(base.width * base.height * CHANNELS)
  readInto(before, base.path)
  for (const path of changes) readChanges(before, base.width, path)
  pixels.fill(0)
  const rowBytes = Math.min(page.width, base.width) * CHANNELS
  for (let y = 0; y < Math.min(page.height, base.height); y++) {
    const start = y * base.width * CHANNELS
    before.copy(pixels, y * page.width * CHANNELS, start, start + rowBytes)
  }
}

/** Writes the pixels in boxes to a new file. @throws as `writeNew` */
export const writeChanges = (path: string, pixels: Buffer, pageWidth: number, boxes: readonly DrawBox[]): void => {
  const parts = boxes.flatMap((box) => {
    const head = Buffer.alloc(BOX_BYTES)
    for (const [at, value] of [box.x, box.y, box.width, box.height].entries()) head.writeUInt32LE(value, at * 4)
    return [head, ...rowsOf(pixels, pageWidth, box)]
  })
  const content = Buffer.concat(parts)
  writeNew(path, [hashOf(content), content])
}

/** Reads a file into the whole buffer. @throws TintypeError `store_unavailable` also where it has another length */
const readInto = (pixels: Buffer, path: string): void => {
  try {
    const file = openSync(path, 'r')
    try {
      let done = 0
      if (fstatSync(file).size === pixels.length)
        for (let read = -1; read !== 0 && done < pixels.length; done += read)
          read = readSync(file, pixels, done, pixels.length - done, done)
      if (done !== pixels.length) throw notWhole()
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw error instanceof TintypeError ? error : failureOf(error)
  }
}

/** @throws TintypeError `store_unavailable` where the file is missing or damaged */
const readChanges = (pixels: Buffer, pageWidth: number, path: string): void => {
  const file = readWhole(path)
  const content = file.subarray(HASH_BYTES)
  if (!hashOf(content).equals(file.subarray(0, HASH_BYTES))) throw notWhole()
  for (let at = 0; at < content.length; ) {
    const [x = 0, y = 0, width = 0, height = 0] = [0, 4, 8, 12].map((offset) => content.readUInt32LE(at + offset))
    at += BOX_BYTES
    for (const row of rowsOf(pixels, pageWidth, { x, y, width, height }))
      at += content.copy(row, 0, at, at + row.length)
  }
}

/** The rows of a box, as views. */
const rowsOf = (pixels: Buffer, pageWidth: number, { x, y, width, height }: DrawBox): Buffer[] =>
  Array.from({ length: height }, (_, row) => {
    const start = ((y + row) * pageWidth + x) * CHANNELS
    return pixels.subarray(start, start + width * CHANNELS)
  })

const readWhole = (path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    throw failureOf(error)
  }
}

const hashOf = (content: Buffer): Buffer => createHash('sha256').update(content).digest()

const notWhole = (): TintypeError =>
  new TintypeError('store_unavailable', 'The pixels of an earlier page are not whole.')

// RGBA pixels of atlas pages: those of an earlier page, from its file and the files of later changes, or from memory.
//
// File of a page: its pixels row by row, then 16 random bytes that name them.
//
// File of changes: SHA-256 of what follows, then for each box its x, y, width and height as 32-bit numbers, little-endian,
// and its pixels row by row. It is not synced: one that a power cut has torn is found by its hash.

import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { TintypeError } from '../../../core/errors.ts'
import type { DrawBox, DrawJob } from '../../encoder.ts'
import { failureOf, writeNew } from '../files.ts'

/** RGBA. */
export const CHANNELS = 4

const ID_BYTES = 16
const HASH_BYTES = 32
const BOX_BYTES = 16

type PageSize = DrawJob['page']

/** What is in the memory of a page: the pixels of a file, with changes. */
interface Content extends PageSize {
  id: Buffer
  /** Hashes of the changes, in their order. */
  changes: readonly Buffer[]
}

/** Memory for the pixels of a page. */
export interface PageMemory {
  pixels: Buffer
  /** Undefined where it is in no file. */
  content: Content | undefined
}

/**
 * Memory of the last page: a fresh one costs as many page faults as reading the file does. The next change of the page is
 * made in it: reading the 16 MB of 1,369 icons takes longer than all else that a change does before its encode.
 */
let spare: { memory: Buffer; content: Content | undefined } | undefined

/** Calls `use` with the memory of a page, whose pixels are undefined but for its `content`. */
export const withPageMemory = async <Result>(
  { width, height }: PageSize,
  use: (page: PageMemory) => Promise<Result>,
): Promise<Result> => {
  const bytes = width * height * CHANNELS
  const isFit = spare && spare.memory.length >= bytes && spare.memory.length < 2 * bytes
  const { memory, content } = (isFit && spare) || { memory: Buffer.allocUnsafeSlow(bytes), content: undefined }
  // A page that is drawn meanwhile has its own.
  spare = undefined
  const page = { pixels: memory.subarray(0, bytes), content }
  try {
    return await use(page)
  } catch (error) {
    page.content = undefined
    throw error
  } finally {
    spare = { memory, content: page.content }
  }
}

/**
 * Fills the memory with the pixels of an earlier page, of other dimensions perhaps.
 *
 * @throws TintypeError `store_unavailable` where a file is missing or damaged
 */
export const readBase = (page: PageMemory, size: PageSize, base: NonNullable<DrawJob['base']>): void => {
  const changes = (base.changes ?? []).map(readChanges)
  if (size.width === base.width && size.height === base.height) {
    readPage(page, base, changes)
    return
  }
  const before: PageMemory = {
    pixels: Buffer.allocUnsafeSlow(base.width * base.height * CHANNELS),
    content: undefined,
  }
  readPage(before, base, changes)
  page.content = undefined
  page.pixels.fill(0)
  const rowBytes = Math.min(size.width, base.width) * CHANNELS
  for (let y = 0; y < Math.min(size.height, base.height); y++) {
    const start = y * base.width * CHANNELS
    before.pixels.copy(page.pixels, y * size.width * CHANNELS, start, start + rowBytes)
  }
}

/** Writes the pixels of a page to a new file. @throws as `writeNew` */
export const writePage = (path: string, page: PageMemory, { width, height }: PageSize): void => {
  const id = randomBytes(ID_BYTES)
  writeNew(path, [page.pixels, id])
  page.content = { width, height, id, changes: [] }
}

/**
 * Writes the pixels in boxes to a new file.
 *
 * @param before the content of the page before these changes
 * @throws as `writeNew`
 */
export const writeChanges = (
  path: string,
  page: PageMemory,
  { boxes, before }: { boxes: readonly DrawBox[]; before: Content },
): void => {
  const parts = boxes.flatMap((box) => {
    const head = Buffer.alloc(BOX_BYTES)
    for (const [at, value] of [box.x, box.y, box.width, box.height].entries()) head.writeUInt32LE(value, at * 4)
    return [head, ...rowsOf(page.pixels, before.width, box)]
  })
  const content = Buffer.concat(parts)
  const hash = hashOf(content)
  writeNew(path, [hash, content])
  page.content = { ...before, changes: [...before.changes, hash] }
}

interface Changes {
  hash: Buffer
  content: Buffer
}

/** Reads what the memory does not have yet. @throws TintypeError `store_unavailable` also for a page of other dimensions */
const readPage = (
  page: PageMemory,
  { path, width, height }: NonNullable<DrawJob['base']>,
  changes: readonly Changes[],
): void => {
  const { pixels, content: present } = page
  page.content = undefined
  const { id, isRead } = readPixels(path, pixels, (id) => {
    const isSame = present?.width === width && present.height === height && present.id.equals(id)
    return isSame && present.changes.every((hash, at) => changes[at]?.hash.equals(hash))
  })
  for (const { content } of isRead ? changes : changes.slice(present?.changes.length)) apply(pixels, width, content)
  page.content = { width, height, id, changes: changes.map(({ hash }) => hash) }
}

/** Reads the id of a page, and its pixels too unless `isThere`. */
const readPixels = (
  path: string,
  pixels: Buffer,
  isThere: (id: Buffer) => boolean,
): { id: Buffer; isRead: boolean } => {
  try {
    const file = openSync(path, 'r')
    try {
      if (fstatSync(file).size !== pixels.length + ID_BYTES) throw notWhole()
      const id = Buffer.alloc(ID_BYTES)
      readInto(file, id, pixels.length)
      const isRead = !isThere(id)
      if (isRead) readInto(file, pixels, 0)
      return { id, isRead }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw error instanceof TintypeError ? error : failureOf(error)
  }
}

/** Fills a buffer from a position of a file on. */
const readInto = (file: number, buffer: Buffer, position: number): void => {
  for (let done = 0; done < buffer.length; ) {
    const read = readSync(file, buffer, done, buffer.length - done, position + done)
    if (read === 0) throw notWhole()
    done += read
  }
}

const readChanges = (path: string): Changes => {
  const file = readWhole(path)
  const [hash, content] = [file.subarray(0, HASH_BYTES), file.subarray(HASH_BYTES)]
  if (!hashOf(content).equals(hash)) throw notWhole()
  return { hash, content }
}

const apply = (pixels: Buffer, pageWidth: number, content: Buffer): void => {
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

// Reads files, folders and their states. Links are not followed; only results are held in memory.

import { createHash } from 'node:crypto'
import { constants, readSync, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, opendir, readdir } from 'node:fs/promises'
import { readJpegHeader } from '../../../../core/headers/jpeg-header.ts'
import { codeOf, isMissing } from '../../fs/durable.ts'
import { isPlainFolder } from '../../fs/no-follow.ts'

export interface MissingFile {
  type: 'missing'
}

/** Another type than a regular file, or a file that the disk cannot read. */
export interface UnusableFile {
  type: 'unusable'
  /** Completes a sentence: `found a symbolic link`. */
  description: string
  /** True where permissions prevent reading: the file may be intact. */
  isDenied?: boolean
}

export interface RegularFile {
  type: 'file'
  bytes: number
  /** In hex. */
  sha256: string
}

export interface PictureFile extends RegularFile {
  /** Undefined where the file is no picture in the format of its name. */
  header: PictureHeader | undefined
}

interface PictureHeader {
  width: number
  height: number
  /** True for a PNG file with an alpha channel. */
  hasAlpha: boolean
}

export type FileState<File = RegularFile> = MissingFile | UnusableFile | File

/** Errors for a damaged sector or file system. Any other error says nothing about the file. */
const DAMAGE_CODES = ['EIO', 'EUCLEAN', 'EBADMSG', 'EILSEQ']

const DENIED_CODES = ['EACCES', 'EPERM']

const CHUNK_BYTES = 256 * 1024
const HEADER_BYTES = 4096
/** Above every revision and segment, below the longest string of V8. */
const MAX_TEXT_BYTES = 400 * 2 ** 20

/** Size and hash of a file. */
export const inspectFile = (path: string): Promise<FileState> => withFile(path, hashFile)

/** Size, hash and header of a variant, which is JPEG, or PNG by its name. Denied access is a state, not an error, so that the check goes on. */
export const inspectVariant = async (path: string): Promise<FileState<PictureFile>> => {
  try {
    return await withFile(path, path.endsWith('.png') ? inspectPng : inspectJpeg)
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (!DENIED_CODES.includes(code)) throw error
    return { type: 'unusable', description: `a file that cannot be read (${code})`, isDenied: true }
  }
}

const inspectJpeg = async (handle: FileHandle, bytes: number): Promise<PictureFile> => {
  // Only large colour profiles put the dimensions beyond the first bytes.
  let start = Buffer.alloc(0)
  const file = await hashFile(handle, bytes, (chunk) => {
    start = Buffer.from(chunk.subarray(0, HEADER_BYTES))
  })
  const header = readJpegHeader((position, length) =>
    position + length <= start.length ? start.subarray(position, position + length) : readAt(handle, position, length),
  )
  return { ...file, header: header && { width: header.width, height: header.height, hasAlpha: false } }
}

const inspectPng = async (handle: FileHandle, bytes: number): Promise<PictureFile> => {
  let start = Buffer.alloc(0)
  const file = await hashFile(handle, bytes, (chunk) => {
    start = Buffer.from(chunk.subarray(0, PNG_HEADER_BYTES))
  })
  return { ...file, header: readPngHeader(start) }
}

/** The signature and the first chunk, `IHDR`: https://www.w3.org/TR/png-3/#11IHDR */
const PNG_HEADER_BYTES = 33
const PNG_START = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

const readPngHeader = (start: Buffer): PictureHeader | undefined => {
  if (start.length < PNG_HEADER_BYTES || !start.subarray(0, PNG_START.length).equals(PNG_START)) return undefined
  // Bit 2 of the colour type is the alpha channel.
  const hasAlpha = (start.readUInt8(25) & 4) !== 0
  return { width: start.readUInt32BE(16), height: start.readUInt32BE(20), hasAlpha }
}

export const readText = (path: string): Promise<FileState<{ type: 'text'; text: string }>> =>
  withFile(path, async (handle, bytes) => {
    if (bytes > MAX_TEXT_BYTES) return { type: 'unusable', description: `a file of ${bytes} bytes` } as const
    return { type: 'text', text: await handle.readFile('utf8') } as const
  })

/** Parses JSON from a file that may be damaged; undefined where it is. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Opens a regular file and passes on its handle and size. @returns the state of anything else */
export const withFile = async <T>(
  path: string,
  read: (handle: FileHandle, bytes: number) => Promise<T>,
): Promise<T | MissingFile | UnusableFile> => {
  const stats = await statOf(path)
  if (!stats) return { type: 'missing' }
  if (!stats.isFile()) return { type: 'unusable', description: describeType(stats) }
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      return await read(handle, stats.size)
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return { type: 'missing' }
    if (code === 'ELOOP') return { type: 'unusable', description: 'a symbolic link' }
    if (code !== undefined && DAMAGE_CODES.includes(code))
      return { type: 'unusable', description: `a file that cannot be read (${code})` }
    throw error
  }
}

/** Undefined where the path does not exist. */
export const statOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await lstat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Names in a folder, sorted; none where it is no folder, or a symbolic link. */
export const listNames = async (folder: string): Promise<string[]> => {
  if (!isPlainFolder(folder)) return []
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Names in a long folder, in the order of the disk; none where it is no folder, or a symbolic link. */
export async function* iterateNames(folder: string): AsyncGenerator<string> {
  if (!isPlainFolder(folder)) return
  try {
    for await (const entry of await opendir(folder)) yield entry.name
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

export const describeType = (stats: Stats): string => {
  if (stats.isFile()) return 'a file'
  if (stats.isDirectory()) return 'a folder'
  return stats.isSymbolicLink() ? 'a symbolic link' : 'a special file'
}

/**
 * Size and hash of an open file.
 *
 * @param bytes expected size
 * @param onFirstChunk gets the first chunk, whose buffer is overwritten later
 */
export const hashFile = async (
  handle: FileHandle,
  bytes: number,
  onFirstChunk: (chunk: Buffer) => void = () => {},
): Promise<RegularFile> => {
  const hash = createHash('sha256')
  // One byte more than expected shows the end of the file in the same call.
  const buffer = Buffer.allocUnsafe(Math.min(bytes + 1, CHUNK_BYTES))
  let at = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
    const chunk = buffer.subarray(0, bytesRead)
    if (at === 0) onFirstChunk(chunk)
    hash.update(chunk)
    at += bytesRead
    if (bytesRead === 0 || (bytesRead < buffer.length && at === bytes))
      return { type: 'file', bytes: at, sha256: hash.digest('hex') }
  }
}

/** Synchronous: the file has just been read and is in the page cache. */
const readAt = ({ fd }: FileHandle, position: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  return buffer.subarray(0, readSync(fd, buffer, 0, bytes, position))
}

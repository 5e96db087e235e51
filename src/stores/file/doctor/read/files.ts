// What lies at a path. Links are not followed, and nothing that is read is held in memory but what is asked for.

import { createHash } from 'node:crypto'
import { constants, readSync, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, opendir, readdir } from 'node:fs/promises'
import { type JpegHeader, readJpegHeader } from '../../../../core/jpeg-header.ts'
import { codeOf, isMissing } from '../../fs/durable.ts'

export type Look =
  | { type: 'missing' }
  /** Something else than a file, or a file that the disk does not give; `what` ends a sentence. */
  | { type: 'odd'; what: string; isDenied?: boolean }
  | { type: 'file'; bytes: number; sha256: string }

export type PictureLook = Look | (Look & { type: 'file'; picture: JpegHeader | undefined })

/** What a disk says of a damaged sector or a damaged file system. Any other error says nothing about the file. */
const DAMAGE_CODES = ['EIO', 'EUCLEAN', 'EBADMSG', 'EILSEQ']

/** What it says to a user without rights: the file may be as sound as ever. */
const DENIED_CODES = ['EACCES', 'EPERM']

const CHUNK_BYTES = 256 * 1024
const HEADER_BYTES = 4096
const NOTHING = Buffer.alloc(0)
/** No revision and no segment comes near; a string cannot be much longer than this. */
const MOST_TEXT_BYTES = 400 * 2 ** 20

/** Type, size and hash. */
export const lookAt = (path: string): Promise<Look> => visit(path, (handle, bytes) => lookThrough(handle, bytes))

/** The same, and how large the picture in it is. A picture that may not be read is told, and keeps nobody from the next. */
export const lookAtPicture = async (path: string): Promise<PictureLook> => {
  try {
    return await lookAtReadable(path)
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (DENIED_CODES.includes(code)) return { type: 'odd', what: `unreadable (${code})`, isDenied: true }
    throw error
  }
}

const lookAtReadable = (path: string): Promise<PictureLook> =>
  visit(path, async (handle, bytes) => {
    // The size stands in the first piece but for the largest colour profiles.
    let first = NOTHING
    const look = await lookThrough(handle, bytes, (piece) => {
      first = Buffer.from(piece.subarray(0, HEADER_BYTES))
    })
    const picture = readJpegHeader((position, length) =>
      position + length <= first.length
        ? first.subarray(position, position + length)
        : readPiece(handle, position, length),
    )
    return { ...look, picture }
  })

/** The text of a file. */
export const readText = (path: string): Promise<Exclude<Look, { type: 'file' }> | { type: 'text'; text: string }> =>
  visit(path, async (handle, bytes) => {
    if (bytes > MOST_TEXT_BYTES) return { type: 'odd', what: `a file of ${bytes} bytes` } as const
    return { type: 'text', text: await handle.readFile('utf8') } as const
  })

/** Opens a file and hands it on with its size; says what is there where it is none, or none that can be read. */
export const visit = async <T>(
  path: string,
  read: (handle: FileHandle, bytes: number) => Promise<T>,
): Promise<T | Exclude<Look, { type: 'file' }>> => {
  const stats = await statOf(path)
  if (!stats) return { type: 'missing' }
  if (!stats.isFile()) return { type: 'odd', what: typeOf(stats) }
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
    if (code === 'ELOOP') return { type: 'odd', what: 'a symbolic link' }
    if (code !== undefined && DAMAGE_CODES.includes(code)) return { type: 'odd', what: `unreadable (${code})` }
    throw error
  }
}

/** Undefined where there is nothing. */
export const statOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await lstat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Names in a folder, sorted; none where it is no folder. */
export const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Names in a folder that may be long, as they come. */
export async function* eachName(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

export const typeOf = (stats: Stats): string => {
  if (stats.isFile()) return 'a file'
  if (stats.isDirectory()) return 'a folder'
  return stats.isSymbolicLink() ? 'a symbolic link' : 'a special file'
}

/**
 * The look of an open file.
 *
 * @param bytes that it is thought to have
 * @param onFirst gets its first piece, which is overwritten later
 */
export const lookThrough = async (
  handle: FileHandle,
  bytes: number,
  onFirst: (piece: Buffer) => void = () => {},
): Promise<Look & { type: 'file' }> => {
  const hash = createHash('sha256')
  // One byte more than there is shows in the same call that there is no more.
  const buffer = Buffer.allocUnsafe(Math.min(bytes + 1, CHUNK_BYTES))
  let at = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
    const piece = buffer.subarray(0, bytesRead)
    if (at === 0) onFirst(piece)
    hash.update(piece)
    at += bytesRead
    if (bytesRead === 0 || (bytesRead < buffer.length && at === bytes))
      return { type: 'file', bytes: at, sha256: hash.digest('hex') }
  }
}

/** Without a wait: the file was read a moment ago. */
const readPiece = ({ fd }: FileHandle, position: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  return buffer.subarray(0, readSync(fd, buffer, 0, bytes, position))
}

// ZIP archives: kept in a staging area, since their list of files is at their end, and read one file after another.
//
// Before the first file is read, all declared sizes are added up and the places of the files compared: an archive whose files
// overlap can hold terabytes in a few bytes.

import { crc32 } from 'node:zlib'
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl'
import { TintypeError } from '../../../core/errors.ts'
import type { Store } from '../../../stores/store.ts'
import type { BulkFile } from '../bulk-files.ts'
import { type BulkLimits, bulkTooLarge, tooManyFiles, upTo } from '../bulk-limits.ts'
import {
  type ArchiveEntry,
  fileOf,
  malformedArchive,
  maxEntries,
  noFiles,
  skippedBecause,
  unreadableEntry,
} from './entry.ts'

/**
 * @param chunks of the archive
 * @throws TintypeError `malformed_archive`, `too_many_files`, `upload_too_large` before the first file; errors of the body
 *   and of the store
 */
export async function* filesOfZip(
  store: Pick<Store, 'stage'>,
  projectId: string,
  chunks: AsyncIterable<Uint8Array>,
  limits: BulkLimits,
): AsyncGenerator<BulkFile, void, void> {
  const stage = await store.stage(projectId)
  try {
    await stage.receive(upTo(limits.maxBytes, chunks))
    await withEntries(stage.uploadPath, (entries) => assertLimits(entries, limits))
    const zip = await open(stage.uploadPath)
    try {
      let isEmpty = true
      for await (const entry of entriesOf(zip)) {
        if (entry.kind === 'folder') continue
        isEmpty = false
        yield fileOf(entry, limits)
      }
      if (isEmpty) throw noFiles()
    } finally {
      zip.close()
    }
  } finally {
    await stage.discard()
  }
}

/** Names are decoded here: yauzl would refuse a whole archive for one with `../`. */
const open = (path: string): Promise<ZipFile> =>
  openPromise(path, { decodeStrings: false, autoClose: false }).catch((error: unknown) => {
    throw malformedArchive(error)
  })

const withEntries = async (path: string, use: (entries: AsyncIterable<ZipEntry>) => Promise<void>): Promise<void> => {
  const zip = await open(path)
  try {
    await use(entriesOf(zip))
  } finally {
    zip.close()
  }
}

interface ZipEntry extends ArchiveEntry {
  /** Place of its header and its bytes in the archive; the names between them are not counted. */
  begin: number
  end: number
}

/** Bytes of the header of a file without its name. */
const HEADER_BYTES = 30

async function* entriesOf(zip: ZipFile): AsyncGenerator<ZipEntry, void, void> {
  try {
    for await (const entry of zip.eachEntry()) {
      const path = nameOf(entry)
      const begin = entry.relativeOffsetOfLocalHeader
      yield {
        path,
        kind: path.endsWith('/') ? 'folder' : kindOf(entry),
        bytes: entry.uncompressedSize,
        begin,
        end: begin + HEADER_BYTES + entry.compressedSize,
        read: () => contentOf(zip, entry),
      }
    }
  } catch (error) {
    throw error instanceof TintypeError ? error : malformedArchive(error)
  }
}

const nameOf = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string =>
  getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false)

/** Systems whose programs write the mode of a file: Unix and macOS (APPNOTE section 4.4.2). */
const UNIX = [3, 19]

/** By the mode of a file (inode(7)); an archive of another system has files and folders alone. */
const kindOf = ({ versionMadeBy, externalFileAttributes }: Entry): ArchiveEntry['kind'] => {
  if (!UNIX.includes(versionMadeBy >>> 8)) return 'file'
  const type = (externalFileAttributes >>> 28) & 0xf
  return type === 0o10 || type === 0 ? 'file' : type === 0o4 ? 'folder' : 'other'
}

/** Inflates a file. Its length and its checksum have to be the declared ones; yauzl checks the first. */
async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (entry.isEncrypted()) throw new Error('it is encrypted')
    let checksum = 0
    for await (const piece of await zip.openReadStreamPromise(entry)) {
      checksum = crc32(piece, checksum)
      yield piece
    }
    if (checksum !== entry.crc32) throw new Error('its checksum does not match')
  } catch (error) {
    throw unreadableEntry(error)
  }
}

const assertLimits = async (entries: AsyncIterable<ZipEntry>, limits: BulkLimits): Promise<void> => {
  let count = 0
  let files = 0
  let bytes = 0
  const places: Pick<ZipEntry, 'begin' | 'end'>[] = []
  for await (const entry of entries) {
    count++
    if (entry.kind === 'file' && skippedBecause(entry) === undefined) files++
    if (files > limits.maxFiles || count > maxEntries(limits)) throw tooManyFiles(limits.maxFiles)
    bytes += entry.bytes
    if (bytes > limits.maxBytes) throw bulkTooLarge(limits.maxBytes)
    places.push({ begin: entry.begin, end: entry.end })
  }
  places.sort((one, other) => one.begin - other.begin)
  for (const [at, { begin }] of places.entries())
    if (begin < (places[at - 1]?.end ?? 0)) throw malformedArchive(new Error('its files overlap'))
}

// Tar archives: read as they arrive, one file after another.

import { type Extract, extract, type Header } from 'tar-stream'
import { TintypeError } from '../../../core/errors.ts'
import type { BulkFile } from '../bulk-files.ts'
import { type BulkLimits, tooManyFiles, upTo } from '../bulk-limits.ts'
import { type ArchiveEntry, fileOf, malformedArchive, maxEntries, noFiles } from './entry.ts'

/**
 * @param chunks of the archive
 * @throws TintypeError `malformed_archive`, `too_many_files`, `upload_too_large`; errors of the body. Files before it were
 *   complete.
 */
export async function* filesOfTar(
  chunks: AsyncIterable<Uint8Array>,
  limits: BulkLimits,
): AsyncGenerator<BulkFile, void, void> {
  const archive = extract()
  // The iteration gets it.
  archive.on('error', () => {})
  void feed(archive, upTo(limits.maxBytes, chunks))
  const entries = archive[Symbol.asyncIterator]()
  let count = 0
  let files = 0
  let isEmpty = true
  try {
    for (let next = await entries.next(); !next.done; next = await entries.next()) {
      const { header } = next.value
      const pieces = next.value[Symbol.asyncIterator]()
      count++
      if (count > maxEntries(limits)) throw tooManyFiles(limits.maxFiles)
      const kind = kindOf(header.type)
      const file = fileOf({ path: header.name, kind, bytes: header.size, read: () => rest(pieces) }, limits)
      if (kind === 'file' && !file.skipped) files++
      if (files > limits.maxFiles) throw tooManyFiles(limits.maxFiles)
      if (kind !== 'folder') yield file
      isEmpty &&= kind === 'folder'
      for await (const _ of rest(pieces));
    }
    if (isEmpty) throw noFiles()
  } catch (error) {
    throw error instanceof TintypeError ? error : malformedArchive(error)
  } finally {
    archive.destroy(null)
  }
}

const kindOf = (type: Header['type']): ArchiveEntry['kind'] => {
  if (type === 'file' || type === 'contiguous-file') return 'file'
  return type === 'directory' ? 'folder' : 'other'
}

/** The rest of an entry. Ending early leaves it as it is: the end of its own iterator would be that of the archive. */
async function* rest(pieces: AsyncIterator<unknown>): AsyncGenerator<Uint8Array, void, void> {
  try {
    for (let next = await pieces.next(); !next.done; next = await pieces.next())
      if (next.value instanceof Uint8Array) yield next.value
  } catch (error) {
    throw error instanceof TintypeError ? error : malformedArchive(error)
  }
}

/** Writes a body into an archive at the pace of its reader. Never rejects. */
const feed = async (archive: Extract, chunks: AsyncIterable<Uint8Array>): Promise<void> => {
  try {
    for await (const chunk of chunks) {
      if (archive.destroyed) return
      if (!archive.write(chunk)) await drained(archive)
    }
    archive.end(undefined)
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

const drained = (archive: Extract): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      archive.off('drain', end).off('close', end)
      resolve()
    }
    archive.on('drain', end).on('close', end)
  })

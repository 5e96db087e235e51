// Entries of archives: which of them are files to upload, under which name, and the errors of those that cannot be read.
//
// A path of an archive is never used as one: of it only the last part becomes the name that the image is shown with. So
// `../`, absolute names and links lead nowhere.

import { messageOf, TintypeError } from '../../../core/errors.ts'
import { cleanFileName } from '../../../core/names.ts'
import type { BulkFile } from '../bulk-files.ts'
import { type BulkLimits, fileTooLarge, upTo } from '../bulk-limits.ts'

export interface ArchiveEntry {
  /** Path as the archive has it. */
  path: string
  /** A folder is none of the files; `other` is a link, a device or a pipe. */
  kind: 'file' | 'folder' | 'other'
  /** Declared bytes. */
  bytes: number
  /** The bytes. Called once at most. */
  read(): AsyncIterable<Uint8Array>
}

/** Entries for each allowed file: folders, and what is passed over. */
const ENTRIES_OF_FILE = 4

/** Most entries of an archive. */
export const maxEntries = ({ maxFiles }: Pick<BulkLimits, 'maxFiles'>): number => maxFiles * ENTRIES_OF_FILE

/** True for parts of a path that programs write beside pictures: `.DS_Store`, `.thumbnails/`, `__MACOSX/`. */
const isHidden = (part: string): boolean => part === '__MACOSX' || /^\.(?!\.?$)./.test(part)

/** Why an entry is passed over; undefined for a file to upload. */
export const skippedBecause = ({ path, kind }: Pick<ArchiveEntry, 'path' | 'kind'>): BulkFile['skipped'] => {
  if (kind === 'other') return 'not_a_file'
  return path.split(/[\\/]/).some(isHidden) ? 'hidden' : undefined
}

export const fileOf = (entry: ArchiveEntry, { maxUploadBytes }: Pick<BulkLimits, 'maxUploadBytes'>): BulkFile => {
  const name = cleanFileName(entry.path) || undefined
  return { name, details: () => ({ name }), skipped: skippedBecause(entry), content: contentOf(entry, maxUploadBytes) }
}

async function* contentOf(entry: ArchiveEntry, maxUploadBytes: number): AsyncGenerator<Uint8Array, void, void> {
  if (entry.bytes > maxUploadBytes) throw fileTooLarge(maxUploadBytes)
  yield* upTo(maxUploadBytes, entry.read(), fileTooLarge)
}

export const malformedArchive = (cause: unknown): TintypeError =>
  new TintypeError('malformed_archive', `Expected a complete archive: ${reasonOf(cause)}.`, { cause })

export const unreadableEntry = (cause: unknown): TintypeError =>
  new TintypeError('unreadable_entry', `The file cannot be read from the archive: ${reasonOf(cause)}.`, { cause })

/** Error for an archive without files, such as one of folders alone. */
export const noFiles = (): TintypeError =>
  new TintypeError('file_missing', 'Expected an archive with files, it has none.', { details: { field: 'file' } })

const reasonOf = (cause: unknown): string => messageOf(cause).replace(/\.$/, '')

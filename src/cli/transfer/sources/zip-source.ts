// ZIP file as a source: its pictures in the order of their paths, or of the records of an export. Nothing is unpacked to
// the disk.

import { type Entry, getFileNameLowLevel, openPromise, validateFileName, type ZipFile } from 'yauzl'
import { messageOf } from '../../../core/errors.ts'
import { RECORDS } from '../export/export-plan.ts'
import { withRecords } from './exported.ts'
import { isHidden, isPicture } from './pictures.ts'
import type { Source } from './source.ts'

/** Type of a file in the mode that Unix programs store (stat.h). */
const TYPE_MASK = 0o170000
const LINK = 0o120000

/** @throws Error where it is no ZIP file, or its directory is damaged */
export const openZip = async (path: string): Promise<Source> => {
  // Names are checked here, one by one: the library would give up at the first one that leads out.
  const zip = await openPromise(path, { autoClose: false, decodeStrings: false, lazyEntries: true })
  const source: Source = { files: [], refused: [], passedOver: 0, close: async () => zip.close() }
  const found = new Map<string, Entry>()
  const tops = new Set<string>()
  try {
    for await (const entry of zip.eachEntry()) {
      const path = pathOf(entry)
      const [top = '', ...rest] = path.split('/')
      if (!isHidden(top)) tops.add(rest.length > 0 ? `${top}/` : '')
      const mayBeRecords = path === RECORDS || (path === `${top}/${RECORDS}` && validateFileName(path) === null)
      if (mayBeRecords && entry.canDecodeFileData() && !isLink(entry)) found.set(path, entry)
      else await add(zip, entry, source)
    }
    // An export that was packed by hand: all of it is in the one folder at the top.
    const [folder = ''] = tops.size === 1 ? tops : []
    const path = folder + RECORDS
    const entry = found.get(path)
    found.delete(path)
    source.passedOver += found.size
    source.files.sort((one, other) => (one.path < other.path ? -1 : 1))
    return await withRecords(source, entry && { path, open: contentOf(zip, entry) })
  } catch (error) {
    zip.close()
    throw error
  }
}

const pathOf = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string =>
  getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false)

const contentOf = (zip: ZipFile, entry: Entry) =>
  async function* () {
    yield* await zip.openReadStreamPromise(entry)
  }

const isLink = ({ externalFileAttributes }: Entry): boolean => ((externalFileAttributes >>> 16) & TYPE_MASK) === LINK

const add = async (zip: ZipFile, entry: Entry, source: Source): Promise<void> => {
  const path = pathOf(entry)
  if (path.endsWith('/')) return
  const parts = path.split('/')
  const name = parts.at(-1) ?? path
  const refuse = (reason: string) => void source.refused.push({ path, reason })
  const open = contentOf(zip, entry)
  if (validateFileName(path) !== null) refuse('its path leads out of the ZIP file')
  else if (parts.some(isHidden) || isLink(entry)) source.passedOver++
  else if (!entry.canDecodeFileData()) refuse('it is encrypted, or compressed in a way that is not known')
  else
    try {
      if (await isPicture(name, open)) source.files.push({ path, name, bytes: entry.uncompressedSize, open })
      else source.passedOver++
    } catch (error) {
      refuse(messageOf(error))
    }
}

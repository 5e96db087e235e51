// Export into a folder: its pictures, and the file of its records.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openTargetFolder, type TargetFolder } from '../target-folder.ts'
import { type Found, RECORDS, recordsSchema } from './export-plan.ts'

export interface ExportFolder extends Pick<TargetFolder, 'write'> {
  /** Hashes that an earlier export has recorded, by path. */
  before: ReadonlyMap<string, string>
  /** @throws Error where a folder above the file is none, such as a link */
  find(path: string): Promise<Found>
  writeRecords(text: string): Promise<void>
}

/** Creates the folder. @throws Error where its file of records is not that of an export */
export const openExportFolder = async (folder: string): Promise<ExportFolder> => {
  const target = await openTargetFolder(folder)
  const before = await recordedIn(join(folder, RECORDS))
  return {
    before,
    write: target.write,
    writeRecords: (text) => target.writeText(RECORDS, text),

    async find(path) {
      const found = await target.find(path)
      return typeof found === 'string' ? found : found.sha256
    },
  }
}

const recordedIn = async (path: string): Promise<Map<string, string>> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return new Map()
  const records = recordsSchema.safeParse(parsed(text))
  if (!records.success) throw new Error(`${path} is not of an export; choose another folder`)
  return new Map(records.data.images.map(({ file, sha256 }) => [file, sha256]))
}

/** Undefined for a text that is no JSON. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

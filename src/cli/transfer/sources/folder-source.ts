// Folder as a source: its pictures in the order of their paths, or of the records of an export. Links are not followed.

import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../../core/errors.ts'
import { RECORDS } from '../export/export-plan.ts'
import { type FoundRecords, withRecords } from './exported.ts'
import { isHidden, isPicture } from './pictures.ts'
import type { Source } from './source.ts'

/** @throws Error where the folder cannot be read; folders and files in it are refused each for itself */
export const openFolder = async (folder: string): Promise<Source> => {
  const source: Source = { files: [], refused: [], passedOver: 0, close: async () => {} }
  let records: FoundRecords | undefined

  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true })
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (path === RECORDS && entry.isFile()) records = { path, open: () => createReadStream(join(folder, path)) }
      else if (isHidden(entry.name) || !(entry.isDirectory() || entry.isFile())) source.passedOver++
      else
        await (entry.isDirectory() ? walk(path) : add(path, entry.name)).catch((error: unknown) => {
          source.refused.push({ path, reason: messageOf(error) })
        })
    }
  }

  const add = async (path: string, name: string): Promise<void> => {
    const file = join(folder, path)
    const open = (): AsyncIterable<Uint8Array> => createReadStream(file)
    if (!(await isPicture(name, open))) source.passedOver++
    else source.files.push({ path, name, bytes: (await stat(file)).size, open })
  }

  await walk('')
  return withRecords(source, records)
}

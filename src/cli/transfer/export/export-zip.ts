// Export into a ZIP file, written beside its place and renamed. An existing file stays.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, rm, writeFile } from 'node:fs/promises'
import { makeZip } from 'client-zip'

export interface ZipEntry {
  name: string
  lastModified: Date
  input: AsyncIterable<Uint8Array> | string
}

/** @throws Error where the file exists, or cannot be written, and errors of the entries */
export const writeZip = async (path: string, entries: AsyncIterable<ZipEntry>): Promise<void> => {
  if (existsSync(path)) throw new Error(`${path} exists already; choose another name`)
  const temporary = `${path}.${randomBytes(8).toString('hex')}.part`
  try {
    await writeFile(temporary, piecesOf(entries), { flag: 'wx' })
    // Unlike a rename, it fails where another program has made the file meanwhile.
    await link(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

async function* piecesOf(entries: AsyncIterable<ZipEntry>) {
  const reader = makeZip(entries).getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value
}

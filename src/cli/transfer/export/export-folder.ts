// Export into a folder: writes files beside their places and renames them. Never through a link, never over a foreign file.

import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Found, RECORDS, recordsSchema } from './export-plan.ts'

export interface ExportFolder {
  /** Hashes that an earlier export has recorded, by path. */
  before: ReadonlyMap<string, string>
  /** @throws Error where a folder above the file is none, such as a link */
  find(path: string): Promise<Found>
  /** @throws Error where the content is not that of the hash, or cannot be written */
  write(path: string, content: AsyncIterable<Uint8Array>, sha256: string): Promise<void>
  writeRecords(text: string): Promise<void>
}

/** Creates the folder. @throws Error where its file of records is not that of an export */
export const openExportFolder = async (folder: string): Promise<ExportFolder> => {
  await mkdir(folder, { recursive: true })
  const before = await recordedIn(join(folder, RECORDS))

  /** Folders that were checked. */
  const checked = new Set<string>()

  /** Creates the folders above a file. */
  const prepare = async (path: string): Promise<void> => {
    const parts = path.split('/').slice(0, -1)
    for (let length = 1; length <= parts.length; length++) {
      const below = parts.slice(0, length).join('/')
      if (checked.has(below)) continue
      await mkdir(join(folder, below)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      })
      if (!(await lstat(join(folder, below))).isDirectory()) throw new Error(`${below} is no folder`)
      checked.add(below)
    }
  }

  const replace = async (path: string, make: (temporary: string) => Promise<void>): Promise<void> => {
    const temporary = join(folder, dirname(path), `.tintype-${randomBytes(8).toString('hex')}.part`)
    try {
      await make(temporary)
      await rename(temporary, join(folder, path))
    } finally {
      await rm(temporary, { force: true })
    }
  }

  return {
    before,

    async find(path) {
      await prepare(path)
      const stats = await lstat(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (!stats) return 'nothing'
      return stats.isFile() ? hashOf(createReadStream(join(folder, path))) : 'other'
    },

    write: (path, content, sha256) =>
      replace(path, async (temporary) => {
        const hash = createHash('sha256')
        const hashed = async function* () {
          for await (const piece of content) {
            hash.update(piece)
            yield piece
          }
        }
        await pipeline(hashed, createWriteStream(temporary, { flags: 'wx' }))
        if (hash.digest('hex') !== sha256) throw new Error('the server sent another content than it has recorded')
      }),

    writeRecords: (text) => replace(RECORDS, (temporary) => writeFile(temporary, text, { flag: 'wx' })),
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

const hashOf = async (content: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256')
  for await (const piece of content) hash.update(piece)
  return hash.digest('hex')
}

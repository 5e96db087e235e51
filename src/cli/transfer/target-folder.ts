// Target folder of a transfer: files are written beside their places and renamed. Never through a link.

import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface WrittenFile {
  sha256: string
  bytes: number
}

/** State of a path: its file, nothing, or something that is no plain file. */
export type Found = WrittenFile | 'nothing' | 'other'

export interface TargetFolderOptions {
  /**
   * Folder for files that are not complete, relative. What a killed transfer has left there is removed.
   * @default beside their places
   */
  parts?: string
}

/** Paths are relative, with `/` between their parts. */
export interface TargetFolder {
  /** @throws Error where a folder above the file is none, such as a link */
  find(path: string): Promise<Found>
  /**
   * @param sha256 expected hash. @default any content
   * @throws Error where the content is not that of the hash, or cannot be written
   */
  write(path: string, content: AsyncIterable<Uint8Array>, sha256?: string): Promise<WrittenFile>
  writeText(path: string, text: string): Promise<void>
  /** Writes a text where the file has another one. @returns true where it was written */
  writeChanged(path: string, text: string): Promise<boolean>
  /** Removes a file, and the folders above it that are empty then. */
  remove(path: string): Promise<void>
  /** Removes the folder of parts. */
  close(): Promise<void>
}

/** Creates the folder. */
export const openTargetFolder = async (folder: string, { parts }: TargetFolderOptions = {}): Promise<TargetFolder> => {
  await mkdir(folder, { recursive: true })
  const removeParts = async () => {
    if (parts !== undefined) await rm(join(folder, parts), { recursive: true, force: true })
  }
  await removeParts()
  if (parts !== undefined) await mkdir(join(folder, parts))

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
    const temporary = join(folder, parts ?? dirname(path), `.tintype-${randomBytes(8).toString('hex')}.part`)
    try {
      await make(temporary)
      await rename(temporary, join(folder, path))
    } finally {
      await rm(temporary, { force: true })
    }
  }

  const writeText = (path: string, text: string): Promise<void> =>
    replace(path, (temporary) => writeFile(temporary, text, { flag: 'wx' }))

  return {
    async find(path) {
      await prepare(path)
      const stats = await lstat(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (!stats) return 'nothing'
      return stats.isFile() ? hashOf(createReadStream(join(folder, path))) : 'other'
    },

    async write(path, content, wanted) {
      const hash = createHash('sha256')
      let bytes = 0
      let sha256 = ''
      const hashed = async function* () {
        for await (const piece of content) {
          hash.update(piece)
          bytes += piece.length
          yield piece
        }
      }
      await replace(path, async (temporary) => {
        // Unlike a stream of a path, it has created the file before it fails, so that none appears after its removal.
        await writeFile(temporary, hashed(), { flag: 'wx' })
        sha256 = hash.digest('hex')
        if (wanted !== undefined && sha256 !== wanted)
          throw new Error('the server sent another content than it has recorded')
      })
      return { sha256, bytes }
    },

    writeText,

    async writeChanged(path, text) {
      const before = await readFile(join(folder, path), 'utf8').catch(() => undefined)
      if (before !== text) await writeText(path, text)
      return before !== text
    },

    async remove(path) {
      await rm(join(folder, path))
      const above = path.split('/').slice(0, -1)
      for (; above.length > 0; above.pop()) {
        try {
          await rmdir(join(folder, ...above))
        } catch {
          // It is not empty.
          return
        }
        checked.delete(above.join('/'))
      }
    },

    close: removeParts,
  }
}

/** Hash and length of a content. */
export const hashOf = async (content: AsyncIterable<Uint8Array>): Promise<WrittenFile> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of content) {
    hash.update(piece)
    bytes += piece.length
  }
  return { sha256: hash.digest('hex'), bytes }
}

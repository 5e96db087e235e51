// Pixels of atlas pages, beside the renders in the cache: a changed page is drawn into those of the page before it.
//
//   .cache/<project folder>/atlas/<page>.json          the newest pixels of a page: their file, and the caller's record
//   .cache/<project folder>/atlas/<page>-<token>.raw   RGBA pixels
//
// Bounded, and safe to delete, like all of the cache.

import { existsSync } from 'node:fs'
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Logger } from '../../telemetry/logger.ts'
import { removeFile, removeFolder } from '../file/fs/durable.ts'
import { linkBelow, refuseLinks } from '../file/fs/no-follow.ts'
import { createPaths } from '../file/paths.ts'
import { createWorkspace, newToken } from '../file/staging/workspace.ts'
import { moveIn } from './cached-file.ts'
import { createEviction } from './eviction.ts'

export interface PagePixelsOptions {
  /** Folder of the store. */
  storageDir: string
  log: Logger
  /** Limit on the whole cache, in bytes; 0 keeps nothing. @default 2147483648 (2 GiB) */
  maxBytes?: number
  /** While true, nothing is written. @default () => false */
  isReadOnly?(): boolean
}

export interface PixelsKey {
  /** Project, or another owner of pages, in whose folder of the cache they are. */
  owner: string
  /** Name of the page, the same for all of its revisions: `a-z 0-9 . - _`. */
  name: string
}

export interface PagePixels {
  /** The newest pixels of a page, and what was recorded of them. The file may vanish at any moment. */
  newest(key: PixelsKey): Promise<{ path: string; record: unknown } | undefined>
  /** Path of a new file in the workspace, undefined where nothing can be written. Remove it in every case. */
  newPath(): Promise<string | undefined>
  /** Moves a file in as the newest pixels of a page. Never throws: without them, the next page is drawn whole. */
  keep(key: PixelsKey, path: string, record: unknown): Promise<void>
  close(): Promise<void>
}

const FILE = /^[\w.-]+\.raw$/

const recordSchema = z.object({ file: z.string().regex(FILE), record: z.unknown() })

export const createPagePixels = (options: PagePixelsOptions): PagePixels => {
  const { log, isReadOnly = () => false } = options
  const maxBytes = options.maxBytes ?? 2 * 2 ** 30
  const paths = createPaths(options.storageDir)
  const workspace = createWorkspace({ paths })
  const eviction = createEviction({ folder: paths.cache, maxBytes, log })
  const folderOf = paths.cachedPages

  const read = async ({ owner, name }: PixelsKey) => {
    if (linkBelow(paths.root, folderOf(owner))) return undefined
    const text = await readFile(join(folderOf(owner), `${name}.json`), 'utf8').catch(() => undefined)
    try {
      return text === undefined ? undefined : recordSchema.parse(JSON.parse(text))
    } catch {
      return undefined
    }
  }

  return {
    async newest(key) {
      const found = await read(key)
      return found && { path: join(folderOf(key.owner), found.file), record: found.record }
    },

    async newPath() {
      if (maxBytes === 0 || isReadOnly()) return undefined
      try {
        // Missing also where it was swept.
        if (!existsSync(workspace.path)) await removeFolder(await workspace.folder())
        return join(workspace.path, newToken())
      } catch {
        return undefined
      }
    },

    async keep(key, path, record) {
      const folder = folderOf(key.owner)
      try {
        const before = await read(key)
        refuseLinks(paths.root, folder)
        const file = `${key.name}-${newToken()}.raw`
        const { size } = await stat(path)
        await moveIn(path, join(folder, file))
        const draft = join(workspace.path, newToken())
        await writeFile(draft, JSON.stringify({ file, record }))
        await rename(draft, join(folder, `${key.name}.json`))
        if (before) await removeFile(join(folder, before.file))
        eviction.added(size)
      } catch (error) {
        log.debug({ error, ...key }, 'could not keep the pixels of an atlas page; drawing the next one whole')
      }
    },

    async close() {
      await eviction.idle()
      if (!isReadOnly()) await workspace.close()
    },
  }
}

// Pixels of atlas pages, beside the renders in the cache: a changed page is drawn into those of the page before it.
//
//   .cache/<project folder>/atlas/<page>.json          the newest pixels of a page: their file, and the caller's record
//   .cache/<project folder>/atlas/<page>-<token>.raw   RGBA pixels
//   .cache/<project folder>/atlas/<page>-<token>.part  pixels that a later page has changed
//
// A file never changes, and belongs to the record that names it. Bounded, and safe to delete, like all of the cache.

import { existsSync } from 'node:fs'
import { readFile, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Logger } from '../../telemetry/logger.ts'
import { removeFile, removeFolder, sync } from '../file/fs/durable.ts'
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

/** Pixels of a page. The files may vanish at any moment. */
export interface KeptPixels {
  /** File of a whole page. */
  path: string
  /** Files of changes since then, in their order. */
  changes: readonly string[]
  /** What the caller has recorded of them. */
  record: unknown
}

export interface PagePixels {
  newest(key: PixelsKey): Promise<KeptPixels | undefined>
  /** Path of a new file in the workspace, undefined where nothing can be written. Remove it in every case. */
  newPath(): Promise<string | undefined>
  /** Moves a file in as the newest pixels of a page. Never throws: without them, the next page is drawn whole. */
  keep(key: PixelsKey, path: string, record: unknown): Promise<void>
  /** {@link PagePixels.keep}, with a file of what has changed since `base`. */
  keepChanges(key: PixelsKey, base: KeptPixels, path: string, record: unknown): Promise<void>
  close(): Promise<void>
}

const recordSchema = z.object({
  base: z.string().regex(/^[\w.-]+\.raw$/),
  changes: z.array(z.string().regex(/^[\w.-]+\.part$/)),
  record: z.unknown(),
})

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

  /** Moves a file in under a new name. */
  const moveFile = async ({ owner, name }: PixelsKey, path: string, extension: string): Promise<string> => {
    refuseLinks(paths.root, folderOf(owner))
    const file = `${name}-${newToken()}.${extension}`
    const { size } = await stat(path)
    await moveIn(path, join(folderOf(owner), file))
    eviction.added(size)
    return file
  }

  const writeRecord = async ({ owner, name }: PixelsKey, content: z.infer<typeof recordSchema>): Promise<void> => {
    const draft = join(workspace.path, newToken())
    await writeFile(draft, JSON.stringify(content))
    await rename(draft, join(folderOf(owner), `${name}.json`))
  }

  /** Without the pixels, the next page is drawn whole. */
  const unlessFailing = async (key: PixelsKey, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      log.debug({ error, ...key }, 'could not keep the pixels of an atlas page; drawing the next one whole')
    }
  }

  return {
    async newest(key) {
      const found = await read(key)
      const pathOf = (file: string) => join(folderOf(key.owner), file)
      return found && { path: pathOf(found.base), changes: found.changes.map(pathOf), record: found.record }
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

    keep: (key, path, record) =>
      unlessFailing(key, async () => {
        const before = await read(key)
        // A power cut may leave a file of the right length without its content.
        await sync(path)
        const base = await moveFile(key, path, 'raw')
        await writeRecord(key, { base, changes: [], record })
        if (before)
          for (const file of [before.base, ...before.changes]) await removeFile(join(folderOf(key.owner), file))
      }),

    keepChanges: (key, { path: base, changes }, path, record) =>
      unlessFailing(key, async () => {
        const file = await moveFile(key, path, 'part')
        await writeRecord(key, {
          base: basename(base),
          changes: [...changes.map((each) => basename(each)), file],
          record,
        })
        // Read by this page: the least used files are removed first.
        const now = new Date()
        for (const used of [base, ...changes]) await utimes(used, now, now)
      }),

    async close() {
      await eviction.idle()
      if (!isReadOnly()) await workspace.close()
    },
  }
}

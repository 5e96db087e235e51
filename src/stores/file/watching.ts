// Watchers of the file store: its revisions and the changes of pruned ones as they lie on disk.

import type { Logger } from '../../telemetry/logger.ts'
import { decodeListed, type ListedEntry } from '../history/revision.ts'
import { createChanges } from '../watching/changes.ts'
import { createWatching, type StoreWatching } from '../watching/watching.ts'
import { createChangeFiles } from './commit/change-files.ts'
import { type HeadFile, type Heads, isNewest } from './commit/heads.ts'
import { MIN_REVISIONS } from './commit/revision-file.ts'
import { codeOf, createSharedSync, readText, throwStoreError } from './fs/durable.ts'
import type { Paths } from './paths.ts'

export interface FileWatchingOptions {
  paths: Paths
  heads: Pick<Heads, 'read' | 'locate'>
  log: Logger
  /** Longest time until a commit of another process is found, in milliseconds. @default 500 */
  pollMs?: number
}

export const createFileWatching = ({ paths, heads, log, pollMs = 500 }: FileWatchingOptions): StoreWatching => {
  const sync = createSharedSync()
  const files = createChangeFiles(paths)
  const changes = createChanges({
    read: heads.read,
    readRevision: (projectId, number) => readListed(paths.revision(projectId, number)),
    readKept: files.read,
    secure: (projectId) => sync(paths.meta(projectId)),
    minRevisions: MIN_REVISIONS,
  })
  const watching = createWatching<HeadFile>({
    changes,
    read: heads.read,
    async locate(projectId) {
      const head = await heads.locate(projectId)
      // Without the revision, which holds a part of the image list.
      return head && { path: head.path, next: head.next, inode: head.inode, modifiedMs: head.modifiedMs }
    },
    isNewest: (_, file) => isNewest(file),
    log,
    pollMs,
  })
  return {
    ...watching,
    changesAfter: (projectId, position) => watching.changesAfter(projectId, position).catch(throwStoreError),
  }
}

const readListed = async (path: string): Promise<ListedEntry | undefined> => {
  try {
    return decodeListed(await readText(path))
  } catch (error) {
    if (codeOf(error) === undefined || codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

// Watchers of a store in a bucket: a poll proves the heads of the watched projects.

import type { Logger } from '../../telemetry/logger.ts'
import { decodeListed, type ListedEntry, type Revision } from '../history/revision.ts'
import { createChanges } from '../watching/changes.ts'
import { createWatching, type StoreWatching } from '../watching/watching.ts'
import type { BucketLog } from './append-log.ts'
import type { Bucket } from './client/bucket.ts'
import { entryName, keys } from './keys.ts'

export interface BucketWatchingOptions {
  bucket: Pick<Bucket, 'text'>
  revisions: Pick<BucketLog<Revision>, 'newest'>
  log: Logger
  /** See `S3StoreOptions`. @default 5000 */
  pollMs?: number
}

export const createBucketWatching = ({ bucket, revisions, log, pollMs }: BucketWatchingOptions): StoreWatching => {
  const read = async (projectId: string): Promise<Revision | undefined> => (await revisions.newest(projectId))?.entry
  const locate = async (projectId: string): Promise<number | undefined> => (await revisions.newest(projectId))?.number
  const changes = createChanges({
    read,
    async readRevision(projectId, number): Promise<ListedEntry | undefined> {
      const text = await bucket.text(keys.meta(projectId) + entryName(number))
      try {
        return text === undefined ? undefined : decodeListed(text)
      } catch {
        return undefined
      }
    },
    readKept: () => Promise.resolve([]),
    // What can be read is durable.
    secure: () => Promise.resolve(),
    minRevisions: Number.POSITIVE_INFINITY,
    readAtOnce: 16,
  })
  return createWatching({
    changes,
    read,
    locate,
    isNewest: async (projectId, number) => (await locate(projectId)) === number,
    log,
    pollMs: pollMs ?? 5000,
  })
}

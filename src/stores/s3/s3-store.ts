// Store in a bucket: wiring of its parts, and reads of projects.
//
// Any number of servers share the bucket, which is the one truth. Each has a local folder of its own for uploads under way and
// copies of variants; while none of its processes runs, that folder may be deleted.

import { basename, join } from 'node:path'
import { isDamage } from '../../core/errors.ts'
import { type ImageList, imagesOf } from '../../core/project/image-list.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { storeError, throwStoreError } from '../file/fs/durable.ts'
import { createPaths, projectIdOf } from '../file/paths.ts'
import { createWorkspace } from '../file/staging/workspace.ts'
import { coverOf } from '../history/cover.ts'
import { createFocalPoints } from '../history/focal-points.ts'
import { pageOf } from '../history/page.ts'
import type { Revision } from '../history/revision.ts'
import { createStoredBytes } from '../history/stored-bytes.ts'
import type { Store } from '../store.ts'
import { createOrphans } from './cleanup/orphans.ts'
import type { KeptRevisions } from './cleanup/prune.ts'
import { createRemoval } from './cleanup/removal.ts'
import type { Bucket } from './client/bucket.ts'
import { createDiskCache } from './disk-cache.ts'
import { keys } from './keys.ts'
import { createLeases, type Leases } from './leases.ts'
import { openStoreInBucket } from './probe.ts'
import { createRevisions, type RevisionsOptions } from './revisions.ts'
import { createSegments } from './segments.ts'
import { createVariants } from './variants.ts'
import { createBucketWatching } from './watching.ts'
import { createWriting } from './writing.ts'

export interface S3StoreOptions {
  bucket: Bucket
  /** Local folder for uploads under way and copies of variants; made where it is missing. */
  workDir: string
  log: Logger
  /** Makes the bucket where it is missing. @default false */
  createBucket?: boolean
  /** `auto`: where the credentials may not write, and the bucket holds a store. @default 'auto' */
  readOnly?: boolean | 'auto'
  /** Most bytes of local copies of variants. @default 1073741824 (1 GiB) */
  cacheBytes?: number
  /**
   * Time for which a variant is served by its id after another server has deleted it or hidden its project, in
   * milliseconds. @default 5000
   */
  staleMs?: number
  /** Limit on changes that are committed together; 1 commits each alone. @default 64 */
  maxBatch?: number
  /** Revisions that stay: watchers further behind get a `reset`. @default see {@link KeptRevisions} */
  keptRevisions?: Partial<KeptRevisions>
  /** Free bytes of the local disk below which uploads are refused. @default 67108864 (64 MiB) */
  minFreeBytes?: number
  /** Interval of sweeps after dead uploads in all projects, in milliseconds. @default 86400000 (a day) */
  orphanSweepMs?: number
  /** Age below which no object counts as that of a dead upload, in milliseconds; shorter in tests alone. @default 3600000 */
  orphanMarginMs?: number
  /** Age at which a silent server counts as dead, in milliseconds; another one in tests alone. @default 60000 */
  leaseMs?: number
  /** Longest time until a watcher finds a commit of another server, in milliseconds. @default 5000 */
  pollMs?: number
  /** When a project is read so often that servers take leases to read it; other values in tests alone. */
  readLeases?: RevisionsOptions['readLeases']
  /** @default () => new Date() */
  now?: () => Date
  /** @default none */
  observer?: Observer
}

const DAY_MS = 86_400_000

export interface S3Store extends Store {
  /** Leases of the processes, for the marks beside the store. */
  leases: Leases
}

export const createS3Store = (options: S3StoreOptions): S3Store => {
  const { bucket, log, staleMs = 5000 } = options
  const paths = createPaths(options.workDir)
  const segments = createSegments({ bucket })
  const revisions = createRevisions({ bucket, readLeases: options.readLeases })
  const { committed: onCommitted, close: endWatching, ...watching } = createBucketWatching({ ...options, revisions })
  const now = options.now ?? (() => new Date())
  const workspace = createWorkspace({ paths })
  const cache = createDiskCache({
    folder: join(paths.cache, 'variants'),
    workFolder: () => workspace.folder(),
    maxBytes: options.cacheBytes ?? 2 ** 30,
    log,
  })
  const owner = () => basename(workspace.path)
  const leases = createLeases({ bucket, paths, owner, leaseMs: options.leaseMs, log })
  const removal = createRemoval({ bucket, paths, segments, log })
  const parts = { paths, workspace, leases, revisions, segments, removal, cache }
  const writing = createWriting({ ...options, ...parts, now, onCommitted, isReadOnly: () => isReadOnly })
  const { open: openWriting, assertRoom, close: closeWriting, ...writes } = writing
  const sweepOrphans = createOrphans({
    ...{ bucket, revisions, segments, removal, onCommitted },
    marginMs: options.orphanMarginMs,
  })
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> = Promise.resolve()
  let isReadOnly = false
  let isClosed = false

  const living = (revision: Revision | undefined): ProjectState | undefined =>
    revision && !revision.state.deleted ? revision.state : undefined

  const project = async (projectId: string): Promise<ProjectState | undefined> =>
    living((await revisions.newest(projectId))?.entry)

  /** Reads a part of a state. Undefined where that fails and the state is not the newest any more. */
  const unlessOvertaken = async <T>({ project_id, revision }: ProjectState, read: () => Promise<T>) => {
    try {
      return await read()
    } catch (error) {
      if (isDamage(error) && (await revisions.newest(project_id))?.number !== revision) return undefined
      throw storeError(error)
    }
  }

  const imageList = (state: ProjectState): Promise<ImageList | undefined> =>
    unlessOvertaken(state, () => segments.load(state.project_id, state.images))

  const projectIds: Store['projectIds'] = async (page) => {
    const behind = page?.after
    const ids: string[] = []
    let from: string | undefined
    do {
      const { folders, next } = await bucket.list({ prefix: keys.projects, delimiter: '/', from })
      ids.push(...folders.flatMap((folder) => projectIdOf(basename(folder)) ?? []))
      from = next
    } while (from !== undefined)
    return ids
      .filter((id) => behind === undefined || id > behind)
      .sort()
      .slice(0, page?.limit)
  }

  const sweepAll = async (): Promise<void> => {
    await leases.sweep()
    for (const projectId of await projectIds()) {
      if (isClosed) return
      await sweepOrphans(projectId).catch((error: unknown) =>
        log.warn({ error, projectId }, 'could not remove remains of uploads; trying again at the next sweep'),
      )
    }
  }

  /** The first sweep at a random time, so that servers started together do not sweep together. */
  const scheduleSweep = (share: number): void => {
    timer = setTimeout(
      () => {
        sweeping = sweepAll()
          .catch((error: unknown) => log.warn({ error }, 'could not list projects to sweep; trying again'))
          .finally(() => scheduleSweep(1))
      },
      share * (options.orphanSweepMs ?? DAY_MS),
    ).unref()
  }

  return {
    ...watching,
    ...writes,
    ...createVariants({
      bucket,
      cache,
      segments,
      known: (projectId) => living(revisions.known(projectId)?.entry),
      recent: async (projectId) => living((await revisions.recent(projectId, staleMs))?.entry),
      newest: project,
    }),
    ...createFocalPoints({ cached: segments.cached, load: segments.load, unlessOvertaken }),
    ...createStoredBytes({ load: segments.load, unlessOvertaken }),
    project,
    projectIds,
    imageList,
    leases,

    direct: {
      origin: bucket.origin,
      url: ({ projectId, imageId, size }, read) => bucket.presign(keys.variant(projectId, imageId, size), read),
    },

    // No state in memory can be shown to be the newest without a request.
    current: () => undefined,

    recent: (projectId) => living(revisions.current(projectId, staleMs)?.entry),

    async open() {
      try {
        const { createBucket: create = false, readOnly = 'auto' } = options
        isReadOnly = await openStoreInBucket({ bucket, create, readOnly, log })
        await openWriting()
        await cache.open()
      } catch (error) {
        throw storeError(error)
      }
      if (!isReadOnly) scheduleSweep(Math.random())
    },

    isReadOnly: () => isReadOnly,

    async images(state) {
      const list = await imageList(state)
      return list && imagesOf(list)
    },

    imagePage: (state, page) =>
      unlessOvertaken(state, () => pageOf(state, page, (list) => segments.load(state.project_id, list))),

    cover: (state) => unlessOvertaken(state, () => coverOf(state, (...of) => segments.find(state.project_id, ...of))),

    async check() {
      if (isReadOnly) return void (await bucket.list({ prefix: keys.projects, limit: 1 }))
      await assertRoom().catch(throwStoreError)
      await bucket.put('.probe/check', '')
    },

    async close() {
      isClosed = true
      endWatching()
      await closeWriting()
      await sweeping
      clearTimeout(timer)
      await revisions.close()
      await bucket.close()
    },
  }
}

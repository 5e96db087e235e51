// Writes to a store in a bucket: staging areas on the local disk, commits, and what both leave behind.

import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createBoundedMap } from '../../core/bounded-map.ts'
import { readOnlyStore, TintypeError } from '../../core/errors.ts'
import { isPending } from '../../core/jobs/pending.ts'
import { unknownProject } from '../../core/not-found.ts'
import { readsImages } from '../../core/project/add-image.ts'
import type { ProjectChange } from '../../core/project/changes.ts'
import { findImage } from '../../core/project/image-list.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { removeFolder, storeError, throwStoreError } from '../file/fs/durable.ts'
import type { Paths } from '../file/paths.ts'
import { LEFT, ownerLives } from '../file/staging/owner.ts'
import { createFreeSpace } from '../file/staging/staging.ts'
import { OWNER_FILE, type Workspace } from '../file/staging/workspace.ts'
import { createCommitQueue } from '../history/commit-queue.ts'
import type { Revision } from '../history/revision.ts'
import type { CommitOptions, Stage, Store, Transition } from '../store.ts'
import type { BucketLog } from './append-log.ts'
import { createPruner, type KeptRevisions } from './cleanup/prune.ts'
import type { Removal } from './cleanup/removal.ts'
import type { Bucket } from './client/bucket.ts'
import { createCommitter } from './commit.ts'
import type { DiskCache } from './disk-cache.ts'
import type { Leases } from './leases.ts'
import type { Segments } from './segments.ts'
import { createStage } from './staging.ts'

export interface WritingOptions {
  bucket: Bucket
  /** Of the local work folder. */
  paths: Paths
  workspace: Workspace
  leases: Leases
  revisions: BucketLog<Revision>
  segments: Segments
  removal: Removal
  cache: DiskCache
  log: Logger
  now: () => Date
  /** See `S3StoreOptions`. */
  maxBatch?: number
  keptRevisions?: Partial<KeptRevisions>
  minFreeBytes?: number
  observer?: Observer
  /** True where changes throw `read_only`. */
  isReadOnly(): boolean
  /** Called with each revision that became durable. Never throws. */
  onCommitted(revision: Revision): void
}

export interface Writing extends Pick<Store, 'stage' | 'isStaged' | 'owner' | 'sweep' | 'commit' | 'transition'> {
  /** Makes the local work folder. */
  open(): Promise<void>
  /** Throws where the local disk has no room for an upload. @throws TintypeError `storage_full` */
  assertRoom(): Promise<void>
  /** Finishes the changes under way. */
  close(): Promise<void>
}

/** Failures behind which a change may have happened, or still will. */
const UNKNOWN: ReadonlySet<string> = new Set(['store_unavailable', 'storage_full'])
/** Changes of projects that need not exist. */
const CREATING: ReadonlySet<ProjectChange['type']> = new Set(['add_image', 'create_project', 'add_pending'])

export const createWriting = (options: WritingOptions): Writing => {
  const { bucket, paths, workspace, leases, revisions, segments, removal, cache, isReadOnly, log } = options
  const assertRoom = createFreeSpace({ path: paths.root, minFreeBytes: options.minFreeBytes ?? 64 * 2 ** 20 })
  const { prune, idle: pruned } = createPruner({ bucket, kept: options.keptRevisions, log })
  /** By staging area: when its files were published, by the engine's clock. Unknown ones count as old. */
  const stagedMs = createBoundedMap<number>(10_000)
  const commitBatch = createCommitter({
    ...options,
    prune,
    stagedMs: (stageId) => stagedMs.get(stageId) ?? 0,
  })
  const queue = createCommitQueue({ commitBatch, maxBatch: options.maxBatch })
  /** Staging areas whose image is committed, or may be: their published variants stay. */
  const kept = new WeakSet<Stage>()
  const underWay = new Set<Promise<Transition>>()

  const deleteProject = async (projectId: string, change: ProjectChange): Promise<Transition> => {
    const transition = await queue.commit(projectId, change)
    const listed = revisions.known(projectId)?.entry
    try {
      if (listed) await removal.project(projectId, listed)
      await queue.commit(projectId, undefined)
    } catch (error) {
      log.warn({ error, projectId }, 'could not remove the objects of a deleted project; a later commit tries again')
    }
    return transition
  }

  const commit = async (
    projectId: string,
    change: ProjectChange,
    { stage, gatherMs }: CommitOptions,
  ): Promise<Transition> => {
    try {
      if (stage && !existsSync(dirname(stage.uploadPath))) throw abandoned(projectId)
      if (!CREATING.has(change.type)) {
        const newest = (await revisions.newest(projectId))?.entry
        if (!newest || newest.state.deleted) throw unknownProject(projectId)
      }
      if (change.type === 'delete_project') return await deleteProject(projectId, change)
      const transition = await queue.commit(projectId, change, { workspacePath: stage?.id, gatherMs })
      // An existing image may answer the upload; then the files are removed.
      if (stage && change.type === 'add_image' && !readsImages(change.terms ?? {})) kept.add(stage)
      const listed = revisions.known(projectId)?.entry
      if (listed) await removal.retry(projectId, listed)
      return transition
    } catch (error) {
      const failure = storeError(error)
      // The engine may carry out a request after its time: nothing may be removed (cleanup/orphans.ts).
      if (stage && UNKNOWN.has(failure.code)) kept.add(stage)
      throw failure
    }
  }

  const transition = (projectId: string, change: ProjectChange, given: CommitOptions = {}): Promise<Transition> => {
    if (isReadOnly()) return Promise.reject(readOnlyStore())
    const done = commit(projectId, change, given).finally(() => underWay.delete(done))
    underWay.add(done)
    return done
  }

  /** Removes published variants of an image that is neither part of its project nor pending in it. */
  const unpublish = async (projectId: string, imageId: string): Promise<void> => {
    const newest = (await revisions.newest(projectId))?.entry
    if (newest && isPending(newest.state, imageId)) return
    if (newest && findImage(await segments.load(projectId, newest.state.images), imageId)) return
    await removal.images(projectId, [imageId])
  }

  /** Removes the work folders of dead processes of this machine, and ends their leases. */
  const sweep = async (): Promise<void> => {
    try {
      await workspace.leaveRest()
      for (const owner of await readdir(paths.tmp)) {
        if (await ownerLives(join(paths.tmp, owner, OWNER_FILE))) continue
        // The process of an abandoned folder may live. In a store that is only read, leases end by their age.
        if (!owner.endsWith(LEFT) && !isReadOnly()) await leases.end(owner)
        await removeFolder(join(paths.tmp, owner))
      }
    } catch (error) {
      log.warn({ error }, 'could not remove work folders of dead processes; trying again')
    }
  }

  return {
    async open() {
      await mkdir(paths.tmp, { recursive: true })
      await workspace.open()
      await sweep()
    },

    assertRoom,
    sweep,
    owner: () => basename(workspace.path),

    async stage(projectId, imageId) {
      if (isReadOnly()) throw readOnlyStore()
      await assertRoom().catch(throwStoreError)
      // Reservations of quotas count for as long as other servers see that the staging area exists.
      await leases.hold()
      const stage: Stage = await createStage({
        ...{ paths, workspace, bucket, projectId, imageId, log, keep: cache.keep },
        onPublished: (dateMs) => stagedMs.set(stage.id, Math.min(dateMs, stagedMs.get(stage.id) ?? dateMs)),
        unpublish: async (id) => {
          if (!kept.has(stage)) await unpublish(projectId, id)
        },
      }).catch(throwStoreError)
      return stage
    },

    /** Of another machine, for as long as its process lives: a discarded one may count for a minute more. */
    async isStaged(stageId) {
      if (existsSync(join(paths.tmp, stageId))) return true
      const owner = stageId.split('/')[0] ?? ''
      return !existsSync(join(paths.tmp, owner)) && leases.isAlive(owner)
    },

    commit: async (projectId, change, given) => (await transition(projectId, change, given)).after,

    transition,

    async close() {
      await Promise.allSettled(underWay)
      await queue.idle()
      await pruned()
      await leases.close()
      await workspace.close()
    },
  }
}

const abandoned = (projectId: string): TintypeError =>
  new TintypeError(
    'store_unavailable',
    `The upload to project "${projectId}" was removed as abandoned; send it again.`,
    { retryAfterSeconds: 1 },
  )

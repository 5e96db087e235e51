// Store on plain files: wiring of its parts, and reads of projects.

import { constants, existsSync } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isDamage, readOnlyStore } from '../../core/errors.ts'
import { unknownProject } from '../../core/not-found.ts'
import { readsImages } from '../../core/project/add-image.ts'
import type { ProjectChange } from '../../core/project/changes.ts'
import { type ImageList, imagesOf } from '../../core/project/image-list.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { createCommitQueue } from '../history/commit-queue.ts'
import { coverOf } from '../history/cover.ts'
import { createFocalPoints } from '../history/focal-points.ts'
import { pageOf } from '../history/page.ts'
import { createStoredBytes } from '../history/stored-bytes.ts'
import type { CommitOptions, ImagePage, PageRequest, Stage, Store, Transition } from '../store.ts'
import { createAfterPowerCut } from './cleanup/after-power-cut.ts'
import { createDeleteProject } from './cleanup/delete-project.ts'
import { createRemoval } from './cleanup/removal.ts'
import { createSweeper } from './cleanup/sweep.ts'
import { createCommitter } from './commit/batch.ts'
import type { KeptChanges } from './commit/change-files.ts'
import { createHeads } from './commit/heads.ts'
import { createProjectLock } from './commit/project-lock.ts'
import { createPublisher } from './commit/publish-meta.ts'
import { createSegments } from './commit/segments.ts'
import { createSharedSync, removeFolder, storeError, throwStoreError, writeNew } from './fs/durable.ts'
import { refuseLinks } from './fs/no-follow.ts'
import { createMending, type MendingOptions } from './mending.ts'
import { openFolder } from './open-folder.ts'
import { createPaths, projectIdOf } from './paths.ts'
import { createFreeSpace, createStage, makeProjectFolders } from './staging/staging.ts'
import { createWorkspace } from './staging/workspace.ts'
import { createVariants } from './variants.ts'
import { createFileWatching } from './watching.ts'

export interface FileStoreOptions extends Partial<Pick<MendingOptions, 'fallback' | 'isBounded' | 'onFetched'>> {
  /** Folder of the store; made where it is missing. */
  storageDir: string
  log: Logger
  /** `auto`: where the folder exists and cannot be written. @default 'auto' */
  readOnly?: boolean | 'auto'
  /** Age at which a project's lock counts as abandoned, in milliseconds; the same in every process. @default 10000 */
  lockStaleMs?: number
  /** Longest wait for a project's lock, in milliseconds; then `busy`. @default lockStaleMs + 5000 */
  lockWaitMs?: number
  /** Limit on changes that are committed together; 1 commits each alone. @default 64 */
  maxBatch?: number
  /** Longest time that commits go on under one lock, in milliseconds; 0 locks anew for each. @default 20 */
  maxHeldMs?: number
  /** Newest revisions that stay whole, 32 or more, at most twice as many. @default 32 */
  keptRevisions?: number
  /** Changes that stay for watchers: those further behind get a `reset`. @default 1000 and those of 7 days, 100,000 at most */
  keptChanges?: Partial<KeptChanges>
  /** Free bytes of the disk below which uploads are refused. @default 67108864 (64 MiB) */
  minFreeBytes?: number
  /** Interval of sweeps after dead processes, in milliseconds. @default 30000 */
  sweepMs?: number
  /** @default () => new Date() */
  now?: () => Date
  /** @default none */
  observer?: Observer
}

export const createFileStore = (options: FileStoreOptions): Store => {
  const { storageDir, log, observer, fallback, isBounded, onFetched } = options
  const now = options.now ?? (() => new Date())
  const paths = createPaths(storageDir)
  const syncFolder = createSharedSync()
  const workspace = createWorkspace({ paths, syncFolder })
  const assertRoom = createFreeSpace({ path: paths.projects, minFreeBytes: options.minFreeBytes ?? 64 * 2 ** 20 })
  const heads = createHeads({ paths })
  const segments = createSegments({ paths })
  const removal = createRemoval({ paths, heads, segments, log })
  const publisher = createPublisher({ paths, heads, workspace, log })
  const lockStaleMs = options.lockStaleMs ?? 10_000
  const lockWaitMs = options.lockWaitMs ?? lockStaleMs + 5000
  const withLock = createProjectLock({ paths, lockStaleMs, lockWaitMs, observer })
  const { committed: onCommitted, close: endWatching, ...watching } = createFileWatching({ paths, heads, log })
  const base = { paths, heads, segments, removal, workspace, log, observer }
  const mending = fallback && createMending({ ...base, fallback, isBounded, onFetched, isReadOnly: () => isReadOnly })
  const commitBatch = createCommitter({ ...options, ...base, publisher, withLock, now, onCommitted })
  const queue = createCommitQueue({ commitBatch, maxBatch: options.maxBatch })
  const settle = async (projectId: string) => void (await queue.commit(projectId, undefined))
  const afterPowerCut = createAfterPowerCut({ paths, heads, removal, lockStaleMs, log })
  const sweeper = createSweeper({ ...base, afterPowerCut, publisher, settle })
  const deleteProject = createDeleteProject({ workspace, removal, commit: queue.commit, log })
  /** Staging areas whose image is committed: their published files stay. */
  const committed = new WeakSet<Stage>()
  const underWay = new Set<Promise<Transition>>()
  let sweeping: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isReadOnly = false

  const assertWritable = (): void => {
    if (isReadOnly) throw readOnlyStore()
  }

  const sweep = (): Promise<void> => {
    if (isReadOnly) return sweeping
    sweeping = sweeping
      .then(() => workspace.leaveRest())
      .then(() => sweeper.sweep())
      .catch((error: unknown) => log.warn({ error }, 'could not sweep; trying again'))
    return sweeping
  }

  const project = async (projectId: string): Promise<ProjectState | undefined> => {
    const head = await heads.read(projectId).catch(throwStoreError)
    return head && !head.state.deleted ? head.state : undefined
  }

  /** Makes the folders of a project that no upload has made. @throws TintypeError `storage_full` where uploads get it too */
  const makeRoom = async (projectId: string): Promise<void> => {
    if (await heads.read(projectId)) return
    await assertRoom()
    await makeProjectFolders(paths, projectId)
  }

  const commit = async (projectId: string, change: ProjectChange, options: CommitOptions): Promise<Transition> => {
    const { stage, gatherMs } = options
    try {
      assertWritable()
      if (change.type === 'create_project' || change.type === 'add_pending') await makeRoom(projectId)
      else if (change.type !== 'add_image' && !(await project(projectId))) throw unknownProject(projectId)
      if (change.type === 'delete_project') return await deleteProject(projectId, change)
      const workspacePath = stage && dirname(join(paths.tmp, stage.id))
      const transition = await queue.commit(projectId, change, { workspacePath, gatherMs })
      // An existing image may answer the upload; then the files are removed.
      if (stage && change.type === 'add_image' && !readsImages(change.terms ?? {})) committed.add(stage)
      return transition
    } catch (error) {
      throw storeError(error)
    }
  }

  const transition = (projectId: string, change: ProjectChange, options: CommitOptions = {}): Promise<Transition> => {
    const done = commit(projectId, change, options).finally(() => underWay.delete(done))
    underWay.add(done)
    return done
  }

  /**
   * Reads a part of a state. Undefined where that fails and the state is not the newest any more: its segments are removed
   * with the last of 32 revisions that name them.
   */
  const unlessOvertaken = async <T>({ project_id, revision }: ProjectState, read: () => Promise<T>) => {
    try {
      return await read()
    } catch (error) {
      if (isDamage(error) && (await heads.isOvertaken(project_id, revision).catch(throwStoreError))) return undefined
      throw storeError(error)
    }
  }

  const readPage = (state: ProjectState, page: PageRequest): Promise<ImagePage | undefined> =>
    unlessOvertaken(state, () => pageOf(state, page, (list) => segments.load(state.project_id, list)))

  const imageList = (state: ProjectState): Promise<ImageList | undefined> =>
    unlessOvertaken(state, () => segments.load(state.project_id, state.images))

  const current: Store['current'] = (projectId, share) => {
    const head = heads.current(projectId, share)
    return head && !head.state.deleted ? head.state : undefined
  }

  return {
    ...watching,
    ...createVariants({ ...base, unlessOvertaken, mending }),
    ...createFocalPoints({ cached: segments.cached, load: segments.load, unlessOvertaken }),
    ...createStoredBytes({ load: segments.load, unlessOvertaken }),
    project,

    current,
    recent: current,

    async open() {
      isReadOnly = await openFolder({ paths, workspace, readOnly: options.readOnly, log })
      if (isReadOnly) return
      void sweep()
      timer = setInterval(sweep, options.sweepMs ?? 30_000).unref()
    },

    isReadOnly: () => isReadOnly,

    imageList,

    images: (state) => imageList(state).then((list) => list && imagesOf(list)),

    imagePage: readPage,

    cover: (state) => unlessOvertaken(state, () => coverOf(state, (...of) => segments.find(state.project_id, ...of))),

    async projectIds(page) {
      refuseLinks(paths.root, paths.projects)
      const folders = await readdir(paths.projects).catch(throwStoreError)
      const behind = page?.after
      const ids = folders
        .flatMap((folder) => projectIdOf(folder) ?? [])
        .filter((id) => behind === undefined || id > behind)
      return ids.sort().slice(0, page?.limit)
    },

    async stage(projectId, imageId) {
      const unpublish = async (imageId: string) => {
        if (!committed.has(stage)) await sweeper.unpublish(projectId, imageId)
      }
      assertWritable()
      await assertRoom().catch(throwStoreError)
      const isKnown = async () => (await heads.read(projectId)) !== undefined
      const options = { paths, workspace, syncFolder, projectId, imageId, isKnown, unpublish, log }
      const stage: Stage = await createStage(options).catch(throwStoreError)
      return stage
    },

    owner: () => basename(workspace.path),
    sweep,

    isStaged: async (stageId) => existsSync(join(paths.tmp, stageId)),

    commit: async (projectId, change, options) => (await transition(projectId, change, options)).after,

    transition,

    async check() {
      if (isReadOnly) return access(paths.projects, constants.R_OK).catch(throwStoreError)
      await assertRoom().catch(throwStoreError)
      try {
        const folder = await workspace.folder()
        await writeNew(join(folder, 'probe'), 'ok').finally(() => removeFolder(folder))
      } catch (error) {
        throw storeError(error)
      }
    },

    async close() {
      clearInterval(timer)
      endWatching()
      await Promise.allSettled(underWay)
      await queue.idle()
      await publisher.flush()
      await sweeping
      if (!isReadOnly) await workspace.close()
    },
  }
}

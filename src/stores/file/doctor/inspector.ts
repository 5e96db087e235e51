// Inspects a store on plain files, from the outside in, and reports each problem with its repair.

import { join } from 'node:path'
import { TintypeError } from '../../../core/errors.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { SecondCopy } from '../../fallback/second-copy.ts'
import { assertKnownFormat } from '../format.ts'
import { refuseLinks } from '../fs/no-follow.ts'
import { projectIdOf } from '../paths.ts'
import { checkCatalogue } from './checks/catalogue.ts'
import { checkChanges } from './checks/changes.ts'
import { checkCollections } from './checks/collections.ts'
import { checkFolders, checkLock, checkMissingFolders } from './checks/folders.ts'
import { checkJobs } from './checks/jobs.ts'
import { linksInProject, linksOutsideProjects } from './checks/links.ts'
import { checkMetaJson } from './checks/meta-json.ts'
import { checkPending } from './checks/pending.ts'
import { checkRemovals } from './checks/removals.ts'
import { checkHead, checkOlderRevisions } from './checks/revisions.ts'
import { checkSegments, findSegmentFaults } from './checks/segments.ts'
import { checkStrays, unknownEntry } from './checks/strays.ts'
import { checkVariants } from './checks/variants.ts'
import { checkWebhooks } from './checks/webhooks.ts'
import { checkIdempotencyMarks, checkWorkspaces } from './checks/workspaces.ts'
import { createDoctorContext, type RemakeVariants } from './context.ts'
import type { Problem } from './problem.ts'
import { iterateNames, statOf } from './read/files.ts'
import { assessHead } from './read/head.ts'
import { newestIntact, readHistory } from './read/history.ts'

export interface InspectorOptions {
  /** Folder of the store. */
  storageDir: string
  /** Makes the variants of a picture again; called one at a time. */
  remake: RemakeVariants
  /** Where lost files are fetched from. @default nowhere */
  fallback?: SecondCopy | undefined
  log: Logger
  /** Age from which a project's lock is stale, in milliseconds. @default 10000 */
  lockStaleMs?: number
  /** Delay before a check is repeated, in milliseconds: longer than the gap between two steps of a commit. @default 150 */
  recheckDelayMs?: number
  /** Time in which meta.json follows its revision where no other process is alive, in milliseconds. @default 400 */
  publishSettleMs?: number
  /** Time between creating a workspace and writing its owner file, in milliseconds. @default 500 */
  ownerSettleMs?: number
  /** @default () => new Date() */
  now?: () => Date
}

/**
 * Checks are safe while other processes write, and write nothing themselves. A problem counts only if a second check,
 * against a newer state, confirms it. Repair each problem before the next one is read: later checks build on it.
 * Repairs follow the commit protocol; everything that they replace or remove is kept under `.lost/`.
 */
export interface Inspector {
  /** @throws TintypeError `store_unavailable` where the folder is no store, or one of a newer format */
  open(): Promise<void>
  /** Ids of the projects, in the order of the disk, and entries that are no project. */
  projects(): AsyncIterable<string | Problem>
  hasProject(projectId: string): Promise<boolean>
  /** Number of entries of {@link Inspector.projects}, without inspecting them. */
  countProjects(): Promise<number>
  /** Number of images in the newest list of a project, 0 where it cannot be read. */
  countImages(projectId: string): Promise<number>
  /** @param onImages called with the number of images that were inspected */
  project(projectId: string, onImages: (count: number) => void): AsyncIterable<Problem>
  /** Remains of processes under `.tmp` and `.running`; of one project, or of all. */
  temporaries(projectId?: string): AsyncIterable<Problem>
  close(): Promise<void>
}

export const createInspector = (options: InspectorOptions): Inspector => {
  const context = createDoctorContext({
    ...options,
    waits: {
      lockStaleMs: options.lockStaleMs ?? 10_000,
      recheckDelayMs: options.recheckDelayMs ?? 150,
      publishSettleMs: options.publishSettleMs ?? 400,
      ownerSettleMs: options.ownerSettleMs ?? 500,
    },
    now: options.now ?? (() => new Date()),
  })
  const { paths } = context

  /** True for a symbolic link too, which the checks of the project report. */
  const isProject = async (projectId: string): Promise<boolean> => {
    const stats = await statOf(paths.project(projectId))
    return stats !== undefined && (stats.isDirectory() || stats.isSymbolicLink())
  }

  return {
    async open() {
      assertKnownFormat(paths.root)
      if ((await statOf(paths.projects))?.isDirectory()) return
      refuseLinks(paths.root, paths.projects)
      throw new TintypeError('store_unavailable', `Expected a store in ${paths.root}; it has no folder "projects".`)
    },

    async *projects() {
      yield* linksOutsideProjects(context)
      yield* checkCatalogue(context)
      yield* checkWebhooks(context)
      yield* checkCollections(context)
      // Before the projects: what is pending is compared with the jobs that remain.
      yield* checkJobs(context)
      for await (const name of iterateNames(paths.projects)) {
        const projectId = projectIdOf(name)
        yield projectId !== undefined && (await isProject(projectId))
          ? projectId
          : unknownEntry(context, join(paths.projects, name))
      }
    },

    hasProject: isProject,

    async countProjects() {
      let count = 0
      for await (const _ of iterateNames(paths.projects)) count++
      return count
    },

    async countImages(projectId) {
      if (linksInProject(context, projectId).length > 0) return 0
      const head = newestIntact(await readHistory(paths, projectId))
      return head?.state.image_count ?? 0
    },

    async *project(projectId, onImages) {
      // Nothing is read, moved or written through a link, so nothing else of the project can be checked.
      const links = linksInProject(context, projectId)
      yield* links
      if (links.length > 0) return
      yield* checkFolders(context, projectId)
      yield* optional(await checkLock(context, projectId))
      yield* optional(await checkHead(context, projectId))
      // Without a head there is nothing to compare the rest with.
      if ((await assessHead(paths, projectId)).recovery) return
      yield* await checkMissingFolders(context, projectId)
      yield* await checkOlderRevisions(context, projectId)
      yield* checkPending(context, projectId)
      yield* checkChanges(context, projectId)
      const segments = await checkSegments(context, projectId)
      yield* segments
      if (segments.length === 0 || (await findSegmentFaults(context, projectId)).length === 0)
        yield* optional(await checkMetaJson(context, projectId))
      yield* checkVariants(context, projectId, onImages)
      yield* await checkRemovals(context, projectId)
      yield* checkStrays(context, projectId)
    },

    async *temporaries(projectId) {
      yield* checkWorkspaces(context, projectId)
      if (projectId === undefined) yield* checkIdempotencyMarks(context)
    },

    close: () => context.close(),
  }
}

function* optional(problem: Problem | undefined): Generator<Problem> {
  if (problem) yield problem
}

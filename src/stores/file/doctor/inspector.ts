// Looks at a store on plain files, from the outside in, and says what is wrong with it and how it can be mended.

import { join } from 'node:path'
import { TintypeError } from '../../../core/errors.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { projectIdOf } from '../paths.ts'
import { checkFolders, checkLock, checkMissingFolders } from './checks/folders.ts'
import { checkMetaJson } from './checks/meta-json.ts'
import { checkRemovals } from './checks/removals.ts'
import { checkOlder } from './checks/revisions.ts'
import { checkSegments, segmentFaults } from './checks/segments.ts'
import { checkStrays, unknownEntry } from './checks/strays.ts'
import { checkClaims, checkTemporaries } from './checks/temporaries.ts'
import { checkPictures } from './checks/variants.ts'
import { createTools, type Remake } from './context.ts'
import type { Problem } from './problem.ts'
import { eachName, statOf } from './read/files.ts'
import { judge } from './read/head.ts'
import { newestSound, readHistory } from './read/history.ts'
import { checkNewest } from './repair/head.ts'

export interface InspectorOptions {
  /** Folder of the store. */
  storageDir: string
  /** Makes the variants of a picture again; called one at a time. */
  remake: Remake
  log: Logger
  /** Age at which a project's lock counts as left behind, in milliseconds. @default 10000 */
  lockStaleMs?: number
  /** Pause before a second look, in milliseconds: more than the moment between two steps of a commit. @default 150 */
  secondLookMs?: number
  /** Time in which a meta.json follows its revision where nobody is at work, in milliseconds. @default 400 */
  metaPatienceMs?: number
  /** Time between the folder that a process makes and the file that it writes there, in milliseconds. @default 500 */
  ownerMomentMs?: number
  /** @default () => new Date() */
  now?: () => Date
}

/**
 * Checks are safe while others write, and write nothing. A problem counts only if a second look, against a newer
 * state, finds it again. Whoever reads the problems mends each before it asks for the next: later checks build on it.
 * A mend takes part in the protocol of commits; what it replaces or takes away is kept under `.lost/`.
 */
export interface Inspector {
  /** @throws TintypeError `store_unavailable` where the folder is no store */
  open(): Promise<void>
  /** Ids of the projects, as the disk gives them, and entries that are no project. */
  projects(): AsyncIterable<string | Problem>
  hasProject(projectId: string): Promise<boolean>
  /** How many entries {@link Inspector.projects} gives, without looking at them. */
  countProjects(): Promise<number>
  /** How many images the newest list of a project has, 0 where it cannot be read. */
  countImages(projectId: string): Promise<number>
  /** @param onImages called with the number of images that were looked at */
  project(projectId: string, onImages: (count: number) => void): AsyncIterable<Problem>
  /** What processes left under `.tmp`; of one project, or of all. */
  temporaries(projectId?: string): AsyncIterable<Problem>
  close(): Promise<void>
}

export const createInspector = (options: InspectorOptions): Inspector => {
  const tools = createTools({
    ...options,
    waits: {
      lockStaleMs: options.lockStaleMs ?? 10_000,
      secondLookMs: options.secondLookMs ?? 150,
      metaPatienceMs: options.metaPatienceMs ?? 400,
      ownerMomentMs: options.ownerMomentMs ?? 500,
    },
    now: options.now ?? (() => new Date()),
  })
  const { paths } = tools

  const newestIsSound = async (projectId: string) => (await judge(paths, projectId)).rescue === undefined

  return {
    async open() {
      if ((await statOf(paths.projects))?.isDirectory()) return
      throw new TintypeError('store_unavailable', `There is no store in ${paths.root}: it has no folder "projects".`)
    },

    async *projects() {
      for await (const name of eachName(paths.projects)) {
        const projectId = projectIdOf(name)
        const isFolder = (await statOf(join(paths.projects, name)))?.isDirectory()
        yield projectId !== undefined && isFolder ? projectId : unknownEntry(tools, join(paths.projects, name))
      }
    },

    hasProject: async (projectId) => (await statOf(paths.project(projectId)))?.isDirectory() ?? false,

    async countProjects() {
      let count = 0
      for await (const _ of eachName(paths.projects)) count++
      return count
    },

    async countImages(projectId) {
      const head = newestSound(await readHistory(paths, projectId))
      return head?.state.image_count ?? 0
    },

    async *project(projectId, onImages) {
      yield* checkFolders(tools, projectId)
      yield* some(await checkLock(tools, projectId))
      yield* some(await checkNewest(tools, projectId))
      // Without a newest revision there is nothing to compare the rest with.
      if (!(await newestIsSound(projectId))) return
      yield* await checkMissingFolders(tools, projectId)
      yield* await checkOlder(tools, projectId)
      const segments = await checkSegments(tools, projectId)
      yield* segments
      if (segments.length === 0 || (await segmentFaults(tools, projectId)).length === 0)
        yield* some(await checkMetaJson(tools, projectId))
      yield* checkPictures(tools, projectId, onImages)
      yield* await checkRemovals(tools, projectId)
      yield* checkStrays(tools, projectId)
    },

    async *temporaries(projectId) {
      yield* checkTemporaries(tools, projectId)
      if (projectId === undefined) yield* checkClaims(tools)
    },

    close: () => tools.close(),
  }
}

function* some(problem: Problem | undefined): Generator<Problem> {
  if (problem) yield problem
}

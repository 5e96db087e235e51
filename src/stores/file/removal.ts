// Taking files away, after the revision that no longer names them. What a crash leaves is told by the revision itself.

import { statSync } from 'node:fs'
import { SIZES } from '../../core/names.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { removeFile, removeFolder } from './durable.ts'
import type { Heads } from './heads.ts'
import type { Paths } from './paths.ts'
import type { Revision, StoredRun } from './revision.ts'
import type { Runs } from './runs.ts'

export interface RemovalOptions {
  paths: Paths
  heads: Heads
  runs: Runs
  log: Logger
}

export interface Removal {
  /** Removes the files of one image. False where the disk did not let it; the project's next commit tries again. */
  image(projectId: string, imageId: string): Promise<boolean>
  /** Removes what the newest revision says is to be removed. */
  project(projectId: string): Promise<void>
  /** What a revision says is to be removed and is still there. */
  left(projectId: string, base: Revision | undefined): Promise<Pick<Revision, 'removing' | 'removingRuns'>>
  /** True for an image that was deleted, whose files may still be there. */
  isRemoving(projectId: string, revision: Revision, imageId: string): Promise<boolean>
}

/** The original goes last: where it is gone, so are the others. */
const ORDER = SIZES.toReversed()

export const createRemoval = ({ paths, heads, runs, log }: RemovalOptions): Removal => {
  const finishedRuns = new Set<string>()

  const image = async (projectId: string, imageId: string): Promise<boolean> => {
    try {
      await removeFolder(paths.cached(projectId, imageId))
      for (const size of ORDER) await removeFile(paths.variant(projectId, imageId, size))
      return true
    } catch (error) {
      log.warn({ error, projectId, imageId }, 'files of a deleted image could not be removed')
      return false
    }
  }

  const wholeRun = async (projectId: string, stored: StoredRun): Promise<void> => {
    const images = await runs.images(projectId, stored)
    const gone = await Promise.all(images.map(({ id }) => image(projectId, id)))
    if (gone.every(Boolean)) finishedRuns.add(stored.id)
  }

  const isThere = (projectId: string, imageId: string): boolean =>
    statSync(paths.variant(projectId, imageId, 'original'), { throwIfNoEntry: false }) !== undefined

  return {
    image,

    async project(projectId) {
      const head = await heads.read(projectId)
      if (!head) return
      for (const imageId of head.removing) await image(projectId, imageId)
      for (const stored of head.removingRuns) await wholeRun(projectId, stored)
    },

    async left(projectId, base) {
      const removing: string[] = []
      for (const imageId of base?.removing ?? [])
        if (isThere(projectId, imageId) && !(await image(projectId, imageId))) removing.push(imageId)
      const removingRuns = (base?.removingRuns ?? []).filter(({ id }) => !finishedRuns.delete(id))
      return { removing, removingRuns }
    },

    async isRemoving(projectId, { removing, removingRuns }, imageId) {
      if (removing.includes(imageId)) return true
      for (const stored of removingRuns) {
        const images = await runs.images(projectId, stored)
        if (images.some(({ id }) => id === imageId)) return true
      }
      return false
    },
  }
}

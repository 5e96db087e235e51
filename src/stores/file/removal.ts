// Taking files away, after the revision that no longer names them. What a crash leaves is told by the revision itself.

import { statSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import { findImage } from '../../core/image-list.ts'
import { SIZES } from '../../core/names.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { codeOf, removeFile, removeFolder, sync } from './durable.ts'
import type { Heads } from './heads.ts'
import type { Paths } from './paths.ts'
import type { Revision } from './revision.ts'
import type { Runs } from './runs.ts'

export interface RemovalOptions {
  paths: Paths
  heads: Heads
  runs: Runs
  log: Logger
}

export interface Removal {
  /** Removes the files of one image. @throws where the disk does not let it */
  image(projectId: string, imageId: string): Promise<void>
  /** The same for an image that no revision names: gone for good when this resolves, so that no trace of it is needed. */
  stray(projectId: string, imageId: string): Promise<void>
  /** Removes what the newest revision says is to be removed. @throws where the disk does not let it */
  project(projectId: string): Promise<void>
  /** What the revision that follows this one has to say is to be removed. */
  left(projectId: string, base: Revision | undefined): Promise<Pick<Revision, 'removing' | 'removingRuns'>>
  /** True for an image that was deleted, whose files may still be there. */
  isRemoving(projectId: string, revision: Revision, imageId: string): Promise<boolean>
}

/** The original goes last: where it is gone, so are the others. */
const ORDER = SIZES.toReversed()
/** Ids are forgotten many at a time, because four folders are synced for it. */
const FEWEST_TO_FORGET = 32

export const createRemoval = ({ paths, heads, runs, log }: RemovalOptions): Removal => {
  /** By project: runs that a revision still names, with the files of their images gone for good. */
  const finished = new LRUCache<string, Set<string>>({ max: 1000 })

  const image = async (projectId: string, imageId: string): Promise<void> => {
    for (const size of ORDER) await removeFile(paths.variant(projectId, imageId, size))
    await removeFolder(paths.cached(projectId, imageId))
  }

  /** Until this is done, a power cut can bring files back that were removed. */
  const syncFolders = async (projectId: string): Promise<void> => {
    for (const size of SIZES)
      await sync(paths.variants(projectId, size)).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error
      })
  }

  const isStuck = async (projectId: string, imageId: string): Promise<boolean> => {
    const original = paths.variant(projectId, imageId, 'original')
    if (statSync(original, { throwIfNoEntry: false }) === undefined) return false
    try {
      await image(projectId, imageId)
      return false
    } catch (error) {
      log.warn(
        { error, projectId, imageId },
        'files of a deleted image could not be removed; the next change tries again',
      )
      return true
    }
  }

  /** A power cut may have brought back any of an image's files, so all are removed once more before they are forgotten. */
  const mayForget = async (projectId: string, imageIds: readonly string[]): Promise<boolean> => {
    if (imageIds.length < FEWEST_TO_FORGET) return false
    try {
      for (const imageId of imageIds) await image(projectId, imageId)
      await syncFolders(projectId)
      return true
    } catch {
      return false
    }
  }

  return {
    image,

    async stray(projectId, imageId) {
      await image(projectId, imageId)
      await syncFolders(projectId)
    },

    async project(projectId) {
      const head = await heads.read(projectId)
      if (!head) return
      for (const imageId of head.removing) await image(projectId, imageId)
      for (const stored of head.removingRuns)
        await Promise.all((await runs.images(projectId, stored)).map(({ id }) => image(projectId, id)))
      if (head.removingRuns.length === 0) return
      await syncFolders(projectId)
      finished.set(projectId, new Set(head.removingRuns.map(({ id }) => id)))
    },

    async left(projectId, base) {
      const { removing, removingRuns } = base ?? { removing: [], removingRuns: [] }
      const stuck: string[] = []
      for (const imageId of removing) if (await isStuck(projectId, imageId)) stuck.push(imageId)
      const gone = removing.filter((imageId) => !stuck.includes(imageId))
      const forget = await mayForget(projectId, gone)
      const done = finished.get(projectId)
      if (removingRuns.length === 0) finished.delete(projectId)
      return {
        removing: forget ? stuck : removing,
        removingRuns: removingRuns.filter(({ id }) => !done?.has(id)),
      }
    },

    async isRemoving(projectId, { state, removing, removingRuns }, imageId) {
      if (removing.includes(imageId)) return true
      if (removingRuns.length === 0) return false
      // Of a project that was deleted a moment ago: only what is in its new list is not to be removed.
      return !findImage(await runs.load(projectId, state.images), imageId)
    },
  }
}

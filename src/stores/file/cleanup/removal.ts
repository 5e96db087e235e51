// Taking files away, after the revision that no longer names them. What a crash leaves is told by the revision itself.

import { lstatSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import { SIZES } from '../../../core/names.ts'
import { findImage } from '../../../core/project/image-list.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Revision } from '../../history/revision.ts'
import type { Heads } from '../commit/heads.ts'
import type { Segments } from '../commit/segments.ts'
import { removeFile, removeFolder, sync, unlessMissing } from '../fs/durable.ts'
import type { Paths } from '../paths.ts'

export interface RemovalOptions {
  paths: Paths
  heads: Heads
  segments: Segments
  log: Logger
}

export interface Removal {
  /** Removes the files of one image. @throws where the disk does not let it */
  image(projectId: string, imageId: string): Promise<void>
  /** The same for an image that no revision names: gone for good when this resolves, so that no trace of it is needed. */
  stray(projectId: string, imageId: string): Promise<void>
  /**
   * Removes what the newest revision says is to be removed, all that can be. @throws where the disk does not let one
   * go
   */
  project(projectId: string): Promise<void>
  /** What the revision that follows this one has to say is to be removed. */
  left(projectId: string, base: Revision | undefined): Promise<Pick<Revision, 'removing' | 'removingSegments'>>
  /**
   * Removes once more what should be gone by now and is not, where there is much of it. Not for a commit to do: whoever
   * deleted an image a moment ago is at it. Never throws.
   */
  retry(projectId: string): Promise<void>
  /** True for an image that was deleted, whose files may still be there. */
  isRemoving(projectId: string, revision: Revision, imageId: string): Promise<boolean>
}

/** The original goes last: where it is gone, so are the others. */
const SMALLER = SIZES.filter((size) => size !== 'original')
const IF_ANY = { throwIfNoEntry: false } as const

/** Ids are forgotten many at a time, because four folders are synced for it. */
const FEWEST_TO_FORGET = 32

export const createRemoval = ({ paths, heads, segments, log }: RemovalOptions): Removal => {
  /** By project: segments that a revision still names, with the files of their images gone for good. */
  const finished = new LRUCache<string, Set<string>>({ max: 1000 })

  const image = async (projectId: string, imageId: string): Promise<void> => {
    await Promise.all(SMALLER.map((size) => removeFile(paths.variant(projectId, imageId, size))))
    await removeFile(paths.variant(projectId, imageId, 'original'))
    await removeFolder(paths.cached(projectId, imageId))
  }

  /** Until this is done, a power cut can bring files back that were removed. */
  const syncFolders = async (projectId: string): Promise<void> => {
    await Promise.all(SIZES.map((size) => sync(paths.variants(projectId, size)).catch(unlessMissing)))
  }

  /** Of every file: a power cut may have brought back any of them. Synchronous: a microsecond or two for each. */
  const isGone = (projectId: string, imageId: string): boolean => {
    const files = SIZES.map((size) => paths.variant(projectId, imageId, size))
    try {
      return [...files, paths.cached(projectId, imageId)].every((path) => lstatSync(path, IF_ANY) === undefined)
    } catch {
      // Such as a folder that may not be looked into: nobody can say so.
      return false
    }
  }

  /** Without those that are gone for good, where it is worth it. */
  const unlessGone = async (projectId: string, removing: readonly string[]): Promise<readonly string[]> => {
    if (removing.length < FEWEST_TO_FORGET) return removing
    const gone = new Set(removing.filter((imageId) => isGone(projectId, imageId)))
    if (gone.size < FEWEST_TO_FORGET) return removing
    try {
      await syncFolders(projectId)
      return removing.filter((imageId) => !gone.has(imageId))
    } catch {
      return removing
    }
  }

  /** Of a revision that may have been read before it was durable, as its writer died: what is gone must stay deleted. */
  const removeDurably = async (projectId: string, imageIds: readonly string[]): Promise<void> => {
    await sync(paths.meta(projectId))
    const outcomes = await Promise.allSettled(imageIds.map((imageId) => image(projectId, imageId)))
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  return {
    image,

    async stray(projectId, imageId) {
      await image(projectId, imageId)
      await syncFolders(projectId)
    },

    async project(projectId) {
      const head = await heads.read(projectId)
      if (!head || head.removing.length + head.removingSegments.length === 0) return
      const failures: unknown[] = []
      const note = (error: unknown) => void failures.push(error)
      await removeDurably(projectId, head.removing).catch(note)
      for (const stored of head.removingSegments) {
        const ofSegment = segments.images(projectId, stored).then((images) => images.map(({ id }) => id))
        await ofSegment.then((imageIds) => removeDurably(projectId, imageIds)).catch(note)
      }
      if (failures.length > 0) throw failures[0]
      if (head.removingSegments.length === 0) return
      await syncFolders(projectId)
      finished.set(projectId, new Set(head.removingSegments.map(({ id }) => id)))
    },

    async left(projectId, base) {
      const { removing, removingSegments } = base ?? { removing: [], removingSegments: [] }
      const done = finished.get(projectId)
      if (removingSegments.length === 0) finished.delete(projectId)
      return {
        removing: await unlessGone(projectId, removing),
        removingSegments: removingSegments.filter(({ id }) => !done?.has(id)),
      }
    },

    async retry(projectId) {
      const { removing } = heads.current(projectId) ?? { removing: [] }
      if (removing.length < FEWEST_TO_FORGET) return
      const there = removing.filter((imageId) => !isGone(projectId, imageId))
      if (there.length > 0)
        await removeDurably(projectId, there).catch((error: unknown) =>
          log.warn({ error, projectId }, 'files of deleted images could not be removed; it is tried again'),
        )
    },

    async isRemoving(projectId, { state, removing, removingSegments }, imageId) {
      if (removing.includes(imageId)) return true
      if (removingSegments.length === 0) return false
      // Of a project that was deleted a moment ago: only what is in its new list is not to be removed.
      return !findImage(await segments.load(projectId, state.images), imageId)
    },
  }
}

// Removes files of deleted images, after the revision that deletes them. It lists them until they are gone, so a crash
// leaves nothing behind.

import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { createBoundedMap } from '../../../core/bounded-map.ts'
import { VARIANTS } from '../../../core/names.ts'
import { findImage } from '../../../core/project/image-list.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Revision } from '../../history/revision.ts'
import type { Heads } from '../commit/heads.ts'
import type { Segments } from '../commit/segments.ts'
import { removeFile, removeFolder, sync, unlessMissing } from '../fs/durable.ts'
import { linkBelow, refuseLinkedProject } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'

export interface RemovalOptions {
  paths: Paths
  heads: Heads
  segments: Segments
  log: Logger
}

export interface Removal {
  /** Removes the files of one image. @throws errors of the system */
  image(projectId: string, imageId: string): Promise<void>
  /** Removes, durably, the files of an image that no revision names. @throws errors of the system */
  stray(projectId: string, imageId: string): Promise<void>
  /** Removes all images that the head lists as removed. @throws the first error of the system, after trying each */
  project(projectId: string): Promise<void>
  /** Images and segments that the successor of a revision has to list as removed. */
  remaining(projectId: string, base: Revision | undefined): Promise<Pick<Revision, 'removing' | 'removingSegments'>>
  /**
   * Removes files again that should be gone by now, where they are many. Not during a commit, when removals of images
   * just deleted are under way. Never throws.
   */
  retry(projectId: string): Promise<void>
  /** True for a deleted image, whose files may still exist. */
  isRemoving(projectId: string, revision: Revision, imageId: string): Promise<boolean>
}

/** Removed before the original: where that is gone, so are the others. */
const OTHERS = VARIANTS.filter((name) => name !== 'original')
const IF_ANY = { throwIfNoEntry: false } as const

/** Removed ids leave the revision many at a time, because all folders of variants are synced for it. */
const FEWEST_TO_FORGET = 32

/** Images whose files are looked for in one turn of the event loop: about two milliseconds. */
const CHECKED_AT_ONCE = 200

export const createRemoval = ({ paths, heads, segments, log }: RemovalOptions): Removal => {
  /** By project: segments that the head still lists, whose images are durably removed. */
  const finished = createBoundedMap<Set<string>>(1000)

  const variantFolders = (projectId: string): string[] => VARIANTS.map((name) => paths.variants(projectId, name))

  /** False where a symbolic link leads out of the cache: nothing was ever cached there. */
  const isCacheable = (projectId: string, imageId: string): boolean =>
    linkBelow(paths.root, dirname(paths.cached(projectId, imageId))) === undefined

  const image = async (projectId: string, imageId: string): Promise<void> => {
    refuseLinkedProject(paths, projectId, ...variantFolders(projectId))
    await Promise.all(OTHERS.map((name) => removeFile(paths.variant(projectId, imageId, name))))
    await removeFile(paths.variant(projectId, imageId, 'original'))
    if (isCacheable(projectId, imageId)) await removeFolder(paths.cached(projectId, imageId))
  }

  /** Makes removals durable: until then a power cut can bring files back. */
  const syncFolders = async (projectId: string): Promise<void> => {
    refuseLinkedProject(paths, projectId, ...variantFolders(projectId))
    await Promise.all(variantFolders(projectId).map((folder) => sync(folder).catch(unlessMissing)))
  }

  /** Checks every file, as a power cut may have brought back any. Synchronous: a microsecond or two for each. */
  const isGone = (projectId: string, imageId: string): boolean => {
    const files = VARIANTS.map((name) => paths.variant(projectId, imageId, name))
    try {
      const cached = isCacheable(projectId, imageId) ? [paths.cached(projectId, imageId)] : []
      return [...files, ...cached].every((path) => lstatSync(path, IF_ANY) === undefined)
    } catch {
      // Unknown, as in a folder without permission.
      return false
    }
  }

  /** Yields between parts: one change can delete a thousand images. */
  const goneAmong = async (projectId: string, imageIds: readonly string[]): Promise<string[]> => {
    const gone: string[] = []
    for (let at = 0; at < imageIds.length; at += CHECKED_AT_ONCE) {
      if (at > 0) await setImmediate()
      gone.push(...imageIds.slice(at, at + CHECKED_AT_ONCE).filter((imageId) => isGone(projectId, imageId)))
    }
    return gone
  }

  /** Images whose removal is not durable yet. All of them where too few are gone to be worth the syncs. */
  const unlessGone = async (projectId: string, removing: readonly string[]): Promise<readonly string[]> => {
    if (removing.length < FEWEST_TO_FORGET) return removing
    const gone = new Set(await goneAmong(projectId, removing))
    if (gone.size < FEWEST_TO_FORGET) return removing
    try {
      await syncFolders(projectId)
      return removing.filter((imageId) => !gone.has(imageId))
    } catch {
      return removing
    }
  }

  /** Syncs the revision first: its writer may have died before that, and removed images must stay deleted. */
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
      if (head.state.deleted && linkBelow(paths.root, paths.cachedPages(projectId)) === undefined)
        await removeFolder(paths.cachedPages(projectId)).catch(note)
      if (failures.length > 0) throw failures[0]
      if (head.removingSegments.length === 0) return
      await syncFolders(projectId)
      finished.set(projectId, new Set(head.removingSegments.map(({ id }) => id)))
    },

    async remaining(projectId, base) {
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
      const gone = new Set(await goneAmong(projectId, removing))
      const there = removing.filter((imageId) => !gone.has(imageId))
      if (there.length > 0)
        await removeDurably(projectId, there).catch((error: unknown) =>
          log.warn({ error, projectId }, 'could not remove files of deleted images; a later commit tries again'),
        )
    },

    async isRemoving(projectId, { state, removing, removingSegments }, imageId) {
      if (removing.includes(imageId)) return true
      if (removingSegments.length === 0) return false
      // The project was deleted: all images but those of its new list are removed.
      return !findImage(await segments.load(projectId, state.images), imageId)
    },
  }
}

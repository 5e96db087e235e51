// Removes objects of deleted images, after the revision that deletes them. It lists them until they are gone, so a sweep
// finds what a crash has left behind (orphans.ts). Their renders on the local disk go too; other servers drop theirs as the
// least recently used ones.

import { dirname } from 'node:path'
import { createBoundedMap } from '../../../core/bounded-map.ts'
import { inGroups } from '../../../core/in-groups.ts'
import { VARIANTS } from '../../../core/names.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { removeFolder } from '../../file/fs/durable.ts'
import { linkBelow } from '../../file/fs/no-follow.ts'
import type { Paths } from '../../file/paths.ts'
import type { Revision, StoredSegment } from '../../history/revision.ts'
import type { Bucket } from '../client/bucket.ts'
import { keys } from '../keys.ts'
import type { Segments } from '../segments.ts'

export interface RemovalOptions {
  bucket: Pick<Bucket, 'remove'>
  /** Of the local work folder. */
  paths: Pick<Paths, 'root' | 'cached' | 'cachedPages'>
  segments: Pick<Segments, 'images'>
  log: Logger
}

export interface Removal {
  /** Removes the objects of images. @throws TintypeError `store_unavailable` */
  images(projectId: string, imageIds: readonly string[]): Promise<void>
  /** Removes all images that a revision lists as removed. @throws as `images` */
  project(projectId: string, revision: Pick<Revision, 'state' | 'removing' | 'removingSegments'>): Promise<void>
  /** Images and segments that the successor of a revision has to list as removed. */
  remaining(projectId: string, base: Revision | undefined): Pick<Revision, 'removing' | 'removingSegments'>
  /** Removes again what a revision lists, where it is much: its remover may have died. Never throws. */
  retry(projectId: string, revision: Revision): Promise<void>
}

/** Images whose objects are removed at once. */
const REMOVED_AT_ONCE = 8
/** Listed images from which their removal is repeated. */
const FEWEST_TO_RETRY = 64

export const createRemoval = ({ bucket, paths, segments, log }: RemovalOptions): Removal => {
  /** Images and segments that this process has removed, and a head may still list. */
  const gone = createBoundedMap<true>(100_000)

  const image = async (projectId: string, imageId: string): Promise<void> => {
    await Promise.all(VARIANTS.map((name) => bucket.remove(keys.variant(projectId, imageId, name))))
    await removeCached(paths.cached(projectId, imageId))
    gone.set(imageId, true)
  }

  /** Best effort. A symbolic link may lead out of the folder: nothing was ever cached there. */
  const removeCached = async (folder: string): Promise<void> => {
    if (linkBelow(paths.root, dirname(folder)) === undefined) await removeFolder(folder).catch(() => {})
  }

  const images = async (projectId: string, imageIds: readonly string[]): Promise<void> => {
    await inGroups(imageIds, REMOVED_AT_ONCE, (imageId) => image(projectId, imageId))
  }

  const segment = async (projectId: string, stored: StoredSegment): Promise<void> => {
    await images(
      projectId,
      (await segments.images(projectId, stored)).map(({ id }) => id),
    )
    gone.set(stored.id, true)
  }

  const project: Removal['project'] = async (projectId, { state, removing, removingSegments }) => {
    await images(
      projectId,
      removing.filter((imageId) => !gone.has(imageId)),
    )
    for (const stored of removingSegments) if (!gone.has(stored.id)) await segment(projectId, stored)
    if (state.deleted) await removeCached(paths.cachedPages(projectId))
  }

  return {
    images,
    project,

    remaining: (_, base) => ({
      removing: (base?.removing ?? []).filter((imageId) => !gone.has(imageId)),
      removingSegments: (base?.removingSegments ?? []).filter(({ id }) => !gone.has(id)),
    }),

    async retry(projectId, revision) {
      if (revision.removing.length < FEWEST_TO_RETRY && revision.removingSegments.length === 0) return
      await project(projectId, revision).catch((error: unknown) =>
        log.warn({ error, projectId }, 'could not remove objects of deleted images; a later commit tries again'),
      )
    },
  }
}

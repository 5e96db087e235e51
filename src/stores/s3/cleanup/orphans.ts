// Orphans: objects of uploads whose server died before the commit, and of deleted images whose server died behind it.
// Removed without trust in any local clock.
//
// A sweep first commits a floor to the project, which is a date of the engine: from then on no image is added whose files
// were published before it. So an older object that the project does not name then never will be named, and is removed: a
// server that slept for a day is never acknowledged on files that are gone. Images that the project lists as deleted are
// removed without that, as no revision names them again.
//
// Segments without a revision prove that the revisions were lost: then every picture stays, until a copy of the newest one
// is put back.

import { TintypeError } from '../../../core/errors.ts'
import { isPending } from '../../../core/jobs/pending.ts'
import { VARIANTS } from '../../../core/names.ts'
import { imagesOf } from '../../../core/project/image-list.ts'
import { emptyProject } from '../../../core/project/state.ts'
import { randomIds } from '../../../core/random-id.ts'
import { unknownOutcome } from '../../append-log.ts'
import { successorOf } from '../../history/apply-batch.ts'
import type { Revision } from '../../history/revision.ts'
import type { BucketLog } from '../append-log.ts'
import type { Bucket } from '../client/bucket.ts'
import type { ListedObject } from '../client/listing.ts'
import { imageOfKey, keys } from '../keys.ts'
import type { Segments } from '../segments.ts'
import type { Removal } from './removal.ts'

export interface OrphansOptions {
  bucket: Pick<Bucket, 'listAll' | 'remove'>
  revisions: Pick<BucketLog<Revision>, 'newest' | 'append'>
  segments: Pick<Segments, 'load' | 'images'>
  removal: Pick<Removal, 'images'>
  /** Age below which no object counts as an orphan, in milliseconds. @default {@link MARGIN_MS} */
  marginMs?: number
  onCommitted(revision: Revision): void
}

/**
 * Removes the orphans of a project, if it has any that are old enough.
 *
 * @throws TintypeError `store_unavailable`, `project_damaged`
 */
export type SweepOrphans = (projectId: string) => Promise<void>

/** Standing of an image by a revision of its project. */
type Standing = 'named' | 'deleted' | 'unknown'

/** Difference of the clocks of an engine's machines that is tolerated, and most of an upload's time. */
const MARGIN_MS = 3_600_000
/** For each further try, another process committed first. */
const MOST_TRIES = 100

const newToken = randomIds(12)

export const createOrphans = (options: OrphansOptions): SweepOrphans => {
  const { bucket, revisions, segments, removal, marginMs = MARGIN_MS, onCommitted } = options

  /** Reads the standing of every image by a revision. */
  const standings = async (projectId: string, head: Revision | undefined): Promise<(imageId: string) => Standing> => {
    if (!head) return () => 'unknown'
    const { state, removing, removingSegments } = head
    const named = idsOf(imagesOf(await segments.load(projectId, state.images)))
    const deleted = new Set(removing)
    for (const stored of removingSegments)
      for (const imageId of idsOf(await segments.images(projectId, stored))) deleted.add(imageId)
    return (imageId) => {
      if (named.has(imageId) || isPending(state, imageId)) return 'named'
      return deleted.has(imageId) ? 'deleted' : 'unknown'
    }
  }

  const listObjects = async (projectId: string) => {
    const objects: ListedObject[] = []
    let dateMs = 0
    for (const name of VARIANTS) {
      const listed = await bucket.listAll(keys.variants(projectId, name))
      objects.push(...listed.objects)
      dateMs = listed.dateMs
    }
    return { objects, dateMs }
  }

  /** Commits a floor. @returns the revision that has it, or a higher one */
  const raiseFloor = async (projectId: string, floorMs: number): Promise<Revision> => {
    const floor = new Date(floorMs).toISOString()
    const token = newToken()
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const base = (await revisions.newest(projectId))?.entry
      if (base?.floor !== undefined && Date.parse(base.floor) >= floorMs) return base
      const state = base?.state ?? emptyProject(projectId, floor)
      const { removing, removingSegments } = base ?? { removing: [], removingSegments: [] }
      const next = { ...state, revision: state.revision + 1, updated_at: floor }
      const revision = successorOf({ base, state: next, commit: token, removing, removingSegments, floor, events: [] })
      const { outcome, cause } = await revisions.append(projectId, next.revision, revision)
      if (outcome === 'unknown') throw unknownOutcome(`project "${projectId}"`, cause)
      if (outcome === 'taken') continue
      onCommitted(revision)
      return revision
    }
    throw new Error(`too many processes change project "${projectId}" at once`)
  }

  return async (projectId) => {
    const { objects, dateMs } = await listObjects(projectId)
    const old = objects.filter(({ modifiedMs }) => dateMs - modifiedMs > marginMs)
    if (old.length === 0) return
    const head = (await revisions.newest(projectId))?.entry
    if (!head && (await bucket.listAll(keys.segments(projectId))).objects.length > 0) throw revisionsGone(projectId)
    const before = await standings(projectId, head)
    const oldImages = [...new Set(old.map(({ key }) => imageOfKey(key)))]
    // Their server, which removes them before it answers, would have done so by now.
    const deleted = oldImages.filter((imageId) => before(imageId) === 'deleted')
    await removal.images(projectId, deleted)
    const suspects = old.filter(({ key }) => before(imageOfKey(key)) === 'unknown')
    if (suspects.length === 0) return
    const behind = await standings(projectId, await raiseFloor(projectId, dateMs))
    for (const { key } of suspects) if (behind(imageOfKey(key)) === 'unknown') await bucket.remove(key)
  }
}

const idsOf = (images: readonly { id: string }[]): Set<string> => new Set(images.map(({ id }) => id))

const revisionsGone = (projectId: string): TintypeError =>
  new TintypeError(
    'project_damaged',
    `There are segments of project "${projectId}", and no revision: put back a copy of the newest one.`,
  )

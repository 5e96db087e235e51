// Inspects a store in a bucket, by LIST and GET, and reports each problem with its repair.
//
// Safe while servers write: a problem of an image counts only if its newest record confirms it. Repairs follow the commit
// protocol, and keep what they replace under `.lost/`.

import { basename } from 'node:path'
import { storeUrlOf } from '../../../core/bucket-settings.ts'
import { isDamage, messageOf, TintypeError } from '../../../core/errors.ts'
import { inGroups } from '../../../core/in-groups.ts'
import { isPending } from '../../../core/jobs/pending.ts'
import { VARIANTS } from '../../../core/names.ts'
import type { ImageRecord } from '../../../core/project/model.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { RemakeVariants } from '../../file/doctor/context.ts'
import type { Inspector } from '../../file/doctor/inspector.ts'
import type { Problem } from '../../file/doctor/problem.ts'
import { projectIdOf } from '../../file/paths.ts'
import { type Revision, type StoredSegment, storedSegment } from '../../history/revision.ts'
import { createOrphans } from '../cleanup/orphans.ts'
import type { Bucket } from '../client/bucket.ts'
import type { ListedObject } from '../client/listing.ts'
import { imageOfKey, isReaderName, keys } from '../keys.ts'
import { holdsStore } from '../probe.ts'
import { createRevisions } from '../revisions.ts'
import { createSegments } from '../segments.ts'
import { createRepair } from './repair.ts'
import { checkImages, type ListedVariants } from './variants.ts'

export interface BucketInspectorOptions {
  bucket: Bucket
  /** Makes the variants of a picture again; called one at a time. */
  remake: RemakeVariants
  log: Logger
}

/** Age from which an object that no image has belongs to an upload whose server died, in milliseconds by the engine's clock. */
const ORPHAN_MS = 3_600_000

export const createBucketInspector = ({ bucket, remake, log }: BucketInspectorOptions): Inspector => {
  const revisions = createRevisions({ bucket })
  const segments = createSegments({ bucket })
  const removal = {
    images: async (projectId: string, imageIds: readonly string[]) => {
      await inGroups(imageIds, 8, (id) =>
        Promise.all(VARIANTS.map((name) => bucket.remove(keys.variant(projectId, id, name)))),
      )
    },
  }
  const sweepOrphans = createOrphans({ bucket, revisions, segments, removal, onCommitted: () => {} })
  const newest = async (projectId: string): Promise<Revision | undefined> => (await revisions.newest(projectId))?.entry

  /** Images of a segment, undefined where it is damaged. */
  const imagesOf = async (projectId: string, stored: StoredSegment): Promise<readonly ImageRecord[] | undefined> => {
    try {
      return await segments.images(projectId, stored)
    } catch (error) {
      if (!isDamage(error)) throw error
      return undefined
    }
  }

  const findRecord = async (projectId: string, imageId: string): Promise<ImageRecord | undefined> => {
    const state = (await newest(projectId))?.state
    if (!state || state.deleted) return undefined
    const inTail = state.images.tail.find(({ id }) => id === imageId)
    if (inTail) return inTail
    for (const { count, stored } of state.images.segments) {
      const found = (await imagesOf(projectId, storedSegment(count, stored)))?.find(({ id }) => id === imageId)
      if (found) return found
    }
    return undefined
  }

  const repair = createRepair({ bucket, remake, log, findRecord })

  async function* entries(): AsyncGenerator<string> {
    for (let from: string | undefined; ; ) {
      const { objects, folders, next } = await bucket.list({ prefix: keys.projects, delimiter: '/', from })
      yield* [...objects.map(({ key }) => key), ...folders]
      if (next === undefined) return
      from = next
    }
  }

  const segmentProblem = async (projectId: string, stored: StoredSegment): Promise<Problem> => {
    const path = keys.segment(projectId, stored.id)
    const isMissing = (await bucket.text(path)) === undefined
    const detail = `${isMissing ? 'missing' : 'it fails its checksum'}; ${stored.count} images are listed in it alone: put back a copy`
    return { kind: isMissing ? 'run_missing' : 'run_damaged', path, detail }
  }

  const listVariants = async (projectId: string) => {
    const listed: ListedVariants = new Map()
    const old = new Map<string, string>()
    for (const name of VARIANTS) {
      const { objects, dateMs } = await bucket.listAll(keys.variants(projectId, name))
      listed.set(name, new Map(objects.map(({ key, bytes }) => [imageOfKey(key), bytes])))
      for (const { key, modifiedMs } of objects) if (dateMs - modifiedMs > ORPHAN_MS) old.set(key, imageOfKey(key))
    }
    return { listed, old }
  }

  /** Objects of dead uploads, which were listed before the head is read. */
  async function* strays(projectId: string, old: ReadonlyMap<string, string>): AsyncGenerator<Problem> {
    const head = await newest(projectId)
    const named = new Set(head?.removing ?? [])
    for (const { id } of head?.state.images.tail ?? []) named.add(id)
    const sealed = head?.state.images.segments.map(({ count, stored }) => storedSegment(count, stored)) ?? []
    for (const stored of [...sealed, ...(head?.removingSegments ?? [])]) {
      const images = await imagesOf(projectId, stored)
      // It may name any of them.
      if (!images) return
      for (const { id } of images) named.add(id)
    }
    let sweeping: Promise<void> | undefined
    for (const [path, imageId] of old) {
      if (named.has(imageId) || (head && isPending(head.state, imageId))) continue
      yield {
        ...{ kind: 'stray_variant', path, detail: 'belongs to no image of the project', isRemains: true },
        async repair() {
          sweeping ??= sweepOrphans(projectId)
          await sweeping
          if ((await bucket.head(path)).found) throw new Error('it belongs to an image by now')
          return 'removed'
        },
      }
    }
  }

  /** Segments prove that there were revisions; pictures alone may be those of a first upload whose server died. */
  async function* withoutRevision(projectId: string, old: ReadonlyMap<string, string>): AsyncGenerator<Problem> {
    const { objects, dateMs } = await bucket.listAll(keys.meta(projectId))
    const remains = objects.filter(isKept)
    if (remains.some(({ modifiedMs }) => dateMs - modifiedMs > ORPHAN_MS)) {
      const path = keys.meta(projectId)
      yield { kind: 'revisions_gone', path, detail: 'there is no revision: put back a copy of the newest one' }
    } else if (old.size > 0) {
      const path = keys.project(projectId)
      yield { kind: 'unknown_entry', path, detail: 'no revision names its pictures; servers remove them within a day' }
    }
  }

  return {
    async open() {
      if (await holdsStore(bucket)) return
      throw new TintypeError('store_unavailable', `Expected a store in ${storeUrlOf(bucket)}; it has no projects.`)
    },

    async *projects() {
      for await (const path of entries()) {
        const projectId = path.endsWith('/') ? projectIdOf(basename(path)) : undefined
        yield projectId ?? { kind: 'unknown_entry', path, detail: 'does not belong to the store; not touched' }
      }
    },

    async hasProject(projectId) {
      return (await bucket.list({ prefix: keys.project(projectId), limit: 1 })).objects.length > 0
    },

    async countProjects() {
      let count = 0
      for await (const _ of entries()) count++
      return count
    },

    countImages: (projectId) =>
      newest(projectId).then(
        (head) => head?.state.image_count ?? 0,
        () => 0,
      ),

    async *project(projectId, onImages) {
      const { listed, old } = await listVariants(projectId)
      let head: Revision | undefined
      try {
        head = await newest(projectId)
      } catch (error) {
        if (!isDamage(error)) throw error
        const { objects } = await bucket.listAll(keys.meta(projectId), { delimiter: '/' })
        const path = objects.findLast(isKept)?.key ?? keys.meta(projectId)
        yield { kind: 'revision_damaged', path, detail: `${causeOf(error)}: put back a copy of the newest revision` }
        return
      }
      if (!head) {
        yield* withoutRevision(projectId, old)
        return
      }
      if (!head.state.deleted) {
        const { tail, segments: sealed } = head.state.images
        for (const { count, stored } of sealed) {
          const segment = storedSegment(count, stored)
          const images = await imagesOf(projectId, segment)
          if (images) yield* checkImages({ bucket, projectId, images, listed, findRecord, repair, onImages })
          // A later change may have replaced it.
          else if ((await newest(projectId))?.state.images.segments.some(({ stored: now }) => now?.id === segment.id))
            yield await segmentProblem(projectId, segment)
        }
        yield* checkImages({ bucket, projectId, images: tail, listed, findRecord, repair, onImages })
      }
      yield* strays(projectId, old)
    },

    // Leases and marks of ended processes end by their age, without an effect on anything.
    async *temporaries() {},

    close: () => repair.close(),
  }
}

/** False for markers of servers that read the project. */
const isKept = ({ key }: ListedObject): boolean => !isReaderName(basename(key))

const causeOf = (error: unknown): string => messageOf(error instanceof Error && error.cause ? error.cause : error)
